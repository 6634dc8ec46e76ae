"""`linli up`: the whole system on one machine, from the database to the printed address."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from linli.kernel.embedded import EmbeddedError, ensure_running, layout, locks, wait_until_unused
from linli.project import hosts
from linli.project.commands_web import check_tls
from linli.project.session import tell
from linli.project.supervisor import Part, Supervisor, pause_after

PORTS_TRIED = 20
START_SECONDS = 120.0


class UpError(RuntimeError):
    """The system cannot start here; the message says what to do."""


@dataclass(frozen=True)
class Order:
    """What `linli up` was asked for."""

    host: str
    port: int
    demo: bool
    people: int
    workers: int
    threads: int
    jobs: int
    tls_cert: Path | None
    tls_key: Path | None
    public_port: int = 0

    @property
    def scheme(self) -> str:
        return "https" if self.tls_cert else "http"

    @property
    def hosts(self) -> list[str]:
        """The host names answered to."""
        return hosts.allowed(os.environ.get("LINLI_HOSTS", ""), self.host)

    def url(self, port: int) -> str:
        """The address to open on this machine."""
        host = self.host if self.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{port}/"


def run(order: Order) -> int:
    """Run until stopped; the exit code."""
    check_tls(order.tls_cert, order.tls_key)
    home = layout.default_home()
    layout.prepare(home)
    alone = locks.open_lock(home / "run" / "up.lock")
    if not locks.try_exclusive(alone):
        raise UpError(f"Linli already runs here: {_noted_url(home)} (data in {home}). 系统已在运行。")
    port = free_port(order.host, order.port)
    if port != order.port:
        tell(f"Port {order.port} is taken; using {port}. 端口 {order.port} 被占用,改用 {port}。")
    if order.public_port and (
        order.public_port == port or free_port(order.host, order.public_port) != order.public_port
    ):
        # A proxy is told this port, so another one would be found by nobody.
        raise UpError(f"Port {order.public_port} of the public doors is taken. Choose another: --public-port 8381")
    began = time.monotonic()
    supervisor = Supervisor(tell, tick=_DatabaseWatch(home).tick)
    supervisor.listen()
    try:
        ensure_running(progress=tell)
        if supervisor.stopping:
            return 0
        _migrate()
        noted = {
            "url": order.url(port), "pid": os.getpid(), "loopback": is_loopback(order.host), "hosts": order.hosts,
        }  # fmt: skip
        layout.replace_file(home / "run" / "up.json", json.dumps(noted).encode())
        demo = supervisor.add(demo_part(order, home)) if order.demo else None  # first: it is what one waits for
        for part in parts(order, port, home):
            supervisor.add(part)
        if _wait_for_web(supervisor, order, port):
            _announce(order, port, home, time.monotonic() - began)
        while demo is not None and not demo.ended and not supervisor.stopping:
            supervisor.turn()
        if demo is not None and not supervisor.stopping:
            tell(f"\n  {order.url(port)}\n")  # again, beneath what the demo said
        supervisor.run()
    finally:
        tell("Stopping · 正在停止")
        supervisor.stop()
        (home / "run" / "up.json").unlink(missing_ok=True)
        wait_until_unused(home)
    return 0


def parts(order: Order, port: int, home: Path) -> list[Part]:
    """The children of `linli up`."""
    web = [
        *program(), "web", "--host", order.host, "--port", str(port),
        "--workers", str(order.workers), "--threads", str(order.threads),
    ]  # fmt: skip
    tls = (
        ["--tls-cert", str(order.tls_cert), "--tls-key", str(order.tls_key)] if order.tls_cert and order.tls_key else []
    )
    shown = not sys.stderr.isatty()  # under a service manager its journal is the log people read
    found = [
        Part("web", [*web, *tls], home / "log" / "web.log", echo=shown),
        Part("worker", [*program(), "worker", "--jobs", str(order.jobs)], home / "log" / "worker.log", echo=shown),
    ]
    if order.public_port:
        doors = [*program(), "public", "--host", order.host, "--port", str(order.public_port), *tls]
        found.append(Part("public", doors, home / "log" / "public.log", echo=shown))
    return found


def demo_part(order: Order, home: Path) -> Part:
    """The demo load: it has an end, and its words (progress, accounts) are for the one who started it."""
    command = [*program(), "demo", "--people", str(order.people)]
    return Part("demo", command, home / "log" / "demo.log", lasting=False, echo=True)


def program() -> list[str]:
    """How to run `linli` with this very interpreter."""
    return [sys.executable, "-m", "linli.project.cli"]


def free_port(host: str, wanted: int) -> int:
    """`wanted`, or the next free port after it. Raises UpError when the address is not ours or nothing is free."""
    for port in range(wanted, min(wanted + PORTS_TRIED, 65536)):
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            with socket.socket(infos[0][0], socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(infos[0][4])
                return port
        except OSError as error:
            if error.errno == errno.EACCES:
                raise UpError(f"Port {port} needs root. Choose one above 1023: linli up --port 8370") from error
            if error.errno != errno.EADDRINUSE:
                raise UpError(f"Cannot listen on {host}: {error.strerror or error}. Try --host 127.0.0.1") from error
    raise UpError(f"Ports {wanted} to {wanted + PORTS_TRIED - 1} are all taken. Choose another: linli up --port 9000")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _migrate() -> None:
    """In a process of its own: the supervisor stays small for the years it runs."""
    done = subprocess.run([*program(), "migrate", "--quiet"], check=False)
    if done.returncode:
        raise UpError("The database could not be brought to this version; see above. Nothing was started.")


class _DatabaseWatch:
    """Starts the embedded database's keeper again should somebody kill it (the keeper sees to the server)."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.next = 0.0
        self.failures = 0

    def tick(self) -> None:
        """Look every two seconds; a database that does not start (a full disk) is tried again, ever more slowly."""
        if time.monotonic() < self.next:
            return
        self.next = time.monotonic() + 2.0
        place = layout.find(self.home)  # the first start decides where it lies
        if not place.initialised or locks.is_held(place.keeper_lock):
            return
        try:
            ensure_running(progress=tell)
            self.failures = 0
        except EmbeddedError as error:
            self.failures += 1
            pause = pause_after(self.failures + 1)
            self.next = time.monotonic() + pause
            tell(f"{error}\nTrying again in {pause:.0f} s")


def _wait_for_web(supervisor: Supervisor, order: Order, port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while not supervisor.stopping and time.monotonic() < deadline:
        supervisor.turn(0.2)
        if answers(order.url(port)):
            return True
    if not supervisor.stopping:
        tell("The web server does not answer yet; see log/web.log. 网页服务尚未就绪。")
    return False


def answers(url: str) -> bool:
    """Whether a web server answers there, whatever it says."""
    scheme, rest = url.split("://", 1)
    address = rest.strip("/")
    connection: http.client.HTTPConnection
    if scheme == "https":  # our own, asked by number: its name need not match
        connection = http.client.HTTPSConnection(address, timeout=2, context=ssl._create_unverified_context())  # noqa: S323
    else:
        connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(order: Order, port: int, home: Path, seconds: float) -> None:
    tell(
        f"\n  Linli 邻里 is running · 已启动 ({seconds:.0f} s)\n\n"
        f"    {order.url(port)}\n\n"
        f"  Data 数据: {home}\n  Logs 日志: {home / 'log'}\n  Stop 停止: Ctrl-C\n"
    )
    if not is_loopback(order.host):
        tell(f"  Answers to 应答的主机名: {', '.join(order.hosts)}")
        tell("  Other names are refused; set LINLI_HOSTS to those people use. 使用其他域名请设置 LINLI_HOSTS。\n")
    if not is_loopback(order.host) and not order.tls_cert:
        tell("  Others can reach this address without TLS: passwords travel open. Give --tls-cert and --tls-key,")
        tell("  or put a TLS proxy before it (LINLI_BEHIND_TLS=1). 未启用 TLS,密码以明文传输。\n")


def _noted_url(home: Path) -> str:
    try:
        return str(json.loads((home / "run" / "up.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return "it is just starting"
