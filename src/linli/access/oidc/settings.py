"""Which provider, from the environment; wrong settings stop the program instead of weakening it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CALLBACK = "/oidc/callback"
#: Claims that people share, choose or hand on: no account is found by them (OpenID Connect Core 1.0, 5.7).
GUESSES = frozenset(
    ("email", "name", "nickname", "given_name", "family_name", "middle_name", "phone_number", "birthdate", "profile")
)
DEFAULT_NAME = "统一身份认证"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of this installation. `claim` names the claim that is the user name here; empty: links alone.

    `acr` are values of the claim `acr` that mean the provider asked for a second factor.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    name: str = DEFAULT_NAME
    claim: str = ""
    acr: tuple[str, ...] = ()


def read(environment: Mapping[str, str]) -> Provider | None:
    """The provider the environment names; None when it names none. Raises ValueError, saying what to mend."""
    issuer = environment.get("LINLI_OIDC_ISSUER", "").strip()
    if not issuer:
        return None
    asked = {key: environment.get(f"LINLI_OIDC_{key}", "").strip() for key in ("CLIENT_ID", "REDIRECT_URI", "CLAIM")}
    for key in ("CLIENT_ID", "REDIRECT_URI"):
        if not asked[key]:
            raise ValueError(f"LINLI_OIDC_{key} is needed with LINLI_OIDC_ISSUER")
    for address in (issuer, asked["REDIRECT_URI"]):
        if not is_private(address):
            raise ValueError(f"{address}: OpenID Connect needs https (http only on this machine itself)")
    if urlsplit(asked["REDIRECT_URI"]).path != CALLBACK:
        raise ValueError(f"LINLI_OIDC_REDIRECT_URI ends in {CALLBACK}")
    if asked["CLAIM"] in GUESSES:
        raise ValueError(f"LINLI_OIDC_CLAIM: {asked['CLAIM']} is no sure sign of who somebody is")
    secret = environment.get("LINLI_OIDC_CLIENT_SECRET", "")
    if file := environment.get("LINLI_OIDC_CLIENT_SECRET_FILE"):
        secret = Path(file).read_text(encoding="utf-8").strip()
    return Provider(
        issuer=issuer,
        client_id=asked["CLIENT_ID"],
        client_secret=secret,
        redirect_uri=asked["REDIRECT_URI"],
        name=environment.get("LINLI_OIDC_NAME", "").strip() or DEFAULT_NAME,
        claim=asked["CLAIM"],
        acr=tuple(environment.get("LINLI_OIDC_ACR", "").split()),
    )


def is_private(address: str) -> bool:
    """Whether nobody on the way reads what goes to an address: TLS, or this machine itself."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def provider() -> Provider | None:
    """The provider this installation uses."""
    from django.conf import settings

    found: Provider | None = getattr(settings, "LINLI_OIDC", None)
    return found


def issuer() -> str:
    """The provider that sessions may come from; empty where none is set up."""
    found = provider()
    return found.issuer if found else ""
