"""Accounts, for their administrators."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel.http import PageOut, actor_of, require, signed_in

from .. import actions
from ..oidc.settings import provider
from ..permissions import ACCOUNT_EDIT, ACCOUNT_VIEW, FACTOR_RESET, VIEW_AS
from ..queries import factors, people
from .session import SessionsOut

router = Router(tags=["administration"])


class UnitRefOut(Schema):
    id: uuid.UUID
    name: str


class HeldPostOut(Schema):
    id: uuid.UUID
    title: str
    since: date
    until: date | None


class AccountOut(Schema):
    """`last_seen_at` is cut to the day: it is for closing unused accounts, not for watching anyone."""

    id: uuid.UUID
    username: str
    name: str
    language: str
    unit: UnitRefOut
    posts: list[HeldPostOut]
    active: bool
    must_change_password: bool
    second_factor: bool
    locked_until: datetime | None
    last_seen_at: datetime | None


class NewAccount(Schema):
    username: str = Field(max_length=40)
    name: str = Field(max_length=50)
    unit_id: uuid.UUID
    language: Literal["zh-CN", "en"] = "zh-CN"


class MadeAccount(AccountOut):
    """The new account with its one-time password, shown this once."""

    password: str


class AccountChange(Schema):
    name: str | None = Field(None, max_length=50)
    unit_id: uuid.UUID | None = None
    active: bool | None = None
    language: Literal["zh-CN", "en"] | None = None


class OneTime(Schema):
    password: str


class IdentityOut(Schema):
    """Who an account is at the provider `issuer`; `linked_by` names the administrator, or the claim.

    `vouched_by`: who else answers for it; `proved`: its holder came this way and gave a code of their own; `waiting`:
    neither, and the administrators are kept apart, so an account without a second factor does not get in by it.
    """

    id: uuid.UUID
    issuer: str
    subject: str
    linked_by: str
    vouched_by: str
    proved: bool
    waiting: bool
    created_at: datetime


class IdentitiesOut(Schema):
    provider: str | None
    items: list[IdentityOut]


class Subject(Schema):
    subject: str = Field(max_length=255)


class Reason(Schema):
    reason: str = Field(max_length=200)


class Ended(Schema):
    ended: int


@router.get("/accounts", auth=require(ACCOUNT_VIEW), response=PageOut[AccountOut])
def list_accounts(
    request: HttpRequest,
    q: str = "",
    unit: uuid.UUID | None = None,
    area: str | None = None,
    active: bool | None = None,
    state: people.AccountState | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Accounts by user name; `q` is the beginning of the user name or the name, `state` what an open one lacks."""
    return people.accounts(
        actor_of(request), q=q, unit_id=unit, area=area, active=active, state=state, cursor=cursor, limit=limit
    )


@router.post("/accounts", auth=require(ACCOUNT_EDIT), response={201: MadeAccount})
def create(request: HttpRequest, data: NewAccount) -> Any:
    """A new account with a one-time password. It has no rights before it is appointed to a post."""
    actor = actor_of(request)
    password = actions.one_time_password()
    account = actions.create_account(actor, password=password, **data.dict())
    made = AccountOut.from_orm(people.account(actor, account.id))
    return Status(201, {**made.dict(), "password": password})


@router.get("/accounts/{account_id}", auth=require(ACCOUNT_VIEW), response=AccountOut)
def show(request: HttpRequest, account_id: uuid.UUID) -> Any:
    """One account."""
    return people.account(actor_of(request), account_id)


@router.patch("/accounts/{account_id}", auth=require(ACCOUNT_EDIT), response=AccountOut)
def change(request: HttpRequest, account_id: uuid.UUID, data: AccountChange) -> Any:
    """Change name, unit, language, or close and reopen. Closing ends the sessions."""
    actor = actor_of(request)
    actions.change_account(actor, account_id, **data.dict(exclude_unset=True))
    return people.account(actor, account_id)


@router.post("/accounts/{account_id}/password", auth=require(ACCOUNT_EDIT), response=OneTime)
def reset_password(request: HttpRequest, account_id: uuid.UUID) -> Any:
    """Set a one-time password and show it this once."""
    return {"password": actions.reset_password(actor_of(request), account_id)}


@router.delete("/accounts/{account_id}/second-factor", auth=require(FACTOR_RESET), response={204: None})
def reset_factor(request: HttpRequest, account_id: uuid.UUID) -> Any:
    """Take the second factor off an account whose owner has lost it. Its sessions end."""
    actions.reset_factor(actor_of(request), account_id)
    return Status(204, None)


@router.get("/accounts/{account_id}/identities", auth=require(ACCOUNT_EDIT, FACTOR_RESET), response=IdentitiesOut)
def identities(request: HttpRequest, account_id: uuid.UUID) -> Any:
    """Who the account is at the identity provider; `provider` is its name, None where none is set up."""
    found = provider()
    items = factors.identities(actor_of(request), account_id)
    return {"provider": found.name if found else None, "items": items}


@router.post("/accounts/{account_id}/identities", auth=require(ACCOUNT_EDIT), response={201: IdentityOut})
def link_identity(request: HttpRequest, account_id: uuid.UUID, data: Subject) -> Any:
    """Let whoever the provider calls so sign in as this account. 409 `access.no_provider`, 409 `access.taken`."""
    actor = actor_of(request)
    made = actions.link_identity(actor, account_id, data.subject)
    return Status(201, next(i for i in factors.identities(actor, account_id) if i.id == made.id))


@router.post("/accounts/{account_id}/identities/{identity_id}/vouch", auth=require(FACTOR_RESET), response={204: None})
def vouch_identity(request: HttpRequest, account_id: uuid.UUID, identity_id: uuid.UUID) -> Any:
    """Answer for a link another administrator made, after having asked whose account it is."""
    actions.vouch_identity(actor_of(request), account_id, identity_id)
    return Status(204, None)


@router.delete("/accounts/{account_id}/identities/{identity_id}", auth=require(ACCOUNT_EDIT), response={204: None})
def unlink_identity(request: HttpRequest, account_id: uuid.UUID, identity_id: uuid.UUID) -> Any:
    """Take the link away. Sessions opened by the provider end."""
    actions.unlink_identity(actor_of(request), account_id, identity_id)
    return Status(204, None)


@router.post("/accounts/{account_id}/view", auth=require(VIEW_AS), response={204: None})
def view_as(request: HttpRequest, account_id: uuid.UUID, data: Reason) -> Any:
    """See the console as this account for 15 minutes, without being able to change anything. Logged with the reason.

    403 `access.beyond_own` for an account with any right one has not oneself.
    """
    actions.begin_view(actor_of(request), account_id, request.session_id, data.reason)  # type: ignore[attr-defined]
    return Status(204, None)


@router.delete("/session/view", auth=signed_in, response={204: None})
def end_view(request: HttpRequest) -> Any:
    """See as oneself again."""
    actions.end_view(actor_of(request), request.session_id)  # type: ignore[attr-defined]
    return Status(204, None)


@router.post("/accounts/{account_id}/unlock", auth=require(ACCOUNT_EDIT), response=AccountOut)
def unlock(request: HttpRequest, account_id: uuid.UUID) -> Any:
    """Open the lock that failed sign-ins have put on the account."""
    actor = actor_of(request)
    actions.unlock(actor, account_id)
    return people.account(actor, account_id)


@router.get("/accounts/{account_id}/sessions", auth=require(ACCOUNT_EDIT), response=SessionsOut)
def sessions(request: HttpRequest, account_id: uuid.UUID) -> Any:
    """The open sessions of an account, in order to end them."""
    return {"items": people.sessions_of(actor_of(request), account_id)}


@router.delete("/accounts/{account_id}/sessions", auth=require(ACCOUNT_EDIT), response=Ended)
def end_sessions(request: HttpRequest, account_id: uuid.UUID) -> Any:
    """End all sessions of an account."""
    return {"ended": actions.end_sessions(actor_of(request), account_id)}


@router.delete("/accounts/{account_id}/sessions/{session_id}", auth=require(ACCOUNT_EDIT), response={204: None})
def end_session(request: HttpRequest, account_id: uuid.UUID, session_id: uuid.UUID) -> Any:
    """End one session of an account."""
    actions.end_sessions(actor_of(request), account_id, session_id)
    return Status(204, None)
