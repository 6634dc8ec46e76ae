"""The outbox: with its transaction or not at all, each event once, a breaking consumer holds up nobody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from linli.kernel import clock
from linli.kernel.actors import Actor, Grant
from linli.kernel.outbox import actions, consumers
from linli.kernel.outbox.consumers import Consumer, Told
from linli.kernel.outbox.models import Event
from linli.kernel.scope import acting

CLERK = Actor(kind="staff", id=str(uuid.uuid4()), name="clerk", grants=(Grant("370302", frozenset({"*"})),))


class Broken(Exception):
    """What a consumer breaks with."""


class Taker:
    """A consumer that keeps what it was given and breaks over chosen subjects."""

    def __init__(self) -> None:
        self.taken: list[Told] = []
        self.breaks_over: set[uuid.UUID] = set()

    def __call__(self, told: Sequence[Told]) -> None:
        if any(one.subject in self.breaks_over for one in told):
            raise Broken()
        self.taken += told


@pytest.fixture
def takers(db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Taker, Taker]]:
    one, other = Taker(), Taker()
    known = {"one": Consumer("one", ("t.x", "t.y"), one), "other": Consumer("other", ("t.x",), other)}
    monkeypatch.setattr(consumers, "_declared", known)
    monkeypatch.setattr(consumers, "_loaded", True)
    yield one, other


def put(topic: str = "t.x", subject: uuid.UUID | None = None, **payload: object) -> uuid.UUID:
    subject = subject or uuid.uuid4()
    with acting(CLERK):
        actions.put(topic, subject, payload)
    return subject


def left() -> int:
    with acting(actions.postman()):
        return Event.objects.count()


def test_each_consumer_takes_its_topics_once_and_nothing_stays(takers: tuple[Taker, Taker]) -> None:
    one, other = takers
    first, second = put(n=1), put("t.y", n=2)
    put("t.z")
    with acting(CLERK):
        assert Event.objects.count() == 0, "nobody but the program reads what is on its way"
    assert left() == 3
    actions.deliver()
    actions.deliver()
    assert [told.subject for told in one.taken] == [first, second] and [told.subject for told in other.taken] == [first]
    assert one.taken[0].id == other.taken[0].id and one.taken[1].payload == {"n": 2}
    assert left() == 0


def test_what_is_rolled_back_was_never_told(takers: tuple[Taker, Taker]) -> None:
    with pytest.raises(Broken), acting(CLERK):
        actions.put("t.x", uuid.uuid4(), {})
        raise Broken()
    assert left() == 0


def test_what_a_consumer_breaks_over_waits_longer_each_time_and_holds_up_nobody(
    takers: tuple[Taker, Taker], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = takers
    bad, good = put(), put()
    one.breaks_over = {bad}
    actions.deliver()
    assert [told.subject for told in one.taken] == [good] and {told.subject for told in other.taken} == {bad, good}
    at = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: at[0])
    for failures, waits in ((1, 1), (2, 2), (3, 4)):
        with acting(actions.postman()):
            (row,) = Event.objects.all()
        assert (row.consumer, row.subject, row.failures) == ("one", bad, failures)
        assert timedelta() < row.due_at - at[0] <= timedelta(minutes=waits), "not yet due"
        actions.deliver()
        at[0] = row.due_at
        actions.deliver()
    one.breaks_over = set()
    at[0] += timedelta(hours=1)
    actions.deliver()
    assert one.taken[-1].subject == bad and left() == 0
