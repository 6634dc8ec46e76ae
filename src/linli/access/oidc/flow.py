"""What a browser carries while its user is at the provider: signed, for ten minutes, bound to this browser by being its
cookie. Nothing is kept of it here, so nobody fills the database by beginning sign-ins.
"""

from __future__ import annotations

import re
import secrets as randomness
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import urlencode, urlsplit

from django.core import signing

from linli.kernel import clock

from .errors import StateLost
from .settings import Provider

SALT = "linli.access.oidc"
COOKIE, PATH = "linli_oidc", "/oidc"
LIFE = timedelta(minutes=10)
INSIDE = re.compile(r"/(?![/\\])[^\x00-\x1f\\]{0,500}")


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in under way: what must come back (`state`), what the token must say (`nonce`), the PKCE secret.

    `fresh`: the person is to prove anew who they are, whatever session they have at the provider.
    """

    state: str
    nonce: str
    verifier: str
    began: str
    following: str
    fresh: bool = False

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(self.began)


def begin(following: str, fresh: bool = False) -> Flow:
    """A new sign-in that ends at the page `following` of this site."""
    page = following if INSIDE.fullmatch(following) else "/"
    state, nonce, verifier = (randomness.token_urlsafe(32) for _ in range(3))
    return Flow(state, nonce, verifier, clock.now().isoformat(), page, fresh)


def pack(flow: Flow) -> str:
    """The flow as the cookie holds it."""
    return signing.dumps(asdict(flow), salt=SALT)


def unpack(text: str, state: str) -> Flow:
    """The flow of a cookie, when `state` is its own and it is not too old. Raises StateLost."""
    try:
        flow = Flow(**signing.loads(text, salt=SALT))
    except (signing.BadSignature, TypeError):
        raise StateLost() from None
    if not compare_digest(flow.state.encode(), state.encode()) or clock.now() - flow.start > LIFE:
        raise StateLost()
    return flow


def address(endpoint: str, provider: Provider, flow: Flow) -> str:
    """Where the browser goes: the authorization request (OpenID Connect Core 1.0, 3.1.2.1), challenge S256 (RFC 7636)."""
    challenge = urlsafe_b64encode(sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.redirect_uri,
        "scope": "openid profile" if provider.claim else "openid",
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    if flow.fresh:  # OpenID Connect Core 1.0, 3.1.2.1: asked anew, and the token has to say when that was
        asked |= {"prompt": "login", "max_age": "0"}
    if provider.acr:
        asked["acr_values"] = " ".join(provider.acr)
    return endpoint + ("&" if urlsplit(endpoint).query else "?") + urlencode(asked)
