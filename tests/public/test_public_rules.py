"""How often one address may look, whose address it is, and which language is meant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.limiting.rules import network
from linli.public.rules import Limiter, dialled, language


@given(st.integers(1, 20), st.lists(st.floats(0, 9.99), min_size=1, max_size=60))
def test_no_window_lets_more_through_than_the_limit(most: int, moments: list[float]) -> None:
    limiter = Limiter(most=most, window=10.0)
    assert sum(limiter.allows("192.0.2.1", at) for at in sorted(moments)) == min(most, len(moments))


def test_a_window_that_is_over_opens_again_and_others_are_not_meant() -> None:
    limiter = Limiter(most=1, window=10.0)
    assert [limiter.allows("192.0.2.1", at) for at in (0, 1, 10, 11)] == [True, False, True, False]
    assert limiter.allows("192.0.2.2", 1)


@given(st.integers(1, 30))
def test_addresses_remembered_are_bounded(count: int) -> None:
    limiter = Limiter(most=1, addresses=5)
    for one in range(count):
        limiter.allows(f"192.0.2.{one}", 0)
    assert len(limiter._counted) <= 5


def test_a_line_of_ipv6_is_one_caller() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == "192.0.2.1"
    assert network("nonsense") == network("") == ""


def test_language_is_what_was_asked_for_then_what_the_browser_says_then_chinese() -> None:
    assert language("en", "zh-CN") == "en"
    assert language(None, "fr, en;q=0.8, zh;q=0.5") == "en"
    assert language("fr", "de") == language(None, "") == "zh-CN"


@given(st.text())
def test_any_text_makes_a_language_and_a_number(text: str) -> None:
    assert language(text, text) in ("zh-CN", "en")
    assert set(dialled(text)) <= set("+0123456789")


def test_a_number_is_dialled_without_its_punctuation() -> None:
    assert (dialled("0533-518 0001"), dialled("+86 (533) 1")) == ("05335180001", "+865331")
