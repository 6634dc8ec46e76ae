"""Who am I: signing in and out, own sessions, own password."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.faults import ViewingOnly
from linli.kernel.http import SESSION_COOKIE, actor_of, address_of, public, unfinished

from .. import actions, cookies, demo
from ..oidc.settings import provider
from ..queries import actors, people

router = Router(tags=["session"])


class SessionAccountOut(Schema):
    id: str
    username: str
    name: str
    language: str
    must_change_password: bool
    must_enrol: bool


class SessionUnitOut(Schema):
    id: str
    name: str
    area_code: str
    area_name: str


class SessionPostOut(Schema):
    id: str
    title: str


class SessionAreaOut(Schema):
    code: str
    name: str
    level: str


class ViewingOut(Schema):
    """The account is seen through the eyes of another: of whom, and until when."""

    viewer: str
    until: datetime


class SessionOut(Schema):
    """Who is signed in; only the first four when nobody is.

    `second_step`: the password was right, and a code is asked for. `provider`: the name of the provider one can sign
    in with instead, where there is one.
    """

    signed_in: bool
    demo: bool
    second_step: bool = False
    provider: str | None = None
    viewing: ViewingOut | None = None
    account: SessionAccountOut | None = None
    unit: SessionUnitOut | None = None
    post: SessionPostOut | None = None
    areas: list[SessionAreaOut] = []
    permissions: list[str] = []


class SignIn(Schema):
    username: str = Field(max_length=100)
    password: str = Field(max_length=200)


class PasswordChange(Schema):
    old: str = Field(max_length=200)
    new: str = Field(max_length=200)


class Language(Schema):
    language: Literal["zh-CN", "en"]


class SessionItemOut(Schema):
    id: uuid.UUID
    current: bool
    created_at: datetime
    last_seen_at: datetime | None
    ip: str
    user_agent: str


class SessionsOut(Schema):
    items: list[SessionItemOut]


class SecondStep(Schema):
    code: str = Field(max_length=40)


def _nobody(second_step: bool = False) -> dict[str, Any]:
    found = provider()
    name = found.name if found else None
    return {"signed_in": False, "demo": demo.is_demo(), "second_step": second_step, "provider": name}


def _session(actor: Actor) -> dict[str, Any]:
    if actor.kind != "staff":
        return _nobody()
    unit_area = actor.extra["unit_area"]
    names = area_names.names_of([*actor.areas, unit_area])
    post = actor.extra.get("post")
    return {
        "signed_in": True,
        "demo": demo.is_demo(),
        "account": {
            "id": actor.id,
            "username": actor.extra["username"],
            "name": actor.name,
            "language": actor.language,
            "must_change_password": "must_change_password" in actor.extra,
            "must_enrol": "must_enrol" in actor.extra,
        },
        "viewing": {"viewer": actor.extra["viewer_name"], "until": actor.extra["viewing_until"]}
        if "viewer" in actor.extra
        else None,
        "unit": {
            "id": actor.unit_id,
            "name": actor.unit_name,
            "area_code": unit_area,
            "area_name": names[unit_area],
        },
        "post": {"id": post, "title": actor.extra["post_title"]} if post else None,
        "areas": [{"code": code, "name": names[code], "level": areas.level(code)} for code in actor.areas],
        "permissions": sorted({p for grant in actor.grants for p in grant.permissions}),
    }


def personal(request: HttpRequest) -> None:
    """Raise ViewingOnly for what is a person's alone, also when others see the console as they do."""
    if "viewer" in actor_of(request).extra:
        raise ViewingOnly()


@router.get("/session", auth=public, response=SessionOut)
def show(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in. Sets the cookie `csrftoken`, which writes send back as X-CSRFToken."""
    get_token(request)
    return _session(actor_of(request))


@router.post("/session", auth=public, response=SessionOut)
def sign_in(request: HttpRequest, response: HttpResponse, data: SignIn) -> dict[str, Any]:
    """Sign in, or be asked for a code (`second_step`). 401 `access.bad_credentials`, 423 `access.locked`,
    429 `access.too_many_attempts`."""
    actions.sign_out(request.session_id)  # type: ignore[attr-defined]  # the one this browser had; kept if this fails
    outcome = actions.sign_in(data.username, data.password, address_of(request), agent_of(request))
    return _let_in(request, response, outcome)


@router.post("/session/second-step", auth=public, response=SessionOut)
def second_step(request: HttpRequest, response: HttpResponse, data: SecondStep) -> dict[str, Any]:
    """Give the code that signing in asked for: of the authenticator, or a recovery code.

    401 `access.wrong_code`, 401 `access.step_expired`, 423 `access.locked`, 429 `access.too_many_attempts`.
    """
    proof = request.COOKIES.get(cookies.STEP, "")
    outcome = actions.finish_sign_in(proof, data.code, address_of(request), agent_of(request))
    return _let_in(request, response, outcome)


def agent_of(request: HttpRequest) -> str:
    """What the browser says it is."""
    return request.headers.get("User-Agent", "")


def _let_in(
    request: HttpRequest, response: HttpResponse, outcome: actions.Opened | actions.StepToCome
) -> dict[str, Any]:
    cookies.give(request, response, outcome)
    if isinstance(outcome, actions.StepToCome):
        return _nobody(second_step=True)
    begun = actors.begin(outcome.token, request.request_id, address_of(request))  # type: ignore[attr-defined]
    if begun is None:
        raise RuntimeError("a session just opened is not valid")
    request.actor = begun.actor  # type: ignore[attr-defined]
    return _session(begun.actor)


@router.delete("/session", auth=public, response=SessionOut)
def sign_out(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Sign out; nothing happens when nobody is signed in."""
    actions.sign_out(request.session_id)  # type: ignore[attr-defined]
    response.delete_cookie(SESSION_COOKIE, path="/", samesite="Lax")
    return _nobody()


@router.patch("/session", auth=unfinished, response=SessionOut)
def change(request: HttpRequest, data: Language) -> dict[str, Any]:
    """Choose the language of pages and notices."""
    actor = actor_of(request)
    actions.set_language(actor, data.language)
    answer = _session(actor)
    answer["account"]["language"] = data.language
    return answer


@router.post("/session/password", auth=unfinished, response={204: None})
def password(request: HttpRequest, data: PasswordChange) -> Any:
    """Change one's own password; one's other sessions end."""
    actions.change_password(actor_of(request), data.old, data.new, request.session_id)  # type: ignore[attr-defined]
    return Status(204, None)


@router.get("/session/list", auth=unfinished, response=SessionsOut)
def own_sessions(request: HttpRequest) -> dict[str, Any]:
    """Where one is signed in."""
    personal(request)
    return {"items": people.own_sessions(actor_of(request), request.session_id)}  # type: ignore[attr-defined]


@router.delete("/session/list/{session_id}", auth=unfinished, response={204: None})
def end_session(request: HttpRequest, session_id: uuid.UUID) -> Any:
    """End one of one's own sessions."""
    actions.end_session(actor_of(request), session_id)
    return Status(204, None)
