"""Systems of indicators over HTTP: read by all who see standings, replaced by whoever keeps them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from linli.kernel import clock
from linli.kernel.http import actor_of, language_of, require

from ..entry import change_out, indicator_out, system_detail_out, system_out
from ..permissions import SYSTEM_EDIT, VIEW
from ..schemas import (
    CommunityKindsIn,
    IndicatorCheckOut,
    IndicatorDifferencesOut,
    IndicatorFindingOut,
    IndicatorSystemDetailOut,
    IndicatorSystemOut,
    IndicatorSystemsOut,
    SystemWithdrawIn,
)
from . import queries

router = Router(tags=["tiers"])
READERS = require(VIEW, SYSTEM_EDIT)
UPLOADER = require(SYSTEM_EDIT, upload=True)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/tiers/systems", auth=READERS, response=IndicatorSystemsOut, summary="指标体系 / Systems of indicators")
def list_systems(request: HttpRequest) -> Any:
    """Every version of the system, with how many indicators are official and how many inferred."""
    actor, held = actor_of(request), queries.holding(clock.today())
    items = [system_out(row) for row in queries.systems(actor)]
    may_edit = actor.may(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    return IndicatorSystemsOut(items=items, current=held.id if held else None, may_edit=may_edit)


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
        changed=[change_out(each) for each in found.changed],
    )


@router.get("/tiers/systems/{uuid:system_id}/export", auth=READERS, response={200: None})
def export_system(request: HttpRequest, system_id: UUID) -> HttpResponse:
    """The version as a workbook that says of each row whether it is official, and can be changed and imported again."""
    from .workbooks import workbook

    actor = actor_of(request)
    row = queries.system_row(actor, system_id)
    answer = HttpResponse(workbook(actor, row, queries.indicators_of(system_id)), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="indicators-v{row.system.version}.xlsx"'
    answer["Cache-Control"] = "no-store"
    return answer


@router.post("/tiers/systems/check", auth=UPLOADER, response=IndicatorCheckOut)
def check_system(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """What a table of indicators (xlsx, yaml) holds and what is wrong with it; nothing is written."""
    from . import importing

    found = importing.look(actor_of(request), file.read(importing.LARGEST + 1), file.name or "")
    language = language_of(request)
    return IndicatorCheckOut(
        stamp=None, title=found.title, indicators=found.indicators, official=found.official, inferred=found.inferred,
        findings=[
            IndicatorFindingOut(where=f.where, code=f.code, message=f.say(language), severity="error") for f in found.findings
        ],
    )  # fmt: skip


@router.post("/tiers/systems/import", auth=UPLOADER, response={201: IndicatorSystemOut})
def import_system(request: HttpRequest, file: File[UploadedFile], effective_from: Form[date | None] = None) -> Any:
    """Take a table in as the next version, from a day on; refused as a whole where anything in it does not hold."""
    from . import importing

    actor = actor_of(request)
    made = importing.bring(actor, file.read(importing.LARGEST + 1), file.name or "", effective_from)
    return 201, system_out(queries.system_row(actor, made.id))


@router.post("/tiers/systems/{uuid:system_id}/kinds", auth=require(SYSTEM_EDIT), response=IndicatorSystemOut)
def choose_kinds(request: HttpRequest, system_id: UUID, given: CommunityKindsIn) -> Any:
    """Say whether villages are assessed beside communities; the next assessment goes by it."""
    from . import importing

    actor = actor_of(request)
    made = importing.choose_kinds(actor, system_id, given.villages)
    return system_out(queries.system_row(actor, made.id))


@router.post(
    "/tiers/systems/{uuid:system_id}/withdraw",
    auth=require(SYSTEM_EDIT),
    response=IndicatorSystemOut,
    summary="撤回 / Withdraw",
)
def withdraw_system(request: HttpRequest, system_id: UUID, given: SystemWithdrawIn) -> Any:
    """Take a version back that has not begun; it stays to be read with the reason, and the version before holds on."""
    from . import withdrawing

    actor = actor_of(request)
    made = withdrawing.withdraw(actor, system_id, given.reason)
    return system_out(queries.system_row(actor, made.id))
