"""The rounds of a case: the first begins with its report, each further one with a reopening, whose step keeps what the round before came
to. What is told as how a case stands is of the last alone. Over the rows of a flow, in their order; no query."""

from __future__ import annotations

from collections.abc import Sequence

from .models import Case, CaseFlow


def endings(flow: Sequence[CaseFlow]) -> list[CaseFlow]:
    """The steps that each ended a round and began the next."""
    return [step for step in flow if step.detail.get("round")]


def numbered(flow: Sequence[CaseFlow]) -> list[int]:
    """For each step the round it belongs to, from 1; a reopening belongs to the one it begins."""
    found, here = [], 1
    for step in flow:
        here += bool(step.detail.get("round"))
        found.append(here)
    return found


def result_of(case: Case, flow: Sequence[CaseFlow]) -> str:
    """What the round a case is in came to so far. Cases reopened before their result was let go still have that of the round before."""
    ended = endings(flow)
    if not ended or case.handed_back_at is not None or case.closed_at is not None:
        return case.result
    since = ended[-1].version
    return (
        case.result if any(step.version > since and step.detail.get("result") == case.result for step in flow) else ""
    )
