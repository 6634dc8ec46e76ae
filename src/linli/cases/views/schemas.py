"""What the API of board, map and batches takes and answers."""

from __future__ import annotations

from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.kernel.http import CountOut

from ..engine.rules import Entry, Kind
from ..engine.schemas import CaseOut, CaseStepIn
from ..engine.states import Stage, State
from .batch import MOST


class CaseColumnOut(Schema):
    """A stage of the board: how many cases are in it, and the first of them."""

    stage: Stage
    name: str
    count: CountOut
    cards: list[CaseOut]


class CasePointsOut(Schema):
    """The newest cases on a map. A row is `[id, lon, lat, light, urgent]`: degrees in 1/100,000, light 0 none, 1 green,
    2 amber, 3 red. Of the `taken` cases `unplaced` have no position and no row. `more`: older ones are not among them."""

    rows: list[tuple[UUID, int, int, int, int]]
    taken: int
    unplaced: int
    more: bool


class ManyActionOut(Schema):
    """A step that may be taken in many cases at once, and the states it is of."""

    code: str
    label: str
    kind: Kind
    main: bool
    asks: list[Entry]
    states: list[State]


class ChosenIn(Schema):
    """A case as it was looked at."""

    id: UUID
    version: int


class ManyStepIn(CaseStepIn):
    """A step in many cases: what it is taken with, the same for each."""

    version: int = Field(0, exclude=True)
    cases: list[ChosenIn] = Field(min_length=1, max_length=MOST)


class OutcomeOut(Schema):
    """What became of one case. `refused`: why nothing was done in it; the version and state are those it has now."""

    id: UUID
    number: str
    done: bool
    state: State | None
    state_name: str
    version: int | None
    code: str
    refused: str | None


class ManyOut(Schema):
    """What became of each case, in the order asked for."""

    done: int
    refused: int
    outcomes: list[OutcomeOut]
