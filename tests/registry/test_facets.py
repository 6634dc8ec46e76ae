"""Facets are true: after whatever changes people they are what computing all of them from the base gives, and whoever sees only
a part of the district is told by them exactly what the base tells of that part."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import staff
from django.db import connection
from django.test.utils import CaptureQueriesContext
from people_frames import (
    DISTRICT,
    OTHER_TOWN,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    clerk,
    facets_differing,
    lists_differing,
    merge,
    number,
    person,
    row,
)

from linli.intake.ledgers import selecting
from linli.intake.ledgers.columns import PEOPLE
from linli.intake.ledgers.condition_text import from_text
from linli.intake.ledgers.rows import Wanted, total
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.registry.actions.people import edit_person
from linli.registry.merge import undo_people
from linli.registry.models import Person, PersonFacet, SourceRecord
from linli.registry.regrouping.actions import join_people, split_person, undo_regrouping

pytestmark = pytest.mark.usefixtures("db")

HOME = {"home_door": "1", "home_standard": "某村1号", "home_text": "1号"}
CONDITIONS = (
    "", "age>=60", "lives_alone", "not lives_alone", "household_size=1", "household_size>=2", "household_size=2..3",
    "household_size>=2 is_head", "lives_alone or household_size=3", "sex=女", "sex!=女", "has_id not has_phone", "has_home",
    f"area={VILLAGE}", f"area=({OTHER_VILLAGE}, {TOWN})", "marital=已婚", "not marital=已婚",
)  # fmt: skip


def facet(serial: int) -> PersonFacet:
    with acting(clerk()):
        return PersonFacet.objects.get(person_id=person(serial).id, prior_areas=None)


def counts(actor: Actor, area: str = DISTRICT) -> dict[str, int]:
    """What the builder says of each condition, having made sure that as many rows are filled."""
    found = {}
    with acting(actor):
        for text in CONDITIONS:
            found[text] = selecting.count(actor, from_text(text), area)
            assert total(actor, Wanted(PEOPLE, (), area, from_text(text))) == found[text], (actor.areas, text)
    return found


def household(line: int, serial: int, village: str = VILLAGE, **more: Any) -> dict[str, Any]:
    return row(line, f"王{serial}", serial, village, **{"household_no": "H1"} | HOME | more)


def test_who_joins_leaves_or_moves_changes_what_is_said_of_those_who_stay() -> None:
    merge([household(2, 1, relation_to_head="0")])
    assert (facet(1).household_size, facet(1).lives_alone, facet(1).is_head) == (1, True, True)
    second, _ = merge([household(3, 2, relation_to_head="1")])
    assert (facet(1).household_size, facet(1).lives_alone) == (2, False)
    assert not facets_differing() and not lists_differing()
    # The same home, a household of their own.
    third, _ = merge([household(4, 3, household_no="H2", relation_to_head="0")])
    assert (facet(1).household_size, facet(3).household_size, facet(3).lives_alone) == (2, 1, False)
    assert not facets_differing() and not lists_differing()
    # The second moves out, to another town.
    moved, _ = merge([row(3, "王2", 2, OTHER_VILLAGE, household_no="H9")], observed_on=date(2026, 2, 1))
    assert facet(1).household_size == 1 and not facet(1).lives_alone
    assert not facets_differing() and not lists_differing()
    undo_people(third, clerk(), DISTRICT)
    assert facet(1).lives_alone
    assert not facets_differing() and not lists_differing()
    undo_people(moved, clerk(), DISTRICT)
    assert (facet(1).household_size, facet(1).lives_alone) == (2, False)
    undo_people(second, clerk(), DISTRICT)
    assert (facet(1).household_size, facet(1).lives_alone) == (1, True)
    assert not facets_differing() and not lists_differing()


def test_corrections_joins_splits_and_their_undoing_are_seen_at_once() -> None:
    merge([household(2, 1, relation_to_head="0"), household(3, 2, relation_to_head="1")])
    merge([row(4, "王二", None, birth=date(1950, 3, 4), household_no="H1", record_key="L9", **HOME)])
    one = person(2)
    assert facet(1).household_size == 3
    with acting(clerk()) as actor:
        edit_person(actor, one.id, {"sex": "2", "phone": "19900000001", "marital": "20"}, "当面核对", one.version)
    assert facet(2).has_phone and facet(2).sex == "2"
    assert not facets_differing() and not lists_differing()
    one = person(2)
    with acting(clerk()) as actor:
        other = Person.objects.get(name="王二")
        joined = join_people(actor, one.id, other.id, "同一个人", one.version, other.version)
    assert facet(1).household_size == 2
    assert not facets_differing() and not lists_differing()
    with acting(clerk()) as actor:
        undo_regrouping(actor, joined.id, "合并错了")
    assert facet(1).household_size == 3
    assert not facets_differing() and not lists_differing()
    merge([row(2, "王2", 2, village=OTHER_VILLAGE)], "police", observed_on=date(2026, 3, 1))
    one = person(2)
    with acting(clerk()) as actor:
        police = SourceRecord.objects.get(person_id=one.id, source_code="police")
        split = split_person(actor, one.id, [police.id], "两个人", one.version, number_wrong=True)
    assert not facets_differing() and not lists_differing()
    with acting(clerk()) as actor:
        undo_regrouping(actor, split.id, "拆分错了")
    assert not facets_differing() and not lists_differing()


def test_of_a_part_of_the_district_counts_tell_what_is_filled_and_nothing_of_who_is_elsewhere() -> None:
    # A household across two towns; a home across a village and its grid; somebody registered in one town who lives in the other.
    headed: dict[str, Any] = {"household_no": None, "head_id_number": number(1)}
    merge([
        household(2, 1, **headed, relation_to_head="0"),
        household(3, 2, **headed, relation_to_head="1", sex="2", marital="20"),
        household(4, 3, area_code=VILLAGE + "001", household_no="H3"),
        row(5, "李四", 4, OTHER_VILLAGE, register_village_code=VILLAGE, **headed),
        row(6, "李五", 5, OTHER_VILLAGE, birth=date(2001, 1, 1)),
        row(7, "李六", 6, OTHER_VILLAGE + "001", home_village_code=OTHER_VILLAGE, home_door="6", home_standard="某村6号"),
    ])  # fmt: skip
    assert not facets_differing() and not lists_differing()
    whole = counts(clerk())
    assert whole[""] == 6 and whole["household_size=2..3"] == 3
    for area in (TOWN, VILLAGE, VILLAGE + "001", OTHER_TOWN, OTHER_VILLAGE):
        told = counts(clerk(area))
        assert 0 < told[""] < 6, area
        counts(clerk(), area)
    # All three of the household are in sight of the one town, one of them of the other.
    assert counts(clerk(TOWN))["household_size=2..3"] == 3 and counts(clerk(OTHER_TOWN))["household_size=1"] == 1
    two = staff.actor(staff.staff("two", "village_clerk", VILLAGE, unit_area=DISTRICT))
    assert counts(two)[""] == counts(clerk(VILLAGE))[""]


def test_a_count_over_the_district_reads_nothing_but_facets() -> None:
    merge([row(n, f"王{n}", n) for n in range(2, 9)])
    with acting(clerk()) as actor:
        with CaptureQueriesContext(connection) as seen:
            assert selecting.count(actor, from_text("age>=60 lives_alone household_size<2"), DISTRICT) == 7
        (asked,) = [q["sql"] for q in seen if "count(*)" in q["sql"]]
        assert "registry_person_facet" in asked and "registry_person " not in asked and "residence" not in asked
