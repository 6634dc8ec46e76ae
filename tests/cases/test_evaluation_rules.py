"""Ratios, indices and grades against tables computed by hand, and against what a known program makes of the same numbers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.evaluation import counts, indices, rules
from linli.cases.evaluation.ratios import RATIOS

BY_CODE = {index.code: index for index in indices.INDICES}
#: An index, its counts, the numbers of its bands, its class: the value by hand, and what the known program gives for the same.
GOLDEN = (
    # 立案 120 -> 75 x 10 % = 7.5; 90 x 30 % = 27; 80 x 30 % = 24; (1 - 5 %) x 100 x 30 % = 28.5
    # the program looks up 返工数 5 in the bands: 10 + 27 + 24 + 28.5
    ("unit", {"closed": 90, "to_close": 100, "handled_on_time": 80, "to_handle": 100, "reworked": 5}, {"filed": 120}, "first", "87.00", "B", "89.50"),
    # (1 - 20 %) x 100 x 10 % = 8; 3 a grid -> 90 x 20 % = 18; 95 x 30 % = 28.5; 90 x 40 % = 36
    # the program turns both closing rates round and weighs the last 10 %: 8 + 18 + 1.5 + 1
    (
        "area", {"public_verified": 20, "filed": 100, "closed": 95, "to_close": 100, "closed_on_time": 90}, {"filed_per_grid": 3},
        "second", "90.50", "A", "28.50",
    ),
    # as above in an area of the first class: 3 a grid -> 75 x 20 % = 15
    (
        "area", {"public_verified": 20, "filed": 100, "closed": 95, "to_close": 100, "closed_on_time": 90}, {"filed_per_grid": 3},
        "first", "87.50", "B", "25.50",
    ),
    # 90 x 40 % = 36; (1 - 10 %) x 100 x 20 % = 18; 80 x 20 % = 16; 70 x 20 % = 14
    # the program adds the missed reports: 36 + 2 + 16 + 14
    (
        "collector",
        {"collector_valid": 90, "collector_reports": 100, "missed": 10, "filed": 100, "verified_on_time": 80, "to_verify": 100,
         "checked_on_time": 70, "to_check": 100},
        {}, "first", "84.00", "B", "68.00",
    ),
    # 600 -> 75 x 25 % = 18.75; 90 x 40 % = 36; 80 x 35 % = 28; the program takes 核实 twice: 18.75 + 36 + 31.5
    (
        "acceptor", {"verify_sent_on_time": 90, "to_send_verify": 100, "check_sent_on_time": 80, "to_send_check": 100},
        {"accepted": 600}, "first", "82.75", "B", "86.25",
    ),
    # 80 x 25 % = 20; 95 x 40 % = 38; 60 x 35 % = 21; the program takes 按时结案 twice: 15 + 38 + 21
    (
        "shift_leader", {"filed_on_time": 80, "filed": 100, "filed_right": 95, "closed_on_time": 60, "to_close": 100},
        {}, "first", "79.00", "B", "74.00",
    ),
    # 600 -> 75 x 20 % = 15; 90 x 40 % = 36; 85 x 40 % = 34; the program weighs the number itself: 120 + 36 + 34
    (
        "dispatcher", {"dispatched_on_time": 90, "to_dispatch": 100, "dispatched_right": 85}, {"dispatched": 600},
        "first", "85.00", "B", "190.00",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("code", "of", "numbers", "of_class", "by_hand", "grade", "known_wrong"), GOLDEN)
def test_an_index_is_what_a_hand_makes_of_it_and_not_what_the_known_program_does(
    code: str,
    of: dict[str, int],
    numbers: dict[str, int],
    of_class: indices.Class,
    by_hand: str,
    grade: str,
    known_wrong: str,
) -> None:
    exact = {name: Fraction(number) for name, number in numbers.items()}
    found = rules.compose(BY_CODE[code], rules.shares(of), exact, of_class)
    assert found.value == Decimal(by_hand) != Decimal(known_wrong)
    assert found.grade == grade


RATIO_TABLE = (
    ("closing", 48, 50, 0.96), ("closing_on_time", 45, 50, 0.9), ("handling_on_time", 44, 50, 0.88), ("rework", 3, 50, 0.06),
    ("public_report", 12, 60, 0.2), ("missed_report", 9, 60, 0.15), ("valid_report", 38, 40, 0.95), ("filing_on_time", 57, 60, 0.95),
    ("filing_right", 59, 60, 59 / 60), ("dispatch_on_time", 54, 60, 0.9), ("dispatch_right", 51, 60, 0.85),
    ("verify_send_on_time", 14, 16, 0.875), ("verify_on_time", 12, 15, 0.8), ("check_send_on_time", 45, 48, 0.9375),
    ("check_on_time", 40, 48, 40 / 48), ("response", 30, 30, 1.0), ("solution", 27, 30, 0.9), ("satisfaction", 24, 30, 0.8),
)  # fmt: skip
COUNTS_OF_A_MONTH = {
    "closed": 48, "to_close": 50, "closed_on_time": 45, "handled_on_time": 44, "to_handle": 50, "reworked": 3, "public_verified": 12,
    "filed": 60, "missed": 9, "collector_valid": 38, "collector_reports": 40, "filed_on_time": 57, "filed_right": 59,
    "dispatched_on_time": 54, "to_dispatch": 60, "dispatched_right": 51, "verify_sent_on_time": 14, "to_send_verify": 16,
    "verified_on_time": 12, "to_verify": 15, "check_sent_on_time": 45, "to_send_check": 48, "checked_on_time": 40, "to_check": 48,
    "responded": 30, "asked_response": 30, "solved": 27, "asked_solved": 30, "satisfied": 24, "asked_satisfied": 30,
}  # fmt: skip


def test_every_ratio_is_the_one_count_over_the_other() -> None:
    found = rules.shares(COUNTS_OF_A_MONTH)
    assert {code for code, *_ in RATIO_TABLE} == set(found) == {ratio.code for ratio in RATIOS}
    for code, top, below, value in RATIO_TABLE:
        share = found[code]
        assert (share.numerator, share.denominator) == (top, below) and share.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("bands", "scores"),
    [
        (
            indices.UNIT_BANDS,
            {0: 100, 50: 100, 51: 90, 100: 90, 101: 75, 200: 75, 201: 60, 500: 60, 501: 40, 1000: 40, 1001: 0},
        ),
        (indices.AREA_FIRST, {0: 100, 1: 90, 2: 90, 3: 75, 4: 75, 5: 60, 6: 60, 7: 40, 8: 40, 9: 0}),
        (indices.AREA_SECOND, {0: 100, 1: 90, 3: 90, 4: 75, 5: 75, 6: 60, 7: 60, 8: 40, 9: 40, 10: 0}),
        (
            indices.VOLUME,
            {0: 0, 100: 0, 101: 40, 300: 40, 301: 60, 500: 60, 501: 75, 1200: 75, 1201: 90, 2000: 90, 2001: 100},
        ),
    ],
)
def test_numbers_fall_into_the_bands_as_printed(bands: tuple[indices.Band, ...], scores: dict[int, int]) -> None:
    assert {number: rules.band(Fraction(number), bands) for number in scores} == scores


def test_averages_between_two_bands_take_the_next() -> None:
    assert (
        rules.band(Fraction(1, 3), indices.AREA_SECOND) == 90 and rules.band(Fraction(7, 2), indices.AREA_SECOND) == 75
    )


def test_grades_include_their_lower_bound_and_values_are_rounded_once() -> None:
    at = ("90", "89.99", "75", "74.99", "60", "59.99", "40", "39.99", "0")
    assert "".join(rules.grade(Decimal(value)) for value in at) == "ABBCCDDEE"
    assert rules.rounded(Fraction(89995, 1000)) == Decimal("90.00")
    assert rules.rounded(Fraction(2, 3)) == Decimal("0.67")


def test_nothing_is_told_of_what_did_not_happen() -> None:
    found = rules.compose(indices.UNIT, rules.shares({"filed": 3}), {"filed": Fraction(3)})
    assert found.value is None and found.grade is None
    assert [each.score for each in found.terms] == [Decimal(100), None, None, None]


@given(st.dictionaries(st.sampled_from([c.code for c in counts.COUNTS]), st.integers(1, 500)), st.integers(0, 3000))
def test_an_index_lies_between_0_and_100_wherever_parts_are_no_more_than_the_whole(
    of: dict[str, int], number: int
) -> None:
    sane = {c.code: min(of.get(c.code, 0), of.get(c.needs, 0) if c.needs else 10**6) for c in counts.COUNTS}
    names = ("filed", "filed_per_grid", "accepted", "dispatched")
    for index in indices.INDICES:
        assert sum(term.weight for term in index.terms) == 100
        for of_class in index.bands or ("first",):
            found = rules.compose(index, rules.shares(sane), {name: Fraction(number) for name in names}, of_class)
            assert found.value is None or 0 <= found.value <= 100


def test_streets_are_of_the_first_class_and_towns_of_the_second() -> None:
    assert rules.class_of("370302002") == "first" == rules.class_of("370302002001")
    assert rules.class_of("370302102") == "second" == rules.class_of("370302102001003")


def test_every_part_counts_by_the_month_of_its_whole() -> None:
    for ratio in RATIOS:
        assert counts.BY_CODE[ratio.numerator].by == counts.BY_CODE[ratio.denominator].by
        part: counts.Count | None = counts.BY_CODE[ratio.numerator]
        while part is not None and part.code != ratio.denominator:
            part = counts.BY_CODE[part.needs] if part.needs else None
        assert part is not None, ratio.code
