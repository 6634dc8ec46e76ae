"""The one owner of the request's transaction: begin, authenticate and set the scope, the view, commit or roll back.

Order matters (docs/decisions/001-scope.md): Django's ATOMIC_REQUESTS opens after middleware and commits handled errors.
Here every answer of 400 or more rolls back; what must outlive that (the read log, attempts to sign in, `last_seen`)
is written through the connection `audit`. Streams run after the transaction and open their own (`scoped_stream`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections, transaction
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.middleware.csrf import CsrfViewMiddleware

from linli.kernel import clock, faults, headers, http, scope
from linli.kernel.actors import ANONYMOUS, Actor
from linli.kernel.errors import Problem
from linli.kernel.ids import uuid7

from . import idempotency, reads, rules
from .queries import actors

log = structlog.get_logger("linli.request")
View = Callable[[HttpRequest], HttpResponseBase]
SCOPED = ("/api/",)
QUIET = ("/healthz", "/readyz", "/metrics")


def _protected() -> HttpResponseBase:
    """Stands for every view in the check against forged requests: no view is exempt."""
    raise NotImplementedError


class HeaderToken(CsrfViewMiddleware):
    """Django's check against forged requests, with the token from the header alone.

    Django looks into the form first and parses it for that: an upload would lie on the disk before anybody has asked
    who sends it.
    """

    def process_view(self, request: HttpRequest, callback: Any, args: Any, kwargs: Any) -> Any:
        bare = copy(request)
        bare.POST = QueryDict()  # type: ignore[assignment,misc]
        return super().process_view(bare, callback, args, kwargs)


class RequestMiddleware:
    """Request id, protection against forged requests, transaction with scope, idempotency, logs, security headers."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.csrf = HeaderToken(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request.request_id = str(uuid7())  # type: ignore[attr-defined]
        request.actor = ANONYMOUS  # type: ignore[attr-defined]
        request.failure = None  # type: ignore[attr-defined]
        try:
            if not request.path.startswith(QUIET):  # watched by number, from wherever the machine is reached
                request.get_host()
            http.check_charset(request)
            response = self._answer(request)
        except Exception as error:  # what no handler below caught still becomes a problem document
            response = http.answer(request, error)
        if response.status_code >= 400 and request.path.startswith(SCOPED) and not http.is_problem(response):
            response = http.respond(request, http.of_status(response.status_code))
        self._finish(request, response, started)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase:
        """A plain Django view failed: the same answer as from the API (the API's own handlers came first)."""
        return http.answer(request, error)

    # --- inside -----------------------------------------------------------------------------------------------

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(SCOPED):
            return self.get_response(request)
        if http.body_length(request) > settings.LINLI_UPLOAD_LIMIT + http.FORM_SLACK:
            return http.respond(request, faults.TooLarge(limit=settings.LINLI_UPLOAD_LIMIT))
        self.csrf.process_request(request)
        refused = self.csrf.process_view(request, _protected, (), {})
        if refused is not None:
            return refused
        response = self._attempt(request)
        if self._may_retry(request):
            _mend_pool()
            response = self._attempt(request)
        return self.csrf.process_response(request, response)

    def _attempt(self, request: HttpRequest) -> HttpResponseBase:
        request.failure = None  # type: ignore[attr-defined]
        request.entered = False  # type: ignore[attr-defined]
        try:
            return self._in_transaction(request)
        except (DatabaseError, InterfaceError) as error:  # beginning, logging or committing failed
            return http.answer(request, error)

    @staticmethod
    def _may_retry(request: HttpRequest) -> bool:
        """A read, or a write whose view was never entered, is tried once more after a passing database error."""
        failure: Exception | None = request.failure  # type: ignore[attr-defined]
        unharmed = request.method in idempotency.SAFE or not request.entered  # type: ignore[attr-defined]
        return unharmed and faults.worth_retrying(failure)

    def _in_transaction(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic(), reads.gathering() as notes:
            actor = self._begin(request)
            with scope.carrying(actor):
                response = self._once(request, actor)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            reads.write(notes)
        return response

    @staticmethod
    def _begin(request: HttpRequest) -> Actor:
        request_id, address = request.request_id, http.address_of(request)  # type: ignore[attr-defined]
        token = request.COOKIES.get(http.SESSION_COOKIE, "")
        own = (request.method, request.path) in rules.LEAVING
        begun = actors.begin(token, request_id, address, own=own) if token else None
        if begun is None:
            actor = replace(ANONYMOUS, request_id=request_id, address=address)
            if not token:
                scope.apply(actor)
            request.session_id = None  # type: ignore[attr-defined]
        else:
            actor = begun.actor
            request.session_id = begun.session_id  # type: ignore[attr-defined]
            if clock.now() - begun.seen > rules.TOUCH:
                _touch(begun)
        request.actor = actor  # type: ignore[attr-defined]
        return actor

    def _once(self, request: HttpRequest, actor: Actor) -> HttpResponseBase:
        viewing = "viewer" in actor.extra
        try:
            if viewing and not rules.reads_only(request.method or "", request.path):
                raise faults.ViewingOnly()
            # A search changes nothing: it may be sent twice, and neither its words nor its answer are kept.
            reading = viewing or rules.reads_only(request.method or "", request.path)
            held = None if reading else idempotency.claim(request, actor)
        except Problem as problem:
            return http.respond(request, problem)
        if isinstance(held, HttpResponseBase):
            return held
        request.entered = True  # type: ignore[attr-defined]
        response = self.get_response(request)
        if held is not None and response.status_code < 400:
            idempotency.settle(held, response, getattr(request, "keep_answer", True))
        return response

    @staticmethod
    def _finish(request: HttpRequest, response: HttpResponseBase, started: float) -> None:
        headers.add(response.headers)
        if request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", headers.STRICT_TRANSPORT)
        if request.path.startswith(SCOPED):
            response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        if request.path.startswith(QUIET):
            return
        match, actor = request.resolver_match, http.actor_of(request)
        log.info(
            "request",
            method=request.method,
            # The template, not the address: ids and search words stay out of the log.
            route=match.route if match else "-",
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
            actor=actor.extra.get("viewer", actor.id),
            request_id=request.request_id,  # type: ignore[attr-defined]
        )


def _touch(begun: actors.Begun) -> None:
    now = clock.now()
    with transaction.atomic(using=reads.AUDIT), connections[reads.AUDIT].cursor() as cursor:
        cursor.execute("SELECT access_touch(%s, %s, %s)", [begun.session_id, now, now + rules.IDLE])


def _mend_pool() -> None:
    """Drop connections that died with the server, so that the second attempt does not get another dead one."""
    for alias in ("default", reads.AUDIT):
        connection = connections[alias]
        connection.close()
        pool = getattr(connection, "pool", None)
        if pool is not None:
            pool.check()
