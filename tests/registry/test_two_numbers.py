"""A person of whom two numbers are said: nobody else follows into them by the doubtful one."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from people_frames import DISTRICT, clerk, merge, nobody_is_alike, person, row

from linli.kernel.scope import acting
from linli.registry.conflicts.actions import decide
from linli.registry.conflicts.models import Conflict
from linli.registry.merge import match_people
from linli.registry.models import District, Person, SourceRecord
from linli.registry.regrouping.actions import join_people

MINE, DOUBTFUL = 1, 2


@pytest.fixture(autouse=True)
def _joined(db: str) -> None:
    """Somebody the police know by a number; what civil affairs say of them under record id 7 has none."""
    nobody_is_alike()
    merge([row(1, "王建国", MINE, record_key="P1")], "police")
    merge([row(7, "王建国", record_key="7")], "civil")
    with acting(clerk()) as actor:
        one, two = Person.objects.order_by("id")
        join_people(actor, one.id, two.id, "同一个人", one.version, two.version)


def people_of(key: str) -> set[object]:
    with acting(clerk()):
        held = SourceRecord.objects.filter(superseded_by=None, record_key=key, source_code__in=("civil", "health"))
        return set(held.values_list("person_id", "state"))


def test_another_row_of_the_same_file_waits_instead_of_following() -> None:
    rows = [row(7, "王建国", DOUBTFUL, record_key="7"), row(8, "李秀英", DOUBTFUL, record_key="8")]
    told = match_people(pl.DataFrame(rows), "civil", clerk(), DISTRICT)
    _, counts = merge(rows, "civil", observed_on=date(2026, 2, 1))
    assert (counts.updated, counts.in_review, counts.new) == (1, 1, 0)
    assert (told.updated, told.in_review, told.new) == (1, 1, 0), "and is told so before"
    assert {state for _, state in people_of("8")} == {"review"}
    assert person(MINE).name == "王建国"


def test_it_waits_where_the_number_came_with_an_earlier_file_too() -> None:
    merge([row(7, "王建国", DOUBTFUL, record_key="7")], "civil", observed_on=date(2026, 2, 1))
    rows = [row(1, "李秀英", DOUBTFUL, record_key="L1")]
    told = match_people(pl.DataFrame(rows), "health", clerk(), DISTRICT)
    _, counts = merge(rows, "health", observed_on=date(2026, 3, 1))
    assert (counts.in_review, told.in_review) == (1, 1)
    _, again = merge(
        [row(7, "王建国", DOUBTFUL, record_key="7", phone="13900000000")], "civil", observed_on=date(2026, 3, 2)
    )
    assert again.updated == 1, "the record that brought it goes on being theirs"
    _, known = merge([row(2, "王建国", MINE, record_key="L2")], "health", observed_on=date(2026, 3, 3))
    assert known.updated == 1, "and the number they are known by leads to them as ever"


def test_once_it_is_decided_to_be_theirs_it_leads_to_them() -> None:
    with acting(clerk()):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})
    merge([row(7, "王建国", DOUBTFUL, record_key="7")], "civil", observed_on=date(2026, 2, 1))
    with acting(clerk()) as actor:
        conflict = Conflict.objects.get(field="id_number")
        theirs = SourceRecord.objects.get(record_key="7", superseded_by=None, source_code="civil")
        decide(actor, conflict.id, theirs.id, "核对身份证", person(MINE).version)
    _, counts = merge([row(1, "王建国", DOUBTFUL, record_key="L1")], "health", observed_on=date(2026, 3, 1))
    assert (counts.updated, counts.in_review) == (1, 0)
