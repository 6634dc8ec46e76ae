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
