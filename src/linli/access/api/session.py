"""Who am I: signing in and out, own sessions, own password."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token, rotate_token
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.http import SESSION_COOKIE, actor_of, public, unfinished

from .. import actions, demo, rules
from ..middleware import address_of
from ..queries import actors, people

router = Router(tags=["session"])


class SessionAccountOut(Schema):
    id: str
    username: str
    name: str
    language: str
    must_change_password: bool


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


class SessionOut(Schema):
    """Who is signed in; only `signed_in` and `demo` when nobody is."""

    signed_in: bool
    demo: bool
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


def _session(actor: Actor) -> dict[str, Any]:
    if actor.kind != "staff":
        return {"signed_in": False, "demo": demo.is_demo()}
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
        },
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


@router.get("/session", auth=public, response=SessionOut)
def show(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in. Sets the cookie `csrftoken`, which writes send back as X-CSRFToken."""
    get_token(request)
    return _session(actor_of(request))


@router.post("/session", auth=public, response=SessionOut)
def sign_in(request: HttpRequest, response: HttpResponse, data: SignIn) -> dict[str, Any]:
    """Sign in. 401 `access.bad_credentials`, 423 `access.locked`, 429 `access.too_many_attempts`."""
    address = address_of(request)
    actions.sign_out(request.session_id)  # type: ignore[attr-defined]  # the one this browser had; kept if this fails
    token = actions.sign_in(data.username, data.password, address, request.headers.get("User-Agent", ""))
    rotate_token(request)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(rules.ABSOLUTE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure() or _always_secure(),
        path="/",
    )
    begun = actors.begin(token, request.request_id, address)  # type: ignore[attr-defined]
    if begun is None:
        raise RuntimeError("a session just opened is not valid")
    request.actor = begun.actor  # type: ignore[attr-defined]
    return _session(begun.actor)


def _always_secure() -> bool:
    from django.conf import settings

    return bool(settings.SESSION_COOKIE_SECURE)


@router.delete("/session", auth=public, response=SessionOut)
def sign_out(request: HttpRequest, response: HttpResponse) -> dict[str, Any]:
    """Sign out; nothing happens when nobody is signed in."""
    actions.sign_out(request.session_id)  # type: ignore[attr-defined]
    response.delete_cookie(SESSION_COOKIE, path="/", samesite="Lax")
    return {"signed_in": False, "demo": demo.is_demo()}


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
    return {"items": people.own_sessions(actor_of(request), request.session_id)}  # type: ignore[attr-defined]


@router.delete("/session/list/{session_id}", auth=unfinished, response={204: None})
def end_session(request: HttpRequest, session_id: uuid.UUID) -> Any:
    """End one of one's own sessions."""
    actions.end_session(actor_of(request), session_id)
    return Status(204, None)
