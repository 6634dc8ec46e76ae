"""Systems of indicators over HTTP: read by all who see standings, replaced by whoever keeps them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.kernel import clock
from linli.kernel.http import actor_of, require

from ..entry import indicator_out, system_detail_out, system_out
from ..permissions import SYSTEM_EDIT, VIEW
from ..schemas import (
    IndicatorChangeOut,
    IndicatorDifferencesOut,
    IndicatorSystemDetailOut,
    IndicatorSystemsOut,
)
from . import queries

router = Router(tags=["tiers"])
READERS = require(VIEW, SYSTEM_EDIT)


@router.get("/tiers/systems", auth=READERS, response=IndicatorSystemsOut, summary="指标体系 / Systems of indicators")
def list_systems(request: HttpRequest) -> Any:
    """Every version of the system, with how many indicators are official and how many inferred."""
    actor, held = actor_of(request), queries.holding(clock.today())
    items = [system_out(row) for row in queries.systems(actor)]
    return IndicatorSystemsOut(items=items, current=held.id if held else None, may_edit=actor.may(SYSTEM_EDIT))


@router.get("/tiers/systems/{uuid:system_id}", auth=READERS, response=IndicatorSystemDetailOut)
def get_system(request: HttpRequest, system_id: UUID) -> Any:
    """One version with its indicators and their bounds."""
    row = queries.system_row(actor_of(request), system_id)
    return system_detail_out(row, queries.indicators_of(system_id))


@router.get("/tiers/systems/{uuid:system_id}/differences", auth=READERS, response=IndicatorDifferencesOut)
def get_differences(request: HttpRequest, system_id: UUID, to: UUID) -> Any:
    """What changes from this version to another."""
    found = queries.differences(actor_of(request), system_id, to)
    return IndicatorDifferencesOut(
        added=[indicator_out(each) for each in found.added],
        removed=[indicator_out(each) for each in found.removed],
        changed=[IndicatorChangeOut(code=c.code, field=c.field, before=c.before, after=c.after) for c in found.changed],
    )
