"""Taking past results in from a table: looked through first; nothing is taken unless every row holds, and the same one once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from linli.access import changes
from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7
from linli.places.models import Region

from ..permissions import ACCEPT
from . import rules
from .models import Recognition
from .problems import RecognitionsUnsound
from .rules import Finding, Place, Statement

LARGEST = 5 * 1024 * 1024
SHOWN = 100
_LARGE = Text("文件不能超过 {most} MB。", "The file may have {most} MB at most.")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a table holds: rows that hold, those of them that are new, and every finding."""

    rows: int
    new: Sequence[Statement]
    findings: Sequence[Finding]

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.severity == "error"]


def look(actor: Actor, content: bytes) -> Checked:
    """What a table would bring; nothing is written. Raises Forbidden, Invalid. Two queries."""
    from .workbooks import rows_of

    actor.require(ACCEPT, settings.LINLI_DISTRICT)
    if len(content) > LARGEST:
        raise Invalid(fields=(FieldProblem("file", "large", _LARGE, {"most": LARGEST >> 20}),))
    rows, wrong = rows_of(content)
    if wrong:
        return Checked(0, (), wrong)
    found, wrong = rules.read(rows, _places(), settings.LINLI_DISTRICT, clock.today())
    new, told = rules.against(found, [_statement(each) for each in Recognition.objects.restrict(actor, ACCEPT)])
    return Checked(len(found), new, sorted([*wrong, *told], key=lambda each: int(each.where or 0)))


def bring(actor: Actor, content: bytes) -> Checked:
    """Take a table in. What is known stays as it is; statements that contradict each other are all kept. Raises Forbidden,
    Invalid, RecognitionsUnsound."""
    found = look(actor, content)
    if wrong := found.errors:
        told = tuple(
            FieldProblem(f"row.{f.where}" if f.where else "file", f.code, f.text, f.params) for f in wrong[:SHOWN]
        )
        raise RecognitionsUnsound(fields=told, count=len(wrong))
    now = clock.now()
    made = [
        Recognition(
            id=uuid7(), key=each.key, scope=each.scope, area_code=each.area_code, about=each.about, tier=each.tier, outcome=each.outcome,
            count=each.count, year=each.year, until_year=each.until_year, authority=each.authority, said_on=each.said_on,
            source=each.source, certainty=each.certainty, note=each.note, recorded_at=now, recorded_by=actor.id,
        )
        for each in found.new
    ]  # fmt: skip
    with transaction.atomic():
        Recognition.objects.bulk_create(
            made, batch_size=500, ignore_conflicts=True
        )  # one who came at the same moment brought it
        changes.record(
            actor, "tiers.recognition.import", "recognition", "", settings.LINLI_DISTRICT, {"rows": len(made)}
        )
    return found


def _places() -> list[Place]:
    """Every area of the village level there is or was: results are of years past. One query."""
    low, high = areas.bounds(settings.LINLI_DISTRICT)
    rows = Region.objects.filter(level="village", code__gte=low, code__lt=high).order_by("code")
    return [Place(*row) for row in rows.values_list("code", "name", "short_name")]


def _statement(each: Recognition) -> Statement:
    return Statement(
        each.scope, each.area_code, each.about, each.tier, each.outcome, each.count, each.year, each.until_year, each.authority,
        each.said_on, each.source, each.certainty, each.note,
    )  # fmt: skip
