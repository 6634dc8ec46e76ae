"""Reporting and following a case over HTTP, for anybody: forms that work without script, served by the main program alone,
since a report is encrypted and the process of the public doors holds no key (docs/decisions/026-reporters.md)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.views.decorators.http import require_http_methods

from linli.cases.reporters import actions, photos, queries
from linli.cases.reporters import rules as numbers
from linli.cases.reporters.actions import PublicReport
from linli.cases.reporters.problems import StaleForm
from linli.kernel import faults, files, http
from linli.kernel.errors import Problem
from linli.kernel.files import DiskFull
from linli.kernel.limiting.actions import Limiter

from . import report_pages as pages
from . import rules
from .report_pages import Note
from .report_rules import LOOKS, MOST_BODY, PHOTO_MB, PICTURES, REPORTS, WORDS_BODY, Gate
from .report_texts import often, words

log = structlog.get_logger("linli.public")
reports, looks, gate = Limiter("report", *REPORTS), Limiter("track", *LOOKS), Gate()
pictures = Limiter("track_photos", *PICTURES)
#: Holds the tracking number while it is followed: never in an address, so in no log, history or referrer.
COOKIE = "linli_track"
#: Seconds after which to come again, where nothing says it better.
WAIT = 60
FIELDS = ("description", "place_text", "area", "lon", "lat", "phone", "email", "tell", "form")
#: Where the engine's fields stand on the page.
_SHOWN = {"reporter_phone": "phone", "lon": "area", "lat": "area"}
_PROBLEMS_OF_PHOTOS = "cases.attachment"


class FormToken(CsrfViewMiddleware):
    """Django's check against forged requests, for plain forms; the view says what to answer."""

    def __init__(self, request: HttpRequest) -> None:
        """With the browser's own secret: without it every page would give out a new one, and older pages would be void."""
        super().__init__(lambda request: HttpResponse())
        self.process_request(request)

    def genuine(self, request: HttpRequest) -> bool:
        return self.process_view(request, _checked, (), {}) is None


def _checked(request: HttpRequest) -> HttpResponse:
    """Stands for the view: none is exempt."""
    raise NotImplementedError


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form for a report, and taking one. Sent twice it is one; what was typed is never lost."""
    language = language_of(request)
    token = FormToken(request)
    if request.method != "POST":
        return _form(request, token, language, {})
    said = words(language)
    wait = reports.wait(http.address_of(request))
    length = http.body_length(request)
    if length > MOST_BODY:
        return _form(request, token, language, {}, Note(said["large"]), 413)
    try:
        if wait:
            typed = _typed(request) if length <= WORDS_BODY else {}
            return _form(request, token, language, typed, Note(often(language, wait)), 429, wait)
        genuine, typed = token.genuine(request), _typed(request)
    except OSError as error:  # photos are written down while they arrive
        if error.errno not in files.NO_ROOM:
            raise
        return _form(request, token, language, {}, Note(said["full"]), DiskFull.status)
    if not genuine:
        return _form(request, token, language, typed, Note(said["expired"]), 403)
    with gate.entered() as let_in:
        if not let_in:
            return _form(request, token, language, typed, Note(said["busy"]), 503)
        return _received(request, token, language, typed)


def _received(request: HttpRequest, token: FormToken, language: str, typed: Mapping[str, str]) -> HttpResponse:
    said = words(language)
    try:
        number = actions.receive(_given(request, typed, language), typed["form"])
    except StaleForm as problem:
        return _form(request, token, language, {**typed, "form": ""}, Note(problem.text.say(language)), 403)
    except Problem as problem:
        if isinstance(problem, DiskFull):
            return _form(request, token, language, typed, Note(said["full"]), problem.status)
        if problem.status >= 500:
            return _form(
                request, token, language, typed, Note(problem.text.say(language, problem.params)), problem.status
            )
        return _form(request, token, language, typed, _mend(problem, language), 422)
    except (DatabaseError, InterfaceError) as error:
        log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
        return _form(request, token, language, typed, Note(said["down"]), 503)
    answer = HttpResponseRedirect(f"/track?lang={language[:2]}")
    answer.status_code = 303
    _remember(answer, number)
    return finished(answer, language)


def _given(request: HttpRequest, typed: Mapping[str, str], language: str) -> PublicReport:
    photos = []
    for photo in request.FILES.getlist("photos")[: actions.MOST_PHOTOS + 1]:
        if (photo.size or 0) > PHOTO_MB * 1024 * 1024:
            raise faults.TooLarge(limit=PHOTO_MB)
        if photo.size:
            photos.append((photo.name or "", photo.read()))
    lon, lat = _number(typed["lon"]), _number(typed["lat"])
    area = typed["area"] or None
    if lon is not None and lat is not None:
        area = None  # where somebody stands says it better than a list
    return PublicReport(
        typed["description"], typed["place_text"], area, lon if lat is not None else None, lat if lon is not None else None,
        typed["phone"], typed["email"], bool(typed["tell"]), language, photos,
    )  # fmt: skip


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) <= 180 else None


def _mend(problem: Problem, language: str) -> Note:
    """What to mend, beside the field it is about."""
    found = {_SHOWN.get(f.field, f.field): f.text.say(language, f.params) for f in problem.fields}
    if not found and (problem.code.startswith(_PROBLEMS_OF_PHOTOS) or isinstance(problem, faults.TooLarge)):
        said = (
            words(language)["large"]
            if isinstance(problem, faults.TooLarge)
            else problem.text.say(language, problem.params)
        )
        found = {"photos": said}
    return Note(words(language)["mend"] if found else problem.text.say(language, problem.params), fields=found)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed, without NUL, which no column holds."""
    typed = {name: request.POST.get(name, "").replace("\0", "")[:5000] for name in FIELDS}
    return typed | {"photos": "1" if any(photo.size for photo in request.FILES.getlist("photos")) else ""}


def _form(
    request: HttpRequest,
    token: FormToken,
    language: str,
    typed: Mapping[str, str],
    note: Note | None = None,
    status: int = 200,
    wait: int = WAIT,
) -> HttpResponse:
    try:
        towns = _towns(int(time.monotonic() // 60))
    except (DatabaseError, InterfaceError):
        towns, status = [], 503
        note = Note(words(language)["down"])
    form = typed.get("form") or actions.issue()
    page = pages.report_page(language, get_token(request), form, typed, towns, note or Note())
    return finished(token.process_response(request, HttpResponse(page, status=status)), language, wait)


@lru_cache(maxsize=1)
def _towns(minute: int) -> list[queries.Town]:
    """The places to choose from, read once a minute: a flood that is refused shall not reach the database."""
    return queries.towns()


# --- following ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """The case of a tracking number, which comes by a form and stays in a cookie, and what its reporter may do."""
    language, token = language_of(request), FormToken(request)
    said = words(language)
    if wait := looks.wait(http.address_of(request)):
        return _ask(request, token, language, "", Note(said["looked_often"]), 429, wait)
    if http.body_length(request) > WORDS_BODY:
        return _ask(request, token, language, "", Note(faults.TooLarge.text.say(language)), 413)
    try:
        if request.method != "POST":
            return _shown(request, token, language, done=request.GET.get("done", ""))
        if not token.genuine(request):
            return _ask(request, token, language, "", Note(said["expired"]), 403)
        return _sent(request, token, language)
    except (DatabaseError, InterfaceError) as error:
        log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
        return _ask(request, token, language, "", Note(said["down"]), 503)


def _sent(request: HttpRequest, token: FormToken, language: str) -> HttpResponse:
    wish = request.POST.get("do", "look")
    if wish == "leave":
        answer = _to_track(language)
        answer.delete_cookie(COOKIE, path="/track")
        return answer
    if wish == "look":
        typed = request.POST.get("number", "")
        number = numbers.typed(typed)
        if number is None or queries.tracked(number) is None:
            return _ask(request, token, language, typed[:40], Note(words(language)["wrong_number"]), 404)
        answer = _to_track(language)
        _remember(answer, number)
        return answer
    number = numbers.typed(request.COOKIES.get(COOKIE, "")) or ""
    try:
        _do(wish, number, request.POST)
    except Problem as problem:
        fields = {f.field: f.text.say(language, f.params) for f in problem.fields}
        note = Note(problem.text.say(language, problem.params), fields=fields)
        return _shown(request, token, language, note=note, status=problem.status, typed=request.POST)
    return _to_track(language, done=wish)


def _do(wish: str, number: str, posted: Any) -> None:
    text = posted.get("text", "").replace("\0", "")
    if wish == "answer":
        actions.answer(number, text)
    elif wish == "object":
        actions.object_to(number, text)
    elif wish == "rate":
        said = {"yes": True, "no": False}
        actions.rate(number, *(said.get(posted.get(name, "")) for name in ("responded", "solved", "satisfied")))
    elif wish == "stop":
        actions.stop(number)
    else:
        raise faults.BadRequest()


def _shown(
    request: HttpRequest, token: FormToken, language: str, done: str = "", note: Note | None = None, status: int = 200,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """The page of the case whose number the cookie holds, or the question for a number."""
    number = numbers.typed(request.COOKIES.get(COOKIE, ""))
    found = queries.tracked(number) if number else None
    if number is None or found is None:
        return _ask(request, token, language, "", note or Note(), status)
    said = words(language)
    note = note or (Note(said[f"done_{done}"], good=True) if f"done_{done}" in said else Note())
    page = pages.case_page(language, get_token(request), number, found, typed or {}, note)
    return finished(token.process_response(request, HttpResponse(page, status=status)), language)


def _ask(
    request: HttpRequest, token: FormToken, language: str, typed: str, note: Note, status: int = 200, wait: int = WAIT
) -> HttpResponse:
    page = pages.number_page(language, get_token(request), typed, note)
    return finished(token.process_response(request, HttpResponse(page, status=status)), language, wait)


def _to_track(language: str, done: str = "") -> HttpResponse:
    answer = HttpResponseRedirect(f"/track?lang={language[:2]}" + (f"&done={done}" if done else ""))
    answer.status_code = 303
    return finished(answer, language)


def _remember(answer: HttpResponse, number: str) -> None:
    """Keep the number until the browser closes, for these pages alone, out of reach of scripts."""
    answer.set_cookie(
        COOKIE, number, path="/track", httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


@require_http_methods(["GET", "HEAD"])
def picture(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """A small picture of the case whose number the cookie holds; of any other there is none."""
    if wait := pictures.wait(http.address_of(request)):
        return finished(HttpResponse(status=429), language_of(request), wait)
    number = numbers.typed(request.COOKIES.get(COOKIE, ""))
    try:
        content = photos.photo(number, photo_id) if number else None
    except (DatabaseError, InterfaceError, Problem) as error:
        log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
        return finished(HttpResponse(status=503), language_of(request))
    if content is None:
        return finished(HttpResponse(status=404), language_of(request))
    return finished(HttpResponse(content, content_type="image/jpeg"), language_of(request))


def language_of(request: HttpRequest) -> str:
    """The language of a page: as its address says, else the browser."""
    return rules.language(request.GET.get("lang"), request.headers.get("Accept-Language", ""))


def finished(answer: Any, language: str, wait: int = WAIT) -> HttpResponse:
    """What every answer of these pages says of itself. `wait`: seconds after which to come again, where it refuses."""
    answer["Content-Security-Policy"] = pages.policy()
    answer["Content-Language"] = language
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Vary"] = "Cookie, Accept-Language"
    if answer.status_code in (429, 503):
        answer["Retry-After"] = str(wait)
    found: HttpResponse = answer
    return found
