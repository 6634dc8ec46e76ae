"""Published answers to proposals over HTTP, for anybody: pages to read and to search, served by the main program alone, since
names are encrypted and the process of the public doors holds no key. They may be kept for a minute: one that is withdrawn is soon gone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from linli.cases.proposals import public
from linli.cases.proposals.public import LONGEST_WORDS, Wanted
from linli.kernel import faults, http
from linli.kernel.limiting.actions import Limiter

from . import proposal_pages as pages
from . import rules
from .report_rules import LOOKS

log = structlog.get_logger("linli.public")
looks = Limiter("proposals", *LOOKS)
#: Seconds after which to come again where the database is away.
WAIT = 60
KEPT = "public, max-age=60"


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The published answers by year, kind and host, with a search."""
    language = _language(request)
    wanted = Wanted(
        _whole(request.GET.get("year", "")), _plain(request.GET.get("kind", "")), _plain(request.GET.get("host", "")),
        _plain(request.GET.get("q", "")), _whole(request.GET.get("page", "")) or 1,
    )  # fmt: skip
    return _answered(request, language, lambda: pages.list_page(language, wanted, public.listing(wanted)))


@require_safe
def answer(request: HttpRequest, body: str, number: str) -> HttpResponse:
    """One published answer. One that was withdrawn and one that never was look the same."""
    language = _language(request)

    def page() -> str | None:
        found = public.published(body, number)
        return pages.answer_page(language, found) if found else None

    return _answered(request, language, page)


def _answered(request: HttpRequest, language: str, page: Callable[[], str | None]) -> HttpResponse:
    status, problem, text = 200, "", None
    if wait := looks.wait(http.address_of(request)):
        status, problem = 429, "often"
    else:
        try:
            text = page()
        except (DatabaseError, InterfaceError) as error:
            log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
            status, problem, wait = 503, "down", WAIT
        else:
            status, problem = (200, "") if text is not None else (404, "unknown")
    return _finished(request, text or pages.note_page(language, pages.PATH, problem), status, language, wait)


def _finished(request: HttpRequest, text: str, status: int, language: str, wait: int) -> HttpResponse:
    made: Any = HttpResponse(text, status=status)
    if status == 200:
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        made["ETag"] = tag
        made = get_conditional_response(request, etag=tag, response=made)
    made["Content-Security-Policy"] = pages.policy()
    made["Content-Language"] = language
    made["Cache-Control"] = KEPT if status == 200 else "no-store"
    made["Vary"] = "Accept-Language"
    if wait:
        made["Retry-After"] = str(wait)
    found: HttpResponse = made
    return found


def _language(request: HttpRequest) -> str:
    return rules.language(request.GET.get("lang"), request.headers.get("Accept-Language", ""))


def _plain(text: str) -> str:
    """What was typed, without NUL, which no column holds."""
    return text.replace("\0", "").strip()[:LONGEST_WORDS]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
