"""Ways back from a mistake: taking up again what was refused, taking a publication back, correcting what was entered of a paper. Each is
a step of its own, which notes what stood there before."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from linli.kernel import clock

from ..recognitions.models import Recognition
from .models import Application

#: By which a decision about an application is stated.
DECISIONS = ("reached", "missed")


def report_of(found: Application) -> str:
    """What is entered of the report, in a line."""
    return _line(found.report_document, found.reported_on)


def decision_of(found: Application) -> str:
    """What is entered of the decision, in a line."""
    return _line(found.decision_document, found.decided_by, found.decided_on)


def award_of(found: Application) -> str:
    """What is entered of the award, in a line; the amount in yuan."""
    yuan = f"¥{found.award_cents // 100:,}.{found.award_cents % 100:02d}" if found.award_cents is not None else ""
    return _line(yuan, found.award_document, found.awarded_on)


def noted(before: str, after: str = "") -> str:
    """What a step notes beside its reason: what stood there, and what stands there now."""
    told = " → ".join(each for each in (before, after) if each)
    return f"（{told}）" if told else ""


def take_back(found: Application) -> str:
    """The publication is over from today on; returns what is noted of it."""
    before = _line(found.published_from, found.published_until)
    if found.published_until is not None:
        found.published_until = min(found.published_until, clock.today())
    return noted(before)


def undecide(found: Application) -> str:
    """A refusal that was entered is taken back with the statement it made, and so is the report; returns what is noted of them."""
    before = _line(report_of(found), decision_of(found))
    statements(found).filter(outcome="missed").delete()
    found.outcome, found.decision_document, found.decided_by, found.decided_on = "", "", "", None
    found.report_document, found.reported_on = "", None
    return noted(before)


def restate(found: Application) -> None:
    """The statement a decision made says what was corrected of it."""
    rows = statements(found).filter(outcome__in=DECISIONS)
    rows.update(authority=found.decided_by, said_on=found.decided_on, source=found.decision_document)


def statements(found: Application) -> QuerySet[Recognition]:
    """The statements steps of an application made."""
    return Recognition.objects.filter(key__startswith=f"application:{found.id}:")


def _line(*parts: str | date | None) -> str:
    return " ".join(str(each) for each in parts if each)
