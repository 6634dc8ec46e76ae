"""Decisions about money hold whatever the amounts: whole cents, balanced entries, months in order."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from linli.funding import rules
from linli.funding.rules import Line

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
