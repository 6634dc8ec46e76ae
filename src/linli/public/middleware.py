"""The edge of a process that serves the public doors alone: expected host names, security headers, a log without codes."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from linli.kernel import headers, http
from linli.kernel.ids import uuid7

log = structlog.get_logger("linli.request")
QUIET = ("/healthz", "/readyz")


class PublicMiddleware:
    """Request id, host name, headers, log. There is no session, no form and no transaction here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        request.request_id = str(uuid7())  # type: ignore[attr-defined]
        try:
            if not request.path.startswith(QUIET):
                request.get_host()
            http.check_charset(request)
            response = self.get_response(request)
        except Exception as error:
            response = http.answer(request, error)
        if response.status_code in (404, 405) and "Content-Security-Policy" not in response:
            response = http.respond(request, http.of_status(response.status_code))
        headers.add(response.headers)
        if request.is_secure():
            response.headers.setdefault("Strict-Transport-Security", headers.STRICT_TRANSPORT)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        if not request.path.startswith(QUIET):
            match = request.resolver_match
            log.info(
                "request", method=request.method, route=match.route if match else "-", status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1), request_id=request.request_id,  # type: ignore[attr-defined]
            )  # fmt: skip
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase:
        return http.answer(request, error)
