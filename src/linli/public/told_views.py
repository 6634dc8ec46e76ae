"""Messages to an address over HTTP: whoever holds it confirms it or stops them by the code that each message carries, without an
account and without having reported anything. Looking changes nothing, so that a preview of a link stops nothing."""

from __future__ import annotations

import structlog
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.views.decorators.http import require_http_methods

from linli.cases.reporters import contacts
from linli.cases.reporters import rules as numbers
from linli.cases.reporters.problems import UnknownCode
from linli.cases.reporters.rules import Standing
from linli.kernel import faults, http

from . import report_pages as pages
from . import report_views as reporting
from .report_pages import Note
from .report_rules import WORDS_BODY
from .report_texts import words
from .report_views import WAIT, FormToken, finished, language_of

log = structlog.get_logger("linli.public")
WISHES = {"stop": contacts.stop, "confirm": contacts.confirm}


@require_http_methods(["GET", "HEAD", "POST"])
def told(request: HttpRequest, code: str = "") -> HttpResponse:
    """What is sent to an address, by its code, and changing that."""
    language, token = language_of(request), FormToken(request)
    said = words(language)
    if wait := reporting.looks.wait(http.address_of(request)):
        return _page(request, token, "", None, Note(said["looked_often"]), 429, wait)
    if http.body_length(request) > WORDS_BODY:
        return _page(request, token, "", None, Note(faults.TooLarge.text.say(language)), 413)
    try:
        if request.method == "POST":
            return _changed(request, token)
        known = numbers.typed(code) if code else None
        stands = contacts.by_code(known) if known else None
        if code and stands is None:
            return _page(request, token, code[:40], None, Note(said["wrong_code"]), 404)
        done = f"done_told_{request.GET.get('done', '')}"
        note = Note(said[done], good=True) if done in said else Note()
        return _page(request, token, numbers.shown(known) if known else "", stands, note)
    except (DatabaseError, InterfaceError) as error:
        log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
        return _page(request, token, "", None, Note(said["down"]), 503)


def _changed(request: HttpRequest, token: FormToken) -> HttpResponse:
    language = language_of(request)
    said = words(language)
    typed = request.POST.get("code", "")[:40].replace("\0", "")
    if not token.genuine(request):
        return _page(request, token, typed, None, Note(said["expired"]), 403)
    wish, code = request.POST.get("do", ""), numbers.typed(typed)
    if wish not in WISHES:
        return _page(request, token, typed, None, Note(faults.BadRequest.text.say(language)), 400)
    try:
        if code is None:
            raise UnknownCode()
        WISHES[wish](code)
    except UnknownCode:
        return _page(request, token, typed, None, Note(said["wrong_code"]), 404)
    answer = HttpResponseRedirect(f"/told?lang={language[:2]}&done={wish}")
    answer.status_code = 303
    return finished(answer, language)


def _page(
    request: HttpRequest, token: FormToken, typed: str, stands: Standing | None, note: Note, status: int = 200, wait: int = WAIT
) -> HttpResponse:  # fmt: skip
    language = language_of(request)
    page = pages.told_page(language, get_token(request), typed, _stands(stands, words(language)), note)
    answer = token.process_response(request, HttpResponse(page, status=status))
    answer["Referrer-Policy"] = "no-referrer"  # the address may hold the code
    return finished(answer, language, wait)


def _stands(held: Standing | None, said: dict[str, str]) -> str:
    if held is None:
        return ""
    return said["told_stopped" if held.stopped else "told_confirmed" if held.confirmed else "told_unproved"]
