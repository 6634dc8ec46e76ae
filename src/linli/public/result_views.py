"""Published results of the ladder over HTTP, for anybody: pages to read, and a form for objections until the last day of a
publication, served by the main program alone, since how somebody is reached is encrypted."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_safe

from linli.kernel import faults, http
from linli.kernel.errors import NotFound, Problem
from linli.kernel.limiting.actions import Limiter
from linli.tiers import published
from linli.tiers.applying import objecting
from linli.tiers.published import Wanted
from linli.tiers.rules import TIERS

from . import result_pages as pages
from .report_pages import Note
from .report_rules import LOOKS, OBJECTIONS_A_DAY, OBJECTIONS_HERE, REPORTS, WORDS_BODY
from .report_views import FormToken, language_of
from .result_texts import TEXTS, words

log = structlog.get_logger("linli.public")
looks, objections = Limiter("tier_results", *LOOKS), Limiter("tier_objection", *REPORTS)
here, daily = Limiter("tier_objection_here", *OBJECTIONS_HERE), Limiter("tier_objection_day", *OBJECTIONS_A_DAY)
#: Seconds after which to come again where the database is away.
WAIT = 60
KEPT = "public, max-age=60"
FIELDS = {"text": 4000, "contact": 300, "form": 300}


class EnoughToday(Exception):
    """A visitor sent as many objections today as are taken of one; `seconds` until the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The results under publication and those recognised, by year, tier and stage."""
    language, year, at = language_of(request), request.GET.get("year", ""), request.GET.get("page", "")
    tier, stage = request.GET.get("tier", ""), request.GET.get("stage", "")
    wanted = Wanted(
        _whole(year), tier if tier in TIERS else "", stage if stage in ("open", "recognised") else "", _whole(at) or 1
    )
    return _read(request, language, lambda: pages.list_page(language, wanted, published.results(wanted)))


@require_http_methods(["GET", "HEAD", "POST"])
def result(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """One result, and taking an objection to it. One that was withdrawn and one that never was look the same."""
    language, token = language_of(request), FormToken(request)
    if request.method == "POST":
        return _objected(request, token, application_id, language)

    def page() -> HttpResponse | None:
        good = Note(words(language)["thanks"], good=True) if request.GET.get("done") == "1" else Note()
        return _shown(request, token, application_id, language, {}, good)

    if wait := looks.wait(http.address_of(request)):
        return _note(language, "looked", 429, wait)
    return _guarded(language, page)


def _objected(request: HttpRequest, token: FormToken, application_id: UUID, language: str) -> HttpResponse:
    """What was typed is shown again, whatever is wrong with it."""
    said = words(language)
    if http.body_length(request) > WORDS_BODY:
        return _guarded(
            language, lambda: _shown(request, token, application_id, language, {}, Note(said["large"]), 413)
        )
    typed = {name: request.POST.get(name, "").replace("\0", "")[:most] for name, most in FIELDS.items()}

    def again(note: Note, status: int, wait: int = 0) -> HttpResponse:
        page = lambda: _shown(request, token, application_id, language, typed, note, status, wait)  # noqa: E731
        return _guarded(language, page, typed)

    if wait := objections.wait(http.address_of(request)):
        return again(Note(TEXTS["often"].say(language, {"seconds": wait})), 429, wait)
    if not token.genuine(request):
        return again(Note(said["expired"]), 403)

    def admit() -> None:
        """Counts what is taken alone: neither what has to be mended nor a form that is sent twice."""
        browser = request.META.get("CSRF_COOKIE", "")
        if wait := here.wait(f"{application_id} {browser}") or daily.wait(http.address_of(request)):
            raise EnoughToday(wait)

    try:
        objecting.object_publicly(application_id, typed["text"], typed["contact"], typed["form"], admit)
    except EnoughToday as enough:
        return again(Note(said["enough"]), 429, enough.seconds)
    except NotFound:
        return _note(language, "unknown", 404, typed=typed)
    except Problem as problem:
        fields = {each.field: each.text.say(language, each.params) for each in problem.fields}
        if "token" in fields:
            typed["form"] = ""  # the page makes a new one
        note = Note(
            said["mend"] if fields.keys() & FIELDS.keys() else problem.text.say(language, problem.params), fields=fields
        )
        return again(note, problem.status, WAIT if problem.status == 429 else 0)
    except (DatabaseError, InterfaceError) as error:
        log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
        return again(Note(said["down"]), 503, WAIT)
    answer = HttpResponseRedirect(f"{pages.PATH}/{application_id}?lang={language[:2]}&done=1")
    answer.status_code = 303
    return _finished(answer, language)


def _shown(
    request: HttpRequest, token: FormToken, application_id: UUID, language: str, typed: Mapping[str, str], note: Note, status: int = 200,
    wait: int = 0,
) -> HttpResponse | None:  # fmt: skip
    found = published.result(application_id)
    if found is None:
        return None
    form = typed.get("form") or secrets.token_urlsafe(24)
    secret = get_token(request) if found.result.open else ""
    page = pages.result_page(language, found, secret, form, typed, note)
    answer = HttpResponse(page, status=status)
    # A page with a form is one browser's own, and is not kept.
    return _finished(token.process_response(request, answer) if secret else answer, language, wait)


def _read(request: HttpRequest, language: str, page: Callable[[], str]) -> HttpResponse:
    """A page that is the same for everybody: it may be kept for a minute, so that one withdrawn is soon gone."""
    if wait := looks.wait(http.address_of(request)):
        return _note(language, "looked", 429, wait)

    def made() -> HttpResponse:
        text = page()
        tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        answer: Any = HttpResponse(text)
        answer["ETag"] = tag
        answer = get_conditional_response(request, etag=tag, response=answer)
        answer["Cache-Control"] = KEPT
        answer["Vary"] = "Accept-Language"
        return _finished(answer, language)

    return _guarded(language, made)


def _guarded(
    language: str, made: Callable[[], HttpResponse | None], typed: Mapping[str, str] | None = None
) -> HttpResponse:
    try:
        answer = made()
    except (DatabaseError, InterfaceError) as error:
        log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
        return _note(language, "down", 503, WAIT, typed)
    return answer if answer is not None else _note(language, "unknown", 404, typed=typed)


def _note(
    language: str, problem: str, status: int, wait: int = 0, typed: Mapping[str, str] | None = None
) -> HttpResponse:
    answer = HttpResponse(pages.note_page(language, pages.PATH, problem, typed or {}), status=status)
    return _finished(answer, language, wait)


def _finished(answer: Any, language: str, wait: int = 0) -> HttpResponse:
    answer["Content-Security-Policy"] = pages.policy()
    answer["Content-Language"] = language
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault("Vary", "Cookie, Accept-Language")
    if wait:
        answer["Retry-After"] = str(wait)
    found: HttpResponse = answer
    return found


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
