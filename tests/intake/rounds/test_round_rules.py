"""Decisions about rounds: every deed in every state by the table, no way around the town, what is asked for."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.intake.rounds import rules
from linli.intake.rounds.rules import TRANSITIONS, Case, Cell, Deed, Desk, State, Transition

BOTH = frozenset(Desk)
#: Said once more by hand, so that a table changed by mistake is seen.
LEADS = {
    (Deed.SUBMIT, State.DRAFT): State.SUBMITTED,
    (Deed.SUBMIT, State.RETURNED): State.SUBMITTED,
    (Deed.ACCEPT, State.SUBMITTED): State.ACCEPTED,
    (Deed.RETURN, State.SUBMITTED): State.RETURNED,
    (Deed.RETURN, State.ACCEPTED): State.RETURNED,
}


@pytest.mark.parametrize(("deed", "state"), product(Deed, State))
def test_a_deed_leads_where_the_table_says_and_nowhere_else(deed: Deed, state: State) -> None:
    found = rules.decide(deed, Case(state, True, BOTH), "原因")
    if (deed, state) in LEADS:
        assert isinstance(found, Transition) and found.after is LEADS[deed, state]
    else:
        assert found == "state"


@pytest.mark.parametrize(("deed", "state"), product(Deed, State))
def test_nothing_is_done_in_a_closed_round_or_from_another_desk(deed: Deed, state: State) -> None:
    assert rules.decide(deed, Case(state, False, BOTH), "原因") == "closed"
    desk = next(t.desk for t in TRANSITIONS if t.deed is deed)
    assert rules.decide(deed, Case(state, True, BOTH - {desk}), "原因") == "desk"


@pytest.mark.parametrize("reason", ["", " ", "x", " x "])
def test_giving_back_takes_a_reason_and_nothing_else_does(reason: str) -> None:
    for state in (State.SUBMITTED, State.ACCEPTED):
        assert rules.decide(Deed.RETURN, Case(state, True, BOTH), reason) == "reason"
    assert isinstance(rules.decide(Deed.SUBMIT, Case(State.DRAFT, True, BOTH), reason), Transition)
    assert isinstance(rules.decide(Deed.ACCEPT, Case(State.SUBMITTED, True, BOTH), reason), Transition)


VILLAGES = st.lists(st.integers(0, 3), min_size=1, max_size=4, unique=True)
DEEDS = st.lists(st.tuples(st.sampled_from(["t", 0, 1, 2, 3]), st.sampled_from(list(Deed))), max_size=40)


@given(VILLAGES, DEEDS)
def test_no_order_of_deeds_passes_over_the_town(villages: list[int], deeds: list[tuple[object, Deed]]) -> None:
    """A town's return is sent only when each of its villages' was accepted by the town, and they stay so while it is."""
    states: dict[object, State] = dict.fromkeys(["t", *villages], State.DRAFT)
    for one, deed in deeds:
        if one not in states:
            continue
        case = (
            Case(states["t"], True, BOTH, below=tuple(states[v] for v in villages))
            if one == "t"
            else Case(states[one], True, BOTH, above=states["t"])
        )
        found = rules.decide(deed, case, "原因")
        if isinstance(found, Transition):
            states[one] = found.after
        if states["t"] in rules.SENT:
            assert all(states[v] is State.ACCEPTED for v in villages)


def test_a_return_goes_one_level_up_and_the_top_sends_nothing() -> None:
    assert rules.receiver("370302102201", "370302") == "370302102"
    assert rules.receiver("370302102", "370302") == "370302"
    assert rules.receiver("370302102201", "370302102") == "370302102"
    for place, top in (("370302", "370302"), ("370302102", "370302102"), ("370302104201", "370302102")):
        with pytest.raises(ValueError, match="top"):
            rules.receiver(place, top)


def test_a_district_asks_towns_too_and_a_town_its_villages_only() -> None:
    towns, villages = ["370302102", "370302104"], ["370302102201", "370302104201"]
    assert rules.asked_areas("370302", "370302", towns, villages) == tuple(sorted(towns + villages))
    assert rules.asked_areas("370302102", "370302", towns, villages) == ("370302102", "370302102201")
    assert rules.asked_areas("370302102", "370302102", towns, villages) == ("370302102201",)


TODAY = date(2026, 6, 1)
DAYS_AGO = st.none() | st.integers(-5, 2000).map(lambda n: TODAY - timedelta(days=n))


@given(st.builds(Cell, st.booleans(), DAYS_AGO, DAYS_AGO), st.none() | st.integers(1, 1000))
def test_what_was_confirmed_today_is_not_asked_for_and_what_lasts_never_is(cell: Cell, days: int | None) -> None:
    confirmed = Cell(cell.filled, cell.dated, TODAY)
    assert rules.need(confirmed, TODAY, days, 365) is None
    if cell.filled and days is None:
        assert rules.need(cell, TODAY, days, 365) is None
    if not cell.filled:
        assert rules.need(cell, TODAY, days, 365) in ("blank", None)


def test_a_value_is_stale_the_day_after_its_time_is_over() -> None:
    def at(age: int, confirmed: int | None = None) -> str | None:
        said = None if confirmed is None else TODAY - timedelta(days=confirmed)
        return rules.need(Cell(True, TODAY - timedelta(days=age), said), TODAY, 30, 365)

    assert (at(30), at(31), at(400, 30), at(400, 31)) == (None, "stale", None, "stale")
    assert rules.need(Cell(False), TODAY, 30, 365) == "blank"
    assert rules.need(Cell(True), TODAY, 30, 365) == "stale"  # nobody knows when it was stated


def test_what_is_sent_is_never_late() -> None:
    late = TODAY - timedelta(days=1)
    assert {s: rules.timing(s, late, TODAY) for s in State} == {
        State.DRAFT: "overdue", State.RETURNED: "overdue", State.SUBMITTED: "done", State.ACCEPTED: "done",
    }  # fmt: skip
    assert rules.timing(State.DRAFT, TODAY, TODAY) == "soon"
    assert rules.timing(State.DRAFT, TODAY + timedelta(days=4), TODAY) == "in_time"
