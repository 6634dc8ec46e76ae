"""Whether an identity token holds, and whom it names (OpenID Connect Core 1.0, 3.1.3.7). Pure: keys and time are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jwt import JWTClaimsRegistry

from .errors import TokenRefused
from .settings import Provider

#: Signatures by the provider's private key alone; "none" and the client's shared secret prove nothing here.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
#: Seconds the two clocks may differ.
LEEWAY = 60


@dataclass(frozen=True, slots=True)
class Identified:
    """Whom a token names. `username` is the configured claim, `strong` whether a second factor was asked for."""

    subject: str
    username: str
    strong: bool


def key_id(token: str) -> str | None:
    """The number of the key a token says it is signed with. Raises TokenRefused for what is no token."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError):
        raise TokenRefused("form") from None
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def verify(
    token: str, key: Key, provider: Provider, nonce: str, began: datetime, now: datetime, fresh: bool = False
) -> Identified:
    """Check signature, issuer, audience, times and nonce. Raises TokenRefused with what is wrong.

    A token issued before the sign-in began is an old one, whatever its nonce. With `fresh`, the person must have proved
    who they are since then: `auth_time`, which a provider that was asked for it has to give (3.1.2.1, `max_age`).
    """
    try:
        claims = jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused(getattr(error, "claim", None) or type(error).__name__) from None
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
        raise TokenRefused("azp")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise TokenRefused("azp")
    if claims["iat"] < began.timestamp() - LEEWAY:
        raise TokenRefused("iat")
    if fresh and not _since(claims.get("auth_time"), began):
        raise TokenRefused("auth_time")
    return Identified(
        subject=str(claims["sub"]),
        username=_username(claims, provider.claim),
        strong=claims.get("acr") in provider.acr,
    )


def _since(moment: Any, began: datetime) -> bool:
    number = isinstance(moment, int | float) and not isinstance(moment, bool)
    return number and bool(moment >= began.timestamp() - LEEWAY)


def _username(claims: dict[str, Any], claim: str) -> str:
    """The claim that is a user name here. Letters of other scripts that become Latin ones in small letters (U+212A, K)
    are not what an account is called: whoever chooses such a name at the provider is nobody here."""
    value = claims.get(claim) if claim else None
    return value.strip().lower() if isinstance(value, str) and value.isascii() else ""
