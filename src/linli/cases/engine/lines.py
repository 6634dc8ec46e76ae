"""Cases as lines of lists, written as JSON straight from what was read.

The framework checks an answer against its schema twice, which for a page of 50 took longer than reading it from the database
(bench/README.md). Lines are made by this program alone, so a test holds them to `CaseOut` instead of every request.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from .queries import CaseRow
from .schemas import CaseOut
from .states import STAGE_OF, State, stands_as

_SAID = ("state_name", "stage", "area_name")
#: What a line has as it was read, in the order of its schema.
_READ = tuple(name for name in CaseOut.model_fields if name not in _SAID)
_read = attrgetter(*_READ)


def line(row: CaseRow, named: Mapping[str, str], language: str) -> dict[str, Any]:
    """A case as `CaseOut` has it, in the language of the reader."""
    state = State(row.state)
    found: dict[str, Any] = dict(zip(_READ, _read(row), strict=True))
    found["state_name"], found["stage"] = stands_as(state, row.transferred).say(language), STAGE_OF[state]
    found["area_name"] = named[row.area_code]
    return found
