"""The HTTP edge: every error becomes a problem document, every operation says who may call it.

`install(api)` gives a NinjaAPI the handlers; `require("room.subject.verb")`, `signed_in` and `public` are the marks an
operation carries as `auth=`. The transaction, the session and idempotency are the business of `access.middleware`.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Generic, TypeVar, cast

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.security import APIKeyCookie

from . import faults, scope
from .actors import ANONYMOUS, Actor
from .errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    Text,
    Unauthenticated,
    Unavailable,
)
from .faults import BadRequest, NotAllowed, TooLarge, Unexpected, sqlstate

log = structlog.get_logger("linli.http")
SESSION_COOKIE = "linli_session"
PUBLIC_BODY = 64 * 1024  # bytes anyone at all may send: enough to sign in
FORM_SLACK = 1024 * 1024  # what a multipart form adds to the file it carries
PROBLEM_TYPE = "application/problem+json"
Item = TypeVar("Item")


class CsrfFailed(Forbidden):
    """The request did not come from our own page."""

    code = "kernel.csrf"
    text = Text("页面已过期，请刷新后重试。", "This page has expired; reload it and try again.")


class PasswordChangeRequired(Forbidden):
    """The account has a one-time password; nothing else is possible before it is changed."""

    code = "access.password_change_required"
    text = Text("请先修改初始密码。", "Please change the one-time password first.")


class SecondFactorRequired(Forbidden):
    """A role, or the setting, asks for a second factor; nothing else is possible before there is one."""

    code = "access.second_factor_required"
    text = Text("请先绑定两步验证。", "Please set up your second factor first.")


class TooMany(Problem):
    """Too many requests from one place. `wait`: seconds until the next, where that is known; told as Retry-After."""

    status, code = 429, "kernel.too_many"
    text = Text("操作过于频繁，请稍后再试。", "Too many requests; please wait a little.")


class CountOut(Schema):
    value: int
    exact: bool


class PageOut(Schema, Generic[Item]):
    """A keyset page as the API answers it."""

    items: list[Item]
    next: str | None = None
    count: CountOut | None = None


def written(answer: Any, asked: HttpRequest | None = None) -> HttpResponse:
    """An answer written as JSON as it is, unchecked: for lists whose lines the program makes itself, where checking them against
    the schema took longer than reading them. A test holds each to its schema (tests/cases/test_case_lines.py). With the request
    that `asked`, nothing is sent where the reader has it already."""
    import orjson

    made = HttpResponse(orjson.dumps(answer), content_type="application/json; charset=utf-8")
    return made if asked is None else unless_had(asked, made)


def unless_had(request: HttpRequest, made: HttpResponse) -> HttpResponse:
    """`made` with a mark of what it says (ETag), or 304 without a body where the reader names that mark: for what is asked for
    again and again. The mark is of the answer itself, so that nothing changed is ever taken for the same."""
    tag = f'W/"{hashlib.blake2b(made.content, digest_size=12).hexdigest()}"'
    made.headers["ETag"] = tag
    return cast(HttpResponse, get_conditional_response(request, etag=tag, response=made))


# --- who calls, and in which language -------------------------------------------------------------------------


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request; anonymous when nobody is signed in."""
    return cast(Actor, getattr(request, "actor", ANONYMOUS))


def language_of(request: HttpRequest) -> str:
    """ "zh-CN" or "en": the first of the two in Accept-Language, else the account's, else Chinese."""
    for part in request.headers.get("Accept-Language", "").split(","):
        tag = part.partition(";")[0].strip().lower()
        if tag[:2] in ("zh", "en"):
            return "zh-CN" if tag.startswith("zh") else "en"
    return actor_of(request).language


def body_length(request: HttpRequest) -> int:
    """How many bytes the request says it carries; nothing beyond that is ever read. Raises BadRequest."""
    said = request.headers.get("Content-Length") or "0"
    if not (said.isascii() and said.isdigit()):
        raise BadRequest()
    return int(said)


def check_charset(request: HttpRequest) -> None:
    """Refuse a body in anything but UTF-8, before it is read: the framework would decode fields by whatever codec of Python the
    caller names, some of which take minutes for a megabyte. Raises BadRequest."""
    named = (request.content_params or {}).get("charset", "utf-8").strip("\"' ").lower()
    if named not in ("utf-8", "utf8"):
        raise BadRequest()


def address_of(request: HttpRequest) -> str:
    """The caller's network address: what our outermost own proxy saw, when there are any (LINLI_PROXIES)."""
    proxies = int(getattr(settings, "LINLI_PROXIES", 0))
    if proxies:
        passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        if len(passed) >= proxies:
            return passed[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


class Require(APIKeyCookie):
    """The mark of an operation for signed-in people who hold one of `permissions` (none named: anyone signed in).

    It is asked before a byte of the body is read, and bounds it: only `upload` operations take a file.
    """

    param_name = SESSION_COOKIE

    def __init__(self, *permissions: str, unfinished: bool = False, upload: bool = False) -> None:
        super().__init__(csrf=False)  # the middleware has checked already, for every unsafe request
        self.permissions, self.unfinished, self.upload = permissions, unfinished, upload

    @property
    def most(self) -> int:
        """The largest body the operation takes, in bytes."""
        return int(settings.LINLI_UPLOAD_LIMIT) + FORM_SLACK if self.upload else settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        actor = actor_of(request)
        if actor.kind == "anonymous":
            raise Unauthenticated()
        if "must_change_password" in actor.extra and not self.unfinished:
            raise PasswordChangeRequired()
        if "must_enrol" in actor.extra and not self.unfinished:
            raise SecondFactorRequired()
        if self.permissions and not any(actor.may(permission) for permission in self.permissions):
            raise Forbidden(permission=self.permissions[0])
        self.bound(request)
        return actor

    def bound(self, request: HttpRequest) -> None:
        """Raise TooLarge where the body is larger than the operation takes."""
        if body_length(request) > self.most:
            raise TooLarge(limit=self.most)


class Public(Require):
    """The mark of an operation that anyone may call, signed in or not."""

    @property
    def most(self) -> int:
        return PUBLIC_BODY

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        self.bound(request)
        return actor_of(request)


@cache
def require(*permissions: str, upload: bool = False) -> Require:
    """`auth=require("room.subject.verb")`: the actor holds one of the permissions somewhere; where, asks the query.

    `upload=True` on operations that take a file: all others refuse bodies of more than a few megabytes.
    """
    return Require(*permissions, upload=upload)


signed_in = Require()
unfinished = Require(unfinished=True)
public = Public()


# --- errors ---------------------------------------------------------------------------------------------------


def respond(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem document of `problem`, in the language of the request."""
    import orjson

    document = problem.document(language_of(request), getattr(request, "request_id", ""))
    told = HttpResponse(orjson.dumps(document), status=problem.status, content_type=PROBLEM_TYPE)
    if "wait" in problem.params:
        told["Retry-After"] = str(problem.params["wait"])
    return told


def problem_of(error: Exception) -> Problem:
    """The problem that stands for any exception, those of the framework too. What is not foreseen is Unexpected."""
    if isinstance(error, ValidationError):
        return Invalid(fields=tuple(_field(entry) for entry in error.errors))
    if isinstance(error, HttpError):
        if isinstance(error.__cause__, Problem):  # our parser's, which the framework covers with an error of its own
            return error.__cause__
        return of_status(error.status_code)
    return faults.problem_of(error)


def of_status(status: int) -> Problem:
    """A problem for a bare HTTP status, as the framework gives it."""
    known: dict[int, type[Problem]] = {
        401: Unauthenticated,
        403: Forbidden,
        404: NotFound,
        405: NotAllowed,
        409: Conflict,
        413: TooLarge,
        422: Invalid,
        429: TooMany,
    }
    if status in known:
        return known[status]()
    return Unavailable() if status == 503 else BadRequest() if status < 500 else Unexpected()


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """Turn any exception into its answer, and log it when it is a fault of ours."""
    request.failure = error  # type: ignore[attr-defined]  # read by the middleware, which may try again
    problem = problem_of(error)
    if problem.status >= 500:
        # The message of a database error quotes values, so only its kind and the places it passed are kept.
        log.error(
            "failed",
            request_id=getattr(request, "request_id", ""),
            error=type(error).__name__,
            sqlstate=sqlstate(error),
            at=[f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)[-8:]],
        )
    return respond(request, problem)


def install(api: NinjaAPI) -> NinjaAPI:
    """Give an API our error answers. Returns it."""
    for kind in (Problem, ValidationError, HttpError, Http404, Exception):
        api.add_exception_handler(kind, answer)  # type: ignore[arg-type]
    return api


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return respond(request, CsrfFailed())


FORM = Text("格式不正确。", "This is not in the right form.")
_MISSING = Text("请填写此项。", "Please fill this in.")
_FORMS: dict[str, tuple[str, Text]] = {
    "missing": ("required", _MISSING),
    "string_too_short": ("too_short", Text("至少 {min_length} 个字符。", "At least {min_length} characters.")),
    "string_too_long": ("too_long", Text("最多 {max_length} 个字符。", "At most {max_length} characters.")),
    "string_pattern_mismatch": ("form", FORM),
    "extra_forbidden": ("unknown", Text("没有这一项。", "There is no such entry.")),
    "number_as_text": (
        "as_text",
        Text(
            "数位过多，请作为文本提交，以免丢失末位。", "So many digits are to be sent as a text, so that none is lost."
        ),
    ),
    "too_long": ("too_many", Text("数量过多。", "Too many.")),
    "too_short": ("too_few", Text("数量不足。", "Too few.")),
}


def _field(entry: dict[str, Any]) -> FieldProblem:
    place = [str(part) for part in entry.get("loc", ())]
    # ("body", parameter name, field …) and ("query", field): people know the field only.
    place = place[2:] if place[:1] == ["body"] and len(place) > 2 else place[1:] or place
    kind = str(entry.get("type", ""))
    family = next((name for name in ("int", "uuid", "date", "bool") if kind.startswith(name)), "form")
    code, text = _FORMS.get(kind, (family, FORM))
    return FieldProblem(".".join(place), code, text, entry.get("ctx", {}))


def holding_nul(value: object, place: str = "") -> str | None:
    """Where in a JSON value a text (or a name) holds the character NUL, as `outer.inner`; None where none does."""
    if isinstance(value, str):
        return place if "\x00" in value else None
    if isinstance(value, dict):
        if any("\x00" in name for name in value):
            return place
        entries = [(f"{place}.{name}" if place else str(name), entry) for name, entry in value.items()]
    elif isinstance(value, list):
        entries = [(place, entry) for entry in value]
    else:
        return None
    return next((found for name, entry in entries if (found := holding_nul(entry, name)) is not None), None)


# --- streams --------------------------------------------------------------------------------------------------


def scoped_stream(actor: Actor, make: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
    """Run a generator of a streaming answer in a scoped transaction of its own: the request's has ended by then."""
    with scope.acting(actor):
        yield from make()


def is_problem(response: HttpResponseBase) -> bool:
    """Whether an answer already is a problem document."""
    return str(response.headers.get("Content-Type", "")).startswith(PROBLEM_TYPE)
