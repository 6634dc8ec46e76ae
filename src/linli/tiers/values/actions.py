"""Declaring values of a community, one or many at once, and taking one back. Nothing that was declared is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..permissions import DECLARE
from ..rules import Unit
from .catalogue import metrics
from .models import Declaration
from .queries import declared

LONGEST_NOTE = 500
LARGEST = Decimal(100_000_000)
#: What is kept of a value; a finer one would be rounded, perhaps up to its bound.
KEPT = Decimal("0.0001")
BATCH = 2000
_METRIC = Text("指标库中没有“{metric}”。", "“{metric}” is not in the catalogue of metrics.")
_PERCENT = Text("百分比应在 0 至 100 之间。", "A percentage lies between 0 and 100.")
_NEGATIVE = Text("不能小于 0。", "It cannot be less than 0.")
_WHOLE = Text("次数、个数应为整数。", "A count is a whole number.")
_YES_NO = Text("请选择“是”或“否”。", "Choose yes or no.")
_LARGE = Text("数值过大。", "That is too large.")
_PLACES = Text("最多四位小数。", "At most four places behind the point.")
_NUMBER = Text("请填写数字。", "Enter a number.")
_FUTURE = Text("日期不能晚于今天。", "The day cannot lie in the future.")
_EARLY = Text("日期不能早于 2000 年。", "The day cannot lie before 2000.")
_LONG = Text("最多 {most} 个字。", "At most {most} characters.")
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class NewDeclaration:
    """A value as it is declared; yes is 1, no is 0."""

    area: str
    metric: str
    value: Decimal
    as_of: date
    note: str = ""


def check_value(metric: str, value: Decimal) -> list[FieldProblem]:
    """What is wrong with a value of a metric."""
    known = metrics().get(metric)
    if known is None:
        return [FieldProblem("metric", "unknown", _METRIC, {"metric": metric[:60]})]
    wrong = _wrong(known.unit, value)
    return [FieldProblem("value", wrong[0], wrong[1])] if wrong else []


def _wrong(unit: Unit, value: Decimal) -> tuple[str, Text] | None:
    if not value.is_finite():
        return "number", _NUMBER
    if unit == "bool":
        return None if value in (0, 1) else ("yes_no", _YES_NO)
    if unit == "%" and not 0 <= value <= 100:
        return "percent", _PERCENT
    if value < 0:
        return "negative", _NEGATIVE
    if value >= LARGEST:
        return "large", _LARGE
    if unit == "count" and value != value.to_integral_value():
        return "whole", _WHOLE
    return ("places", _PLACES) if value != value.quantize(KEPT) else None


def check_declaration(wanted: NewDeclaration) -> list[FieldProblem]:
    """What is wrong with a value that is declared."""
    problems = check_value(wanted.metric, wanted.value)
    if wanted.as_of > clock.today():
        problems.append(FieldProblem("as_of", "future", _FUTURE))
    if wanted.as_of < EARLIEST:
        problems.append(FieldProblem("as_of", "early", _EARLY))
    if len(wanted.note) > LONGEST_NOTE:
        problems.append(FieldProblem("note", "long", _LONG, {"most": LONGEST_NOTE}))
    return problems


def declare(actor: Actor, wanted: NewDeclaration) -> Declaration:
    """Declare a value of a community; it counts unless one of a later day is there. Raises Forbidden, Invalid."""
    actor.require(DECLARE, wanted.area)
    if problems := check_declaration(wanted):
        raise Invalid(fields=tuple(problems))
    with transaction.atomic():
        made: Declaration = _row(actor, wanted, synthetic=False)
        made.save(force_insert=True)
        told = {"metric": wanted.metric, "value": str(wanted.value), "as_of": str(wanted.as_of)}
        changes.record(actor, "tiers.value.declare", "declaration", made.id, wanted.area, told)
    return made


def declare_many(actor: Actor, wanted: Sequence[NewDeclaration], *, synthetic: bool) -> int:
    """Declare values of many communities at once. `synthetic` marks those of a demo (演示). Raises Forbidden, Invalid."""
    for area in sorted({each.area for each in wanted}):
        actor.require(DECLARE, area)
    problems = [problem for each in wanted for problem in check_declaration(each)]
    if problems:
        raise Invalid(fields=tuple(problems[:20]))
    with transaction.atomic():
        Declaration.objects.bulk_create([_row(actor, each, synthetic) for each in wanted], batch_size=BATCH)
    return len(wanted)


def withdraw(actor: Actor, area: str, metric: str) -> None:
    """Take back what was declared of a metric: nothing is declared of it then. Raises Forbidden, NotFound."""
    actor.require(DECLARE, area)
    with transaction.atomic():
        before = declared([area], clock.today()).get(area, {}).get(metric)
        if before is None:
            raise NotFound()
        made = Declaration(
            id=uuid7(), area_code=area, metric=metric, value=None, as_of=before.as_of, synthetic=before.synthetic, **_by(actor)
        )  # fmt: skip
        made.save(force_insert=True)
        changes.record(actor, "tiers.value.withdraw", "declaration", made.id, area, {"metric": metric})


def _row(actor: Actor, wanted: NewDeclaration, synthetic: bool) -> Declaration:
    return Declaration(
        id=uuid7(), area_code=wanted.area, metric=wanted.metric, value=wanted.value.quantize(KEPT),
        as_of=wanted.as_of, note=wanted.note.strip(), synthetic=synthetic, **_by(actor),
    )  # fmt: skip


def _by(actor: Actor) -> dict[str, object]:
    return {
        "declared_at": clock.now(), "declared_by": actor.id, "declared_by_name": actor.name,
        "declared_by_unit": actor.unit_name,
    }  # fmt: skip
