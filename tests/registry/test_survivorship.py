"""Survivorship: source priority per field from a day on, then what is not doubtful, then recency; changed as data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from people_frames import (
    DISTRICT,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    Sql,
    clerk,
    merge,
    nobody_is_alike,
    person,
    picture,
    row,
)

from linli.kernel import clock, secrets
from linli.kernel.errors import Forbidden, Invalid
from linli.kernel.scope import acting
from linli.registry.actions.people import edit_person
from linli.registry.fields import STORED
from linli.registry.merge import golden
from linli.registry.merge.priorities import GENERAL, Priorities, Rule, priorities
from linli.registry.models import FieldPriority, Person, RuleChange
from linli.registry.problems import ReasonMissing
from linli.registry.queries.person import person_detail
from linli.registry.regrouping.actions import join_people
from linli.registry.survivorship import actions, jobs, queries, rules
from linli.registry.survivorship.problems import NotPlanned, StillRunning

pytestmark = pytest.mark.usefixtures("db")
WHY = "民政核实更准"


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What would be queued; the tests carry it out themselves."""
    waiting: list[Any] = []
    monkeypatch.setattr(jobs, "enqueue", waiting.append)
    yield waiting


def enter(*wanted: Rule, day: date | None = None, who: Any = None) -> RuleChange:
    with acting(who or clerk()) as actor:
        return actions.enter_rules(actor, wanted, day or clock.today(), WHY)


def stated_twice(serial: int = 1, village: str = VILLAGE) -> None:
    """The police and the civil affairs say different things of somebody."""
    merge([row(serial, f"王{serial}", serial, village, education="20", phone="19900000001")], "police")
    merge([row(serial, f"王{serial}", serial, village, education="70", phone="19900000002")], "civil")


def golden_of(serial: int) -> dict[str, Any]:
    """What a person is held to be, without ids of what the merge made."""
    held = person(serial)
    return {c: getattr(held, c) for c in STORED if c not in {"dwelling_id", "household_id", "id_number", "phone"}}


def test_priority_comes_first_then_a_value_that_says_something_then_the_latest() -> None:
    merge([row(1, "王建国", 1, sex="1", marital="20")], "civil", observed_on=date(2026, 1, 1))
    merge([row(1, "王建国", 1, sex="9", marital="90")], "health", observed_on=date(2026, 3, 1))
    assert (person(1).sex, person(1).marital) == ("1", "20"), "not stated says less than a value of an equal source"
    merge([row(1, "王建国", 1, sex="9")], "police", observed_on=date(2026, 2, 1))
    assert person(1).sex == "9", "a source that counts more is believed first"
    merge([row(1, "王建国", 1, marital="40")], "health", observed_on=date(2026, 3, 2))
    assert person(1).marital == "20", "civil affairs come first for marital status"


def test_a_home_that_was_understood_comes_before_a_later_one_that_was_not() -> None:
    merge([row(1, "王建国", 1, education="20")], "civil", observed_on=date(2026, 1, 1))
    vague = {"home_text": "村东头", "home_village_code": None, "home_door": None, "home_standard": None}
    merge([row(1, "王建国", 1, **vague)], "health", observed_on=date(2026, 3, 1))
    assert person(1).home_text == "1号"


def test_a_rule_takes_effect_for_those_it_concerns_and_going_back_restores(owner_sql: Sql, queued: list[Any]) -> None:
    stated_twice(1)
    stated_twice(2)
    merge([row(9, "李九", 9)], "police")
    before = picture(owner_sql)
    change = enter(Rule("education", "civil", 5))
    assert queued == [change.id] and change.state == "running"
    actions.carry_out(change.id)
    change.refresh_from_db()
    assert (change.state, change.people, change.changed) == ("done", 2, 2)
    assert person(1).education == "70" and secrets.decrypt(bytes(person(1).phone)) == "19900000001"
    back = enter(Rule("education", "civil", None))
    actions.carry_out(back.id)
    assert picture(owner_sql) == before


def test_the_preview_tells_what_then_happens() -> None:
    for serial in (1, 2, 3):
        stated_twice(serial)
    merge([row(9, "李九", 9)], "police")
    wanted = [Rule(GENERAL, "civil", 5)]
    with acting(clerk()) as actor:
        told = queries.preview(actor, wanted, clock.today())
    assert (told.looked_at, told.complete, told.people) == (3, True, 3)
    assert {(c.field.name, c.people) for c in told.counts} >= {("education", 3), ("phone", 3)}
    shown = {s.field.name: (s.before, s.after) for s in told.samples if s.name == "王1"}
    assert shown["education"] == ("20", "70") and shown["phone"] == ("19******001", "19******002")
    assert person(1).education == "20", "nothing is written"
    change = enter(*wanted)
    actions.carry_out(change.id)
    change.refresh_from_db()
    assert change.changed == told.people
    with acting(clerk()) as actor:
        again = queries.preview(actor, wanted, clock.today())
    assert (again.people, again.counts) == (0, ()), "what holds changes nothing"


def test_a_preview_of_many_looks_at_some_and_says_so() -> None:
    for serial in (1, 2, 3):
        stated_twice(serial)
    with acting(clerk()) as actor:
        told = queries.preview(actor, [Rule("education", "civil", 5)], clock.today(), most=2)
    assert (told.looked_at, told.complete, told.people) == (2, False, 2)


def test_samples_are_of_people_the_reader_sees() -> None:
    stated_twice(1)
    stated_twice(2, OTHER_VILLAGE)
    wanted = [Rule("education", "civil", 5)]
    with acting(clerk(TOWN)) as actor:
        told = queries.preview(actor, wanted, clock.today())
    assert told.people == 2 and {s.name for s in told.samples} == {"王1"}


def test_a_run_that_was_killed_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch, owner_sql: Sql) -> None:
    for serial in (1, 2, 3):
        stated_twice(serial)
    change = enter(Rule("education", "civil", 5))
    done = itertools.count()
    whole = actions._carry_slice

    def killed(*args: Any) -> bool:
        if next(done) == 2:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(actions, "_carry_slice", killed)
    with pytest.raises(KeyboardInterrupt):
        actions.carry_out(change.id, most=1)
    change.refresh_from_db()
    assert (change.state, change.people) == ("running", 2)
    assert sorted(p for (p,) in owner_sql("SELECT education FROM registry_person")) == ["20", "70", "70"]
    monkeypatch.setattr(actions, "_carry_slice", whole)
    assert actions.begin_due() == [change.id]
    actions.carry_out(change.id, most=1)
    actions.carry_out(change.id, most=1)
    change.refresh_from_db()
    assert (change.state, change.people, change.changed) == ("done", 3, 3)


def test_a_planned_rule_waits_for_its_day_and_can_be_withdrawn(
    monkeypatch: pytest.MonkeyPatch, queued: list[Any]
) -> None:
    stated_twice(1)
    today = clock.today()
    change = enter(Rule("education", "civil", 5), day=today + timedelta(days=3))
    other = enter(Rule("phone", "civil", 5), day=today + timedelta(days=4))
    assert change.state == "planned" and not queued and actions.begin_due() == []
    assert priorities().of("education", "civil") == 30
    assert priorities(today + timedelta(days=3)).of("education", "civil") == 5
    with acting(clerk()) as actor:
        actions.withdraw(actor, other.id)
        assert not FieldPriority.objects.filter(change_id=other.id).exists()
        with pytest.raises(NotPlanned):
            actions.withdraw(actor, other.id)
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=3))
    assert actions.begin_due() == [change.id]
    actions.carry_out(change.id)
    assert person(1).education == "70"


def test_a_rule_of_a_day_is_planned_once() -> None:
    day = clock.today() + timedelta(days=3)
    first = enter(Rule("education", "civil", 5), day=day)
    with pytest.raises(Invalid) as refused:
        enter(Rule("phone", "civil", 5), Rule("education", "civil", 7), day=day)
    assert [(p.field, p.code) for p in refused.value.fields] == [("education.civil", "planned")]
    enter(Rule("education", "civil", 7), day=day + timedelta(days=1))
    other = enter(Rule("phone", "civil", 5), day=day)
    with acting(clerk()) as actor:
        actions.withdraw(actor, other.id)
    assert priorities(day).of("education", "civil") == 5
    with acting(clerk()) as actor:
        actions.withdraw(actor, first.id)
    enter(Rule("education", "civil", 7), day=day)
    assert priorities(day).of("education", "civil") == 7


def test_rules_whose_day_has_come_are_not_withdrawn_before_their_run_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    day = clock.today() + timedelta(days=3)
    change = enter(Rule("education", "civil", 5), day=day)
    monkeypatch.setattr(clock, "today", lambda: day)
    with acting(clerk()) as actor, pytest.raises(NotPlanned):
        actions.withdraw(actor, change.id)
    assert priorities().of("education", "civil") == 5


def test_one_change_at_a_time_and_only_over_the_district() -> None:
    enter(Rule("education", "civil", 5))
    with pytest.raises(StillRunning):
        enter(Rule("phone", "civil", 5))
    with pytest.raises(Forbidden):
        enter(Rule("phone", "civil", 5), who=clerk(TOWN))
    with acting(clerk()) as actor, pytest.raises(ReasonMissing):
        actions.enter_rules(actor, [Rule("phone", "civil", 5)], clock.today(), " ")


@pytest.mark.parametrize(
    "rule",
    [
        Rule("nothing", "civil", 5), Rule("phone", "nobody", 5), Rule("phone", "manual", 5), Rule("phone", "civil", 0),
        Rule("phone", "civil", 100),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused_with_the_place(rule: Rule) -> None:
    with acting(clerk()) as actor, pytest.raises(Invalid) as refused:
        actions.check_rules(actor, [rule], clock.today())
    assert refused.value.fields[0].field == f"{rule.field}.{rule.source}"


def test_days_behind_and_far_ahead_are_refused() -> None:
    today, wanted = clock.today(), [Rule("phone", "civil", 5)]
    for day in (today - timedelta(days=1), today + timedelta(days=400)):
        assert [p.field for p in rules.check(wanted, day, {"civil"}, today)] == ["valid_from"]
    assert rules.check(wanted * 2, today, {"civil"}, today)[0].code == "twice"
    assert rules.check([], today, {"civil"}, today)[0].code == "required"


def test_rules_laid_over_others() -> None:
    known = Priorities({"a": 10, "b": 20}, {"phone": {"b": 5}})
    assert (known.of("phone", "b"), known.of("phone", "a"), known.of("home", "c")) == (5, 10, 50)
    changed = known.changed(
        [Rule("phone", "b", None), Rule(GENERAL, "a", 30), Rule("home", "b", 1)], {"a": 10, "b": 20}
    )
    assert (changed.of("phone", "b"), changed.of("phone", "a"), changed.of("home", "b")) == (20, 30, 1)
    assert changed.changed([Rule(GENERAL, "a", None)], {"a": 10}).of("phone", "a") == 10
    assert replace(known, general={}).sql("home") == "50"


def test_every_phone_that_was_stated_is_kept_with_its_days() -> None:
    merge([row(1, "王建国", 1, phone="19900000001")], observed_on=date(2026, 1, 1))
    merge([row(1, "王建国", 1, phone="19900000002")], observed_on=date(2026, 3, 1))
    merge([row(1, "王建国", 1, phone="19900000001")], "police", observed_on=date(2026, 2, 1))
    with acting(clerk()) as actor:
        phones = person_detail(actor, person(1).id).phones
    assert [(secrets.decrypt(bytes(p.sealed)), p.since, p.last, p.current) for p in phones] == [
        ("19900000002", date(2026, 3, 1), date(2026, 3, 1), True),
        ("19900000001", date(2026, 1, 1), date(2026, 2, 1), False),
    ]


# --- in whatever order sources come, the record is the same -----------------------------------------------------------

SERIALS = itertools.count(1)
SOURCES = ("police", "civil", "health", "community", "market")
STATED = st.fixed_dictionaries(
    {"sex": st.sampled_from(["1", "2", "9"])},
    optional={
        "phone": st.sampled_from(["19900000001", "19900000002"]),
        "marital": st.sampled_from(["10", "20", "90"]),
        "education": st.sampled_from(["20", "70"]),
        "occupation": st.sampled_from(["教师", "农民"]),
        "home_door": st.sampled_from(["1", "2", "3"]),
    },
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    facts=st.dictionaries(st.sampled_from(SOURCES), STATED, min_size=2),
    days=st.permutations(range(1, 6)),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_arrival_does_not_matter(facts: dict[str, dict[str, str]], days: list[int], order: Any) -> None:
    """One statement of each source, each of its own day, once in one order and once in another."""
    known: list[dict[str, Any]] = []
    for _ in range(2):
        serial = next(SERIALS)
        arriving = list(zip(sorted(facts), days, strict=False))
        order.shuffle(arriving)
        for source, day in arriving:
            said = {"home_door": "9", **facts[source]}
            said["home_standard"] = f"某村{said['home_door']}号"
            said["home_text"] = f"{said['home_door']}号"
            merge([row(serial, "王建国", serial, **said)], source, observed_on=date(2026, 1, day))
        held = golden_of(serial)
        known.append({c: v for c, v in held.items() if c not in {"id_hash", "id_tail4", "id_tail6"}})
    assert known[0] == known[1]


CORRECTED = st.lists(
    st.tuples(
        st.booleans(), st.sampled_from(["marital", "education", "occupation"]), st.sampled_from(["10", "20", None])
    ),
    min_size=2, max_size=5,
)  # fmt: skip


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=CORRECTED, tied=st.booleans())
@example(said=[(True, "marital", "10"), (False, "marital", "20"), (True, "occupation", "20")], tied=False)
@example(said=[(False, "marital", None), (True, "marital", "20"), (False, "education", "10")], tied=False)
def test_of_corrections_of_one_day_the_one_made_last_stands_whatever_was_corrected_after(
    said: list[tuple[bool, str, str | None]], tied: bool
) -> None:
    """Two who are one, corrected in turn on one day, then joined: a correction repeats what was corrected before it, and that
    is as old as it was. Of the same moment (`tied`) the outcome is the same whichever of the two is kept."""
    noon, serial = datetime(2026, 3, 2, 4, tzinfo=UTC), next(SERIALS)
    with clock.frozen(noon - timedelta(days=1)):
        merge([row(serial, f"王{serial}", serial, marital="90", education="90")], "civil")
        before = {p.id for p in everybody()}
        merge_by_hand(row(serial, f"王{serial}", None))
    numbered, other = person(serial), next(p for p in everybody() if p.id not in before)
    last: dict[str, str | None] = {}
    for step, (first, field, value) in enumerate(said):
        whom = numbered.id if first else other.id
        with clock.frozen(noon + timedelta(minutes=0 if tied else step)), acting(clerk()) as actor:
            now = Person.objects.get(id=whom)
            edit_person(actor, whom, {field: value}, "核实", now.version)
        last[field] = value
    with clock.frozen(noon + timedelta(hours=1)), acting(clerk()) as actor:
        one, two = Person.objects.get(id=numbered.id), Person.objects.get(id=other.id)
        either = [golden.foretell(pair) for pair in ((one.id, two.id), (two.id, one.id))]
        join_people(actor, one.id, two.id, "同一人", one.version, two.version)
    held = person(serial)
    for field, value in last.items():
        assert either[0][field] == either[1][field] == getattr(held, field)
        if not tied:
            assert getattr(held, field) == value, (field, said)


def everybody() -> list[Person]:
    with acting(clerk()):
        return list(Person.objects.all())


def merge_by_hand(stated: dict[str, Any]) -> None:
    """Somebody of their own, whomever they are like."""
    nobody_is_alike()
    merge([stated], "community")


def test_the_district_is_the_one_of_the_frames() -> None:
    from django.conf import settings as configured

    assert configured.LINLI_DISTRICT == DISTRICT
