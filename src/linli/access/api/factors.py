"""One's own second factor and recovery codes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel.http import actor_of, unfinished

from .. import actions
from ..queries import factors
from .session import personal

router = Router(tags=["session"])


class FactorOut(Schema):
    """`demanded`: a post or the setting asks for it. `has_password`: signing in by password is possible at all; where it is
    not, `proved` says that the person has just proved at the provider who they are, which setting up asks for."""

    active: bool
    since: datetime | None
    demanded: bool
    has_password: bool
    proved: bool
    codes_left: int


class Begin(Schema):
    """The password, or a code of the second factor that is to be replaced."""

    password: str = Field("", max_length=200)
    code: str = Field("", max_length=40)


class EnrolmentOut(Schema):
    """`picture` is a QR code of `address` as a `data:` address; `secret` is for typing. Shown this once."""

    secret: str
    address: str
    picture: str


class Code(Schema):
    code: str = Field(max_length=40)


class CodesOut(Schema):
    """Recovery codes, shown this once."""

    codes: list[str]


@router.get("/session/second-factor", auth=unfinished, response=FactorOut)
def show(request: HttpRequest) -> Any:
    """Whether one has a second factor, and how many recovery codes are left."""
    personal(request)
    return factors.own(actor_of(request), request.session_id)  # type: ignore[attr-defined]


@router.post("/session/second-factor", auth=unfinished, response=EnrolmentOut)
def begin(request: HttpRequest, data: Begin) -> Any:
    """A new secret for an authenticator. It counts once `confirm` has seen its first code, within 15 minutes.

    403 `access.prove_anew` without a password, before `/oidc/start?fresh=1` was gone through.
    """
    request.keep_answer = False  # type: ignore[attr-defined]
    return actions.begin_factor(
        actor_of(request),
        password=data.password,
        code=data.code,
        session_id=request.session_id,  # type: ignore[attr-defined]
    )


@router.post("/session/second-factor/confirm", auth=unfinished, response=CodesOut)
def confirm(request: HttpRequest, data: Code) -> Any:
    """Prove the new secret by a code of it; answers ten recovery codes. One's other sessions end."""
    request.keep_answer = False  # type: ignore[attr-defined]
    return {"codes": actions.confirm_factor(actor_of(request), data.code, request.session_id)}  # type: ignore[attr-defined]


@router.post("/session/second-factor/codes", auth=unfinished, response=CodesOut)
def renew(request: HttpRequest, data: Code) -> Any:
    """Ten new recovery codes in place of the old ones."""
    request.keep_answer = False  # type: ignore[attr-defined]
    return {"codes": actions.renew_codes(actor_of(request), data.code)}


@router.post("/session/second-factor/remove", auth=unfinished, response={204: None})
def remove(request: HttpRequest, data: Code) -> Any:
    """Do without a second factor. 409 `access.second_factor_demanded` where a role or the setting asks for one."""
    actions.drop_factor(actor_of(request), data.code)
    return Status(204, None)
