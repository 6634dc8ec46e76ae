"""The public doors over HTTP. One code on a door serves two: staff are led on to the console, residents see a page."""

from __future__ import annotations

import time
from urllib.parse import quote

import structlog
from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_safe

from linli.kernel import faults, http

from . import pages, queries, rules

log = structlog.get_logger("linli.public")
limiter = rules.Limiter()


@require_safe
def door(request: HttpRequest, code: str) -> HttpResponse:
    """What stands behind the code on a door.

    A browser that holds a session of the console is led there; whether the session still holds, and what may be seen,
    is the console's to say. A void code, one that never was and a text that is no code answer alike.
    """
    staff_path = f"/scan/{quote(code, safe='')}"
    if http.SESSION_COOKIE in request.COOKIES or queries.ALIAS not in connections.settings:
        return HttpResponseRedirect(staff_path)
    status, found, problem = 200, None, "unknown"
    if not limiter.allows(http.address_of(request), time.monotonic()):
        status, problem = 429, "often"
    else:
        try:
            found = queries.door(code)
        except (DatabaseError, InterfaceError) as error:
            log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
            status, problem = 503, "down"
        else:
            status = 200 if found else 404
    language = rules.language(request.GET.get("lang"), request.headers.get("Accept-Language", ""))
    large = request.GET.get("type") == "large"
    answer = HttpResponse(
        pages.page(f"/q/{quote(code, safe='')}", staff_path, language, large, found, problem), status=status
    )
    answer["Content-Security-Policy"] = pages.policy()
    answer["Content-Language"] = language
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"  # the address is the code
    answer["X-Robots-Tag"] = "noindex"
    answer["Vary"] = "Cookie, Accept-Language"
    if status in (429, 503):
        answer["Retry-After"] = "60"
    return answer


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the process can serve: its role gets an answer from its function."""
    try:
        with connections[queries.ALIAS].cursor() as cursor:
            cursor.execute("SELECT public_door('')")
    except Exception:
        return JsonResponse({"ready": False}, status=503)
    return JsonResponse({"ready": True})
