"""Routing as the API tells and takes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from .drafts import LONGEST_BASIS, LONGEST_NAME, MOST

Kind = Literal["", "component", "matter", "local"]
Mark = Literal["official", "secondary", "local", "inferred"]
Target = Literal["unit", "town", "village"]
AREA = r"^(\d{6}(\d{3}){0,3})?$"
Finding = Literal[
    "conflict", "shadowed", "no_unit", "some_without_unit", "category_closed", "no_category", "area_ended"
]


class RoutingRuleIn(Schema):
    """A rule as it is wanted; its place in the list is its priority. Without `id` it is new. What is empty narrows nothing.

    `code`: a category's five digits or the first of them. `unit_id` with target `unit` only. `valid_from` empty: since ever.
    """

    id: UUID | None = None
    standard_ref: str = Field("", max_length=LONGEST_NAME)
    kind: Kind = ""
    code: str = Field("", max_length=5)
    area_code: str = Field("", pattern=AREA)
    ownership: str = Field("", max_length=LONGEST_NAME)
    target: Target = "unit"
    unit_id: UUID | None = None
    basis: str = Field("", max_length=LONGEST_BASIS)
    certainty: Mark = "local"
    valid_from: date | None = None
    valid_until: date | None = None


class RoutingDraftIn(Schema):
    """A whole set of rules as it is wanted, by priority. `on`: try it as on that day; else today."""

    rules: list[RoutingRuleIn] = Field(max_length=MOST)
    on: date | None = None


class RoutingSaveIn(Schema):
    """A set of rules to hold from now on. Rules that are left out end today. `stamp`: the state that was looked at."""

    rules: list[RoutingRuleIn] = Field(max_length=MOST)
    stamp: str = Field("", max_length=40)
    reason: str = Field(max_length=LONGEST_BASIS)


class RoutingCasesIn(RoutingDraftIn):
    """Which figure of a dry run to open: the cases that go from one unit to another (null: to none)."""

    before: UUID | None = None
    after: UUID | None = None
    cursor: str | None = None
    limit: int | None = None


class RoutingRuleOut(Schema):
    """A rule with what its reach is called. `reach` says it in words; `unit_name` is empty where the unit is no more."""

    id: UUID | None
    position: int
    standard_ref: str
    kind: Kind
    code: str
    area_code: str
    ownership: str
    target: Target
    unit_id: UUID | None
    unit_name: str
    basis: str
    certainty: Mark
    certainty_label: str
    valid_from: date | None
    valid_until: date | None
    category: str
    area_name: str
    reach: str
    version: int
    changed_at: datetime | None
    changed_by_name: str


class RoutingFindingOut(Schema):
    """Something that is wrong with the rule at `position`, in words. `grave`: the rule does not do what it says."""

    position: int
    code: Finding
    grave: bool
    words: str


class RoutingRulesOut(Schema):
    """The rules by priority with what is wrong with them. `stamp`: the state they are in, to save by."""

    items: list[RoutingRuleOut]
    findings: list[RoutingFindingOut]
    stamp: str
    may_edit: bool


class RoutingUnitOut(Schema):
    """A unit a rule may name."""

    id: UUID
    name: str
    kind: str
    area_code: str


class RoutingCategoryOut(Schema):
    """A category a rule may be about."""

    standard_ref: str
    kind: Kind
    code: str
    name: str
    major_name: str


class RoutingChoicesOut(Schema):
    """What a rule may name."""

    units: list[RoutingUnitOut]
    categories: list[RoutingCategoryOut]


class RoutingFlowOut(Schema):
    """Cases that go to `before` by the rules as they are and to `after` by the draft (null: no rule fits)."""

    before: UUID | None
    before_name: str
    after: UUID | None
    after_name: str
    count: int
    handed: int
    agreeing: int


class RoutingUseOut(Schema):
    """How many of the cases a rule of the draft routes."""

    position: int
    count: int


class RoutingChangesOut(Schema):
    """How many rules a draft adds, changes, moves and ends."""

    added: int
    changed: int
    moved: int
    ended: int


class RoutingDryRunOut(Schema):
    """What a draft would do with the last month's cases in sight, and what is wrong with it."""

    since: date
    on: date
    cases: int
    changed: int
    flows: list[RoutingFlowOut]
    uses: list[RoutingUseOut]
    findings: list[RoutingFindingOut]
    rules: RoutingChangesOut


class RoutedCaseOut(Schema):
    """A case behind a figure of a dry run."""

    id: UUID
    number: str
    state_name: str
    beginning: str
    area_code: str
    area_name: str
    category_name: str | None
    unit_name: str
    reported_at: datetime


class RoutingRowOut(Schema):
    """A cell of a file that was not understood."""

    row: int
    column: str
    words: str


class RoutingFileOut(Schema):
    """The rules of a file as a draft, and the cells that were not understood. Nothing is saved."""

    rules: list[RoutingRuleOut]
    rows: list[RoutingRowOut]


class RoutedByOut(Schema):
    """By which rule a case was routed: `rule_id` and `rule_version` are null where none fitted; `words` say why."""

    at: datetime
    rule_id: UUID | None
    rule_version: int | None
    position: int | None
    unit_id: UUID | None
    unit_name: str
    words: str
    basis: str
    certainty: Mark | None
    certainty_label: str


class RoutingProposalOut(Schema):
    """The unit a case should go to now: by a rule (`by` rule), as past cases suggest (past), or not known (none).

    `in_sight`: whether the reader may dispatch to it.
    """

    by: Literal["rule", "past", "none"]
    unit_id: UUID | None
    unit_name: str
    words: str
    basis: str
    certainty_label: str
    in_sight: bool


class CaseRoutingOut(Schema):
    """How a case was routed; for a dispatcher before whom it lies, where it should go."""

    routed: RoutedByOut | None
    proposal: RoutingProposalOut | None
