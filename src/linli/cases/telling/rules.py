"""Of which steps whom is told. Pure."""

from __future__ import annotations

from .. import notices

_COMES = frozenset({"dispatch", "dispatch_first", "proposal_assign", "proposal_reassign"})
_RETURNS = frozenset({"rework", "fail_check", "proposal_revise"})


def kind_of(action: str, urgent: bool) -> str | None:
    """The kind of notice that the unit of a case is told a step with; None for steps it took itself or does not wait for."""
    if action in _COMES:
        return notices.CAME_URGENT if urgent else notices.CAME
    return notices.RETURNED if action in _RETURNS else None


def kind_of_merge(action: str, goes_on: bool) -> str:
    """The kind of notice of a merge, or of its undoing, about the case that goes on or the one that was joined to it."""
    if action == "unmerge":
        return notices.SEPARATED
    return notices.JOINED_TO if goes_on else notices.JOINED
