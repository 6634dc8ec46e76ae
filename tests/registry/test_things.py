"""Legal entities, key places and components in the base: identity, golden facts, repeats, undo, scope."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_frames import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, clerk
from stdnum.cn import uscc

from linli.kernel import area_columns, secrets
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.codes import shipped
from linli.registry.models import Component, KeyPlace, LegalEntity, ThingRecord
from linli.registry.problems import RestedUpon
from linli.registry.things import rules
from linli.registry.things.kinds import COMPONENT, ENTITY, KINDS, PLACE, ThingKind
from linli.registry.things.merge import ThingCounts, match_things, merge_things, undo_blockers, undo_things

Sql = Callable[..., Sequence[Any]]
PHONE = "10070001234"
CLASSES = [item.code for item in shipped() if item.list == "component_class"]


def credit(serial: int, prefix: str = "91") -> str:
    """A credit code that passes its check and is nobody's (region 990302)."""
    body = f"{prefix}990302{serial:09d}"
    return body + rules.check_character(body)


def entity(line: int, name: str, serial: int, village: str = VILLAGE, **more: Any) -> dict[str, Any]:
    facts = {"row": line, "key": credit(serial), "credit_code": credit(serial), "name": name, "area_code": village,
             "observed_on": date(2026, 1, 1)}  # fmt: skip
    return facts | more


def merge(
    rows: list[dict[str, Any]], kind: ThingKind = ENTITY, source: str = "community", uploader: Actor | None = None
) -> tuple[uuid.UUID, ThingCounts]:
    batch = uuid7()
    frame = pl.DataFrame(rows, infer_schema_length=None)
    counts = merge_things(
        kind, frame, source=source, batch_id=batch, uploader=uploader or clerk(), district=DISTRICT
    )  # fmt: skip
    return batch, counts


def image(sql: Sql) -> list[Any]:
    """Everything the base says of things, but for versions and times of computing."""
    tables = {
        "registry_legal_entity": "id, key, area_code, name, credit_code, entity_kind, employees, phone, field_records",
        "registry_key_place": "id, key, area_code, name, place_kind, next_inspection_on, field_records",
        "registry_component": "id, key, area_code, name, component_state, lon, lat, field_records",
        "registry_thing_record": "id, subject_id, key, source_code, batch_id, row, superseded_by, facts",
    }
    return [sql(f"SELECT {columns} FROM {table} ORDER BY id") for table, columns in tables.items()]


# --- codes -----------------------------------------------------------------------------------------------------


@given(st.text(alphabet=rules.ALPHABET, min_size=18, max_size=18).filter(lambda code: set(code) != {"0"}))
def test_credit_codes_pass_exactly_when_another_implementation_says_so(code: str) -> None:
    found = rules.read_credit_codes(pl.Series([code]), demo=True)
    peer = uscc.calc_check_digit(code[:17]) == code[17]
    assert (found.code[0] == code) is peer
    assert found.wrong[0] == (None if peer else "credit.checksum")


@given(st.text(alphabet=rules.ALPHABET, min_size=17, max_size=17), st.integers(0, 16))
def test_one_wrong_character_never_passes(body: str, place: int) -> None:
    code = body + rules.check_character(body)
    other = random.Random(code).choice([c for c in rules.ALPHABET if c != code[place]])
    assert rules.read_credit_codes(pl.Series([code[:place] + other + code[place + 1 :]]), demo=True).code[0] is None


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("91350100M000100Y43", None), ("  91350100m000100y43 ", None), ("９１３５０１００Ｍ０００１００Ｙ４３", None),
        ("91350100M000100Y4", "credit.length"), ("91350100M000100Y430", "credit.length"),
        ("91350100M000100O43", "credit.characters"), ("370302600123456", "credit.length"),
        ("91350100M000100Y44", "credit.checksum"), ("无", None), ("", None), (credit(1), "credit.synthetic"),
    ],
)  # fmt: skip
def test_credit_codes_as_people_write_them(value: str, wrong: str | None) -> None:
    found = rules.read_credit_codes(pl.Series([value]))
    assert found.wrong[0] == wrong
    assert (found.code[0] is not None) is (wrong is None and value not in ("", "无"))


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("37030201001000001", None), ("37030201991000001", None), ("37030301001000001", "component.county"),
        ("3703020100100001", "component.length"), ("37030201016000001", "component.class"),
        ("3703020100100000X", "component.characters"), ("37030201001000000", "component.serial"), ("", None),
    ],
)  # fmt: skip
def test_component_codes(value: str, wrong: str | None) -> None:
    found = rules.read_component_codes(pl.Series([value]), county="370302", classes=CLASSES)
    assert found.wrong[0] == wrong and (found.code[0] == value) is (wrong is None and bool(value))


def test_the_directory_is_whole() -> None:
    assert len(CLASSES) == 153 and len(set(CLASSES)) == 153
    per_major = {major: sum(c.startswith(major) for c in CLASSES) for major in ("01", "02", "03", "04", "05")}
    assert per_major == {"01": 76, "02": 44, "03": 16, "04": 14, "05": 3}
    lists = {item.list for item in shipped()}
    for kind in KINDS.values():
        assert all(f.code_list in lists for f in kind.fields if f.code_list)
        assert all(f.zh and f.en for f in kind.every)
    assert all(i.label_zh and i.label_en and i.certainty for i in shipped())


# --- merging ---------------------------------------------------------------------------------------------------


def test_a_new_entity_has_its_facts_and_their_sources(db: str) -> None:
    batch, counts = merge([entity(2, "甲公司", 1, employees=12, phone=PHONE, entity_kind="22", lon=118.0, lat=36.6)])
    assert (counts.rows, counts.new, counts.things_created) == (1, 1, 1)
    with acting(clerk()):
        one, record = LegalEntity.objects.get(), ThingRecord.objects.get()
    assert (one.name, one.employees, one.entity_kind, one.key) == ("甲公司", 12, "22", credit(1))
    assert (one.lon, one.lat, one.area_code) == (118.0, 36.6, VILLAGE)
    assert secrets.decrypt(bytes(one.phone)) == PHONE and PHONE not in str(record.facts)
    assert set(one.field_records) >= {"name", "employees", "phone", "position", "area_code"}
    assert set(one.field_records.values()) == {str(record.id)} and record.batch_id == batch


def test_the_same_file_again_changes_nothing(db: str, owner_sql: Sql) -> None:
    rows = [entity(2, "甲公司", 1, phone=PHONE), entity(3, "乙店", 2, established_on=date(2020, 5, 1))]
    merge(rows)
    before = image(owner_sql)
    _, counts = merge([r | {"observed_on": date(2026, 5, 5)} for r in rows])
    assert (counts.unchanged, counts.new, counts.updated) == (2, 0, 0)
    assert image(owner_sql) == before
    assert owner_sql("SELECT count(*) FROM registry_legal_entity_history") == [(0,)]


def test_facts_follow_the_weight_of_sources_and_then_the_latest(db: str) -> None:
    merge([entity(2, "甲公司", 1, employees=5, representative="张三")], source="community")
    merge([entity(2, "甲有限公司", 1, employees=9)], source="police")
    merge([entity(2, "甲公司", 1, employees=7, representative="李四")], source="community")
    with acting(clerk()):
        one = LegalEntity.objects.get()
        records = {str(r.id): r.source_code for r in ThingRecord.objects.all()}
    assert (one.name, one.employees, one.representative) == ("甲有限公司", 9, "李四")
    assert {f: records[one.field_records[f]] for f in ("name", "employees", "representative")} == {
        "name": "police", "employees": "police", "representative": "community",
    }  # fmt: skip
    assert one.version == 3


def test_undo_takes_a_batch_back_exactly(db: str, owner_sql: Sql) -> None:
    merge([entity(2, "甲公司", 1, employees=5)])
    before = image(owner_sql)
    batch, _ = merge([entity(2, "甲公司", 1, employees=6, phone=PHONE), entity(3, "乙店", 2)])
    assert image(owner_sql) != before
    assert undo_things(ENTITY, batch, clerk(), DISTRICT) == 2
    assert image(owner_sql) == before


def test_undo_is_refused_while_later_statements_rest_on_the_batch(db: str) -> None:
    first, _ = merge([entity(2, "甲公司", 1)])
    second, _ = merge([entity(2, "甲公司", 1, employees=3)], source="police")
    assert [b.batch_id for b in undo_blockers(first, DISTRICT)] == [second]
    with pytest.raises(RestedUpon):
        undo_things(ENTITY, first, clerk(), DISTRICT)
    undo_things(ENTITY, second, clerk(), DISTRICT)
    undo_things(ENTITY, first, clerk(), DISTRICT)
    with acting(clerk()):
        assert not LegalEntity.objects.exists() and not ThingRecord.objects.exists()


def test_what_lies_elsewhere_is_neither_changed_nor_moved(db: str, owner_sql: Sql) -> None:
    merge([entity(2, "甲公司", 1, OTHER_VILLAGE)])
    before = image(owner_sql)
    town = clerk(TOWN)
    rows = [entity(2, "改名公司", 1, VILLAGE), entity(3, "乙店", 2, VILLAGE)]
    told = match_things(ENTITY, pl.DataFrame(rows), "police", town, DISTRICT)
    _, counts = merge(rows, source="police", uploader=town)
    assert (told.elsewhere, told.new) == (counts.elsewhere, counts.new) == (1, 1)
    assert image(owner_sql)[0][:1] == before[0]
    with acting(clerk(OTHER_TOWN)):
        assert [e.name for e in LegalEntity.objects.all()] == ["甲公司"]


def test_whoever_is_over_both_places_moves_it(db: str) -> None:
    merge([entity(2, "甲公司", 1, OTHER_VILLAGE)])
    merge([entity(2, "甲公司", 1, VILLAGE, observed_on=date(2026, 2, 1))])
    with acting(clerk(OTHER_TOWN)):
        assert not LegalEntity.objects.exists()
    with acting(clerk(TOWN)):
        assert LegalEntity.objects.get().area_code == VILLAGE


def test_rows_of_another_area_are_behind_the_fence(db: str) -> None:
    merge([entity(2, "甲公司", 1, OTHER_VILLAGE, employees=1)])
    merge([entity(2, "甲公司", 1, OTHER_VILLAGE, employees=2)])
    place = {
        "row": 2,
        "key": "community/1",
        "name": "小学",
        "area_code": OTHER_VILLAGE,
        "observed_on": date(2026, 1, 1),
    }
    merge([place], PLACE)
    merge([place | {"key": "37030203005000001", "component_code": "37030203005000001"}], COMPONENT)
    with acting(clerk(TOWN)):
        for model in (LegalEntity, KeyPlace, Component, ThingRecord):
            assert not model.objects.exists()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM registry_legal_entity_history")
            assert cursor.fetchone() == (0,)


def test_history_keeps_what_was_replaced(db: str, owner_sql: Sql) -> None:
    merge([entity(2, "甲公司", 1, employees=5)])
    merge([entity(2, "甲公司", 1, employees=6)])
    assert owner_sql("SELECT employees, op, replaced_by FROM registry_legal_entity_history") == [
        (5, "U", "staff:clerk")
    ]


def test_places_are_told_by_the_sources_number_else_by_name_and_village() -> None:
    frame = pl.DataFrame(
        [
            {"record_key": "X1", "name": "城里 小学", "area_code": VILLAGE + "001"},
            {"record_key": None, "name": "城里小学", "area_code": VILLAGE + "002"},
            {"record_key": None, "name": "城里 小学", "area_code": VILLAGE},
            {"record_key": None, "name": "城里小学", "area_code": OTHER_VILLAGE},
        ]
    )
    keys = rules.keys("place", frame, "civil").to_list()
    assert keys[0] == "civil/X1" and keys[1] == keys[2] != keys[3]


def test_a_change_of_areas_carries_things_and_their_keys(db: str) -> None:
    """A golden row computed again after the change stays where the change put it, and a repeat finds its place."""
    new = VILLAGE[:-1] + "9"
    old_grid, new_grid = VILLAGE + "001", new + "001"
    merge([entity(2, "甲公司", 1, old_grid)])
    place = {"row": 2, "key": f"at:{VILLAGE}/城里小学", "name": "城里小学", "area_code": old_grid,
             "observed_on": date(2026, 1, 1)}  # fmt: skip
    merge([place], PLACE)
    with acting(clerk()):
        moved = area_columns.move(area_columns.Moves({old_grid: (new_grid,)}))
    assert moved["registry_legal_entity.area_code"] == moved["registry_key_place.area_code"] == 1
    merge([entity(2, "甲有限公司", 1, new_grid)], source="fire")
    with acting(clerk()):
        assert LegalEntity.objects.get().area_code == new_grid
        assert KeyPlace.objects.get().key == f"at:{new}/城里小学"
    _, counts = merge([place | {"key": f"at:{new}/城里小学", "area_code": new_grid}], PLACE)
    assert (counts.new, counts.updated) == (0, 1)
