"""What the API of the catalogue takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..api.schemas import Area
from ..ledgers.api import NamedOut
from .inspecting import ColumnState
from .rules import Cycle, Status


class FormFactsIn(Schema):
    """A form as it is described. `issuer_id` names a unit; without it `issuer_name` does. `valid_until`: its last day."""

    name: str = Field(max_length=100)
    issuer_id: UUID | None = None
    issuer_name: str = Field("", max_length=100)
    legal_basis: str = Field(max_length=400)
    basis_number: str = Field("", max_length=100)
    cycle: str = Field(max_length=20)
    valid_until: date | None = None
    note: str = Field("", max_length=1000)


class NewFormIn(FormFactsIn):
    """A form with the binding of its template, in the documented form; without one, what is proposed. `names_confirmed`:
    what looks like names of people in it is examples."""

    binding: dict[str, Any] | None = None
    names_confirmed: bool = False


class FormChangeIn(FormFactsIn):
    """`version`: the one that was read; refused (409) when somebody has changed the form since."""

    version: int


class VersionIn(Schema):
    """A further version of a form's template, or of what fills it."""

    version: int
    binding: dict[str, Any] | None = None
    note: str = Field("", max_length=400)
    names_confirmed: bool = False


class DecisionIn(Schema):
    """Whether a form may be asked for: under which number and until when, or why not."""

    version: int
    approve: bool
    number: str = Field("", max_length=60)
    until: date | None = None
    reason: str = Field("", max_length=400)


class WithdrawIn(Schema):
    version: int
    reason: str = Field(max_length=400)


class ProposeIn(Schema):
    version: int


class InspectedColumnOut(Schema):
    """A column of a template. `held`: a base field fills it; `custom`: a custom field does; `new`: nothing held does;
    `withheld`: a field that another office keeps to itself; `retired`: one that is asked no more since `since`."""

    name: str
    field: str | None
    label: str
    state: ColumnState
    since: date | None = None


class CountsOut(Schema):
    asked: int
    held: int
    new: int


class OverlapOut(Schema):
    """What another form asks too. `alike`: nearly all that the smaller of both asks, so that one of them may go."""

    form_id: UUID
    name: str
    issuer_name: str
    shared: list[str]
    alike: bool


class InspectionOut(Schema):
    """A template as understood before anybody keeps it. `sentence` says at once what is held, new and asked elsewhere;
    `where_said` is the condition `where` with custom fields by their names; `names`: how many cells look like names of
    people, which whoever registers it has to answer for (`names_confirmed`)."""

    subject: str
    subjects: list[NamedOut]
    sheets: list[str]
    form: bool
    columns: list[InspectedColumnOut]
    fields: list[NamedOut]
    counts: CountsOut
    sentence: str
    overlaps: list[OverlapOut]
    constants: dict[str, str]
    where: str
    where_said: str
    names: int = 0
    notes: list[str]


class FormOut(Schema):
    """A form of the catalogue. `status` is computed from what was decided and the days; `last_day`: the last on which it
    holds; `version`: of the row, for changing it; `current`: the number of its present template."""

    id: UUID
    name: str
    issuer_id: UUID | None
    issuer_name: str
    legal_basis: str
    basis_number: str
    cycle: Cycle
    valid_until: date | None
    note: str
    status: Status
    approval_number: str
    approved_until: date | None
    last_day: date | None
    current: int
    version: int
    subject: str
    counts: CountsOut
    made_by_name: str
    made_at: datetime
    changed_by_name: str
    changed_at: datetime


class FormVersionOut(Schema):
    number: int
    filename: str
    size: int
    note: str
    counts: CountsOut
    made_by_name: str
    made_at: datetime


class FormDecisionOut(Schema):
    state: str
    number: str
    until: date | None
    reason: str
    made_by_name: str
    made_at: datetime


class FormMayOut(Schema):
    """What the caller may do with the form as it is now. `own`: they entered it and so do not decide on it."""

    manage: bool
    approve: bool
    fill: bool
    own: bool


class FormDetailOut(FormOut):
    """A form with its present template, what fills it, who else asks for that, its versions and decisions."""

    inspection: InspectionOut
    versions: list[FormVersionOut]
    decisions: list[FormDecisionOut]
    may: FormMayOut


class FormQuery(Schema):
    status: Literal["proposed", "approved", "refused", "withdrawn", "expired"] | None = None
    q: str | None = Field(None, max_length=60)
    issuer: str | None = Field(None, max_length=100)
    cursor: str | None = None
    limit: int | None = None


class IssuerOut(Schema):
    """A unit that may issue forms."""

    id: UUID
    name: str


class GenerateIn(Schema):
    """What is asked for. `version`: of the template, by default the present one; `where`: else the version's condition."""

    area: Area
    purpose: str = Field(max_length=200)
    version: int | None = None
    where: str | None = Field(None, max_length=1000)
    on: date | None = None
    masked: bool = Field(True, description="Off: numbers the taker may see stand in full, and the log tells")
    empty: bool = False


class GeneratedOut(Schema):
    """A file that was asked for. `state`: queued, running, done, failed, cancelled, gone (past its time)."""

    id: UUID
    form_id: UUID
    form_name: str
    number: int
    area_code: str
    area_name: str
    day: date
    where: str
    masked: bool
    purpose: str
    state: Literal["queued", "running", "done", "failed", "cancelled", "gone"]
    percent: int
    rows: int | None
    size: int | None
    filename: str
    notes: list[str]
    problem: str | None
    asked_at: datetime
    finished_at: datetime | None
    keep_until: date | None
    taken: int


class GeneratedQuery(Schema):
    form: UUID | None = None
    cursor: str | None = None
    limit: int | None = None
