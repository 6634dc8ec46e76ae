"""Declared values over HTTP: what a community declares, what it declared before, and taking it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.http import actor_of, require

from .. import communities
from ..entry import declaration_out
from ..permissions import DECLARE, VIEW
from ..schemas import DeclarationIn, DeclarationOut, DeclarationsOut
from ..systems.queries import holding
from . import actions, queries
from .catalogue import metrics

router = Router(tags=["tiers"])


@router.get("/tiers/communities/{code}/values", auth=require(VIEW), response=DeclarationsOut)
def list_declarations(
    request: HttpRequest, code: str, metric: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Any:
    """What was declared of a community, the newest first."""
    actor = actor_of(request)
    _seen(actor, VIEW, code)
    page = queries.declarations_page(actor, code, metric, cursor, limit)
    return DeclarationsOut(items=[declaration_out(each, _unit(each.metric)) for each in page.items], next=page.next)


@router.post("/tiers/communities/{code}/values", auth=require(DECLARE), response={201: DeclarationOut})
def declare_value(request: HttpRequest, code: str, given: DeclarationIn) -> Any:
    """Declare a value as of a day. It counts from now on; what was declared before stays in the history."""
    actor = actor_of(request)
    _seen(actor, DECLARE, code)
    value = Decimal(int(given.value)) if isinstance(given.value, bool) else Decimal(repr(given.value))
    made = actions.declare(actor, actions.NewDeclaration(code, given.metric, value, given.as_of, given.note))
    return 201, declaration_out(made, _unit(made.metric))


@router.post("/tiers/communities/{code}/values/{metric}/withdraw", auth=require(DECLARE), response={204: None})
def withdraw_value(request: HttpRequest, code: str, metric: str) -> Any:
    """Take back what is declared of a metric."""
    actor = actor_of(request)
    _seen(actor, DECLARE, code)
    actions.withdraw(actor, code, metric)
    return 204, None


def _seen(actor: Actor, permission: str, code: str) -> None:
    communities.seen(actor, permission, code, communities.kinds_of(holding(clock.today())))


def _unit(metric: str) -> str:
    found = metrics().get(metric)
    return found.unit if found else ""
