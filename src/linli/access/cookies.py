"""The cookies signing in gives: the session's, and the proof that only a code is missing."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token

from linli.kernel.http import SESSION_COOKIE

from . import actions, rules

STEP = "linli_step"
STEP_PATH = "/api/session"


def give(request: HttpRequest, response: HttpResponseBase, outcome: actions.Opened | actions.StepToCome) -> None:
    """Give the browser what it brings back: the token of an open session, or the proof for the second step."""
    rotate_token(request)
    if isinstance(outcome, actions.StepToCome):
        set_private(request, response, STEP, outcome.proof, int(rules.STEP_TIME.total_seconds()), STEP_PATH)
        return
    set_private(request, response, SESSION_COOKIE, outcome.token, int(rules.ABSOLUTE.total_seconds()))
    response.delete_cookie(STEP, path=STEP_PATH, samesite="Lax")


def set_private(
    request: HttpRequest, response: HttpResponseBase, name: str, value: str, seconds: int, path: str = "/"
) -> None:
    """A cookie no script reads and no other site's form sends. Lax: it comes along when a provider leads back."""
    secure = request.is_secure() or bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure, path=path)
