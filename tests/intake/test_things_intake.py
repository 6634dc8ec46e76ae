"""Tables of legal entities, key places and components through the intake: told apart, checked, merged, undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from intake_tables import DISTRICT, HEADER, OTHER_TOWN, TOWN, VILLAGE, Table, person

from linli.intake import actions, kinds, perform
from linli.intake.fields import BY_KIND, NAMES
from linli.intake.models import Batch, Finding
from linli.intake.runner import Outcome, run_file
from linli.intake.suggest import guess_kind
from linli.kernel.actors import Actor, Grant, operator
from linli.kernel.coordinates import from_wgs84
from linli.kernel.scope import acting
from linli.registry.models import Component, District, KeyPlace, LegalEntity, ThingRecord
from linli.registry.things.rules import check_character

OPERATOR = operator("tester", DISTRICT)
Sql = Callable[..., Sequence[Any]]
ENTITIES = ["企业名称", "统一社会信用代码", "单位类别", "法定代表人", "联系电话", "从业人数", "经营地址", "注册资本"]
PLACES = ["场所名称", "场所类别", "负责人", "负责人电话", "场所地址", "下次检查日期"]
COMPONENTS = ["部件标识码", "部件名称", "主管部门", "部件状态", "所在街道", "所在社区", "经度", "纬度", "初始日期"]


def credit(serial: int, prefix: str = "91") -> str:
    body = f"{prefix}990302{serial:09d}"
    return body + check_character(body)


def company(serial: int, **more: str) -> list[str]:
    row = {"name": f"淄川{serial}号商贸有限公司", "code": credit(serial), "kind": "非公企业", "person": "王小明",
           "phone": f"1007{serial:07d}", "staff": "12", "address": "城里社区3号楼2单元401", "capital": "50万"}  # fmt: skip
    return list((row | more).values())


def lamp(serial: int, **more: Any) -> list[Any]:
    row = {"code": f"37030201037{serial:06d}", "name": "路灯", "department": "区城管局", "state": "完好",
           "town": "般阳路街道", "village": "城里社区", "lon": "", "lat": "", "since": "20240105"}  # fmt: skip
    return list((row | more).values())


@pytest.fixture
def demo_district(seeded_db: str) -> None:
    """A demo district, in which codes that are nobody's are accepted."""
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})


def run(path: Path, actor: Actor = OPERATOR, area: str = DISTRICT, **more: Any) -> Outcome:
    more.setdefault("source", "community")
    return run_file(actor, path, area=area, **more)


def codes(outcome: Outcome) -> dict[str, int]:
    return dict(outcome.check_counts["by_code"])


# --- which kind ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (HEADER, "people"), (ENTITIES, "entities"), (PLACES, "key-places"), (COMPONENTS, "components"),
        (["姓名", "工作单位", "联系电话"], "people"), (["学校名称", "校长", "在校人数", "联系电话"], "key-places"),
        (["GLBJBSM", "GLBJMC", "ZGBMDM", "ZGBMMC", "SZDYWGBSM", "GLBJZT", "CSRQ", "SJLY"], "components"),
        (["商户名称", "营业执照号", "经营者", "经营范围"], "entities"), (["序号", "甲", "乙"], "people"),
    ],
)  # fmt: skip
def test_columns_tell_what_a_table_is_about(header: list[str], kind: str) -> None:
    assert guess_kind(header) == kind


def test_kinds_are_declared_alike() -> None:
    assert set(kinds.KINDS) == set(BY_KIND) == set(NAMES)
    for name, targets in BY_KIND.items():
        assert len({t.name for t in targets}) == len(targets), name
        assert all(t.zh and t.en for t in targets)
    checks: dict[str, set[str]] = {}
    for targets in BY_KIND.values():
        for t in targets:
            checks.setdefault(t.name, set()).add(f"{t.check} {t.code_list}")
    assert not {name: told for name, told in checks.items() if len(told) > 1}


# --- entities --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("demo_district")
def test_a_file_of_entities_is_merged(xlsx: Table) -> None:
    outcome = run(xlsx([ENTITIES, company(1), company(2, kind="个体", code=credit(2, "92"))]), commit=True)
    assert outcome.problem is None and codes(outcome) == {}
    assert (outcome.state, outcome.merge_counts["new"], outcome.merge_counts["things_created"]) == ("merged", 2, 2)
    with acting(OPERATOR):
        one, batch = LegalEntity.objects.get(credit_code=credit(1)), Batch.objects.get()
        record = ThingRecord.objects.get(subject_id=one.id)
    assert (one.entity_kind, one.representative, one.employees, one.area_code) == ("22", "王小明", 12, VILLAGE)
    assert one.address == "城里社区3号楼2单元401" and batch.kind == "entities"
    assert record.batch_id == batch.id and record.row == 2
    assert record.raw["企业名称"] == "淄川1号商贸有限公司" and record.raw["联系电话"].startswith("enc:")
    assert "注册资本" not in record.raw


@pytest.mark.usefixtures("demo_district")
def test_the_same_file_again_changes_nothing_and_an_undo_restores(xlsx: Table, owner_sql: Sql) -> None:
    def image() -> list[Any]:
        return [
            owner_sql("SELECT id, name, employees, field_records FROM registry_legal_entity ORDER BY id"),
            owner_sql("SELECT id, subject_id, superseded_by, facts FROM registry_thing_record ORDER BY id"),
        ]

    run(xlsx([ENTITIES, company(1), company(2)]), commit=True)
    before = image()
    again = run(xlsx([ENTITIES, company(1), company(2)], name="again.xlsx"), commit=True)
    assert again.merge_counts["nothing_changed"] and image() == before
    later = run(xlsx([ENTITIES, company(1, staff="30"), company(3)], name="later.xlsx"), commit=True)
    assert (later.merge_counts["new"], later.merge_counts["updated"]) == (1, 1) and image() != before
    with acting(OPERATOR):
        actions.undo_batch(OPERATOR, later.batch_id)  # type: ignore[arg-type]
    assert perform.perform("undo", later.batch_id) == "undone"  # type: ignore[arg-type]
    assert image() == before
    with acting(OPERATOR):
        assert Batch.objects.get(id=later.batch_id).merge_counts["undone_things"] == 2


@pytest.mark.usefixtures("demo_district")
def test_an_undo_names_what_rests_on_the_batch(xlsx: Table) -> None:
    first = run(xlsx([ENTITIES, company(1)]), commit=True)
    run(xlsx([ENTITIES, company(1, staff="30")], name="later.xlsx"), commit=True)
    with acting(OPERATOR), pytest.raises(actions.UndoBlocked) as refused:
        actions.undo_batch(OPERATOR, first.batch_id)  # type: ignore[arg-type]
    with acting(OPERATOR):
        assert refused.value.params["things"] == [str(LegalEntity.objects.get().id)]
    assert "later.xlsx #2" in refused.value.params["which"] and refused.value.params["kind"] == "entities"


@pytest.mark.usefixtures("demo_district")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": credit(1)[:-1] + ("1" if credit(1)[-1] != "1" else "2")}, "credit.checksum"),
        ({"code": credit(1)[:-1]}, "credit.length"), ({"code": "91370302MA3C0O0X4P"}, "credit.characters"),
        ({"code": ""}, "key.missing"), ({"name": ""}, "title.missing"), ({"staff": "很多"}, "integer.form"),
        ({"kind": "火星企业"}, "code.unknown"), ({"phone": "9876"}, "phone.form"),
        ({"address": "某处"}, "area.unresolved"), ({"kind": "机关"}, None),
    ],
)  # fmt: skip
def test_each_doubt_about_an_entity_is_found(xlsx: Table, change: dict[str, str], code: str | None) -> None:
    outcome = run(xlsx([ENTITIES, company(1, **change), company(2)]))
    assert outcome.problem is None
    assert codes(outcome) == ({code: 1} if code else {}) or code in codes(outcome)


def test_codes_that_are_nobodys_are_refused_outside_of_a_demo(seeded_db: str, xlsx: Table) -> None:
    outcome = run(xlsx([ENTITIES, company(1, phone="")]), commit=True)
    assert codes(outcome) == {"credit.synthetic": 1} and outcome.state == "matched"
    with acting(OPERATOR):
        assert not LegalEntity.objects.exists()


@pytest.mark.usefixtures("demo_district")
def test_one_entity_said_twice(xlsx: Table) -> None:
    outcome = run(xlsx([ENTITIES, company(1), company(1), company(1, staff="99")]))
    assert codes(outcome) == {"thing.duplicate": 1, "row.duplicate": 1}


@pytest.mark.usefixtures("demo_district")
def test_what_the_base_holds_elsewhere_is_told_in_its_row_and_left_alone(xlsx: Table) -> None:
    run(xlsx([ENTITIES, company(1)]), commit=True)
    allowed = frozenset({"intake.batch.view", "intake.batch.upload", "intake.batch.merge"})
    clerk = Actor("staff", "00000000-0000-7000-8000-000000000009", "clerk", (Grant(OTHER_TOWN, allowed),))
    mine = company(1, address="", name="抢注公司")
    outcome = run(xlsx([ENTITIES, mine], name="other.xlsx"), clerk, OTHER_TOWN + "200", commit=True, skip_bad=True)
    assert codes(outcome).get("thing.elsewhere") == 1
    with acting(OPERATOR):
        assert LegalEntity.objects.get().name == "淄川1号商贸有限公司"


@pytest.mark.usefixtures("demo_district")
def test_the_errors_workbook_marks_the_cell(xlsx: Table, tmp_path: Path) -> None:
    out = tmp_path / "errors.xlsx"
    run(xlsx([ENTITIES, company(1, code=credit(1)[:-1])]), errors=out)
    book = openpyxl.load_workbook(out)
    assert "18 位，这里是 17 位" in book.worksheets[0]["B2"].comment.text


# --- key places and components ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("demo_district")
def test_a_file_of_key_places_is_merged(xlsx: Table) -> None:
    rows = [
        ["城里小学", "学校", "李校长", "10070000001", "城里社区1号", "2027-03-01"],
        ["老王饭店", "小餐饮", "老王", "", "城里社区2号", "2026年1月15日"],
    ]
    outcome = run(xlsx([PLACES, *rows]), commit=True)
    assert (outcome.problem, codes(outcome), outcome.merge_counts["new"]) == (None, {}, 2)
    with acting(OPERATOR):
        found = {p.name: p for p in KeyPlace.objects.all()}
    assert found["城里小学"].next_inspection_on == date(2027, 3, 1) and found["城里小学"].place_kind == "10"
    assert found["老王饭店"].place_kind == "24"
    again = run(xlsx([PLACES, *[[*r[:5], "2027-06-01"] for r in rows]], name="2.xlsx"), source="civil", commit=True)
    assert (again.merge_counts["new"], again.merge_counts["updated"]) == (0, 2)


@pytest.mark.usefixtures("demo_district")
def test_a_file_of_components_is_merged_and_positions_are_converted(xlsx: Table) -> None:
    lon, lat = from_wgs84(117.9605, 36.6450, "gcj02")
    rows = [lamp(1), lamp(2, lon=str(float(lon)), lat=str(float(lat)))]
    mapping = {"columns": {"部件标识码": "component_code", "部件名称": "component_name", "主管部门": "department_name",
                           "部件状态": "component_state", "所在街道": "home_town", "所在社区": "home_village",
                           "经度": "lon", "纬度": "lat", "初始日期": "first_dated_on"}, "datum": "gcj02"}  # fmt: skip
    outcome = run(xlsx([COMPONENTS, *rows]), mapping=mapping, commit=True)
    assert outcome.problem is None and outcome.merge_counts["new"] == 2, codes(outcome)
    with acting(OPERATOR):
        found = {c.component_code: c for c in Component.objects.all()}
    one, two = found["37030201037000001"], found["37030201037000002"]
    assert (one.component_class, one.component_state, one.area_code) == ("01037", "1", VILLAGE)
    assert (one.first_dated_on, one.department_name) == (date(2024, 1, 5), "区城管局")
    assert abs(two.lon - 117.9605) < 1e-6 and abs(two.lat - 36.6450) < 1e-6 and len(two.area_code) == 15


@pytest.mark.usefixtures("demo_district")
def test_components_without_a_name_take_the_one_of_their_class(xlsx: Table) -> None:
    outcome = run(xlsx([["部件标识码", "部件状态", "所在社区"], [lamp(1)[0], "完好", "城里社区"]]), commit=True)
    assert outcome.merge_counts["new"] == 1, codes(outcome)
    with acting(OPERATOR):
        assert Component.objects.get().name == "路灯"


@pytest.mark.usefixtures("demo_district")
@pytest.mark.parametrize(
    ("value", "code"),
    [
        (37030201037000001, "number.rounded"), ("3703020103700001", "component.length"),
        ("37030301037000001", "component.county"), ("37030201016000001", "component.class"), ("", "component.missing"),
    ],
)  # fmt: skip
def test_each_doubt_about_a_component_code_is_found(xlsx: Table, value: Any, code: str) -> None:
    outcome = run(xlsx([COMPONENTS, lamp(1, code=value), lamp(2)]))
    assert outcome.problem is None and code in codes(outcome), (codes(outcome), outcome.problem)


# --- choosing the kind -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("demo_district")
def test_a_kind_that_was_misread_is_set_and_the_columns_are_proposed_anew(xlsx: Table) -> None:
    outcome = run(xlsx([["名称", "电话", "地址"], ["甲", "10070000001", "城里社区1号"]]), kind="people")
    assert outcome.problem is not None and outcome.problem.code == "intake.mapping.invalid"
    path = xlsx([["名称", "电话", "地址"], ["甲", "10070000001", "城里社区1号"]], name="b.xlsx")
    with acting(OPERATOR), path.open("rb") as content:
        batch = actions.upload_batch(
            OPERATOR, content, filename="b.xlsx", size=path.stat().st_size, source="community", area=DISTRICT,
            kind="people",
        )  # fmt: skip
    assert perform.perform("read", batch.id) == "mapping"
    with acting(OPERATOR):
        assert Batch.objects.get(id=batch.id).kind == "people"
        assert actions.set_kind(OPERATOR, batch.id, "key-places").state == "uploaded"
    assert perform.perform("read", batch.id) == "mapping"
    with acting(OPERATOR):
        now = Batch.objects.get(id=batch.id)
        assert (now.kind, now.mapping["columns"]["名称"]) == ("key-places", "place_name")
        actions.check_batch(OPERATOR, batch.id)
    assert perform.perform("check", batch.id) == "matched"
    with acting(OPERATOR):
        assert not Finding.objects.filter(batch_id=batch.id, severity="error").exists()


def test_the_api_tells_kinds_and_their_fields(db: str) -> None:
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    listed = browser.get("/api/intake/kinds").json()
    assert [k["name"] for k in listed] == [
        "people", "entities", "key-places", "components", "rentals", "relations", "tags", "hotline-orders", "closed-cases",
    ]  # fmt: skip
    fields = {f["name"]: f for f in browser.get("/api/intake/fields?kind=components").json()}
    assert fields["component_code"]["required"] and fields["home_text"]["label"] == "地址"
    assert "id_number" not in fields
    assert browser.get("/api/intake/fields?kind=nothing").status_code == 422
    assert browser.get("/api/intake/fields").json()[0]["name"] == "name"


@pytest.mark.usefixtures("demo_district")
def test_people_are_taken_in_as_before(xlsx: Table) -> None:
    outcome = run(xlsx([HEADER, person(1)]), commit=True)
    assert outcome.merge_counts["new"] == 1
    with acting(OPERATOR):
        assert Batch.objects.get().kind == "people" and not ThingRecord.objects.exists()


def test_a_mapping_for_another_kind_is_refused(seeded_db: str, xlsx: Table) -> None:
    path = xlsx([ENTITIES, company(1)])
    outcome = run(path, kind="people", mapping={"columns": {"企业名称": "entity_name"}})
    assert outcome.problem is not None
    assert {f.code for f in outcome.problem.fields} == {"intake.mapping.unknown_field", "intake.mapping.required"}
    assert TOWN.startswith(DISTRICT)
