"""What becomes of rows that are like somebody, as a pure function: whatever the odds, numbers stay apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linli.registry.matching.settling import LINKED, NEW, WAITS, Settled, settle

ROWS, PEOPLE = 4, 3
MERGE, REVIEW = 0.95, 0.5
PAIR = st.tuples(st.integers(0, ROWS - 1), st.integers(0, ROWS + PEOPLE - 1), st.floats(1e-3, 1e6))


def settled(
    pairs: list[tuple[int, int, float]], identity: list[int], people: int = PEOPLE, rows: int = ROWS
) -> tuple[Settled, dict[tuple[int, int], float]]:
    held = {
        (min(a, b), max(a, b)): odds
        for a, b, odds in pairs
        if a != b and not (identity[a] and identity[b] and b >= rows)
    }
    one, other = (np.array([p[side] for p in held], np.int64) for side in (0, 1))
    odds = np.array(list(held.values()), np.float64)
    return settle(rows, people, one, other, odds, np.array(identity, np.int64), MERGE, REVIEW), held


@given(
    st.lists(PAIR, max_size=14),
    st.lists(st.integers(0, 2), min_size=ROWS, max_size=ROWS),
    st.lists(st.booleans(), min_size=PEOPLE, max_size=PEOPLE),
)
def test_numbers_stay_apart_and_a_row_waits_only_for_somebody(
    pairs: list[tuple[int, int, float]], numbers: list[int], numbered: list[bool]
) -> None:
    identity = numbers + [10 + i if has else 0 for i, has in enumerate(numbered)]
    found, held = settled(pairs, identity)
    together: dict[tuple[str, int], set[int]] = {}
    for row in range(ROWS):
        fate = found.fate[row]
        assert (fate == LINKED) == (found.person[row] >= 0)
        if fate == WAITS:
            assert any(a == row and b >= ROWS for a, b in held)
        key = ("person", int(found.person[row])) if fate == LINKED else ("new", int(found.first[row]))
        together.setdefault(key, set()).add(identity[row])
    for (kind, at), ids in together.items():
        own = {identity[ROWS + at]} if kind == "person" else set()
        assert len((ids | own) - {0}) <= 1


def test_the_only_likely_person_is_linked_the_likely_one_waits_the_rest_is_new() -> None:
    found, _ = settled([(0, 4, 1e4), (1, 5, 3.0), (2, 6, 0.2)], [0] * 7)
    assert found.fate.tolist() == [LINKED, WAITS, NEW, NEW] and found.person.tolist()[0] == 0


def test_of_two_who_are_as_likely_nobody_is_taken() -> None:
    found, _ = settled([(0, 4, 1e4), (0, 5, 1e4)], [0, 0, 0, 0, 11, 12, 0])
    assert found.fate[0] == WAITS and np.allclose(found.chance, 0.5, atol=1e-3)


def test_rows_that_are_one_person_make_one() -> None:
    found, _ = settled([(0, 1, 1e4), (1, 2, 1e4)], [0, 7, 0, 0, 0, 0, 0])
    assert found.first.tolist() == [0, 0, 0, 3] and (found.fate == NEW).all()


def test_one_that_comes_along_is_linked_only_where_the_row_it_came_with_is() -> None:
    # Row 0 is surely like the first person, and nearly as like the second: it waits, and row 1 with it is nobody's.
    pairs = [(0, 2, 200.0), (0, 3, 60.0), (0, 1, 500.0)]
    for numbers in ([0, 0], [7, 7]):
        found, _ = settled(pairs, [*numbers, 0, 0], people=2, rows=2)
        assert found.fate.tolist() == [WAITS, NEW]


def test_rows_of_one_number_go_where_one_of_them_is_linked() -> None:
    found, _ = settled([(1, 3, 500.0), (2, 3, 2.0)], [7, 7, 7, 0], people=1, rows=3)
    assert found.fate.tolist() == [LINKED] * 3 and found.person.tolist() == [0] * 3
