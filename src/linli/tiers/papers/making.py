"""Taking a paper of an application out, noted in the read log before it is made; and the table of a year for city and province."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from linli.access import reads
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.errors import NotFound

from ..applying.models import Application, IndicatorVerdict, PlanYear
from ..permissions import ACCEPT
from ..rules import Tier
from ..systems.queries import indicators_of, sureness
from . import contents, keeping, kinds
from .document import Document
from .dossier import dossier
from .problems import NoPaperYet
from .rendering import render_docx, render_pdf
from .yearly import Asked, Entry, Mark, workbook


def paper(actor: Actor, application_id: UUID, kind: kinds.Kind, form: str) -> tuple[bytes, str]:
    """A paper as docx or pdf, and the name of its file. Raises NotFound, NoPaperYet, NoFont."""
    made, name = described(actor, application_id, kind)
    reads.note("export", f"tiers.paper.{kind}", subject_id=application_id, count=1)
    return (render_docx(made) if form == "docx" else render_pdf(made)), name


def described(actor: Actor, application_id: UUID, kind: kinds.Kind) -> tuple[Document, str]:
    """What a paper says, and the name of its file. Raises NotFound, NoPaperYet."""
    found = dossier(actor, application_id)
    there = next((each for each in kinds.papers_of(found.application, found.steps) if each.kind == kind), None)
    if there is None:
        title = kinds.TITLES[kind]
        raise NoPaperYet(paper=f"{title.zh} / {title.en}")
    name = contents.filename(found, kind)
    if there.draft or kind in kinds.LIVE:
        return contents.document(found, there, clock.today()), name
    since = kinds.taken_back(kind, found.steps)
    issued = keeping.issued(found.application, kind, since)
    late = any(step.version > since and kind in kinds.ISSUED.get(step.action, ()) for step in found.steps)
    return issued or contents.document(found, there, clock.today(), late), name


def yearly_report(actor: Actor, year_id: UUID) -> tuple[bytes, int]:
    """The table for city and province of the year's applications that are reported, or may be now: their publication is over and every
    objection answered. And the year. Raises Forbidden, NotFound. Eight queries."""
    actor.require(ACCEPT, settings.LINLI_DISTRICT)
    year: PlanYear | None = PlanYear.objects.select_related("system").filter(id=year_id).first()
    if year is None:
        raise NotFound()
    all_of_year = Application.objects.restrict(actor, ACCEPT).filter(plan_year=year)
    over = Q(state="publicised", marks__contains=["ended"])
    rows = list(all_of_year.filter(over | Q(reported_on__isnull=False)).order_by("area_code", "id"))
    others = all_of_year.count() - len(rows)
    named = names_of([part for each in rows for part in (each.area_code, each.area_code[:9], each.area_code[:6])])
    entries = [
        Entry(each, named[each.area_code], named[each.area_code[:9]], named[each.area_code[:6]]) for each in rows
    ]
    indicators = [
        Asked(each.code, each.name, cast(Tier, each.tier), sureness(each)) for each in indicators_of(year.system_id)
    ]
    said = IndicatorVerdict.objects.filter(application__in=[each.id for each in rows]).order_by(
        "application", "indicator", "stage"
    )
    marks = [Mark(*found) for found in said.values_list("application_id", "indicator", "stage", "verdict", "reason")]
    reads.note("export", "tiers.report", subject_id=year_id, count=len(rows))
    return workbook(year, entries, others, indicators, marks), year.year
