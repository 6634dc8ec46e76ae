"""A small OpenID provider on 127.0.0.1 for the tests, which conforms, or fails in a way a test asks for.

Discovery, keys, authorization endpoint, token endpoint with PKCE and client authentication, as OpenID Connect Core 1.0
and RFC 7636 have them. Codes are taken once. What a test changes: `claims`, `skew`, `broken`, `drips`, keys (`rotate`).
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "linli", "s3cret/with:signs"


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


@dataclass
class Idp:
    """The provider: what it says, and what it was asked."""

    issuer: str = ""
    subject: str = "u-1001"
    claims: dict[str, Any] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    skew: int = 0
    broken: int = 0
    algorithm: str = "ES256"
    published: list[ECKey] = field(default_factory=lambda: [new_key("k1")])
    signing: Any = None
    token: str = ""
    drips: bool = False
    drip: threading.Event = field(default_factory=threading.Event)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def rotate(self, kid: str, keep: bool = True) -> None:
        """Sign with a new key from now on."""
        self.published = [*(self.published if keep else []), new_key(kid)]
        self.signing = self.published[-1]

    def authorize(self, address: str, following: bool = True) -> dict[str, str]:
        """What the browser brings back from the authorization request at `address`."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert address.startswith(f"{self.issuer}/authorize?") and asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT and asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        self.asked.append(path)
        if self.broken:
            return self.broken, {"error": "server_error"}
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "authorization_response_iss_parameter_supported": True,
            }
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in self.published]}
        if path == "/token":
            return self.exchange(form, authorization)
        return 404, {}

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (name, secret) != (CLIENT, "s3cret%2Fwith%3Asigns"):
            return 401, {"error": "invalid_client"}
        challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {
            "token_type": "Bearer",
            "access_token": "x",
            "id_token": self.token or self.issue(asked["nonce"], "max_age" in asked),
        }

    def issue(self, nonce: str, anew: bool = False) -> str:
        now = int(time.time()) + self.skew
        claims = {"iss": self.issuer, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        if anew:  # a provider that is asked for `max_age` says when the person proved who they are
            claims["auth_time"] = now
        claims |= self.claims
        key = self.signing or self.published[-1]
        header = {"alg": self.algorithm, "kid": getattr(key, "kid", "k1")}
        kept = {name: value for name, value in claims.items() if name not in self.drop}
        return jwt.encode(header, kept, key, algorithms=[self.algorithm])


@contextmanager
def running() -> Iterator[Idp]:
    """The provider, answering on a free port of this machine until the block ends."""
    idp = Idp()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path == "/authorize":
                self.ask()
            else:
                self.reply({})

        def ask(self) -> None:
            """The page on which a person in a browser says that it is them."""
            back = f"{query(self.path)['redirect_uri']}?{urlencode(idp.authorize(idp.issuer + self.path))}"
            content = f'<!doctype html><title>Provider</title><a href="{escape(back)}">yes, it is me</a>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
            self.reply({key: values[0] for key, values in parse_qs(body).items()})

        def reply(self, form: dict[str, str]) -> None:
            status, said = idp.answer(urlsplit(self.path).path, form, self.headers.get("Authorization", ""))
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{idp.issuer}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if not idp.drips:
                self.wfile.write(content)
                return
            with suppress(OSError):  # whoever asks goes away
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    idp.drip.wait(0.02)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    idp.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield idp
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def query(address: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(address).query))


def back(answer: dict[str, str]) -> str:
    """The address the browser comes back to."""
    return "/oidc/callback?" + urlencode(answer)
