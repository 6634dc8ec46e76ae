"""Identifiers rise, so that what is written one after the other is also read so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from linli.kernel.ids import uuid7, uuid7_many


def test_identifiers_of_one_millisecond_keep_their_order() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert {i.version for i in made} == {7} and {i.variant for i in made} == {"specified in RFC 4122"}


def test_threads_never_share_an_identifier() -> None:
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda _: [uuid7() for _ in range(2_000)], range(4)))
    assert all(part == sorted(part) for part in parts)
    assert len({i for part in parts for i in part}) == 8_000


def test_many_at_once_rise_too() -> None:
    made = uuid7_many(10_000)
    assert made == sorted(made) and len(set(made)) == len(made)
