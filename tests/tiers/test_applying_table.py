"""The table of an application and its rules, whatever is done in whatever order. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.tiers.applying import guards, rules, table
from linli.tiers.applying.document import written
from linli.tiers.applying.table import ACTIONS, ENDS, STATES, TABLE

DAY = date(2026, 6, 1)
#: What leads back from an end, or stays in it.
BACK = {"reopen", *table.CORRECTIONS}
PAIRS = {(action.name, state) for action in TABLE for state in action.sources}


@given(
    st.sampled_from(sorted(ACTIONS)),
    st.sampled_from(sorted(STATES)),
    st.sets(st.sampled_from(("accepted", "ended", "awarded"))),
)
def test_no_action_is_taken_from_a_state_that_is_not_in_the_table(
    name: str, state: table.State, marks: set[str]
) -> None:
    action = ACTIONS[name]
    if (name, state) not in PAIRS:
        assert table.why_not(action, state, marks) is not None
    if table.why_not(action, state, marks) is not None:
        with pytest.raises(ValueError, match=name):
            table.after(action, state, marks)
    else:
        to, after = table.after(action, state, marks)
        changed = to != state or after != frozenset(marks)
        assert to in STATES and changed != (name in table.CORRECTIONS), "a step that changes nothing is none"


@given(st.data())
def test_every_path_stays_in_the_table_and_an_end_is_always_within_reach(data: st.DataObject) -> None:
    state: table.State = "planned"
    marks: frozenset[str] = frozenset()
    for _ in range(40):
        possible = [action for action in table.of(state) if table.why_not(action, state, marks) is None]
        onward = [each for each in possible if each.name not in BACK]
        assert bool(onward) != (state in ENDS), "only an end has no way on but back"
        if not possible:
            return
        state, marks = table.after(data.draw(st.sampled_from(possible)), state, marks)
        assert _ends_within(state, marks, 4), (state, marks)
        assert "ended" not in marks or state in (
            "publicised",
            "reported",
            "recognised",
            "rechecking",
            "refused",
            "withdrawn",
            "lapsed",
        )


def _ends_within(state: table.State, marks: frozenset[str], steps: int) -> bool:
    if state in ENDS:
        return True
    ways = [action for action in table.of(state) if table.why_not(action, state, marks) is None]
    return steps > 0 and any(_ends_within(*table.after(action, state, marks), steps - 1) for action in ways)


SAID = ("met", "missed", "not_asked")


@given(st.sampled_from(SAID), st.sampled_from((None, *SAID)), st.sampled_from((*SAID, "unknown")))
def test_a_verdict_is_explained_exactly_where_it_differs_from_something_that_is_known(
    verdict: str, before: str | None, computed: str
) -> None:
    differs = (before is not None and before != verdict) or (computed != "unknown" and computed != verdict)
    assert rules.reason_needed(verdict, before, computed) is differs


@given(st.integers(1, 60), st.integers(-3, 70))
def test_objections_are_taken_until_so_many_days_after_it_is_put_up_and_then_it_may_end(days: int, ahead: int) -> None:
    until, today = rules.last_day(DAY, days), DAY + timedelta(days=ahead)
    taken = rules.open_to_objections(DAY, until, today)
    assert taken is (0 <= ahead <= days)
    facts = guards.Facts(today=today, unjudged={}, published_until=until)
    assert (guards.missing("end_publication", facts) is None) is (ahead > days), "never both open and ended"


def test_the_diagram_in_the_documentation_is_that_of_the_table() -> None:
    document = Path(__file__).parents[2].joinpath("docs/tiers.md").read_text(encoding="utf-8")
    assert written(document) == document, "run: python -m linli.tiers.applying.document"
