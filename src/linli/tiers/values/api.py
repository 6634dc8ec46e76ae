"""Declared values over HTTP: what a community declares, what it declared before, and taking it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from linli.access import reads
from linli.cases.attachments.rules import media_type
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.http import actor_of, require

from .. import communities
from ..entry import declaration_out
from ..permissions import ASSESS, DECLARE
from ..schemas import DeclarationIn, DeclarationOut, DeclarationsOut, EvidenceOut, EvidencesOut
from ..systems.queries import holding
from . import actions, evidence, queries
from .catalogue import metrics
from .models import Evidence

router = Router(tags=["tiers"])
#: Drafts and papers are for those who declare and those who assess; others see what an assessment made of them.
READERS = require(DECLARE, ASSESS)


@router.get("/tiers/communities/{code}/values", auth=READERS, response=DeclarationsOut)
def list_declarations(
    request: HttpRequest, code: str, metric: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Any:
    """What was declared of a community, the newest first."""
    actor = actor_of(request)
    _seen(actor, queries.reading(actor, code), code)
    page = queries.declarations_page(actor, code, metric, cursor, limit)
    return DeclarationsOut(items=[declaration_out(each, _unit(each.metric)) for each in page.items], next=page.next)


@router.post("/tiers/communities/{code}/values", auth=require(DECLARE), response={201: DeclarationOut})
def declare_value(request: HttpRequest, code: str, given: DeclarationIn) -> Any:
    """Declare a value as of a day. It counts unless one of a later day is there; what was declared before stays in the history."""
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


@router.get("/tiers/communities/{code}/evidence", auth=READERS, response=EvidencesOut)
def list_evidence(request: HttpRequest, code: str, indicator: str | None = None) -> Any:
    """The files that prove indicators of a community."""
    actor = actor_of(request)
    _seen(actor, queries.reading(actor, code), code)
    return EvidencesOut(items=[_evidence(each) for each in evidence.listed(actor, code, indicator)])


@router.post("/tiers/communities/{code}/evidence", auth=require(DECLARE, upload=True), response={201: EvidenceOut})
def add_evidence(request: HttpRequest, code: str, file: File[UploadedFile], indicator: Form[str]) -> Any:
    """Add a photo, a PDF, or a Word or Excel file."""
    actor = actor_of(request)
    _seen(actor, DECLARE, code)
    made = evidence.add(actor, code, indicator, file.name or "", file.read(evidence.largest() + 1))
    return 201, _evidence(made)


@router.get("/tiers/communities/{code}/evidence/{uuid:evidence_id}", auth=READERS, response={200: None})
def get_evidence(request: HttpRequest, code: str, evidence_id: UUID) -> HttpResponse:
    """The file itself, to be saved."""
    actor = actor_of(request)
    _seen(actor, queries.reading(actor, code), code)
    found = evidence.one(actor, code, evidence_id)
    reads.note("download", "tier.evidence", subject_id=found.id, area=code, count=1)
    with files.opened(found.id) as path:
        answer = HttpResponse(path.read_bytes(), content_type=media_type(found.kind))
    answer["Content-Disposition"] = f"attachment; filename=\"evidence\"; filename*=UTF-8''{quote(found.name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


@router.post(
    "/tiers/communities/{code}/evidence/{uuid:evidence_id}/remove", auth=require(DECLARE), response={204: None}
)
def remove_evidence(request: HttpRequest, code: str, evidence_id: UUID) -> Any:
    """Take a file away."""
    actor = actor_of(request)
    _seen(actor, DECLARE, code)
    evidence.remove(actor, code, evidence_id)
    return 204, None


def _evidence(each: Evidence) -> EvidenceOut:
    return EvidenceOut(**{name: getattr(each, name) for name in EvidenceOut.model_fields})


def _seen(actor: Actor, permission: str, code: str) -> None:
    communities.seen(actor, permission, code, communities.kinds_of(holding(clock.today())))


def _unit(metric: str) -> str:
    found = metrics().get(metric)
    return found.unit if found else ""
