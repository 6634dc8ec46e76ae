"""How a home is lived in, as a pure function of what is stated of it and who lives there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["occupied", "rented", "empty", "other", "unclear", "nobody"]
STATES: tuple[State, ...] = ("occupied", "rented", "empty", "other", "unclear", "nobody")
# 住所类型 of residents (GB/T 31000-2015): 自购 means that its owner lives there, 租赁 that it is let.
OWNED, RENTED = "01", "02"


@dataclass(frozen=True, slots=True)
class HomeState:
    """`stated` by somebody, else inferred from residents; `doubtful` where residents contradict the statement.

    `nobody`: no resident is recorded, which is not the same as empty. `unclear`: people live there, nobody says how.
    """

    state: State
    stated: bool
    doubtful: bool


def home_state(stated: str | None, kinds: Sequence[str | None]) -> HomeState:
    """The state of a home; `kinds` holds the 住所类型 of everybody who lives there now (None where nobody says)."""
    inferred = _inferred(kinds)
    if stated in ("occupied", "rented", "empty", "other"):
        contradicted = bool(kinds) if stated == "empty" else stated == "occupied" and inferred == "rented"
        return HomeState(stated, True, contradicted)  # type: ignore[arg-type]  # one of the literals above
    return HomeState(inferred, False, False)


def _inferred(kinds: Sequence[str | None]) -> State:
    if not kinds:
        return "nobody"
    # One tenant makes it a rented home, whoever else is registered there.
    if RENTED in kinds:
        return "rented"
    if OWNED in kinds:
        return "occupied"
    return "other" if any(kinds) else "unclear"
