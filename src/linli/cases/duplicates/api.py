"""Duplicates over HTTP: while a report is written, on the case, merging and undoing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.access import reads
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.http import actor_of, language_of, require

from ..engine import procedure, sight
from ..engine.queries import BEGINNING
from ..engine.states import OPEN, stands_as
from ..permissions import ACCEPT, HANDLE, REPORT, VIEW
from . import among, merging, queries
from .models import CaseMerge
from .queries import Draft, Proposal
from .schemas import (
    AmongIn,
    CaseMergeIn,
    CaseSimilarOut,
    CaseUnmergeIn,
    DraftIn,
    LikelyOut,
    MergedIntoOut,
    MergedOut,
    SimilarOut,
)

router = Router(tags=["cases"])


@router.post("/cases/similar", auth=require(REPORT), response=list[SimilarOut])
def similar_to_draft(request: HttpRequest, given: DraftIn) -> Any:
    """Cases in sight that a report being written may repeat. Nothing is kept of it."""
    actor, language = actor_of(request), language_of(request)
    found = queries.similar_to_draft(actor, Draft(**given.dict()))
    reads.note("list", "case", over=[p.case.area_code for p in found], count=len(found))
    return _proposals(actor, found, language)


@router.post("/cases/similar/among", auth=require(ACCEPT), response=list[LikelyOut])
def similar_among(request: HttpRequest, given: AmongIn) -> Any:
    """Which open cases of a list may tell of the same event as another, to be marked there. Nothing is kept of it."""
    found = among.proposed_among(actor_of(request), given.cases)
    reads.note("list", "case", count=len(found))
    return [LikelyOut(id=id_, proposed=len(others)) for id_, others in found.items()]


@router.get("/cases/{case_id}/similar", auth=require(VIEW, HANDLE), response=CaseSimilarOut)
def similar_to_case(request: HttpRequest, case_id: UUID) -> Any:
    """What a case was merged into, what was merged into it, and cases in sight that may be the same."""
    actor = actor_of(request)
    case = sight.one(actor, case_id)
    into, merged = queries.merges_of(case_id)
    found = queries.similar_to_case(actor, case) if into is None and case.state in OPEN else []
    reads.note("detail", "case", subject_id=case_id, area=case.area_code, count=1 + len(merged) + len(found))
    return CaseSimilarOut(
        into=_into(into) if into else None, merged=[_merged(m) for m in merged],
        similar=_proposals(actor, found, language_of(request)),
    )  # fmt: skip


@router.post("/cases/{case_id}/merge", auth=require(ACCEPT), response={204: None})
def merge_case(request: HttpRequest, case_id: UUID, given: CaseMergeIn) -> Any:
    """Merge a case into another that tells of the same event."""
    merging.merge(actor_of(request), case_id, given.main_id, given.version, given.reason)
    return 204, None


@router.post("/cases/{case_id}/unmerge", auth=require(ACCEPT), response={204: None})
def unmerge_case(request: HttpRequest, case_id: UUID, given: CaseUnmergeIn) -> Any:
    """Undo a merge: the case stands where it stood, with the time it had left."""
    merging.undo(actor_of(request), case_id, given.version, given.reason)
    return 204, None


def _proposals(actor: Actor, found: Sequence[Proposal], language: str) -> list[SimilarOut]:
    named = names_of(p.case.area_code for p in found)
    return [
        SimilarOut(
            id=p.case.id, number=p.case.number, state=p.case.state, state_name=stands_as(p.case.state, p.case.transferred).say(language),
            beginning=p.case.description[:BEGINNING], area_name=named[p.case.area_code], place_text=p.case.place_text,
            category_name=p.case.category_name, reported_at=p.case.reported_at, metres=p.likeness.metres,
            chance=round(p.likeness.chance, 3), days=p.likeness.days, same_category=p.likeness.same_category,
            same_place=p.likeness.same_place, words=round(p.likeness.words, 3),
            mergeable=p.case.state in OPEN and actor.may(ACCEPT, p.case.area_code)
            and merging.MERGE in procedure.of(p.case.procedure).by_code,
        )
        for p in found
    ]  # fmt: skip


def _into(link: CaseMerge) -> MergedIntoOut:
    return MergedIntoOut(
        main_id=link.main_id, number=link.main_number, merged_at=link.merged_at, merged_by_name=link.merged_by_name,
        reason=link.reason,
    )  # fmt: skip


def _merged(link: CaseMerge) -> MergedOut:
    return MergedOut(
        case_id=link.case_id, number=link.number, description=link.description, place_text=link.place_text,
        reported_at=link.reported_at, merged_at=link.merged_at, merged_by_name=link.merged_by_name, reason=link.reason,
    )  # fmt: skip
