"""What is never enough by itself, as a pure function over every pattern of agreement."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.registry.matching.comparisons import HAN, NULL
from linli.registry.matching.doubts import NONE, OTHERWISE, UNDATED, doubts, grown_up_before, held
from linli.registry.matching.model import radix
from linli.registry.matching.score import Pairs

FACTORS = radix(HAN)
KNOWN = {c.code: c for c in HAN}


def mark(grown_up: bool, **levels: str) -> int:
    """The doubt of a pair that agrees so far; what is not named is not known."""
    pattern = sum(
        ((KNOWN[code].gamma(levels[code]) if code in levels else NULL) + 1) * factor for code, factor in FACTORS.items()
    )
    nothing = np.zeros(1, np.int32)
    pairs = Pairs(nothing, nothing, np.array([pattern], np.int32), np.zeros(1, np.int64), {}, np.zeros(1, np.bool_))
    return int(doubts(HAN, pairs, np.array([grown_up]))[0])


ALIKE = {"birth": "same", "sex": "same", "phone": "same", "home": "dwelling", "head": "same"}


@pytest.mark.parametrize("name", [level.code for level in KNOWN["name"].levels])
def test_a_child_of_another_name_is_doubted_whatever_else_agrees(name: str) -> None:
    assert mark(False, name=name, **ALIKE) == (NONE if name == "same" else OTHERWISE)


@pytest.mark.parametrize("name", [level.code for level in KNOWN["name"].levels])
def test_a_grown_up_is_known_by_a_phone_only_where_the_name_is_a_slip(name: str) -> None:
    slip = name in {"same", "sound", "near", "order", "dropped"}
    assert mark(True, name=name, **ALIKE) == (NONE if slip else OTHERWISE)


@pytest.mark.parametrize("without", ["birth", "sex", "phone"])
def test_a_slip_asks_for_birth_sex_and_phone_together(without: str) -> None:
    assert mark(True, name="sound", **{k: v for k, v in ALIKE.items() if k != without}) == OTHERWISE
    assert mark(True, name="sound", **ALIKE | {without: "other"}) == OTHERWISE


def test_without_a_birth_only_a_phone_is_enough_and_a_number_always_is() -> None:
    assert mark(True, name="same", sex="same", home="dwelling", head="same") == UNDATED
    assert mark(True, name="same", sex="same", home="dwelling", head="same", phone="other") == UNDATED
    assert mark(True, name="same", phone="same") == NONE
    assert mark(True, name="same", birth="other", home="dwelling") == NONE, "a birth that differs has its own weight"
    assert mark(False, name="sound", number="same") == NONE


@given(st.floats(1e-6, 1e26), st.floats(0.51, 1.0))
def test_what_is_doubted_stays_under_the_threshold_and_the_rest_as_it_is(odds: float, merge: float) -> None:
    several = np.array([odds, odds, odds])
    found = held(several, np.array([NONE, OTHERWISE, UNDATED]), merge)
    assert found[0] == odds
    assert (found[1:] <= odds).all() and (found[1:] / (1.0 + found[1:]) < merge).all()


def test_grown_up_is_who_is_eighteen_today() -> None:
    limit = grown_up_before(date(2026, 11, 26))
    assert 20081126 <= limit < 20081127
