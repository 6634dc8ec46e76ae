"""Which host names are answered to: this machine's, those of the address listened on, and those an operator names.

A page of anybody's can point a name of its own at this address (DNS rebinding) and would then be let in by the
browser; a request for a name nobody announced is refused. Numbers cannot be pointed elsewhere, names can.
"""

from __future__ import annotations

import fcntl
import ipaddress
import socket
import struct
from pathlib import Path

LISTEN = "LINLI_LISTEN"  # from `linli web` to its own settings: the address it listens on
HERE = ("localhost", "127.0.0.1", "[::1]")
_SIOCGIFADDR = 0x8915  # linux/sockios.h: the IPv4 address of an interface


def named(given: str) -> list[str]:
    """The names in LINLI_HOSTS."""
    return [name.strip() for name in given.split(",") if name.strip()]


def allowed(given: str, listening: str) -> list[str]:
    """What Django's ALLOWED_HOSTS becomes: `given` is LINLI_HOSTS; without it the address of `--host` is meant."""
    names = named(given) or (own() if is_any(listening) else [bracketed(listening)])
    return list(dict.fromkeys([*HERE, *names]))


def is_any(host: str) -> bool:
    """Whether listening there means every address of this machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return not host


def bracketed(host: str) -> str:
    """An address as it stands in a URL."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def own() -> list[str]:
    """This machine's name and the addresses of its interfaces; nobody else is asked (no DNS)."""
    return [socket.gethostname().lower(), *_ipv4(), *_ipv6()]


def _ipv4() -> list[str]:
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, interface in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", interface.encode()[:15]))
            except OSError:  # an interface without an IPv4 address
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _ipv6() -> list[str]:
    try:
        lines = Path("/proc/net/if_inet6").read_text().splitlines()
    except OSError:  # no IPv6 here
        return []
    return [f"[{ipaddress.IPv6Address(bytes.fromhex(line.split()[0]))}]" for line in lines]
