"""What the API of proposals takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from ..engine.rules import LONGEST, Kind
from ..engine.states import State
from . import rules
from .queries import ProposalFilter
from .rules import Body, Openness, Opinion, Role

Line = Annotated[str, Field(max_length=rules.LONGEST_LINE)]
Area = Annotated[str, Field(pattern=r"^\d{6}(\d{3})?$")]


class MemberProposalsQuery(Schema):
    """What a list is narrowed by."""

    year: int | None = Field(None, ge=rules.FIRST_YEAR, le=2099)
    body: Body | None = None
    state: State | None = None
    unit: UUID | Literal["none"] | None = None
    figure: str | None = Field(None, max_length=20)
    words: str = Field("", max_length=60)
    cursor: str | None = None
    limit: int | None = Field(None, ge=1, le=200)

    def wanted(self) -> ProposalFilter:
        return ProposalFilter(self.year, self.body, self.state, self.unit, self.figure, self.words)


class ProposerIn(Schema):
    """Somebody who proposed. A contact left empty stays as it was; `shown`: they agreed to be named in public, which for who
    stands in a proposal already is said at its own door."""

    name: Line
    contact: str = Field("", max_length=40)
    shown: bool = False


class MemberProposalIn(Schema):
    """What is entered of a proposal. `area` None: the whole district."""

    body: Body
    number: str = Field(max_length=20)
    term: int
    session: int
    title: str = Field(max_length=rules.LONGEST_TITLE)
    content: str = Field(max_length=rules.LONGEST_CONTENT)
    proposers: list[ProposerIn] = Field(max_length=rules.MOST_PROPOSERS)
    area: Area | None = None


class MemberProposalChangeIn(MemberProposalIn):
    """The same, mended; `version` as it was read."""

    version: int


class CohostIn(Schema):
    """A unit that helps the host, and how."""

    unit_id: UUID
    role: Role


class CohostsIn(Schema):
    """Which units help the host."""

    cohosts: list[CohostIn] = Field(max_length=rules.MOST_COHOSTS)


class ProposalStepIn(Schema):
    """What a step is taken with; `version` as it was read, the rest as the step asks for it."""

    version: int
    reason: str = Field("", max_length=LONGEST)
    unit_id: UUID | None = None
    due_on: date | None = None
    cohosts: list[CohostIn] | None = Field(None, max_length=rules.MOST_COHOSTS)
    document_number: Line = ""
    signed_post: Line = ""
    signed_name: Line = ""
    answered_on: date | None = None
    opinion: Opinion | Literal[""] = ""
    attitude: Opinion | Literal[""] = ""
    outcome: Opinion | Literal[""] = ""
    remark: str = Field("", max_length=LONGEST)


class ProposalDraftIn(Schema):
    """A reply as it is typed; `version` of the draft that was opened."""

    version: int = Field(ge=0)
    text: str = Field(max_length=rules.LONGEST_REPLY)
    contact_name: Line = ""
    contact_phone: Line = ""


class ContributionIn(Schema):
    """What a unit that helps contributes."""

    text: str = Field(max_length=rules.LONGEST_CONTRIBUTION)


class RevealProposerIn(Schema):
    """What somebody's contact is wanted for."""

    purpose: str = Field(max_length=200)


class ProposerShownIn(Schema):
    """Whether a proposer agrees to be named in public, from now on."""

    shown: bool


class ProposerContactOut(Schema):
    """A contact in full."""

    value: str


class MemberProposalOut(Schema):
    """A proposal as a line of a list. `state` is None for who only helps to answer; `in_time` before it is answered."""

    id: UUID
    body: Body
    number: str
    year: int
    title: str
    host_name: str
    cohosts: int
    state: State | None
    state_name: str
    due_at: datetime | None
    answered_on: date | None
    in_time: bool | None
    openness: Openness
    published_at: datetime | None
    opinion: Opinion | Literal[""]
    round: int
    own_part: bool


class RegisteredProposalOut(Schema):
    """A proposal that was entered."""

    id: UUID
    number: str


class HostUnitOut(Schema):
    """A unit that may be host."""

    id: UUID
    name: str
    kind: str


class ProposerOut(Schema):
    """Somebody who proposed; the contact masked."""

    id: UUID
    name: str
    masked: str
    shown: bool


class CohostOut(Schema):
    """A unit that helps, with what it contributed."""

    unit_id: UUID
    unit_name: str
    role: Role
    contribution: str
    contributed_at: datetime | None
    contributed_by_name: str


class ProposalReplyOut(Schema):
    """The answer of a round, with what was thought of it."""

    round: int
    version: int
    unit_name: str
    text: str
    contact_name: str
    contact_phone: str
    drafted_at: datetime | None
    drafted_by_name: str
    reviewed_at: datetime | None
    reviewed_by_name: str
    document_number: str
    signed_at: datetime | None
    signed_post: str
    signed_name: str
    answered_on: date | None
    due_on: date | None
    in_time: bool | None
    opinion: Opinion | Literal[""]
    attitude: Opinion | Literal[""]
    outcome: Opinion | Literal[""]
    remark: str
    rated_at: datetime | None
    rated_by_name: str


class LetterOut(Schema):
    """A letter part by part, as it is published."""

    issuer: str
    title: str
    document_number: str
    signed: str
    salutation: str
    opening: str
    paragraphs: list[str]
    closing: str
    day: str
    contact: str


class PublicAnswerOut(Schema):
    """The page the public reads, or would read: its fields and its two texts."""

    session: str
    number: str
    title: str
    proposers: str
    host: str
    cohosts: list[str]
    answered_on: date | None
    letter: LetterOut
    content: list[str]


class ProposalFlowOut(Schema):
    """A step that was taken."""

    version: int
    at: datetime
    label: str
    to_name: str
    actor_name: str
    actor_unit: str
    reason: str


class ProposalActionOut(Schema):
    """A step that has to do with the proposal as it stands; `refused`: why the reader cannot take it."""

    code: str
    label: str
    kind: Kind
    main: bool
    refused: str | None


class MemberProposalDetailOut(Schema):
    """A proposal with all its page shows. `state` is None for who only helps to answer; `own_unit_id`: the unit the reader
    handles for."""

    id: UUID
    case_id: UUID | None
    case_number: str
    version: int
    body: Body
    kind_name: str
    session_name: str
    term: int
    session: int
    number: str
    year: int
    title: str
    content: str
    area: str
    area_name: str
    host_unit_id: UUID | None
    host_name: str
    state: State | None
    state_name: str
    due_at: datetime | None
    round: int
    openness: Openness
    openness_reason: str
    published_at: datetime | None
    public_path: str
    registered_at: datetime
    registered_by_name: str
    proposers: list[ProposerOut]
    cohosts: list[CohostOut]
    replies: list[ProposalReplyOut]
    preview: PublicAnswerOut | None
    flow: list[ProposalFlowOut]
    actions: list[ProposalActionOut]
    own_unit_id: UUID | None
    may_draft: bool
    may_contribute: bool
    may_amend: bool
    may_consent: bool
    may_reveal: bool


class ProposalFigureOut(Schema):
    """What a figure counts."""

    code: str
    label: str
    meaning: str


class ProposalsCountedOut(Schema):
    """The figures of a host, a year, or all together."""

    key: str
    name: str
    figures: dict[str, int]


class ProposalCountsOut(Schema):
    """Figures of a year (None: all years) by host and together, and of every year."""

    year: int | None
    years_there: list[int]
    definitions: list[ProposalFigureOut]
    total: ProposalsCountedOut
    hosts: list[ProposalsCountedOut]
    years: list[ProposalsCountedOut]
