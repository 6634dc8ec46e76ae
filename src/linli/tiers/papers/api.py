"""Papers of applications over HTTP: one as docx or PDF, and the table of a year."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from linli.kernel.http import actor_of, require

from ..applying.seeing import WITHIN
from ..permissions import ACCEPT
from . import making
from .kinds import Kind

router = Router(tags=["tiers"])
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get(
    "/tiers/applications/{uuid:application_id}/papers/{kind}.{form}",
    auth=require(*WITHIN),
    response={200: None},
    summary="文书 / Paper",
)
def application_paper(
    request: HttpRequest, application_id: UUID, kind: Kind, form: Literal["docx", "pdf"]
) -> HttpResponse:
    """A paper of an application on A4, with room for the seal; before it is done, as a draft that says so."""
    content, name = making.paper(actor_of(request), application_id, kind, form)
    return _file(content, form, f"{name}.{form}", f"{kind}.{form}")


@router.get(
    "/tiers/years/{uuid:year_id}/report.xlsx",
    auth=require(ACCEPT),
    response={200: None},
    summary="上报表 / Table for city and province",
)
def year_report(request: HttpRequest, year_id: UUID) -> HttpResponse:
    """The year's applications that are reported or about to be, with their results, one row a community: for city and province."""
    content, year = making.yearly_report(actor_of(request), year_id)
    return _file(content, "xlsx", f"{year}年智慧社区创建上报表.xlsx", f"report-{year}.xlsx")


def _file(content: bytes, form: str, name: str, plain: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer
