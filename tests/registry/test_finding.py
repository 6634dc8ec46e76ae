"""Global search: what is found by which words, in which order, by whom, and that tokens follow what they tell about."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import pytest
import staff
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from people_frames import merge, number, row
from permissions import Door, PermissionSuite, Sample
from thing_rows import bring, credit, thing

from linli.kernel import clock
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.places.models import Building, Compound, Grid, Region, RegionAlias
from linli.registry.finding import rules
from linli.registry.models import FindToken, LegalEntity
from linli.registry.things.kinds import KINDS


def compound(name: str, area: str = staff.VILLAGE, aliases: tuple[str, ...] = ()) -> Compound:
    with acting(staff.OPERATOR):
        return Compound.objects.create(
            id=uuid7(), area_code=area, village_code=area[:12], name=name, aliases=list(aliases), source="manual",
            created_at=clock.now(),
        )  # fmt: skip


def building(name: str, area: str = staff.VILLAGE, number: str = "1") -> Building:
    with acting(staff.OPERATOR):
        return Building.objects.create(
            id=uuid7(), area_code=area, village_code=area[:12], number=number, name=name, created_at=clock.now()
        )


def regions() -> None:
    """Two towns with a village each, and a grid."""
    for code, level, name, short in (
        ("370302", "district", "淄川区", "淄川区"), (staff.TOWN, "town", "昆仑镇", "昆仑镇"),
        (staff.VILLAGE, "village", "甲村村民委员会", "甲村"), (staff.OTHER_VILLAGE, "village", "乙村村民委员会", "乙村"),
    ):  # fmt: skip
        Region.objects.create(code=code, level=level, name=name, short_name=short)
    RegionAlias.objects.create(id=uuid7(), code=staff.VILLAGE, alias="老甲庄")
    grid = staff.VILLAGE + "001"
    Grid.objects.create(
        code=grid, village_code=grid[:12], name="甲村第1网格", geometry=b"", lon=118, lat=36.6, area_m2=1
    )


def groups(browser: Any, words: str) -> dict[str, list[str]]:
    answer = browser.post("/api/search", {"q": words}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return {group["kind"]: [hit["name"] for hit in group["hits"]] for group in answer.json()["groups"]}


@pytest.fixture
def browser(db: str) -> Any:
    return staff.client(staff.staff("clerk", "town_clerk"))


class TestSearchDoor(PermissionSuite):
    doors: ClassVar = [Door("POST", "/api/search", None, {"q": "福满"})]

    def sample(self) -> Sample:
        compound("福满楼")
        compound("福满堂", staff.OTHER_VILLAGE)
        return Sample(own={}, foreign={}, foreign_marks=["福满堂"])


# --- what is found ------------------------------------------------------------------------------------------------


def test_each_kind_is_found_by_part_of_its_name_by_initials_and_by_code(browser: Any) -> None:
    compound("阳光花园")
    building("阳光花园3号楼")
    bring(KINDS["entity"], [thing(KINDS["entity"], 1, staff.VILLAGE, "阳光商贸有限公司")])
    bring(KINDS["place"], [thing(KINDS["place"], 2, staff.VILLAGE, "阳光幼儿园")])
    bring(KINDS["component"], [thing(KINDS["component"], 3, staff.VILLAGE, "阳光路灯")])
    bring(KINDS["rental"], [thing(KINDS["rental"], 4, staff.VILLAGE, "阳光公寓12号")])
    everything = {
        "compound": ["阳光花园"], "building": ["阳光花园3号楼"], "entity": ["阳光商贸有限公司"], "place": ["阳光幼儿园"],
        "component": ["阳光路灯"], "rental": ["阳光公寓12号"],
    }  # fmt: skip
    assert groups(browser, "阳光") == everything
    assert groups(browser, "光花") == {"compound": ["阳光花园"], "building": ["阳光花园3号楼"]}
    assert groups(browser, "园") == {kind: everything[kind] for kind in ("compound", "building", "place")}
    assert groups(browser, "yghy") == {"compound": ["阳光花园"], "building": ["阳光花园3号楼"]}
    assert groups(browser, "YGHY3HL") == {"building": ["阳光花园3号楼"]}
    assert groups(browser, "阳光花园3号楼2单元501")["building"] == ["阳光花园3号楼"]
    assert groups(browser, " 阳光 花园３号楼 ") == {"building": ["阳光花园3号楼"]}
    assert groups(browser, credit(1)) == {"entity": ["阳光商贸有限公司"]}
    assert groups(browser, credit(2)[:14].lower()) == {"entity": ["阳光商贸有限公司"], "place": ["阳光幼儿园"]}
    assert groups(browser, "37030201037000003") == {"component": ["阳光路灯"]}
    assert groups(browser, "BA000004") == {"rental": ["阳光公寓12号"]}
    assert groups(browser, "花阳") == groups(browser, "  ") == groups(browser, "·") == {}


def test_a_compound_is_found_by_its_aliases(browser: Any) -> None:
    compound("阳光花园", aliases=("三厂家属院", "大院"))
    assert (
        groups(browser, "家属院") == groups(browser, "scjsy") == groups(browser, "大院") == {"compound": ["阳光花园"]}
    )


def test_areas_are_found_by_names_aliases_initials_and_codes_as_far_as_they_concern_one(browser: Any) -> None:
    regions()
    assert groups(browser, "甲村") == {"area": ["甲村", "甲村第1网格"]}
    assert groups(browser, "老甲") == groups(browser, "ljz") == {"area": ["甲村"]}
    assert groups(browser, "jc") == {"area": ["甲村", "甲村第1网格"]}
    assert groups(browser, staff.VILLAGE + "001") == {"area": ["甲村第1网格"]}
    assert groups(browser, "淄川") == {"area": ["淄川区"]}
    assert groups(browser, "乙村") == {}


def test_areas_are_found_as_they_are_after_a_change(browser: Any) -> None:
    from linli.places.actions import raise_edition

    regions()
    assert groups(browser, "新庄") == {}
    RegionAlias.objects.create(id=uuid7(), code=staff.VILLAGE, alias="新庄")
    raise_edition()
    assert groups(browser, "新庄") == {"area": ["甲村"]}


def test_people_are_found_by_name_initials_number_and_address(browser: Any) -> None:
    merge([row(2, "王建国", 1), row(3, "王建军", 2), row(4, "李秀英", 3), row(5, "王建国", 4, staff.OTHER_VILLAGE)])
    assert groups(browser, "建国")["person"] == ["王建国"]
    assert sorted(groups(browser, "wj")["person"]) == ["王建军", "王建国"]
    assert sorted(groups(browser, "王")["person"]) == ["王建军", "王建国"]
    assert groups(browser, number(3))["person"] == ["李秀英"]
    answer = browser.post("/api/search", {"q": "建国"}, content_type="application/json").json()
    (hit,) = answer["groups"][0]["hits"]
    assert answer["understood_as"] == "name"
    assert (
        hit["code"] != number(1)
        and "*" in hit["code"]
        and hit["sex"] == "1"
        and hit["area_code"].startswith(staff.TOWN)
    )


def test_the_best_come_first_and_further_ones_are_said_to_be_there(browser: Any) -> None:
    for serial in range(6):
        compound(f"新世纪花园{'东西南北中前'[serial]}区")
    compound("花园")
    compound("花园小区")
    answer = browser.post("/api/search", {"q": "花园"}, content_type="application/json").json()
    (group,) = answer["groups"]
    assert [hit["name"] for hit in group["hits"]][:2] == ["花园", "花园小区"]
    assert len(group["hits"]) == 6 and group["more"] is True


def test_who_may_not_look_into_a_kind_does_not_find_it(db: str) -> None:
    compound("阳光花园")
    bring(KINDS["entity"], [thing(KINDS["entity"], 1, staff.VILLAGE, "阳光商贸有限公司")])
    merge([row(2, "阳光", 1)])
    only = staff.client(staff.staff("only", permissions=["registry.entity.view"]))
    assert groups(only, "阳光") == {"entity": ["阳光商贸有限公司"]}
    nothing = staff.client(staff.staff("nothing"))
    assert groups(nothing, "阳光") == {}


def test_rights_in_different_areas_find_each_its_own(db: str) -> None:
    bring(
        KINDS["entity"],
        [
            thing(KINDS["entity"], 1, staff.VILLAGE, "阳光商贸"),
            thing(KINDS["entity"], 2, staff.OTHER_VILLAGE, "阳光机械"),
        ],
    )
    compound("阳光花园")
    compound("阳光新村", staff.OTHER_VILLAGE)
    account = staff.staff("both", area=staff.TOWN, permissions=["registry.entity.view"])
    with acting(staff.OPERATOR):
        from linli.access import actions

        role = actions.create_role(staff.OPERATOR, name="places", permissions=["places.view"])
        staff.appoint(account, role, staff.OTHER_TOWN)
    assert groups(staff.client(account), "阳光") == {"entity": ["阳光商贸"], "compound": ["阳光新村"]}


# --- tokens follow ------------------------------------------------------------------------------------------------


def tokens_of(subject: uuid.UUID) -> set[str]:
    with acting(staff.OPERATOR):
        return set(FindToken.objects.filter(subject_id=subject).values_list("token", flat=True))


def test_tokens_follow_every_change_of_a_name_an_alias_and_an_area(db: str) -> None:
    made = compound("阳光花园")
    assert tokens_of(made.id) == {"阳光", "光花", "花园", "园$", "^yghy"}
    with acting(staff.OPERATOR):
        Compound.objects.filter(id=made.id).update(aliases=["大院"])
        assert tokens_of(made.id) == {"阳光", "光花", "花园", "园$", "^yghy", "大院", "院$", "^dy"}
        Compound.objects.filter(id=made.id).update(name="大院", aliases=[], area_code=staff.OTHER_VILLAGE)
        assert tokens_of(made.id) == {"大院", "院$", "^dy"}
        assert set(FindToken.objects.values_list("area_code", flat=True)) == {staff.OTHER_VILLAGE}
        made.delete()
        assert not FindToken.objects.exists()


def test_tokens_of_things_follow_merges_and_their_undoing(db: str) -> None:
    from linli.registry.things.merge import undo_things

    kind = KINDS["entity"]
    bring(kind, [thing(kind, 1, staff.VILLAGE, "老张商店")])
    with acting(staff.OPERATOR):
        entity = LegalEntity.objects.get()
    before = tokens_of(entity.id)
    assert before == {"老张", "张商", "商店", "店$", "^lzsd", f"#{credit(1)}"}
    bring(kind, [thing(kind, 1, staff.VILLAGE, "老李商店")], source="market")
    assert "老李" in tokens_of(entity.id) and "老张" not in tokens_of(entity.id)
    with acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT batch_id FROM registry_thing_record WHERE source_code = 'market'")
        (batch,) = cursor.fetchone() or (None,)
    undo_things(kind, batch, staff.OPERATOR, staff.DISTRICT)
    assert tokens_of(entity.id) == before


def test_an_update_of_something_else_writes_no_tokens(db: str) -> None:
    made = compound("阳光花园")
    with acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT min(xmin::text) FROM registry_find_token")
        before = cursor.fetchone()
    with acting(staff.OPERATOR), connection.cursor() as cursor:
        Compound.objects.filter(id=made.id).update(kind="小区")
        cursor.execute("SELECT min(xmin::text) FROM registry_find_token")
        assert cursor.fetchone() == before


# --- how it is asked ----------------------------------------------------------------------------------------------


def test_a_search_costs_the_same_whatever_is_found_and_reads_no_table_from_end_to_end(browser: Any) -> None:
    def asked(words: str) -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            groups(browser, words)
        return [q["sql"] for q in seen.captured_queries]

    merge([row(i, f"王{chr(0x4E00 + i)}", i) for i in range(2, 12)])
    asked("王")
    few = asked("王")
    merge([row(i, f"王{chr(0x4E00 + i)}", i) for i in range(12, 60)])
    bring(KINDS["entity"], [thing(KINDS["entity"], i, staff.VILLAGE, f"王记{i}号店") for i in range(1, 40)])
    many = asked("王")
    assert len(many) == len(few) <= 8
    for statement in many:
        if "_token" not in statement or not statement.lstrip().upper().startswith("SELECT"):
            continue
        with acting(staff.OPERATOR), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + statement.replace("%", "%%"), ())
            plan = [line for (line,) in cursor.fetchall()]
        assert not [line for line in plan if "Seq Scan" in line], plan
        assert not [line for line in plan if "~~" in line or "LIKE" in line], plan


def test_a_search_is_noted_without_its_words_and_keeps_neither_words_nor_answer(browser: Any, owner_sql: Any) -> None:
    merge([row(2, "王建国", 1)])
    answer = browser.post(
        "/api/search", {"q": "王建国"}, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    assert answer.status_code == 200
    noted = owner_sql("SELECT kind, subject_type, subject_id, purpose, area_code, count FROM access_read_log")
    assert [tuple(line)[:2] for line in noted] == [("search", "person")]
    assert "王" not in str(noted)
    assert owner_sql("SELECT count(*) FROM access_idempotency WHERE key = 'k1'")[0][0] == 0


# --- rules --------------------------------------------------------------------------------------------------------


@given(st.text(max_size=40))
def test_any_words_are_understood_or_are_nothing(words: str) -> None:
    found = rules.wanted(words)
    assert found is None or bool(found.tokens) != bool(found.low)


@given(st.text(alphabet="阳光花园小区号楼3A", min_size=2, max_size=12), st.data())
def test_every_part_of_a_name_finds_it(name: str, data: st.DataObject) -> None:
    plain = rules.plain(name)
    start = data.draw(st.integers(0, len(plain) - 2))
    part = plain[start : data.draw(st.integers(start + 2, len(plain)))]
    found = rules.wanted(part)
    assert found is not None
    if found.tokens:
        held = {(plain + "$")[i : i + 2] for i in range(len(plain))}
        assert set(found.tokens) <= held and rules.rank(found, name) is not None


def test_python_and_the_database_mean_the_same_by_a_plain_name(db: str) -> None:
    names = ["阳光（东区）·3号楼", "ＫＴＶ 城", "A-B_c/d", "《书》'店\"", "ÀÉ", "x、y。z", "①号", "  "]
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_plain(n) FROM unnest(%s::text[]) WITH ORDINALITY u(n, i) ORDER BY i", [names])
        assert [plain for (plain,) in cursor.fetchall()] == [rules.plain(name) for name in names]
