"""Decisions of access, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.access import rules
from linli.access.actions.accounts import one_time_password
from linli.kernel.actors import Actor, Grant

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CODES = st.sampled_from(["370302", "370302102", "370302104", "370302102201", "370303"])
PERMISSIONS = st.sampled_from(
    ["registry.person.view", "registry.person.edit", "access.account.edit", "access.role.edit"]
)


def test_locks_double_up_to_a_day() -> None:
    lengths = [rules.lock_length(n) for n in range(1, 61)]
    locks = [length for length in lengths if length]
    assert [n + 1 for n, length in enumerate(lengths) if length] == list(range(5, 61, 5))
    assert locks[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60)]
    assert max(locks) == timedelta(hours=24) and locks == sorted(locks)


@given(st.integers(0, 100), st.integers(-100, 3000))
def test_an_attempt_is_refused_exactly_while_a_lock_holds(failed: int, minutes: int) -> None:
    until = NOW + timedelta(minutes=minutes)
    verdict = rules.judge(rules.Tries(failed, None, until), NOW)
    assert (verdict.refused_until is not None) == (minutes > 0)
    if verdict.refused_until is None:
        assert (verdict.lock_until is not None) == ((failed + 1) % 5 == 0) == (verdict.left == 0)


def test_passwords_that_are_refused_and_why() -> None:
    def codes(password: str, username: str = "zhangwei") -> set[str]:
        return {w.code for w in rules.weaknesses(password, username)}

    assert codes("Ab1!") >= {"too_short"}
    assert codes("abcdefghijkl") >= {"too_plain"}
    assert codes("Zhangwei@2026") >= {"has_name"}
    assert codes("Password@2026") >= {"common"}
    assert codes("P@ssw0rd2026") >= {"common"}
    assert codes("Zichuan123!") >= {"common"}
    assert codes("Aa1Aa1Aa1Aa1") >= {"common"}
    assert codes("x" * 200) >= {"too_long"}
    assert codes("Kunlun-7-Hill") == set()
    assert codes("淄川的7座山Hill") == set()


def test_one_time_passwords_pass_the_rules() -> None:
    assert not any(rules.weaknesses(one_time_password(), "wang") for _ in range(200))


@given(st.lists(st.tuples(CODES, st.frozensets(PERMISSIONS)), max_size=4), PERMISSIONS, CODES)
def test_nobody_hands_out_more_than_their_own(grants: list[tuple[str, frozenset[str]]], wanted: str, code: str) -> None:
    actor = Actor("staff", "a", "A", tuple(Grant(area, held) for area, held in grants))
    covered = any(code.startswith(area) and (wanted in held or "access.role.edit" in held) for area, held in grants)
    assert (rules.beyond(actor, [(wanted, code)]) == ()) == covered
