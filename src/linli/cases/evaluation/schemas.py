"""What evaluation answers over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema


class RatioFigureOut(Schema):
    """A ratio of a unit or area in a month; `value` null where there is nothing to have a share of."""

    ratio: str
    numerator: int
    denominator: int
    value: float | None


class TermFigureOut(Schema):
    """A term of an index: what it looked at and its score, null where there was nothing."""

    term: str
    seen: float | None
    score: float | None


class IndexFigureOut(Schema):
    index: str
    version: int
    value: float | None
    grade: Literal["A", "B", "C", "D", "E"] | None
    terms: list[TermFigureOut]


class EvaluatedOut(Schema):
    """A unit (`key` its id) or an area (`key` its code) with its figures."""

    key: str
    name: str
    filed: int
    ratios: list[RatioFigureOut]
    index: IndexFigureOut | None


class EvaluationOut(Schema):
    """A month's figures as of `as_of`, when facts were drawn from cases last (null: never)."""

    month: int
    area: str | None
    level: str
    as_of: datetime | None
    all: EvaluatedOut
    units: list[EvaluatedOut]
    areas: list[EvaluatedOut]


class TrendPointOut(Schema):
    month: int
    numerator: int
    denominator: int
    value: float | None


class RatioDefinitionOut(Schema):
    """A ratio's definition. `behind`: the figure by which lists show the cases that count against it."""

    code: str
    label: str
    numerator: str
    numerator_label: str
    numerator_meaning: str
    denominator: str
    denominator_label: str
    denominator_meaning: str
    good: Literal["high", "low"]
    version: int
    certainty: Literal["official", "secondary", "inferred"]
    clause: str
    note: str | None
    behind: str


class BandOut(Schema):
    upto: int | None
    score: int


class BandsOut(Schema):
    of_class: Literal["first", "second"]
    bands: list[BandOut]


class TermOut(Schema):
    code: str
    label: str
    how: Literal["share", "rest", "band"]
    weight: int
    certainty: Literal["official", "secondary", "inferred"]
    note: str | None


class IndexDefinitionOut(Schema):
    code: str
    subject: Literal["unit", "area"]
    label: str
    version: int
    clause: str
    note: str | None
    terms: list[TermOut]
    bands: list[BandsOut]


class StepLimitOut(Schema):
    step: str
    label: str
    minutes: int


class GradeOut(Schema):
    grade: str
    least: float
    colour: str


class EvaluationDefinitionsOut(Schema):
    ratios: list[RatioDefinitionOut]
    indices: list[IndexDefinitionOut]
    grades: list[GradeOut]
    steps: list[StepLimitOut]


class OwnWorkOut(Schema):
    """A kind of one's own work: how many steps, and the middle of the working minutes each took (null where there were none)."""

    work: Literal["dispatched", "handled", "checked"]
    count: int
    minutes: int | None


class OwnMonthOut(Schema):
    """What the reader did in a month. `on`: whether the district has switched this on; nothing is told where it has not."""

    on: bool
    month: int
    work: list[OwnWorkOut]
