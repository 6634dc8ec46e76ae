"""The rules of plans and tasks, by properties."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from linli.tiers.coordination import rules
from linli.tiers.coordination.rules import Step

TODAY = date(2026, 11, 27)
IDS = [UUID(int=n) for n in range(8)]
EDGES = st.dictionaries(st.sampled_from(IDS), st.lists(st.sampled_from(IDS), max_size=4), max_size=8)
STATES = st.sampled_from(rules.TASK_STATES)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def reaches(needs: dict[UUID, list[UUID]], start: UUID) -> set[UUID]:
    """Everything a task waits for, however far."""
    found: set[UUID] = set()
    todo = list(needs.get(start, ()))
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += needs.get(here, ())
    return found


@given(EDGES)
def test_a_circle_is_found_exactly_where_a_task_waits_for_itself(needs: dict[UUID, list[UUID]]) -> None:
    found = rules.circle(needs)
    assert bool(found) == any(each in reaches(needs, each) for each in needs)
    for here, there in zip(found, (*found[1:], *found[:1]), strict=True):
        assert there in needs[here], "each of a circle waits for the next"


@given(STATES, DAYS, DAYS)
def test_only_what_is_open_is_late_or_coming_and_never_both(state: rules.TaskState, due: date, today: date) -> None:
    found = rules.mark(state, due, today)
    assert (found == "late") == (state in rules.OPEN and due < today)
    assert (found == "coming") == (state in rules.OPEN and today <= due <= today + timedelta(days=rules.AHEAD))


@given(st.lists(st.tuples(DAYS, STATES), min_size=1, max_size=6), DAYS)
def test_a_task_ends_before_what_it_needs_exactly_where_that_is_due_later(
    others: list[tuple[date, rules.TaskState]], due: date
) -> None:
    steps = {IDS[n]: Step(IDS[n], day, state) for n, (day, state) in enumerate(others)}
    task = Step(UUID(int=99), due, "doing", tuple(steps))
    assert set(rules.ends_before(task, steps)) == {
        each.id for each in steps.values() if each.state != "dropped" and each.due_on > due
    }
    assert set(rules.held_up(task, steps)) == {each.id for each in steps.values() if each.state in ("waiting", "doing")}
    unseen = Step(UUID(int=98), due, "doing", (UUID(int=97),))
    assert rules.held_up(unseen, steps) == unseen.needs, "what is not known may be open"


CODES = st.sampled_from("abcdef")


@given(
    st.dictionaries(CODES, st.integers(0, 24)),
    st.dictionaries(CODES, st.lists(CODES, max_size=3)),
    st.lists(CODES, max_size=8),
)
def test_measures_are_laid_one_after_what_they_need(
    months: dict[str, int], needs: dict[str, list[str]], wanted: list[str]
) -> None:
    laid = {each.code: each for each in rules.laid_out(months, needs, wanted, TODAY)}
    assert list(laid) == list(dict.fromkeys(wanted)), "each once, in the order asked for"
    for each in laid.values():
        assert TODAY <= each.starts_on <= each.due_on
        assert all(laid[need].due_on < each.starts_on for need in each.needs)
        assert set(each.needs) <= set(needs.get(each.code, ()))
    order = {UUID(int=ord(c)): [UUID(int=ord(n)) for n in each.needs] for c, each in laid.items()}
    assert rules.circle(order) == ()
