"""The life of a batch as one table: which state follows which, what is work in progress, where a killed job goes on."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a batch stands. Those in WORKING have a job running; the others wait for a person or are final."""

    UPLOADED = "uploaded"  # kept, not looked at
    READING = "reading"
    MAPPING = "mapping"  # read; waits for the mapping of its columns
    CHECKING = "checking"
    CHECKED = "checked"  # findings are there; the matching follows
    MATCHED = "matched"  # the outcome is foretold; waits for the merge
    MERGING = "merging"
    IN_REVIEW = "in_review"  # merged, but for rows of which somebody has to say whose they are
    MERGED = "merged"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = State
TRANSITIONS: dict[State, frozenset[State]] = {
    S.UPLOADED: frozenset({S.READING, S.CANCELLED, S.FAILED}),
    S.READING: frozenset({S.MAPPING, S.UPLOADED, S.FAILED, S.CANCELLED}),
    S.MAPPING: frozenset({S.MAPPING, S.UPLOADED, S.CHECKING, S.CANCELLED, S.FAILED}),
    S.CHECKING: frozenset({S.CHECKED, S.MAPPING, S.FAILED, S.CANCELLED}),
    S.CHECKED: frozenset({S.MATCHED, S.MAPPING, S.CHECKING, S.FAILED, S.CANCELLED}),
    S.MATCHED: frozenset({S.MERGING, S.MAPPING, S.UPLOADED, S.CHECKING, S.CANCELLED}),
    S.MERGING: frozenset({S.IN_REVIEW, S.MERGED, S.MATCHED, S.CANCELLED, S.FAILED}),
    S.IN_REVIEW: frozenset({S.MERGED, S.UNDOING}),
    S.MERGED: frozenset({S.UNDOING, S.IN_REVIEW}),  # a row waits again: what took its place was undone
    S.UNDOING: frozenset({S.UNDONE, S.MERGED, S.IN_REVIEW}),
    S.UNDONE: frozenset(),
    S.FAILED: frozenset({S.CANCELLED}),
    S.CANCELLED: frozenset(),
}
# Where a batch goes back to when the process that worked on it is gone. The base is as it was: writing to it and the
# step out of MERGING or UNDOING are one transaction.
STARTED_FROM: dict[State, State] = {
    S.READING: S.UPLOADED,
    S.CHECKING: S.MAPPING,
    S.CHECKED: S.MAPPING,
    S.MERGING: S.MATCHED,
    S.UNDOING: S.MERGED,
}
WORKING = frozenset(STARTED_FROM)
IN_BASE = frozenset({S.IN_REVIEW, S.MERGED})
CANCELLABLE = frozenset(state for state, following in TRANSITIONS.items() if S.CANCELLED in following)
# The share of the whole work that each stage of a working state ends at, for one bar that never goes back.
PROGRESS: dict[State, dict[str, tuple[float, float]]] = {
    S.READING: {"read": (0.0, 0.9), "suggest": (0.9, 1.0)},
    S.CHECKING: {
        "read": (0.0, 0.3),
        "check": (0.3, 0.6),
        "address": (0.45, 0.75),
        "duplicates": (0.75, 0.8),
        "keep": (0.8, 1.0),
    },
    S.CHECKED: {"match": (0.0, 1.0)},
    S.MERGING: {
        "read": (0.0, 0.12),
        "check": (0.12, 0.3),
        "address": (0.2, 0.3),
        "duplicates": (0.3, 0.32),
        "match": (0.32, 0.38),
        "prepare": (0.38, 0.5),
        "write": (0.5, 0.75),
        "golden": (0.75, 1.0),
    },
    S.UNDOING: {"undo": (0.0, 1.0)},
}


def before(state: State) -> list[State]:
    """The states from which a batch may go to this one."""
    return [earlier for earlier, following in TRANSITIONS.items() if state in following]


def percent(state: State, stage: str, share: float) -> int:
    """How much of a working state's work is done, 0 to 100."""
    start, end = PROGRESS.get(state, {}).get(stage, (0.0, 0.0))
    return round(100 * (start + (end - start) * min(max(share, 0.0), 1.0)))


def blocks_merge(bad_rows: int, skip_bad: bool) -> bool:
    """A file with errors stops, unless its bad rows are to be left out."""
    return bad_rows > 0 and not skip_bad
