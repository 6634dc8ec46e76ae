"""What is asked of the provider: its description, its keys, and the token for a code. Short, bounded, and gives up early.

No transaction is open while we wait (the views see to that), few requests wait at a time, and a provider that did not
answer is left alone for a while: the rest of the program never stands still for it.
"""

from __future__ import annotations

import json
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from linli.kernel import clock

from .errors import ProviderDown, ProviderRefused, TokenRefused
from .settings import Provider, is_private

log = structlog.get_logger("linli.oidc")
TIMEOUT = 5  # seconds, for each read
TOTAL = 10.0  # seconds, for one answer as a whole: also one that comes byte by byte
LARGEST = 512 * 1024
KEPT = timedelta(hours=1)
#: Keys are asked for again at once when a token names an unknown one, but not more often than this.
NEW_KEYS = timedelta(seconds=10)
REST = timedelta(seconds=15)
#: Requests of a process that may wait for the provider at a time, and seconds the next one waits for its turn.
AT_ONCE, PATIENCE = 2, 1
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Description:
    """What the provider says of itself (OpenID Connect Discovery 1.0, 3)."""

    authorization: str
    token: str
    keys: str
    names_itself: bool
    basic: bool


class Directory:
    """The provider as this process knows it: description and keys are kept for an hour."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._lock = threading.Lock()
        self._waiting = threading.BoundedSemaphore(AT_ONCE)
        self._description: tuple[datetime, Description] | None = None
        self._keys: tuple[datetime, tuple[Key, ...]] | None = None
        self._rests_until: datetime | None = None

    def description(self) -> Description:
        """What the provider says of itself. Raises ProviderDown."""
        with self._lock:
            kept = self._description
        if kept is not None and clock.now() - kept[0] < KEPT:
            return kept[1]
        said = self._fetch(self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        places = {name: str(said.get(name, "")) for name in ENDPOINTS}
        if said.get("issuer") != self.provider.issuer or not all(map(is_private, places.values())):
            log.error("provider describes another issuer, or addresses without TLS")
            raise ProviderDown(reason="description")
        ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        found = Description(
            authorization=places["authorization_endpoint"],
            token=places["token_endpoint"],
            keys=places["jwks_uri"],
            names_itself=said.get("authorization_response_iss_parameter_supported") is True,
            basic="client_secret_basic" in ways,
        )
        with self._lock:
            self._description = (clock.now(), found)
        return found

    def key(self, kid: str | None) -> Key:
        """The provider's key of that number; a number not known yet has the keys asked for again (rotation).

        Raises TokenRefused when there is none, ProviderDown.
        """
        with self._lock:
            kept = self._keys
        now = clock.now()
        if kept is not None and now - kept[0] < KEPT:
            found = _pick(kept[1], kid)
            if found is not None:
                return found
            if now - kept[0] < NEW_KEYS:
                raise TokenRefused("kid")
        said = self._fetch(self.description().keys)
        fresh = _signing_keys(said.get("keys"))
        with self._lock:
            self._keys = (now, fresh)
        found = _pick(fresh, kid)
        if found is None:
            raise TokenRefused("kid")
        return found

    def redeem(self, code: str, verifier: str) -> str:
        """The identity token for an authorization code. Raises ProviderRefused, ProviderDown."""
        description, provider = self.description(), self.provider
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": provider.redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if provider.client_secret and description.basic:
            pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"  # RFC 6749, 2.3.1
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form["client_id"] = provider.client_id
            if provider.client_secret:
                form["client_secret"] = provider.client_secret
        token = self._fetch(description.token, form, headers).get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused()
        return token

    def _fetch(
        self, address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        if self._rests_until is not None and clock.now() < self._rests_until:
            raise ProviderDown(reason="rest")
        if not self._waiting.acquire(timeout=PATIENCE):
            raise ProviderDown(reason="busy")
        try:
            return _ask(address, form, headers or {})
        except HTTPError as error:
            if form is not None and 400 <= error.code < 500:  # a code that is wrong, used or too old: RFC 6749, 5.2
                log.warning("code not taken", status=error.code)
                raise ProviderRefused() from None
            self._rest(f"status {error.code}")
            raise ProviderDown(reason="answer") from None
        except (OSError, HTTPException, ValueError) as error:
            self._rest(type(error).__name__)
            raise ProviderDown(reason="network") from None
        finally:
            self._waiting.release()

    def _rest(self, why: str) -> None:
        self._rests_until = clock.now() + REST
        log.warning("provider does not answer", why=why)


class _Watch:
    """The sockets of one question, which are shut when the time for all of it is over; whoever reads then gets an error."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(TOTAL, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> _Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for sock in self._sockets:
            sock.close()

    def _shut(self) -> None:
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def connect(self, *arguments: Any, **options: Any) -> socket.socket:
        """Like `socket.create_connection`. What is kept is a second handle: TLS takes the first for itself."""
        sock = socket.create_connection(*arguments, **options)
        self._sockets.append(sock.dup())
        return sock


def _watched(kind: type[HTTPConnection], watch: _Watch) -> Callable[..., HTTPConnection]:
    def make(host: str, **options: Any) -> HTTPConnection:
        connection = kind(host, **options)
        connection._create_connection = watch.connect  # type: ignore[attr-defined]  # where http.client connects
        return connection

    return make


class _Http(HTTPHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self.watch = watch

    def http_open(self, req: Request) -> Any:
        return self.do_open(_watched(HTTPConnection, self.watch), req)  # type: ignore[arg-type]


class _Https(HTTPSHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self.watch = watch

    def https_open(self, req: Request) -> Any:
        return self.do_open(_watched(HTTPSConnection, self.watch), req)  # type: ignore[arg-type]


def _opener(watch: _Watch) -> OpenerDirector:
    """Only http(s), and no redirects: an answer from elsewhere is not the provider's, and `file:` is none at all."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), _Http(watch), _Https(watch), HTTPDefaultErrorHandler(), HTTPErrorProcessor()):
        opener.add_handler(handler)
    return opener


def _ask(address: str, form: Mapping[str, str] | None, headers: Mapping[str, str]) -> dict[str, Any]:
    data = None if form is None else urlencode(form).encode()
    request = Request(address, data, {"Accept": "application/json", **headers})  # noqa: S310  # is_private has looked
    with _Watch() as watch, _opener(watch).open(request, timeout=TIMEOUT) as response:
        body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise ValueError("too large")
    said = json.loads(body)
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said


def _signing_keys(listed: Any) -> tuple[Key, ...]:
    """The public keys for signatures; what is for encryption, shared, or of an unknown kind is left out."""
    keys = []
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and entry.get("kty") in ("RSA", "EC", "OKP") and entry.get("use", "sig") == "sig":
            try:
                keys.append(JWKRegistry.import_key(entry))
            except (JoseError, ValueError, KeyError):
                continue
    return tuple(keys)


def _pick(keys: tuple[Key, ...], kid: str | None) -> Key | None:
    if kid is None:
        return keys[0] if len(keys) == 1 else None
    return next((key for key in keys if key.get("kid") == kid), None)


_known: dict[Provider, Directory] = {}


def directory(provider: Provider) -> Directory:
    """The one directory of a provider in this process."""
    return _known.setdefault(provider, Directory(provider))
