"""Decisions about money hold whatever the amounts: whole cents, balanced entries, months in order."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from linli.funding import rules
from linli.funding.books.schemas import Money
from linli.funding.rules import Line

MONEY = TypeAdapter(Money)
cents = st.integers(1, 10**14).map(lambda n: Decimal(n) / 100)
months = st.builds(lambda y, m: y * 100 + m, st.integers(2000, 2099), st.integers(1, 12))


@given(st.lists(cents, min_size=1, max_size=20))
def test_an_entry_whose_sides_are_equal_may_be_posted_and_so_may_what_undoes_it(amounts: list[Decimal]) -> None:
    lines = [Line("5001", debit=a) for a in amounts] + [Line("1002", credit=sum(amounts))]
    if sum(amounts) <= rules.LARGEST:
        assert rules.faults(lines) == []
        undone = rules.reversal(lines)
        assert rules.faults(undone) == []
        assert sum(line.debit for line in lines) == sum(line.credit for line in undone)


@given(st.lists(cents, min_size=1, max_size=20), st.integers(1, 10**6))
def test_a_cent_too_much_on_one_side_is_refused(amounts: list[Decimal], gap: int) -> None:
    lines = [Line("5001", debit=a) for a in amounts] + [Line("1002", credit=sum(amounts) + Decimal(gap) / 100)]
    assert rules.faults(lines)


def test_each_fault_is_named() -> None:
    one = Line("1002", debit=Decimal("1.00"))
    assert [f.fault for f in rules.faults([one])] == ["few"]
    assert [f.fault for f in rules.faults([one] * 51)] == ["many"]
    assert [f.fault for f in rules.faults([one, Line("4001", credit=Decimal("1.001"))])] == ["form"]
    assert [f.fault for f in rules.faults([one, Line("4001", credit=Decimal("-1.00"))])] == ["form"]
    assert [f.fault for f in rules.faults([one, Line("4001", Decimal("1.00"), Decimal("1.00"))])] == ["side"]
    assert [f.fault for f in rules.faults([one, Line("4001")])] == ["side"]


@given(st.integers(0, 10**12))
def test_half_a_cent_goes_up(thousandths: int) -> None:
    value = Decimal(thousandths) / 1000
    assert abs(rules.rounded(value) - value) <= Decimal("0.005")
    assert rules.rounded(Decimal(thousandths) / 100 + Decimal("0.005")) == Decimal(thousandths) / 100 + Decimal("0.01")


@given(months, st.integers(1, 40), st.integers(0, 60))
def test_months_are_closed_one_after_the_other_and_only_when_they_are_over(first: int, ahead: int, tries: int) -> None:
    this = first
    for _ in range(ahead):
        this = rules.next_month(this)
    closed: list[int] = []
    for _ in range(tries):
        due = rules.closable(closed[-1] if closed else None, first, this)
        if due is None:
            break
        closed.append(due)
        assert (
            due < this and rules.is_closed(due, closed[-1]) and not rules.is_closed(rules.next_month(due), closed[-1])
        )
    assert closed == sorted(closed) and len(closed) == min(tries, ahead)
    assert rules.closable(None, None, this) is None


@given(st.integers(min_value=0, max_value=10**16 - 1))
def test_no_cent_of_an_amount_is_lost_on_its_way_in_whether_it_is_a_text_or_a_number(cents: int) -> None:
    written = f"{cents // 100}.{cents % 100:02}"
    assert MONEY.validate_python(orjson.loads(f'"{written}"')) == Decimal(written)
    try:
        taken = MONEY.validate_python(orjson.loads(written))
    except ValidationError as refused:
        assert [each["type"] for each in refused.errors()] == ["number_as_text"]
        assert cents >= 10**15, "a number of fifteen digits is taken as it is"
    else:
        assert taken == Decimal(written)


@pytest.mark.parametrize("written", ["90071992547409.91", "90071992547409.93", "70368744177664.01"])
def test_an_amount_that_a_number_cannot_hold_is_asked_for_as_a_text(written: str) -> None:
    assert Decimal(repr(float(written))) != Decimal(written), "read as a number it would be another"
    with pytest.raises(ValidationError):
        MONEY.validate_python(orjson.loads(written))


def test_a_part_of_a_cent_is_refused_however_it_is_written() -> None:
    for given_ in ("0.001", 0.001, 0.1 + 0.2):
        with pytest.raises(ValidationError):
            MONEY.validate_python(given_)
