"""Rules of keeping, over everything a district may set."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from threading import Event, Thread
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.access.keeping import rules
from linli.access.keeping.rules import Bounds, Rule
from linli.kernel import retention
from linli.kernel.clock import LOCAL

TODAY = date(2026, 11, 26)
days = st.none() | st.integers(1, 40_000)
dates = st.dates(date(2020, 1, 1), date(2030, 1, 1))
bounds = st.builds(
    lambda floor, more, default: Bounds(default, floor, None if more is None else floor + more),
    st.integers(1, 400), st.none() | st.integers(0, 4000), st.none() | st.integers(1, 9000),
)  # fmt: skip


@given(st.lists(st.tuples(days, dates)), bounds, dates)
def test_what_is_in_force_is_within_bounds_whatever_was_set(
    made: list[tuple[int | None, date]], b: Bounds, on: date
) -> None:
    found = rules.in_force((Rule(UUID(int=n), d, day) for n, (d, day) in enumerate(made)), b, on)
    assert found.days is None or found.days >= b.floor
    assert b.ceiling is None or (found.days is not None and found.days <= b.ceiling)
    assert found.effective_on is None or found.effective_on <= on
    begun = [day for _, day in made if day <= on]
    assert found.effective_on == max(begun, default=None)


@given(days, dates, bounds)
def test_a_rule_that_is_not_refused_is_the_rule_in_force_on_its_day(d: int | None, on: date, b: Bounds) -> None:
    if rules.refusal(d, on, b, TODAY) is None:
        assert on >= TODAY and rules.in_force([Rule(None, d, on)], b, on).days == d


def test_of_two_rules_for_one_day_the_later_holds() -> None:
    made = [Rule(None, 300, TODAY), Rule(None, 500, TODAY), Rule(None, 200, TODAY - timedelta(days=9))]
    assert rules.in_force(made, Bounds(None, 184, None), TODAY).days == 500


@given(st.integers(1, 5000))
def test_what_is_kept_for_days_is_whole_for_that_many(kept: int) -> None:
    assert rules.cutoff(kept, TODAY, LOCAL).date() == TODAY - timedelta(days=kept)
    assert rules.cutoff(kept, TODAY, LOCAL).time().isoformat() == "00:00:00"


@given(st.sets(st.text(max_size=9)), st.randoms())
def test_the_digest_of_ids_needs_no_order_and_no_slices(ids: set[str], random: object) -> None:
    listed = sorted(ids)
    whole = rules.add_ids(b"", "k", listed)
    half = len(listed) // 2
    assert rules.add_ids(rules.add_ids(b"", "k", listed[half:]), "k", listed[:half][::-1]) == whole
    assert len(whole) == 32
    assert rules.add_ids(b"", "k", [*listed, "one more than there was"]) != whole


def test_the_digest_of_one_id_is_its_hash() -> None:
    assert rules.add_ids(b"", "k", ["x"]) == sha256(b"k:x").digest()


@given(
    st.lists(st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=5)), min_size=1, max_size=6),
    st.data(),
)
def test_a_chain_holds_until_anything_in_it_changes(facts: list[dict[str, object]], data: st.DataObject) -> None:
    chain, before = [], b""
    for serial, each in enumerate(facts, start=1):
        sealed = rules.seal(before, each)
        chain.append((serial, before, sealed, each))
        before = sealed
    assert rules.broken(chain) == []
    place = data.draw(st.integers(0, len(chain) - 1))
    serial, previous, sealed, said = chain[place]
    forged = [*chain]
    forged[place] = (serial, previous, sealed, {**said, "": "forged"})
    assert serial in rules.broken(forged)
    if place < len(chain) - 1:
        assert rules.broken([*chain[:place], *chain[place + 1 :]]) != [], "one is missing"


def test_two_requests_that_are_the_first_both_see_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import module_loading

    kept = {kind.name: kind for kind in retention.kinds()}
    entered, go_on, seen = Event(), Event(), []

    def discover(_name: str) -> None:
        entered.set()
        go_on.wait(10)
        retention._kinds.update(kept)

    monkeypatch.setattr(module_loading, "autodiscover_modules", discover)
    monkeypatch.setattr(retention, "_loaded", False)
    monkeypatch.setattr(retention, "_kinds", {})
    first = Thread(target=lambda: seen.append(len(retention.kinds())))
    second = Thread(target=lambda: seen.append(len(retention.kinds())))
    first.start()
    assert entered.wait(10)
    second.start()
    go_on.set()
    first.join(10)
    second.join(10)
    assert seen == [len(kept)] * 2
