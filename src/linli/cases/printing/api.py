"""Papers of a case over HTTP. They are asked for by POST: each is a taking out, with its purpose."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from linli.kernel.http import actor_of, language_of, require

from ..permissions import HANDLE, VIEW
from .actions import print_case
from .contents import TITLES, Paper

router = Router(tags=["cases"])


class CasePaperIn(Schema):
    """What the paper is for."""

    purpose: str = Field(max_length=200)


@router.post("/cases/{case_id}/papers/{paper}", auth=require(VIEW, HANDLE))
def case_paper(request: HttpRequest, case_id: UUID, paper: Paper, given: CasePaperIn) -> Any:
    """The case file (案卷, `file`) or the dispatch order (交办单, `order`) as PDF on A4."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be taken again without a note
    language = language_of(request)
    content, number = print_case(actor_of(request), case_id, paper, given.purpose, language)
    answer = HttpResponse(content, content_type="application/pdf")
    name = quote(f"{number}-{TITLES[paper].say(language)}.pdf")
    answer["Content-Disposition"] = f"attachment; filename=\"{number}-{paper}.pdf\"; filename*=UTF-8''{name}"
    return answer
