"""Joining two people who are one, splitting one who is two, and undoing both: what is carried, refused, restored."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people_frames import (
    DISTRICT,
    OTHER_TOWN,
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
from linli.kernel.errors import Forbidden, Invalid, NotFound, Problem
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.actions import elevated, forms, people
from linli.registry.actions.people import edit_person
from linli.registry.merge import undo_blockers, undo_people
from linli.registry.models import Person, PersonAlias, Regrouping, Relation, SourceRecord, Tag, Transfer
from linli.registry.problems import ChangedMeanwhile, ReasonMissing, RestedUpon
from linli.registry.queries import person as person_queries
from linli.registry.queries.history import person_history
from linli.registry.queries.person import person_detail
from linli.registry.regrouping import actions as regroupings
from linli.registry.regrouping import beside, rules
from linli.registry.regrouping.actions import join_people, split_person, undo_regrouping
from linli.registry.regrouping.beside import side_by_side
from linli.registry.regrouping.problems import (
    NothingChosen,
    NumberOnBothSides,
    NumbersDiffer,
    Related,
    RequestOpen,
    RestsUpon,
    Same,
    Undone,
)
from linli.registry.regrouping.queries import all_ids, living, living_ones
from linli.registry.ties import actions as ties
from linli.registry.ties.actions import add_relation
from linli.registry.ties.rules import NewRelation

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def _people_come_twice(db: str) -> None:
    """Joins by hand are for those whom nothing else brought together."""
    nobody_is_alike()


WHY = "同一个人，登记了两次"
TIES = ("registry_relation", "registry_tag", "registry_person_alias")


def all_of_it(owner_sql: Sql) -> dict[str, list[str]]:
    """Everything a regrouping may change; the moments and versions that rightly move on left out."""
    conflicts = owner_sql(
        "SELECT person_id, area_code, field, values_key, state, decided_by, record_id FROM registry_conflict"
    )
    ties = {table: sorted(map(str, owner_sql(f"SELECT * FROM {table}"))) for table in TIES}
    return picture(owner_sql) | ties | {"registry_conflict": sorted(map(str, conflicts))}


def named(name: str) -> Person:
    with acting(clerk()):
        return Person.objects.get(name=name)


def by_id(person_id: uuid.UUID) -> Person:
    with acting(clerk()):
        return Person.objects.get(id=person_id)


def join(one: Person, other: Person, reason: str = WHY, who: Any = None) -> Regrouping:
    with acting(who or clerk()) as actor:
        return join_people(actor, one.id, other.id, reason, one.version, other.version)


def undo(made: Regrouping, who: Any = None) -> None:
    with acting(who or clerk()) as actor:
        undo_regrouping(actor, made.id, "合并错了")


def tie(one: Person, other: Person | None = None, tag: str | None = None, months: int = 12) -> None:
    """A relation of a person (to another), or a tag."""
    shared: dict[str, Any] = {
        "id": uuid7(), "person_id": one.id, "area_code": one.area_code, "source_code": "civil",
        "observed_on": date(2026, 1, 1), "recorded_at": clock.now(), "recorded_by": "x",
    }  # fmt: skip
    with acting(clerk()):
        if tag:
            Tag.objects.create(kind=tag, legal_basis="x", expires_on=date(2030, months, 1), **shared)
        else:
            Relation.objects.create(
                kind="kin", other_name="某", other_id=other.id if other else None, consent_form=None, **shared
            )


def twice() -> tuple[Person, Person]:
    """One man as the police know him, and as a ledger does: without a number, at another door, with a phone."""
    merge([row(2, "王建国", 1, birth=date(1950, 3, 4))], "police")
    merge([row(3, "王建囯", birth=date(1950, 3, 4), phone="19900000001", marital="20", record_key="L9")])
    return named("王建国"), named("王建囯")


def test_a_join_makes_one_of_two_and_the_old_id_leads_there() -> None:
    one, other = twice()
    join(one, other)
    joined = by_id(one.id)
    assert joined.name == "王建国" and joined.id_hash == one.id_hash, "the police say it best"
    assert secrets.decrypt(bytes(joined.phone)) == "19900000001" and joined.marital == "20"
    with acting(clerk()) as actor:
        assert Person.objects.count() == 1
        assert living(other.id) == one.id and all_ids(one.id) == [one.id, other.id]
        assert living_ones([other.id, one.id]) == [one.id]
        detail = person_detail(actor, one.id)
    assert {r.source_code for r in detail.records} == {"police", "community"}
    assert len(detail.homes) == 2, "both homes, with their dates"


def test_a_later_row_under_the_old_key_is_about_who_is_left() -> None:
    one, other = twice()
    join(one, other)
    _, counts = merge([row(3, "王建囯", birth=date(1950, 3, 4), phone="19900000002", marital="20", record_key="L9")])
    assert (counts.updated, counts.new) == (1, 0)
    assert secrets.decrypt(bytes(by_id(one.id).phone)) == "19900000002"


def test_what_was_written_of_either_is_carried_and_goes_back(owner_sql: Sql) -> None:
    one, other = twice()
    merge([row(7, "李秀英", 7)])
    mother = person(7)
    tie(other, mother)
    tie(mother, other)
    tie(one, tag="living_alone", months=3)
    tie(other, tag="living_alone", months=9)
    tie(other, tag="veteran")
    before = all_of_it(owner_sql)
    made = join(one, other)
    with acting(clerk()):
        assert set(Relation.objects.values_list("person_id", "other_id")) == {(one.id, mother.id), (mother.id, one.id)}
        assert set(Tag.objects.values_list("person_id", flat=True)) == {one.id}
        standing = Tag.objects.filter(kind="living_alone", ended_on=None).values_list("expires_on", flat=True)
        assert list(standing) == [date(2030, 9, 1)], "of two of a kind the one that holds longer"
        ended = Tag.objects.exclude(ended_on=None).values_list("ended_by", "ended_area")
        assert list(ended) == [(clerk().id, one.area_code)]
    undo(made)
    assert all_of_it(owner_sql) == before
    with pytest.raises(Undone):
        undo(made)


def test_history_tells_of_joins_and_of_what_was_before() -> None:
    one, other = twice()
    who = clerk(name="one")
    with acting(clerk()) as actor:
        edit_person(actor, other.id, {"education": "70"}, "本人到场", other.version)
    from dataclasses import replace

    made = join(one, by_id(other.id), who=replace(who, request_id="r-join"))
    with acting(clerk()) as actor:
        events = person_history(actor, one.id)
        told = {(event.kind, event.reason) for event in events}
    assert ("joined", WHY) in told and ("edited", "本人到场") in told
    undo(made, replace(who, request_id="r-undo"))
    with acting(clerk()) as actor:
        assert person_history(actor, one.id)[0].kind == "undone"


def test_two_valid_numbers_keep_people_apart() -> None:
    merge([row(2, "王建国", 1), row(3, "王建囯", 2)])
    one, other = person(1), person(2)
    with pytest.raises(NumbersDiffer):
        join(one, other)
    with acting(clerk()) as actor:
        assert side_by_side(actor, one.id, other.id).obstacles == (NumbersDiffer,)


def test_people_related_to_each_other_or_asked_for_are_not_joined() -> None:
    one, other = twice()
    tie(one, other)
    with pytest.raises(Related):
        join(one, other)
    with acting(clerk()):
        Relation.objects.update(ended_on=date(2026, 1, 2))
    merge([row(2, "王建国", 1, OTHER_VILLAGE)], uploader=clerk(OTHER_TOWN, "other"))
    with pytest.raises(RequestOpen):
        join(one, other)
    with acting(clerk()):
        assert Transfer.objects.count() == 1


def test_a_join_asks_for_the_right_in_both_areas_and_a_reason() -> None:
    merge([row(2, "王建国", 1)])
    merge([row(3, "王建囯", village=OTHER_VILLAGE)], uploader=clerk(OTHER_TOWN))
    one, other = named("王建国"), named("王建囯")
    with pytest.raises(NotFound):
        join(one, other, who=clerk(TOWN, "town"))
    # Registered in the one town, at home in the other: seen there, and managed here.
    lives_there = row(4, "王建郭", village=OTHER_VILLAGE, register_village_code=VILLAGE, register_address="甲村")
    merge([lives_there], "police", uploader=clerk(OTHER_TOWN))
    third = named("王建郭")
    with pytest.raises(Forbidden):
        join(one, third, who=clerk(TOWN, "town"))
    with pytest.raises(ReasonMissing):
        join(one, other, reason=" 。")
    with pytest.raises(Same):
        join(one, one)


def test_what_was_looked_at_is_what_is_joined() -> None:
    one, other = twice()
    with acting(clerk()) as actor:
        edit_person(actor, other.id, {"education": "70"}, "本人到场", other.version)
    with pytest.raises(ChangedMeanwhile):
        join(one, other)


def test_of_two_joins_at_once_one_wins() -> None:
    one, other = twice()
    merge([row(4, "王建郭", birth=date(1950, 3, 4), record_key="L10")])
    third = named("王建郭")
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def attempt(into: Person) -> None:
        ready.wait()
        try:
            join(into, other)
            outcomes.append("joined")
        except Problem as problem:
            outcomes.append(problem.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(into,)) for into in (one, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Who comes after the other has finished finds nobody under the old id; who comes meanwhile finds them gone.
    assert len(outcomes) == 2 and outcomes.count("joined") == 1
    assert {o for o in outcomes if o != "joined"} <= {"registry.changed_meanwhile", "kernel.not_found"}
    with acting(clerk()):
        assert PersonAlias.objects.count() == 1 and Person.objects.count() == 2


def meanwhile(monkeypatch: pytest.MonkeyPatch, done: Callable[[], Any]) -> None:
    """Have something happen while the next writer waits for the lock of merges."""
    whole = elevated.lock

    def waited() -> None:
        monkeypatch.setattr(elevated, "lock", whole)
        done()
        whole()

    monkeypatch.setattr(elevated, "lock", waited)


def test_a_correction_of_who_was_joined_meanwhile_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = twice()
    meanwhile(monkeypatch, lambda: join(one, other))
    with acting(clerk()) as actor, pytest.raises(ChangedMeanwhile):
        edit_person(actor, other.id, {"education": "70"}, "本人到场", other.version)


def test_a_relation_to_who_was_joined_meanwhile_is_one_to_who_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = twice()
    merge([row(7, "李秀英", 7)])
    mother = person(7)
    stated = NewRelation("kin", "51", "")
    meanwhile(monkeypatch, lambda: join(one, other))
    with acting(clerk()) as actor:
        add_relation(actor, mother.id, stated, other.id, "入户核实")
        assert Relation.objects.values_list("other_id", "other_name").get() == (one.id, "王建国")


# What somebody asks about a person: the module in which what is seen first is read, that read, and the question.
ASKED: dict[str, tuple[Any, str, Callable[[Any, uuid.UUID], Any]]] = {
    "page": (person_queries, "visible_areas", person_detail),
    "number": (people, "visible_areas", lambda actor, one: people.reveal(actor, one, "phone", "电话核实")),
    "form": (forms, "person_detail", lambda actor, one: forms.print_person(actor, one, "入户走访")),
    "tag": (
        ties,
        "visible_areas",
        lambda actor, one: ties.check_tag(actor, one, "minimum_living", clock.today(), "民政"),
    ),
    "regrouping": (regroupings, "visible_areas", regroupings.check_person),
}


def between(monkeypatch: pytest.MonkeyPatch, where: Any, read: str, done: Callable[[], Any]) -> None:
    """Have something happen right after a first read, which goes on saying what it said."""
    whole, said = getattr(where, read), {}

    def first(actor: Any, person_id: uuid.UUID, *rest: Any) -> Any:
        found = said.get(person_id) or whole(actor, person_id, *rest)
        if not said:
            said[person_id] = found
            done()
        return found

    monkeypatch.setattr(where, read, first)


@pytest.mark.parametrize("what", ASKED)
def test_who_is_joined_between_two_looks_is_not_found_and_asking_again_leads_on(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = twice()
    where, read, ask = ASKED[what]
    with acting(clerk()) as actor:
        assert ask(actor, other.id)
        between(monkeypatch, where, read, lambda: join(one, other))
        with pytest.raises(NotFound):
            ask(actor, other.id)
        monkeypatch.undo()
        assert ask(actor, living(other.id))


def test_a_relation_to_who_is_joined_between_two_looks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = twice()
    merge([row(7, "李秀英", 7)])
    mother, stated = person(7), NewRelation("kin", "51", "")
    with acting(clerk()) as actor:
        whole = ties.visible_areas

        def seen(who: Any, person_id: uuid.UUID, *rest: Any) -> Any:
            found = whole(who, person_id, *rest)
            if person_id == other.id:
                join(one, other)
            return found

        monkeypatch.setattr(ties, "visible_areas", seen)
        with pytest.raises(NotFound):
            ties.check_relation(actor, mother.id, stated, other.id, "入户核实")


def test_a_form_leaves_out_the_member_who_is_joined_while_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    merge([row(2, "王建国", 1, household_no="H1", relation_to_head="0"), row(3, "李秀英", 2, household_no="H1")])
    merge([row(4, "李秀瑛", None, household_no="H1", record_key="L9")])
    head, wife, again = named("王建国"), named("李秀英"), named("李秀瑛")
    with acting(clerk()) as actor:
        assert len(forms.print_person(actor, head.id, "入户走访").members) == 2
        between(monkeypatch, forms, "person_detail", lambda: join(wife, again))
        (line,) = forms.print_person(actor, head.id, "入户走访").members
        assert line.member.person_id == wife.id


def test_nobody_becomes_a_relation_of_their_own_by_a_join_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = twice()
    meanwhile(monkeypatch, lambda: join(one, other))
    with acting(clerk()) as actor, pytest.raises(Invalid):
        add_relation(actor, one.id, NewRelation("kin", "51", ""), other.id, "入户核实")
    one, other = named("王建国"), named("王建囯")
    meanwhile(monkeypatch, lambda: join(one, other))
    with acting(clerk()) as actor, pytest.raises(ChangedMeanwhile):
        add_relation(actor, other.id, NewRelation("kin", "51", ""), one.id, "入户核实")


def test_an_undo_is_refused_where_something_rests_on_the_join() -> None:
    one, other = twice()
    made = join(one, other)
    with acting(clerk()) as actor:
        joined = Person.objects.get(id=one.id)
        edit_person(actor, one.id, {"education": "70"}, "本人到场", joined.version)
    with pytest.raises(RestsUpon) as refused:
        undo(made)
    assert refused.value.params["count"] == 1 and "更正" in refused.value.params["what"]


def test_what_would_have_come_anyway_does_not_keep_a_join_from_being_undone() -> None:
    one, other = twice()
    made = join(one, other)
    merge([row(2, "王建国", 1, birth=date(1950, 3, 4), marital="30")], "police", observed_on=date(2026, 3, 1))
    merge([row(2, "王建国", 1, birth=date(1950, 3, 4))], "civil")
    undo(made)
    assert by_id(one.id).marital == "30" and by_id(other.id).marital == "20"
    with acting(clerk()):
        assert SourceRecord.objects.filter(person_id=one.id).count() == 3


def test_a_row_that_came_under_the_others_key_rests_on_the_join() -> None:
    one, other = twice()
    made = join(one, other)
    merge([row(3, "王建囯", birth=date(1950, 3, 4), phone="19900000002", record_key="L9")])
    with pytest.raises(RestsUpon):
        undo(made)


def test_chains_lead_to_whoever_is_left_and_are_undone_in_order(owner_sql: Sql) -> None:
    one, other = twice()
    merge([row(4, "王建郭", birth=date(1950, 3, 4), record_key="L10")])
    third = named("王建郭")
    before = all_of_it(owner_sql)
    first = join(other, third)
    after_first = all_of_it(owner_sql)
    second = join(one, by_id(other.id))
    with acting(clerk()):
        assert living(third.id) == living(other.id) == one.id
    with pytest.raises(RestsUpon):
        undo(first)
    undo(second)
    assert all_of_it(owner_sql) == after_first
    undo(first)
    assert all_of_it(owner_sql) == before


def test_a_batch_is_not_undone_under_a_join_that_carries_its_rows() -> None:
    merge([row(2, "王建国", 1)], "police")
    batch, _ = merge([row(3, "王建囯", record_key="L9")])
    made = join(named("王建国"), named("王建囯"))
    assert undo_blockers(batch, DISTRICT)
    with pytest.raises(RestedUpon):
        undo_people(batch, clerk(), DISTRICT)
    undo(made)
    undo_people(batch, clerk(), DISTRICT)
    with acting(clerk()):
        assert Person.objects.count() == 1


def test_a_split_takes_statements_out_and_is_undone(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)], "police")
    merge([row(2, "王建军", 1, phone="19900000001", birth=date(1960, 1, 1))], "civil")
    merge([row(2, "王建军", 1, phone="19900000002", birth=date(1960, 1, 1))], "civil")
    one = person(1)
    with acting(clerk()):
        taken = SourceRecord.objects.get(source_code="civil", superseded_by=None).id
    before = all_of_it(owner_sql)
    with acting(clerk()) as actor, pytest.raises(NumberOnBothSides):
        split_person(actor, one.id, [taken], "两个人", one.version)
    with acting(clerk()) as actor:
        made = split_person(actor, one.id, [taken], "号码填错，两个人", one.version, number_wrong=True)
    new = by_id(made.to_person)
    assert (new.name, new.id_hash, made.records) == ("王建军", None, 2), "with what it had superseded"
    assert person(1).name == "王建国" and person(1).phone is None
    undo(made)
    assert all_of_it(owner_sql) == before


def test_a_split_leaves_a_name_on_both_sides() -> None:
    merge([row(2, "王建国", 1)], "police")
    one = person(1)
    with acting(clerk()) as actor:
        edit_person(actor, one.id, {"education": "70"}, "本人到场", one.version)
        (police,) = SourceRecord.objects.filter(source_code="police").values_list("id", flat=True)
        (manual,) = SourceRecord.objects.filter(source_code="manual").values_list("id", flat=True)
    for chosen in ([police], [manual], [police, manual], [uuid7()]):
        with acting(clerk()) as actor, pytest.raises(NothingChosen):
            split_person(actor, one.id, chosen, "两个人", by_id(one.id).version)


def test_who_was_joined_can_be_themselves_again_without_undoing(owner_sql: Sql) -> None:
    one, other = twice()
    tie(other, tag="veteran")
    join(one, other)
    with acting(clerk()) as actor:
        joined = Person.objects.get(id=one.id)
        edit_person(actor, one.id, {"education": "70"}, "本人到场", joined.version)
        ledger = SourceRecord.objects.get(source_code="community").id
    before = all_of_it(owner_sql)
    with acting(clerk()) as actor:
        made = split_person(actor, one.id, [ledger], "原来是两个人", by_id(one.id).version, back_to=other.id)
    assert by_id(other.id).name == "王建囯" and by_id(one.id).education == "70"
    with acting(clerk()):
        assert living(other.id) == other.id
        assert Tag.objects.get().person_id == other.id, "what came with the old id goes with it"
    undo(made)
    assert all_of_it(owner_sql) == before


def test_a_field_emptied_by_hand_of_who_was_joined_can_be_filled_again() -> None:
    one, other = twice()
    with acting(clerk()) as actor:
        edit_person(actor, other.id, {"phone": None}, "停机", other.version)
    join(one, by_id(other.id))
    assert by_id(one.id).phone is None
    with acting(clerk()) as actor:
        edit_person(actor, one.id, {"phone": "19900000009"}, "本人告知", by_id(one.id).version)
    assert secrets.decrypt(bytes(by_id(one.id).phone)) == "19900000009"


def corrected(one: Person, on: date, **changes: str) -> None:
    with clock.frozen(datetime(on.year, on.month, on.day, 4, tzinfo=UTC)), acting(clerk()) as actor:
        edit_person(actor, one.id, changes, "走访", by_id(one.id).version)


def test_of_two_corrections_the_later_one_stays_when_the_earlier_one_is_only_repeated() -> None:
    one, other = twice()
    corrected(one, date(2024, 1, 1), marital="20", occupation="教师")
    corrected(other, date(2025, 1, 1), marital="30")
    # Repeats what was said a year before the other's, on a later day.
    corrected(one, date(2026, 1, 5), education="20")
    with acting(clerk()) as actor:
        one, other = by_id(one.id), by_id(other.id)
        foretold = {r.field.name: r.together for r in side_by_side(actor, one.id, other.id).rows}
    join(one, other)
    corrected(one, date(2026, 1, 6), phone="19900000009")
    found = by_id(one.id)
    assert (found.marital, found.occupation, found.education) == ("30", "教师", "20")
    assert (foretold["marital"], foretold["occupation"]) == ("30", "教师")
    with acting(clerk()) as actor:
        said = {f.field.name: f.record and f.record.observed_on for f in person_detail(actor, one.id).facts}
    assert said["occupation"] == date(2024, 1, 1) and said["marital"] == date(2025, 1, 1)
    assert said["education"] == date(2026, 1, 5) and said["phone"] == date(2026, 1, 6)


def test_side_by_side_foretells_what_the_join_makes() -> None:
    one, other = twice()
    with acting(clerk()) as actor:
        seen = side_by_side(actor, one.id, other.id)
    rows = {r.field.name: r for r in seen.rows}
    assert (rows["name"].kept, rows["phone"].kept, rows["sex"].kept) == ("one", "other", "both")
    assert rows["birth"].same and not rows["name"].same and seen.may_join and not seen.obstacles
    join(one, other)
    with acting(clerk()) as actor:
        facts = {f.field.name: f.value for f in person_detail(actor, one.id).facts}
    assert facts == {name: r.together for name, r in rows.items()}


@pytest.mark.parametrize("reads", [2, 3])
def test_side_by_side_with_who_is_joined_meanwhile_finds_nobody(monkeypatch: pytest.MonkeyPatch, reads: int) -> None:
    one, other = twice()
    asked = itertools.count(1)

    def then_joined(whole: Callable[..., Any]) -> Callable[..., Any]:
        def read(*args: Any) -> Any:
            found = whole(*args)
            if next(asked) == reads:  # of both areas, then of what keeps them apart
                join(one, other)
            return found

        return read

    monkeypatch.setattr(beside, "visible_areas", then_joined(beside.visible_areas))
    monkeypatch.setattr(beside.golden, "foretell", then_joined(beside.golden.foretell))
    with acting(clerk()) as actor, pytest.raises(NotFound):
        side_by_side(actor, one.id, other.id)


def test_obstacles_are_decided_by_numbers_both_have() -> None:
    one, two = frozenset([b"1"]), frozenset([b"2"])
    assert rules.obstacles(rules.Pair(one, two)) == (NumbersDiffer,)
    assert rules.obstacles(rules.Pair(one, frozenset())) == ()
    assert rules.obstacles(rules.Pair(one, one | two)) == ()


# --- whatever the two are made of, undoing restores it ----------------------------------------------------------------

SOURCES = ("police", "civil", "health", "community")
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "phone": st.sampled_from(["19900000001", "19900000002"]),
        "marital": st.sampled_from(["10", "20"]),
        "education": st.sampled_from(["20", "70"]),
        "home_door": st.sampled_from(["1", "2", "3"]),
        "sex": st.sampled_from(["1", "2"]),
    },
)
STATED = st.lists(st.tuples(st.sampled_from(SOURCES), FACTS, st.integers(1, 9)), min_size=1, max_size=4)
SERIALS = itertools.count(2, 2)  # examples share a database: each has people of its own
TAGS = st.sets(st.sampled_from(["living_alone", "veteran"]))


def state(serial: int, name: str, statements: list[tuple[str, dict[str, Any], int]], numbered: bool) -> Person:
    """A person as several sources state them in turn; without a number, one source does under its own key."""
    called = f"{name}{chr(0x4E00 + serial)}"
    for source, facts, month in statements:
        source = source if numbered else statements[0][0]
        facts = facts | {"home_standard": f"某村{facts.get('home_door', serial)}号"}
        stated = row(serial, called, serial if numbered else None, record_key=f"{name}{serial}", **facts)
        merge([stated], source, observed_on=date(2026, month, 1))
    return named(called)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=STATED, other=STATED, tags=TAGS, others=TAGS, related=st.booleans(), corrected=st.booleans())
def test_undoing_restores_exactly(
    owner_sql: Sql, one: Any, other: Any, tags: set[str], others: set[str], related: bool, corrected: bool
) -> None:
    serial = next(SERIALS)
    kept, gone = state(serial, "甲", one, True), state(serial + 1, "乙", other, False)
    for who, kinds in ((kept, tags), (gone, others)):
        for number, kind in enumerate(sorted(kinds), start=len(kinds)):
            tie(who, tag=kind, months=number)
    if related:
        tie(gone)
    if corrected:
        with acting(clerk()) as actor:
            edit_person(actor, gone.id, {"phone": None, "education": "40"}, "核实", gone.version)
    before = all_of_it(owner_sql)
    made = join(by_id(kept.id), by_id(gone.id))
    assert all_of_it(owner_sql) != before
    undo(made)
    assert all_of_it(owner_sql) == before
