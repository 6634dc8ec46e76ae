"""Tracking numbers: what people mistype is found, what they write is read; and when a reporter may do what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.cases.engine.rules import BY_CODE
from linli.cases.engine.states import State
from linli.cases.reporters import rules

NUMBERS = st.binary(min_size=16, max_size=16).map(rules.number_of)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_a_number_holds_more_than_eighty_bits_in_letters_nobody_mixes_up() -> None:
    import math

    assert math.log2(len(rules.ALPHABET) ** rules.LETTERS) > 80
    assert not set("01ILO") & set(rules.ALPHABET) and len(set(rules.ALPHABET)) == 31


@given(NUMBERS)
def test_a_number_is_read_however_it_is_written(number: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in number)
    for written in (number, rules.shown(number), number.lower(), f"  {number[:6]} {number[6:]}\n", wide):
        assert rules.typed(written) == number
    assert rules.typed(number[:-1]) is None and rules.typed(number + "2") is None and rules.typed("") is None


@given(NUMBERS, st.data())
def test_one_wrong_letter_and_two_that_changed_places_are_found(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([letter for letter in rules.ALPHABET if letter != number[place]]))
    assert rules.typed(number[:place] + other + number[place + 1 :]) is None
    second = data.draw(st.integers(0, len(number) - 1))
    letters = list(number)
    letters[place], letters[second] = letters[second], letters[place]
    swapped = "".join(letters)
    assert rules.typed(swapped) == (number if swapped == number else None)


@given(st.text(max_size=200))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = rules.typed(text)
    assert found is None or rules.typed(rules.shown(found)) == found


@given(st.sampled_from(State), st.integers(0, 60), st.integers(0, 4))
def test_who_reports_answers_when_asked_rates_when_closed_and_objects_in_time(
    state: State, days: int, done: int
) -> None:
    closed = NOW - timedelta(days=days) if state in (State.CLOSED, State.EVALUATED) else None
    may = rules.may(state, closed, done, NOW)
    assert may.answer == (state is State.WAITING) and may.rate == (state is State.CLOSED)
    assert may.object == (closed is not None and days <= rules.OBJECT_DAYS and done < rules.OBJECT_MOST)
    for wish, code in (("answer", "resume"), ("rate", "rate"), ("object", "reopen")):
        assert not getattr(may, wish) or state in BY_CODE[code].sources  # the engine takes it too


def test_every_state_and_step_has_words_for_the_public_and_none_shows_a_reason_but_what_is_meant_for_them() -> None:
    assert set(rules.STANDS) == set(State)
    assert set(rules.STEPS) <= {*BY_CODE, "report"} and set(rules.TOLD) | set(rules.SAID) <= set(rules.STEPS)
    assert all(text.zh and text.en for text in (*rules.STANDS.values(), *rules.STEPS.values()))
