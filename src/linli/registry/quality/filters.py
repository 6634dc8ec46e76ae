"""The records behind a figure: what the lists of people and homes add to their own conditions."""

from __future__ import annotations

from typing import Any

from linli.kernel import clock
from linli.kernel.actors import Actor

from .indicators import BY_CODE, HomeIndicator, PersonIndicator
from .queries import all_statements, statements_of


def failing_people(
    actor: Actor, indicator: PersonIndicator | None, source: str | None, params: dict[str, Any]
) -> tuple[str, list[str]]:
    """Join and conditions for the people who fail an indicator, by one source's statements if named; without an indicator
    those the source says anything of. The join asks for `a` and `p`."""
    params["q_today"] = clock.today()
    join = ""
    if source:
        join = statements_of(actor, (source,), params)
    elif indicator and BY_CODE[indicator].statements:
        join = all_statements(actor, params)
    if indicator is None:
        return join, []
    among, fails = BY_CODE[indicator].conditions(bool(source))
    return join, [f"({among})", f"({fails})"]


def failing_homes(indicator: HomeIndicator) -> list[str]:
    """Conditions for the homes (`d`) that fail an indicator."""
    return [f"({condition})" for condition in BY_CODE[indicator].conditions()]
