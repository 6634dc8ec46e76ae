"""What the API of reporters takes and answers to staff."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

from .actions import LONGEST_PUBLIC_ANSWER
from .rules import Told


class CaseAnswerIn(Schema):
    """What the public is answered."""

    text: str = Field(max_length=LONGEST_PUBLIC_ANSWER)


class CaseAnswerOut(Schema):
    """An answer to the public; they see the unit, not who wrote it."""

    text: str
    unit_name: str
    by_name: str
    at: datetime


class ReporterMessageOut(Schema):
    """Something the reporter was told, and how that went."""

    kind: Told
    state: Literal["waiting", "sending", "sent", "failed", "unsure", "dropped"]
    due_at: datetime


class ReporterRatingOut(Schema):
    """How somebody rated it whose report was joined to the case; kept apart from the case's own rating."""

    responded: bool | None
    solved: bool | None
    satisfied: bool | None
    at: datetime


class TrackingNumberOut(Schema):
    """A tracking number, in groups as it is written down: shown this once. One given out before opens nothing now."""

    number: str
    case_number: str


class FollowingOut(Schema):
    """Whether a case is followed from outside by a tracking number, where its reporter is told (masked), what was answered.

    `may_issue`: a number may be given out to who reported it to staff; `issued`: one was.
    """

    followed: bool
    told_by: str
    stopped: bool
    may_answer: bool
    may_issue: bool
    issued: bool
    answers: list[CaseAnswerOut]
    messages: list[ReporterMessageOut]
    ratings: list[ReporterRatingOut]
