"""Sources of data, kinds of tables, and the fields that columns can be mapped to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Status

from linli.kernel.http import actor_of, language_of, require
from linli.registry.queries.codes import sources as all_sources

from .. import actions, kinds
from ..fields import BY_KIND, GROUPS, PEOPLE
from ..permissions import BATCH_UPLOAD, BATCH_VIEW, SOURCE_EDIT
from .router import router
from .schemas import KindOut, SourceIn, SourceOut, TargetOut


@router.get("/sources", response=list[SourceOut], auth=require(BATCH_VIEW, BATCH_UPLOAD, SOURCE_EDIT))
def list_sources(request: HttpRequest) -> Any:
    """Sources of data, the weightiest first."""
    return all_sources()


@router.post("/sources", response={201: SourceOut}, auth=require(SOURCE_EDIT))
def save_source(request: HttpRequest, body: SourceIn) -> Any:
    """Enter a source, or change the one with that code."""
    return Status(201, actions.save_source(actor_of(request), body.code, body.name, body.name_en, body.priority))


@router.get("/kinds", response=list[KindOut], auth=require(BATCH_VIEW, BATCH_UPLOAD))
def list_kinds(request: HttpRequest) -> Any:
    """What a table can be about."""
    return kinds.listed(language_of(request))


@router.get("/fields", response=list[TargetOut], auth=require(BATCH_VIEW, BATCH_UPLOAD))
def list_fields(request: HttpRequest, kind: str = PEOPLE) -> Any:
    """The fields that columns of a table of that kind can be mapped to."""
    english = language_of(request) == "en"
    return [
        {
            "name": t.name,
            "label": t.en if english else t.zh,
            "group": t.group,
            "group_label": GROUPS[t.group][1 if english else 0],
            "code_list": t.code_list,
            "required": t.required,
        }
        for t in BY_KIND[kinds.of(kind).name]
    ]
