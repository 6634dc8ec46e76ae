"""A field of two beside each other, as shown; told apart by what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from linli.registry.fields import Field
from linli.registry.queries.person import shown
from linli.registry.regrouping.beside import stored

Verdict = Literal["same", "differs", "only_row", "only_person"]


@dataclass(frozen=True, slots=True)
class Line:
    """A field of the row (or the first of two people) beside that of somebody it may be."""

    field: Field
    row: str | None
    person: str | None
    verdict: Verdict


def line(field: Field, row: Any, person: Any) -> Line | None:
    """A field as both have it; None where neither does."""
    mine, theirs = stored(field, row), stored(field, person)
    if mine is None and theirs is None:
        return None
    verdict: Verdict = (
        "only_row" if theirs is None else "only_person" if mine is None else "same" if mine == theirs else "differs"
    )
    return Line(field, shown(field, row)[0], shown(field, person)[0], verdict)
