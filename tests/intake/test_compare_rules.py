"""Pairing and comparing as pure functions: every row has one outcome, whatever the tables."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from linli.intake.compare.rules import KEYS, OUTCOMES, Side, compare, pair

few = st.none() | st.sampled_from("abcd")
row = st.fixed_dictionaries(
    {"identity": few, "record": few, "likeness": few, "flawed": st.booleans(), "phone": few, "sex": few}
)
table = st.lists(row, max_size=12)
NAMED = {"row": pl.Int64, "area_code": pl.String, "flawed": pl.Boolean, "name": pl.String, "mark": pl.String}


def side(rows: list[dict[str, Any]], facts: tuple[str, ...] = ("phone", "sex")) -> Side:
    told = [{"row": n, "area_code": "370302001001", "name": "甲", "mark": None, **one} for n, one in enumerate(rows)]
    frame = pl.DataFrame(told, schema=NAMED | dict.fromkeys([*KEYS, "phone", "sex"], pl.String))
    values = frame.select(facts)
    return Side(frame.select(*NAMED, *KEYS), values, values, {"phone": "phone"})


@given(table, table)
def test_every_row_of_both_sides_is_told_of_exactly_once(before: list[Any], after: list[Any]) -> None:
    pairs = pair(side(before).rows, side(after).rows)
    assert pairs["before"].is_unique().all() and pairs["after"].is_unique().all()
    found = compare(side(before), side(after))
    assert sum(found.counts.values()) == len(before) + len(after) - pairs.height
    assert found.rows.height == sum(found.counts.values()) - found.counts["unchanged"]
    assert sum(found.villages.select(OUTCOMES).row(0)) == sum(found.counts.values()) if found.villages.height else True


@given(table, table)
def test_two_rows_with_different_identities_are_never_one(before: list[Any], after: list[Any]) -> None:
    for left, right in pair(side(before).rows, side(after).rows).iter_rows():
        one, other = before[left]["identity"], after[right]["identity"]
        assert one is None or other is None or one == other
        assert any(before[left][key] is not None and before[left][key] == after[right][key] for key in KEYS)


@given(table)
def test_a_table_is_the_same_as_itself(rows: list[Any]) -> None:
    told = [one | {"record": str(n)} for n, one in enumerate(rows)]
    counts = compare(side(told), side(told)).counts
    assert counts["changed"] == 0
    unique = len({one["identity"] for one in told if one["identity"]}) == sum(
        one["identity"] is not None for one in told
    )
    if unique:
        assert counts["new"] == counts["gone"] == 0


@given(table, table)
def test_the_other_way_round_new_is_gone(before: list[Any], after: list[Any]) -> None:
    there, back = compare(side(before), side(after)).counts, compare(side(after), side(before)).counts
    assert (there["new"], there["gone"]) == (back["gone"], back["new"])
    assert [there[name] for name in ("changed", "flawed", "unchanged")] == [
        back[name] for name in ("changed", "flawed", "unchanged")
    ]


@given(st.lists(row, min_size=1, max_size=8))
def test_changes_name_what_differs_and_nothing_else(rows: list[Any]) -> None:
    before = [one | {"identity": str(n), "flawed": False} for n, one in enumerate(rows)]
    after = [one | {"phone": "13800001234" if n % 2 else one["phone"]} for n, one in enumerate(before)]
    found = compare(side(before), side(after)).rows
    assert found["outcome"].to_list() == ["changed"] * (len(rows) // 2)
    for told in found.iter_rows(named=True):
        assert told["fields"] == "{phone}"
        (change,) = json.loads(told["changes"])
        assert (change["field"], change["after"]) == ("phone", "13******234")


def test_what_only_one_side_states_is_not_compared() -> None:
    one = {"identity": "a", "record": None, "likeness": None, "flawed": False, "phone": "1", "sex": "1"}
    found = compare(side([one]), side([one | {"phone": "2"}], facts=("sex",)))
    assert found.counts["unchanged"] == 1


def test_a_cell_left_empty_says_the_same_as_none() -> None:
    one = {"identity": "a", "record": None, "likeness": None, "flawed": False, "phone": "", "sex": "1"}
    assert compare(side([one]), side([one | {"phone": None}])).counts["unchanged"] == 1
