"""Recognitions over HTTP: what texts say of tiers that were reached, and taking past results in from a table."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Query, Router
from ninja.files import UploadedFile

from linli.kernel.http import actor_of, require

from ..entry import recognition_out
from ..permissions import ACCEPT, VIEW
from ..schemas import RecognitionsOut, TierTextOut
from . import queries
from .schemas import RecognitionFindingOut, RecognitionsCheckOut

router = Router(tags=["tiers"])
UPLOADER = require(ACCEPT, upload=True)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/tiers/recognitions", auth=require(VIEW), response=RecognitionsOut, summary="认定 / Recognitions")
def list_recognitions(
    request: HttpRequest, cursor: str | None = None, limit: Annotated[int | None, Query(ge=1, le=200)] = None
) -> Any:
    """Every statement in sight with its authority, day, source and certainty."""
    page = queries.recognitions_page(actor_of(request), cursor, limit)
    return RecognitionsOut(items=[recognition_out(each) for each in page.items], next=page.next)


@router.get("/tiers/recognitions/template.xlsx", auth=require(ACCEPT), response={200: None})
def recognitions_template(request: HttpRequest) -> HttpResponse:
    """The empty table of past results, with what may stand in it."""
    from .workbooks import template

    answer = HttpResponse(template(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="recognitions.xlsx"'
    return answer


@router.post("/tiers/recognitions/check", auth=UPLOADER, response=RecognitionsCheckOut)
def check_recognitions(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """What a table of past results holds and what is wrong with it; nothing is written."""
    from . import importing

    return _checked(importing.look(actor_of(request), file.read(importing.LARGEST + 1)))


@router.post("/tiers/recognitions/import", auth=UPLOADER, response={201: RecognitionsCheckOut})
def import_recognitions(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Take past results in; refused as a whole where a row does not hold. The same table twice changes nothing."""
    from . import importing

    return 201, _checked(importing.bring(actor_of(request), file.read(importing.LARGEST + 1)))


def _checked(found: Any) -> RecognitionsCheckOut:
    return RecognitionsCheckOut(
        rows=found.rows, new=len(found.new),
        findings=[
            RecognitionFindingOut(
                where=each.where, code=each.code, severity=each.severity,
                message=TierTextOut(zh=each.say("zh-CN"), en=each.say("en")),
            )
            for each in found.findings
        ],
    )  # fmt: skip
