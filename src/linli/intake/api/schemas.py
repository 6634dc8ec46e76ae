"""What the API of batches takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from linli.registry.person_ids import PersonId

Area = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")]


class SourceOut(Schema):
    """A source of data; lower priority wins a contested field."""

    code: str
    name: str
    name_en: str
    priority: int


class SourceIn(Schema):
    code: str = Field(max_length=32)
    name: str = Field(max_length=60)
    name_en: str = Field("", max_length=60)
    priority: int = Field(50, ge=1, le=99)


class KindOut(Schema):
    """A kind of table: people, or another kind of thing the registry holds."""

    name: str
    label: str


class KindIn(Schema):
    kind: str = Field(max_length=32)


class TargetOut(Schema):
    """A field that columns can be mapped to."""

    name: str
    label: str
    group: str
    group_label: str
    code_list: str | None
    required: bool


class BatchOut(Schema):
    """A batch in lists."""

    id: UUID
    area_code: str
    area_name: str
    kind: str
    source_code: str
    source_name: str
    filename: str
    file_size: int
    file_kept: bool
    sheet: str | None
    observed_on: date
    state: str
    stage: str
    percent: int
    rows: int | None
    check_counts: dict[str, Any] | None
    match_counts: dict[str, Any] | None
    merge_counts: dict[str, Any] | None
    problem: dict[str, Any] | None
    uploader_name: str
    cancel_asked: bool
    created_at: datetime
    changed_at: datetime
    merged_at: datetime | None
    finished_at: datetime | None


class CodeCountOut(Schema):
    code: str
    severity: str
    count: int
    reason: str
    remedy: str


class MayOut(Schema):
    map: bool
    check: bool
    merge: bool
    cancel: bool
    undo: bool
    decide: bool


class SameOut(Schema):
    id: UUID
    filename: str
    merged_at: datetime | None


class BatchDetailOut(BatchOut):
    """A batch with its counts in words; `working`: ask again soon; `same_as`: an earlier merge of this very file."""

    working: bool
    may: MayOut
    findings: list[CodeCountOut]
    same_as: SameOut | None = None


class ColumnOut(Schema):
    """A column of the file and what it is thought to be."""

    name: str
    letters: str
    filled: int
    fields: list[str]
    confidence: float
    reason: str
    reason_text: str


class PreviewRowOut(Schema):
    row: int
    cells: list[str | None]


class SheetOut(Schema):
    """A sheet of the file (within an archive: file/sheet). `why` it was not taken: hidden, unasked, no_table,
    no_rows, other_columns, no_file; rows and columns as the file declares them, else 0."""

    name: str
    hidden: bool
    rows: int
    columns: int
    taken: bool = True
    why: str = ""


class PreviewOut(Schema):
    """The file as read: its sheets, header, first rows (masked), the proposed and the current mapping."""

    kind: str
    sheets: list[SheetOut]
    sheet: str
    forms: bool = False
    header_rows: list[int]
    columns: list[ColumnOut]
    rows: list[PreviewRowOut]
    total: int
    notes: list[str]
    mapping: dict[str, Any]


class MappingIn(Schema):
    """The documented form of a mapping (`intake/mapping.py`)."""

    version: int = 1
    columns: dict[str, str | list[str] | None]
    constants: dict[str, str] = {}
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class BatchMappingIn(MappingIn):
    """`library`: the mapping of the library it was made from."""

    library: UUID | None = None


class MergeIn(Schema):
    skip_bad: bool = False


class FindingOut(Schema):
    """`row` counts through all sheets of the batch; `file`, `sheet`, `sheet_row`, `cell`: the place in one's own file
    (file and sheet where there are several)."""

    number: int
    row: int
    file: str | None
    sheet: str | None
    sheet_row: int | None
    cell: str | None
    column: str
    field: str
    field_label: str
    code: str
    severity: str
    value_masked: str | None
    reason: str
    remedy: str


class CandidateOut(Schema):
    person_id: UUID
    name: str | None
    birth: date | None
    id_masked: str | None
    area_code: str | None
    same_number: bool
    same_record: bool
    probability: float | None


class ReviewOut(Schema):
    """A row that waits for somebody to say whose it is, with those the actor can see whom it may be."""

    row: int
    name: str | None
    birth: date | None
    candidates: list[CandidateOut]


class ReviewDecisionIn(Schema):
    """`choice` is "new", "skip", or "person" with `person_id`.

    `number_wrong`: the row's identity number is not this person's; it is set aside. Needed for anybody but its owner.
    """

    choice: Literal["person", "new", "skip"]
    person_id: PersonId | None = None
    number_wrong: bool = False


class BatchFilter(Schema):
    area: Area | None = None
    state: str | None = Field(None, max_length=200)
    source: str | None = Field(None, max_length=32)
    cursor: str | None = None
    limit: int | None = None


class SheetsIn(Schema):
    """Sheets by their names in the preview; none: all that have the same columns."""

    sheets: list[str] = Field(max_length=5_000)


class FindingFilter(Schema):
    code: str | None = Field(None, max_length=60)
    severity: Literal["error", "warning"] | None = None
    cursor: str | None = None
    limit: int | None = None


class ReviewFilter(Schema):
    cursor: str | None = None
    limit: int | None = None
