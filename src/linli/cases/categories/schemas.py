"""The directory as the API tells and takes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

Kind = Literal["component", "matter", "local"]
Procedure = Literal["standard", "quick", "resident_request", "mediation", "hazard", "alarm", "proposal"]
Mark = Literal["official", "secondary", "local", "inferred"]
Clock = Literal["urgent_hour", "work_hour", "work_day", "natural_day"]
Target = Literal["handle", "first_visit", "stop"]
Readers = Literal["", "public_security", "discipline"]


class CategoryRefOut(Schema):
    """A category, named."""

    id: UUID
    standard_ref: str
    kind: Kind
    code: str
    name: str


class CategoryOut(Schema):
    """A category of cases. `certainty_label` and `certainty_words` say how sure we are of it; `held`: on the day asked.

    `valid_from` is null where it has held as long as anybody asks; `valid_until` is the first day on which it does not.
    """

    id: UUID
    standard_ref: str
    kind: Kind
    kind_label: str
    major: str
    major_name: str
    code: str
    name: str
    initials: str
    procedure: Procedure
    procedure_label: str
    dispatch_first: bool
    emergency_number: str
    restricted_to: Readers
    restricted_label: str
    offered: bool
    certainty: Mark
    certainty_label: str
    certainty_words: str
    source: str
    note: str
    valid_from: date | None
    valid_until: date | None
    held: bool
    superseded_by: CategoryRefOut | None
    rules: int
    version: int


class CategoriesOut(Schema):
    """The directory; `may_edit`: whether the caller keeps it. `day`: the day it is told for."""

    items: list[CategoryOut]
    may_edit: bool
    day: date


class FilingRuleOut(Schema):
    """A filing rule; `limit` in words. `in_force`: whether cases of the day asked are filed by it."""

    id: UUID
    target: Target
    target_label: str
    filing_condition: str
    closing_condition: str
    limit_value: int
    clock: Clock
    limit: str
    unit_text: str
    photo_needed: bool
    rule_set: str
    source_class: str
    certainty: Mark
    certainty_label: str
    certainty_words: str
    source: str
    valid_from: date | None
    valid_until: date | None
    in_force: bool
    changed_by_name: str


class FaultOut(Schema):
    """A way in which a component fails, and its default limit (inferred)."""

    code: str
    name: str
    limit: str
    rules: int
    spread: str


class DefaultLimitOut(Schema):
    """The limit that counts while no filing condition is chosen. `note` says so where it is assumed."""

    limit: str
    certainty_words: str
    assumed: bool
    note: str


class CategoryVersionOut(Schema):
    """A category as it was until somebody changed it."""

    until: datetime
    by: str
    name: str
    procedure_label: str
    offered: bool
    certainty_label: str
    valid_from: date | None
    valid_until: date | None
    version: int


class CategoryDetailOut(CategoryOut):
    """A category with its rules. `borrowed`: the component whose rules these are."""

    filing_rules: list[FilingRuleOut]
    borrowed: CategoryRefOut | None
    default: DefaultLimitOut | None
    faults: list[FaultOut]
    faults_words: str
    versions: list[CategoryVersionOut]
    replaced: list[CategoryRefOut]
    may_edit: bool
    day: date


class NextCodeOut(Schema):
    """The code a new local minor of a major would get; null where all are taken."""

    code: str | None


class CategoryFactsIn(Schema):
    """What a category is."""

    major: str = Field(max_length=2)
    major_name: str = Field(max_length=200)
    name: str = Field(max_length=200)
    procedure: str = Field("standard", max_length=40)
    dispatch_first: bool = False
    emergency_number: str = Field("", max_length=200)
    restricted_to: str = Field("", max_length=40)
    offered: bool = True
    certainty: str = Field("local", max_length=20)
    source: str = Field("", max_length=400)
    note: str = Field("", max_length=400)


class NewCategoryIn(CategoryFactsIn):
    """A category to enter. Without `code` it gets the next local minor of its major, from 99 downward."""

    standard_ref: str = Field(max_length=200)
    kind: str = Field(max_length=20)
    code: str = Field("", max_length=5)
    valid_from: date | None = None
    reason: str = Field(max_length=200)


class CategoryChangeIn(CategoryFactsIn):
    """`version`: the one that was read; refused (409) when somebody has changed the category since."""

    version: int
    reason: str = Field(max_length=200)


class CategoryCloseIn(Schema):
    """`on`: the first day on which it does not hold. `successor_id`: what takes its place."""

    on: date | None = None
    successor_id: UUID | None = None
    version: int
    reason: str = Field(max_length=200)


class CategoryReopenIn(Schema):
    on: date | None = None
    version: int
    reason: str = Field(max_length=200)


class NewRuleIn(Schema):
    """A rule to enter, that holds from a day on."""

    target: str = Field("handle", max_length=20)
    filing_condition: str = Field("", max_length=400)
    closing_condition: str = Field("", max_length=400)
    limit_value: int
    clock: str = Field(max_length=20)
    unit_text: str = Field("", max_length=400)
    photo_needed: bool = False
    rule_set: str = Field(max_length=200)
    certainty: str = Field("local", max_length=20)
    source: str = Field("", max_length=400)
    valid_from: date | None = None
    reason: str = Field(max_length=200)


class RuleEndIn(Schema):
    """`on`: the first day on which the rule does not hold."""

    on: date | None = None
    reason: str = Field(max_length=200)


class DetailChangeOut(Schema):
    """A field that a file says otherwise."""

    field: str
    label: str
    before: str
    after: str


class DirectoryChangeOut(Schema):
    """One line of a dry run."""

    what: Literal["added", "changed", "closed", "reopened"]
    standard_ref: str
    kind_label: str
    code: str
    name: str
    condition: str
    details: list[DetailChangeOut]
    successor: str


class DirectoryFindingOut(Schema):
    """What is wrong with a row of a file."""

    row: int
    column: str
    message: str


class DryRunOut(Schema):
    """What a file would change from a day on. `stamp` is what the carrying out has to name; empty where it cannot be.

    `changes` and `findings` are the first of `total` and `total_findings`.
    """

    table: Literal["categories", "rules"]
    effective_from: date
    counts: dict[str, int]
    same: int
    changes: list[DirectoryChangeOut]
    total: int
    findings: list[DirectoryFindingOut]
    total_findings: int
    stamp: str
