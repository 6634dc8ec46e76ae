"""Reads of the intake of cases: a sheet's words that stand for nothing yet, what they can stand for, and a case's origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.intake import queries as intake
from linli.intake.checking.codes import word
from linli.kernel import clock
from linli.kernel.actors import Actor

from ..categories.models import Category
from ..engine import sight
from ..engine.choices import categories_to_choose
from .models import CATEGORY, UNIT, CaseOrigin, CaseWord

FEW = 50
What = Literal["unit", "category"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a word can stand for: a unit, or a category with its code."""

    id: UUID
    name: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a batch that stood for nothing when it was checked, how many rows have it, and what it was said to be since."""

    what: What
    written: str
    rows: int
    target: Choice | None


def words_of(actor: Actor, batch_id: UUID) -> tuple[str, list[Word]]:
    """The source of a batch and its unknown words, the most frequent first. Raises NotFound. Five queries."""
    batch = intake.batch(actor, batch_id)
    lost: dict[What, list[tuple[str, int]]] = (batch.match_counts or {}).get("unknown") or {}
    said = {(w.what, w.written): w.target_id for w in CaseWord.objects.filter(source_code=batch.source_code)}
    known = _choices({id_ for (what, _), id_ in said.items() if what == UNIT}, set(said.values()))
    found = []
    for what, rows in lost.items():
        for written, count in rows:
            target = said.get((what, word(written)))
            found.append(Word(what, written, count, known.get(target) if target else None))
    return batch.source_code, found


def choices(what: str, words: str) -> list[Choice]:
    """What words of a kind can stand for, found by name (categories by code and initials too). Units that have
    ended are not offered: their own name still means them in a sheet of old cases. One query."""
    if what == CATEGORY:
        return [_category(each) for each in categories_to_choose(words, FEW)]
    rows = Unit.objects.filter(in_use(clock.today()), name__contains=words.strip())
    return [Choice(id_, name) for id_, name in rows.order_by("name", "id").values_list("id", "name")[:FEW]]


def origin_of(actor: Actor, case_id: UUID) -> tuple[CaseOrigin | None, str]:
    """From which row of which sheet a case in sight came (None: it came through another door), and its area. Raises NotFound.
    Two queries."""
    case = sight.one(actor, case_id)
    found: CaseOrigin | None = CaseOrigin.objects.filter(case_id=case.id).first()
    return found, case.area_code


def _choices(units: set[UUID], ids: set[UUID]) -> dict[UUID, Choice]:
    named: Sequence[tuple[UUID, str]] = list(Unit.objects.filter(id__in=units).values_list("id", "name"))
    found = {id_: Choice(id_, name) for id_, name in named}
    return found | {each.id: _category(each) for each in Category.objects.filter(id__in=ids - set(found))}


def _category(each: Category) -> Choice:
    return Choice(each.id, each.name, each.code)
