"""Rounds and returns as the API answers and takes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.kernel.http import CountOut, PageOut

from ..api.schemas import Area
from .asking import AskedCell, AskedRow
from .looking import Compared, Rows
from .queries import ReturnDetail, ReturnRow, RoundRow


class ProgressOut(Schema):
    """What the returns in sight hold and lack, and how many stand where."""

    rows: int
    blanks: int
    stale: int
    waiting: int
    draft: int
    submitted: int
    accepted: int
    returned: int


class RoundOut(Schema):
    """A round. `top`: who receives in the end; `measured_at`: when blanks and stale values were last counted for all."""

    id: UUID
    form_id: UUID
    form_name: str
    form_number: int
    issuer_name: str
    period: str
    as_of: date
    due_on: date
    area_code: str
    area_name: str
    top_code: str
    top_name: str
    subject: str
    fresh_days: int | None
    state: Literal["open", "closed"]
    opened_by_name: str
    opened_at: datetime
    closed_at: datetime | None
    measured_at: datetime | None
    progress: ProgressOut
    may_close: bool


class RoundIn(Schema):
    """What to ask for. `fresh_days`: ask again for values that are older (none: what each field has by itself)."""

    form: UUID
    area: Area
    period: str = Field(max_length=40)
    as_of: date
    due_on: date
    fresh_days: int | None = None


class ReturnOut(Schema):
    """A return. `waiting` rows have a blank or a stale value; `timing`: done, in_time, soon or overdue."""

    id: UUID
    round_id: UUID
    form_name: str
    period: str
    due_on: date
    area_code: str
    area_name: str
    state: Literal["draft", "submitted", "accepted", "returned"]
    timing: Literal["done", "in_time", "soon", "overdue"]
    version: int
    rows: int
    blanks: int
    stale: int
    waiting: int
    changed_at: datetime


class StepOut(Schema):
    """A step a return took."""

    deed: Literal["submit", "accept", "return"]
    before: str
    after: str
    version: int
    reason: str
    made_by_name: str
    made_at: datetime


class DifferenceCountsOut(Schema):
    """How many rows differ."""

    added: int = 0
    gone: int = 0
    changed: int = 0


class VersionOut(Schema):
    """A frozen version; one that is `gone` has no rows any more. `since_round`: differences from the version accepted last
    in an earlier round; `since_returned`: from the one before it in this round."""

    number: int
    rows: int
    blanks: int
    stale: int
    oldest: date | None
    newest: date | None
    sha256: str
    since_round: DifferenceCountsOut | None
    since_returned: DifferenceCountsOut | None
    gone_at: datetime | None
    made_by_name: str
    made_at: datetime


class ReturnDetailOut(ReturnOut):
    """One return. `whole`: all of it is in sight, not only a grid; `deeds`: what the actor can do now; `below_open`:
    how many returns it waits for."""

    round: RoundOut
    receiver_name: str
    deeds: list[Literal["submit", "accept", "return"]]
    below_open: int
    may_complete: bool
    whole: bool
    steps: list[StepOut]
    versions: list[VersionOut]


class AskedColumnOut(Schema):
    """A column of the form."""

    name: str
    label: str


class AskedOut(Schema):
    """A fact that can be answered. `need`: why it is asked for, if it is; `value` as shown, `raw` as it is typed (nothing
    for numbers); `dated`: of which day it is; `column`: the one that shows it."""

    field: str
    column: str
    label: str
    kind: str
    code_list: str | None
    choices: list[str] = []
    value: str | None
    raw: str | None
    dated: date | None
    need: Literal["blank", "stale"] | None


class AskedRowOut(Schema):
    """A person of the return: the columns filled in (numbers masked), and what is asked."""

    person: UUID
    version: int
    name: str
    area_code: str
    values: dict[str, str | None]
    asked: list[AskedOut]


class AskedRowsOut(PageOut[AskedRowOut]):
    """Rows to complete, with the form's columns."""

    columns: list[AskedColumnOut] = []


class AnswerIn(Schema):
    """Answers to a row: values by field (null: there is none). `confirm`: what is stale and not given is as it stands."""

    version: int
    answers: dict[str, str | None] = Field(default_factory=dict, max_length=60)
    confirm: bool = False


class AnsweredOut(Schema):
    """The row as it is now; none when the person is no longer on the list."""

    row: AskedRowOut | None


class StepIn(Schema):
    reason: str = Field("", max_length=500)


class ReturnIn(Schema):
    reason: str = Field(max_length=500)


class ChangedOut(Schema):
    """A cell, before and after; numbers masked."""

    field: str
    label: str
    before: str | None
    after: str | None


class DifferentOut(Schema):
    """A row that differs."""

    key: str
    label: str
    area_name: str
    kind: Literal["added", "gone", "changed"]
    changes: list[ChangedOut]


class DifferencesOut(PageOut[DifferentOut]):
    """Differences from an earlier version. `against` is its number, none when there is no earlier one."""

    against: int | None = None
    period: str = ""
    counts: DifferenceCountsOut = DifferenceCountsOut()


class FileIn(Schema):
    """What the file is for. `full`: numbers the taker may see stand in full."""

    purpose: str = Field(max_length=200)
    full: bool = False


def round_out(row: RoundRow) -> dict[str, Any]:
    """A round as answered."""
    names = [name for name in RoundOut.model_fields if hasattr(row.round, name)]
    return {name: getattr(row.round, name) for name in names} | {
        "area_name": row.area_name,
        "top_name": row.top_name,
        "progress": plain(row.progress),
        "may_close": row.may_close,
    }


def plain(row: Any) -> dict[str, Any]:
    """A dataclass as its fields."""
    return {name: getattr(row, name) for name in row.__slots__}


def return_out(row: ReturnRow) -> dict[str, Any]:
    """A return as answered."""
    return plain(row)


def detail_out(found: ReturnDetail) -> dict[str, Any]:
    """One return as answered."""
    names = ("receiver_name", "deeds", "below_open", "may_complete", "whole", "steps", "versions")
    return return_out(found.row) | {"round": round_out(found.round)} | {n: getattr(found, n) for n in names}


def asked_out(row: AskedRow, language: str, columns: set[str]) -> dict[str, Any]:
    """A row to complete as answered."""
    return {
        "person": row.person_id,
        "version": row.version,
        "name": row.label,
        "area_code": row.area_code,
        "values": {name: value for name, value in row.values.items() if name in columns},
        "asked": [_cell(cell, language, columns) for cell in row.cells],
    }


def _cell(cell: AskedCell, language: str, columns: set[str]) -> dict[str, Any]:
    fact = cell.asked
    # What another office keeps to itself is asked for, and never told.
    told = fact.custom is None or fact.name in columns
    return {
        "field": fact.name, "column": fact.shown_by.name, "label": fact.label(language), "kind": fact.kind, "code_list": fact.code_list,
        "choices": list(fact.choices), "value": cell.shown if told else None, "raw": cell.raw if told else None,
         "dated": cell.dated, "need": cell.need,
    }  # fmt: skip


def rows_out(found: Rows, language: str) -> dict[str, Any]:
    """Rows to complete as answered."""
    names = {b.name for b in found.columns}
    return {
        "columns": [{"name": b.name, "label": b.label(language)} for b in found.columns],
        "items": [asked_out(row, language, names) for row in found.page.items],
        "next": found.page.next,
        "count": found.page.count and CountOut(value=found.page.count.value, exact=found.page.count.exact),
    }


def differences_out(found: Compared) -> dict[str, Any]:
    """Differences as answered."""
    return {
        "against": found.against.number if found.against else None,
        "period": found.period,
        "counts": found.counts,
        "items": [plain(row) | {"changes": [plain(cell) for cell in row.changes]} for row in found.page.items],
        "next": found.page.next,
        "count": found.page.count and CountOut(value=found.page.count.value, exact=found.page.count.exact),
    }
