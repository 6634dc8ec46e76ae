"""Relations, guardians of children and tags: who may state and see them, what is refused, and what follows the person."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
import staff
from hypothesis import given
from hypothesis import strategies as st
from people_frames import merge, row

from linli.kernel import area_columns, clock
from linli.kernel.scope import acting
from linli.registry.codes import shipped, tag_kinds
from linli.registry.merge import undo_blockers, undo_people
from linli.registry.models import District, Person, Relation, Tag, TagKind
from linli.registry.problems import RestedUpon
from linli.registry.ties import rules

Sql = Callable[..., Sequence[Any]]
JSON = "application/json"
PHONE = "10070000077"


@pytest.fixture
def browser(db: str) -> Any:
    with acting(staff.OPERATOR):  # where phones that are nobody's pass
        District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})
    return staff.client(staff.staff("clerk", "town_clerk"))


def born(age: int) -> date:
    """A day of birth of somebody who is `age` for some months yet."""
    return clock.today() - timedelta(days=age * 365 + age // 4 + 100)


def people(*rows: dict[str, Any]) -> list[uuid.UUID]:
    """People by name, in the order given; a row is (name, age) with whatever else."""
    merge(list(rows))
    with acting(staff.OPERATOR):
        return [Person.objects.get(name=r["name"]).id for r in rows]


def family() -> tuple[uuid.UUID, uuid.UUID]:
    child, mother = people(
        row(1, "王小宝", None, staff.VILLAGE, birth=born(6)), row(2, "李秀英", None, staff.VILLAGE, birth=born(34))
    )
    return child, mother


def relate(browser: Any, person: uuid.UUID, **more: Any) -> Any:
    body = {"kind": "guardian", "kinship": "52", "other_name": "李秀英", "reason": "入户核实"} | more
    return browser.post(f"/api/people/{person}/relations", body, content_type=JSON)


def ties(browser: Any, person: uuid.UUID) -> dict[str, Any]:
    answer = browser.get(f"/api/people/{person}/ties")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def give(browser: Any, person: uuid.UUID, kind: str = "living_alone", on: date | None = None) -> Any:
    body = {"kind": kind, "given_on": (on or clock.today()).isoformat(), "reason": "民政名单"}
    return browser.post(f"/api/people/{person}/tags", body, content_type=JSON)


def names(browser: Any, path: str) -> list[str]:
    return [item["name"] for item in browser.get(path).json()["items"]]


# --- relations and guardians -----------------------------------------------------------------------------------


def test_a_child_without_a_guardian_is_told_until_one_is_on_record(browser: Any) -> None:
    child, mother = family()
    assert names(browser, "/api/people?missing=guardian") == ["王小宝"]
    told = ties(browser, child)
    assert told["child"] and told["guardian_missing"] and told["may"]["edit"]
    assert not ties(browser, mother)["child"] and not ties(browser, mother)["guardian_missing"]

    today = clock.today().isoformat()
    made = relate(browser, child, other_id=str(mother), other_name="", phone=PHONE)
    assert made.status_code == 200, made.content
    assert names(browser, "/api/people?missing=guardian") == []
    assert names(browser, "/api/people?missing=consent") == ["王小宝"]
    # The consent comes later; stating it replaces what stood and loses neither phone nor history.
    relate(browser, child, other_id=str(mother), other_name="", consent_on=today, consent_form="1")
    assert names(browser, "/api/people?missing=consent") == []
    told = ties(browser, child)
    one, before = told["relations"]
    assert (one["other_name"], one["kinship_label"], one["consent_on"]) == ("李秀英", "母亲", today)
    assert one["consent_label"] == "书面" and one["current"] and one["phone"] == before["phone"] != PHONE
    assert not before["current"] and before["replaced"]
    assert [r["person_name"] for r in ties(browser, mother)["named_by"]] == ["王小宝"]


def test_an_ended_relation_stays_to_be_read_and_counts_no_more(browser: Any) -> None:
    child, _ = family()
    made = relate(browser, child).json()["id"]
    answer = browser.post(f"/api/relations/{made}/end", {"reason": "监护关系变更"}, content_type=JSON)
    assert answer.status_code == 204
    (one,) = ties(browser, child)["relations"]
    assert not one["current"] and one["ended_why"] == "监护关系变更"
    assert names(browser, "/api/people?missing=guardian") == ["王小宝"]
    assert browser.get("/api/relations").json()["items"] == []
    again = browser.post(f"/api/relations/{made}/end", {"reason": "再来一次"}, content_type=JSON)
    assert (again.status_code, again.json()["code"]) == (409, "registry.already_decided")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kinship": "05"}, "kinship"), ({"kind": "kin", "kinship": None}, "kinship"), ({"other_name": " "}, "other_name"),
        ({"phone": "99"}, "phone"), ({"consent_on": "2026-01-01"}, "consent_form"), ({"consent_form": "1"}, "consent_on"),
        ({"consent_on": "2999-01-01", "consent_form": "1"}, "consent_on"),
        ({"consent_on": "2026-01-01", "consent_form": "7"}, "consent_form"),
        ({"kind": "carer", "consent_on": "2026-01-01", "consent_form": "1"}, "consent_on"),
    ],
)  # fmt: skip
def test_each_wrong_relation_is_named_and_nothing_is_kept(browser: Any, change: dict[str, Any], field: str) -> None:
    child, _ = family()
    answer = relate(browser, child, **change)
    assert answer.status_code == 422 and field in [f["field"] for f in answer.json()["fields"]], answer.content
    with acting(staff.OPERATOR):
        assert not Relation.objects.exists()


def test_guardians_are_of_age_and_of_those_who_are_not(browser: Any) -> None:
    child, mother = family()
    (other,) = people(row(3, "王大宝", None, staff.VILLAGE, birth=born(12)))
    young = relate(browser, child, other_id=str(other), other_name="")
    adult = relate(browser, mother)
    itself = relate(browser, child, other_id=str(child), other_name="")
    assert [a.json()["fields"][0]["code"] for a in (young, adult, itself)] == ["young", "adult", "self"]


def test_a_phone_of_a_relation_is_masked_and_shown_for_a_purpose_to_those_who_may(browser: Any) -> None:
    child, _ = family()
    made = relate(browser, child, phone=PHONE).json()["id"]
    assert PHONE not in str(ties(browser, child)) and PHONE not in browser.get("/api/relations").content.decode()
    shown = browser.post(f"/api/relations/{made}/reveal", {"purpose": "通知打疫苗"}, content_type=JSON)
    assert shown.json() == {"value": PHONE}
    worker = staff.client(staff.staff("worker", "grid_worker", staff.VILLAGE))
    refused = worker.post(f"/api/relations/{made}/reveal", {"purpose": "通知打疫苗"}, content_type=JSON)
    assert refused.status_code == 403 and not ties(worker, child)["may"]["reveal"]
    # Numbers of the child itself: masked, and not to be shown either.
    assert (
        worker.post(
            f"/api/people/{child}/reveal", {"field": "phone", "purpose": "通知打疫苗"}, content_type=JSON
        ).status_code
        == 403
    )


def test_an_other_one_out_of_sight_is_named_but_not_linked(browser: Any) -> None:
    child, aunt = people(
        row(1, "王小宝", None, staff.VILLAGE, birth=born(6)),
        row(2, "外镇姑姑", None, staff.OTHER_VILLAGE, birth=born(40)),
    )
    assert relate(browser, child, other_id=str(aunt), other_name="").status_code == 404
    boss = staff.client(staff.staff("boss", "town_clerk", staff.DISTRICT))
    assert relate(boss, child, other_id=str(aunt), other_name="").status_code == 200
    (one,) = ties(browser, child)["relations"]
    assert one["other_name"] == "外镇姑姑" and one["other_id"] is None
    assert ties(boss, child)["relations"][0]["other_id"] == str(aunt)
    # The other place learns no more of it than that it sees nothing.
    other = staff.client(staff.staff("other", "town_clerk", staff.OTHER_TOWN))
    assert ties(other, aunt)["named_by"] == [] and other.get("/api/relations").json()["items"] == []


def test_relations_are_listed_narrowed_paged_and_taken_out_masked(browser: Any) -> None:
    ids = people(*[row(i, f"王{chr(0x4E00 + i)}", None, staff.VILLAGE, birth=born(5)) for i in range(1, 6)])
    for serial, person in enumerate(ids):
        consent = {"consent_on": "2026-01-02", "consent_form": "1"} if serial else {}
        assert relate(browser, person, phone=PHONE, **consent).status_code == 200
    relate(browser, ids[0], kind="contact", other_name="邻居")
    assert browser.get("/api/relations").json()["count"]["value"] == 6
    assert browser.get("/api/relations?kind=guardian&consent=missing").json()["count"]["value"] == 1
    seen, cursor = [], ""
    for _ in range(3):
        page = browser.get(f"/api/relations?limit=2{cursor}").json()
        seen += [item["id"] for item in page["items"]]
        cursor = f"&cursor={page['next']}"
    assert len(set(seen)) == 6 and page["next"] is None
    answer = browser.post("/api/relations/export", {"purpose": "季度核对", "kind": "guardian"}, content_type=JSON)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    lines = list(sheet.iter_rows(values_only=True))
    assert "用户clerk" in str(lines[0][0]) and len(lines) == 7 and PHONE not in str(lines)
    assert browser.post("/api/relations/export", {"purpose": "x"}, content_type=JSON).status_code == 422


# --- tags ------------------------------------------------------------------------------------------------------


def test_a_tag_of_the_catalogue_holds_with_its_law_and_lapses_by_itself(
    browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (elder,) = people(row(1, "赵奶奶", None, staff.VILLAGE, birth=born(85)))
    assert give(browser, elder).status_code == 200
    (one,) = ties(browser, elder)["tags"]
    assert one["name"] == "独居老人（探访关爱）" and "民发〔2022〕73号" in one["legal_basis"]
    assert one["expires_on"] == rules.lapses_on(clock.today(), 12).isoformat()
    assert browser.get("/api/tags?kind=living_alone").json()["count"]["value"] == 1
    later = rules.lapses_on(clock.today(), 12)
    monkeypatch.setattr(clock, "today", lambda: later - timedelta(days=1))
    assert browser.get("/api/tags?soon=true").json()["count"]["value"] == 1
    monkeypatch.setattr(clock, "today", lambda: later)
    assert ties(browser, elder)["tags"] == [] and browser.get("/api/tags").json()["count"]["value"] == 0
    made = one["id"]
    assert browser.post(f"/api/tags/{made}/end", {"reason": "已失效"}, content_type=JSON).status_code == 404


def test_a_tag_is_renewed_and_taken_back(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", None, staff.VILLAGE, birth=born(85)))
    give(browser, elder, on=clock.today() - timedelta(days=200))
    second = give(browser, elder).json()["id"]
    (one,) = ties(browser, elder)["tags"]
    assert one["id"] == second and one["given_on"] == clock.today().isoformat()
    assert browser.post(f"/api/tags/{second}/end", {"reason": "已搬入养老院"}, content_type=JSON).status_code == 204
    assert ties(browser, elder)["tags"] == []
    with acting(staff.OPERATOR):
        assert {t.ended_why for t in Tag.objects.all()} == {None, "已搬入养老院"}
        assert Tag.objects.get(ended_why=None).replaced_with == uuid.UUID(second)


def test_only_what_is_in_the_catalogue_and_has_not_lapsed_is_given(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", None, staff.VILLAGE, birth=born(85)))
    assert give(browser, elder, "nothing").json()["fields"][0]["code"] == "unknown"
    assert give(browser, elder, on=clock.today() + timedelta(days=1)).json()["fields"][0]["code"] == "ahead"
    assert give(browser, elder, on=date.max).json()["fields"][0]["code"] == "ahead"
    assert give(browser, elder, on=date.min).json()["fields"][0]["code"] == "lapsed"
    assert give(browser, elder, on=clock.today() - timedelta(days=400)).json()["fields"][0]["code"] == "lapsed"
    with acting(staff.OPERATOR):
        TagKind.objects.filter(code="living_alone").update(active=False)
        assert not Tag.objects.exists()
    assert give(browser, elder).json()["fields"][0]["code"] == "unknown"


def test_a_kind_out_of_use_takes_its_tags_out_of_sight(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", None, staff.VILLAGE, birth=born(85)))
    give(browser, elder)
    with acting(staff.OPERATOR):
        TagKind.objects.filter(code="living_alone").update(active=False)
    assert ties(browser, elder)["tags"] == [] and browser.get("/api/tags").json()["items"] == []


def test_who_may_not_see_tags_sees_the_person_without_them(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", None, staff.VILLAGE, birth=born(85)))
    give(browser, elder)
    officer = staff.client(staff.staff("officer", "officer"))
    told = ties(officer, elder)
    assert told["tags"] == [] and not told["may"]["tag"] and officer.get("/api/tags").status_code == 403


def test_a_tag_gives_sight_of_nobody(browser: Any) -> None:
    (stranger,) = people(row(1, "外镇人", None, staff.OTHER_VILLAGE, birth=born(85)))
    assert give(browser, stranger).status_code == 404
    boss = staff.client(staff.staff("boss", "town_clerk", staff.DISTRICT))
    assert give(boss, stranger).status_code == 200
    assert browser.get("/api/tags").json()["items"] == []
    assert browser.get(f"/api/people/{stranger}/ties").status_code == 404
    counted = browser.get("/api/tags/by-area?kind=living_alone&level=village").json()
    assert counted == []


def test_the_map_gets_figures_and_no_number_that_names_somebody(browser: Any) -> None:
    near = people(*[row(i, f"王{chr(0x4E00 + i)}", None, staff.VILLAGE, birth=born(85)) for i in range(1, 4)])
    far = people(row(9, "孙一", None, staff.VILLAGE[:9] + "999", birth=born(85)))
    for person in near + far:
        give(browser, person)
    found = browser.get("/api/tags/by-area?kind=living_alone&level=village").json()
    assert {f["code"]: f["people"] for f in found} == {staff.VILLAGE: 3, staff.VILLAGE[:9] + "999": None}


# --- the catalogue ---------------------------------------------------------------------------------------------


def save(browser: Any, code: str, **more: Any) -> Any:
    body = {"name_zh": "志愿者", "name_en": "Volunteer", "source_code": "civil", "legal_basis": "《志愿服务条例》第六条",
            "months": 12, "active": True} | more  # fmt: skip
    return browser.put(f"/api/tag-kinds/{code}", body, content_type=JSON)


def test_the_catalogue_is_kept_by_the_district_and_refuses_what_is_sensitive(db: str) -> None:
    analyst = staff.client(staff.staff("analyst", "analyst", staff.DISTRICT))
    assert save(analyst, "volunteer").status_code == 204
    assert "志愿者" in [k["name"] for k in analyst.get("/api/tag-kinds").json()]
    for name in ("刑满释放人员", "社区矫正对象", "精神障碍患者", "信访重点人员", "吸 毒 人 员", "艾滋病人", "基督教徒"):
        answer = save(analyst, "other", name_zh=name)
        assert answer.status_code == 422 and answer.json()["fields"][0]["code"] == "sensitive", name
    assert save(analyst, "drug_user").json()["fields"][0]["field"] == "code"
    assert save(analyst, "other", legal_basis=" ").json()["fields"][0]["field"] == "legal_basis"
    assert save(analyst, "other", months=37).json()["fields"][0]["field"] == "months"
    assert save(analyst, "other", source_code="nobody").json()["fields"][0]["field"] == "source_code"
    town = staff.client(staff.staff("town", permissions=["registry.tag.catalogue"]))
    assert save(town, "other").status_code == 403


def test_the_catalogue_is_bounded(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_KINDS", len(tag_kinds()))
    analyst = staff.client(staff.staff("analyst", "analyst", staff.DISTRICT))
    assert save(analyst, "volunteer").json()["fields"][0]["code"] == "full"
    assert save(analyst, "living_alone", name_zh="独居老人").status_code == 204


def test_what_is_shipped_passes_its_own_rules() -> None:
    sources = frozenset({"civil", "community"})
    for kind in tag_kinds():
        assert not rules.check_tag_kind(
            kind["code"], kind["name_zh"], kind["name_en"], kind["source_code"], kind["legal_basis"],
            int(kind["months"]), sources,
        ), kind  # fmt: skip
    kinships = [item for item in shipped() if item.list == "kinship"]
    assert len({i.code for i in kinships}) == len(kinships) and all(i.label_zh and i.label_en for i in kinships)


# --- what follows the person -----------------------------------------------------------------------------------


def test_ties_follow_a_person_who_moves(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", 1, staff.VILLAGE, birth=born(85)))
    relate(browser, elder, kind="carer", kinship="30", other_name="女儿")
    give(browser, elder)
    merge([row(1, "赵奶奶", 1, staff.OTHER_VILLAGE, birth=born(85))], observed_on=date(2026, 6, 1))
    other = staff.client(staff.staff("other", "town_clerk", staff.OTHER_TOWN))
    with acting(staff.OPERATOR):
        area = Person.objects.get(id=elder).area_code
        assert {r.area_code for r in (*Relation.objects.all(), *Tag.objects.all())} == {area}
    assert area.startswith(staff.OTHER_TOWN)
    assert len(ties(other, elder)["relations"]) == len(ties(other, elder)["tags"]) == 1


def test_what_was_written_in_the_old_town_is_not_read_in_the_new_one(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", 1, staff.VILLAGE, birth=born(85)))
    relate(browser, elder, kind="contact", kinship=None, other_name="邻居")
    ended = ties(browser, elder)["relations"][0]["id"]
    assert browser.post(f"/api/relations/{ended}/end", {"reason": "与本人不和"}, content_type=JSON).status_code == 204
    relate(browser, elder, kind="carer", kinship="30", other_name="女儿")
    give(browser, elder)
    merge([row(1, "赵奶奶", 1, staff.OTHER_VILLAGE, birth=born(85))], observed_on=date(2026, 6, 1))
    other = staff.client(staff.staff("other", "town_clerk", staff.OTHER_TOWN))
    there = ties(other, elder)
    assert [(r["other_name"], r["current"]) for r in there["relations"]] == [("女儿", True), ("邻居", False)]
    notes = ("source_name", "reason", "recorded_by", "ended_why", "ended_by")
    assert {r[note] for r in there["relations"] for note in notes} == {None}
    assert {there["tags"][0][note] for note in notes[1:]} == {None}
    carer = there["relations"][0]["id"]
    assert other.post(f"/api/relations/{carer}/end", {"reason": "已搬走"}, content_type=JSON).status_code == 204
    (last,) = [r for r in ties(other, elder)["relations"] if r["id"] == carer]
    assert (last["ended_why"], last["ended_by"], last["reason"]) == ("已搬走", "用户other", None)
    over = staff.client(staff.staff("over", "town_clerk", staff.DISTRICT))
    assert {r["reason"] for r in ties(over, elder)["relations"]} == {"入户核实"}
    assert {r["ended_why"] for r in ties(over, elder)["relations"]} == {"与本人不和", "已搬走"}


def test_every_change_of_a_relation_and_a_tag_is_told_with_who_and_when(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", None, staff.VILLAGE, birth=born(85)))
    relate(browser, elder, kind="carer", kinship="30", other_name="女儿")
    relate(browser, elder, kind="carer", kinship="20", other_name="女儿")
    give(browser, elder, on=clock.today() - timedelta(days=30))
    give(browser, elder)
    tag = ties(browser, elder)["tags"][0]["id"]
    assert browser.post(f"/api/tags/{tag}/end", {"reason": "已不独居"}, content_type=JSON).status_code == 204
    told = ties(browser, elder)
    assert [(r["current"], r["replaced"], r["recorded_by"], r["ended_by"]) for r in told["relations"]] == [
        (True, False, "用户clerk", None), (False, True, "用户clerk", "用户clerk"),
    ]  # fmt: skip
    assert told["tags"] == []
    assert [(x["replaced"], x["ended_why"], x["ended_by"]) for x in told["past_tags"]] == [
        (False, "已不独居", "用户clerk"), (True, None, "用户clerk"),
    ]  # fmt: skip


def test_ended_relations_and_past_tags_have_their_lists(browser: Any, owner_sql: Sql) -> None:
    lapsed, back, stays = people(*(row(i, n, None, staff.VILLAGE, birth=born(85)) for i, n in enumerate("甲乙丙", 1)))
    for elder in (lapsed, back, stays):
        relate(browser, elder, kind="carer", kinship="30", other_name="女儿")
        give(browser, elder)
    relate(browser, back, kind="carer", kinship="20", other_name="女儿")  # in the place of the first, which did not end
    for path in (
        f"relations/{ties(browser, lapsed)['relations'][0]['id']}",
        f"tags/{ties(browser, back)['tags'][0]['id']}",
    ):
        assert browser.post(f"/api/{path}/end", {"reason": "不再需要"}, content_type=JSON).status_code == 204
    owner_sql("UPDATE registry_tag SET expires_on = %s WHERE person_id = %s RETURNING 1", [clock.today(), lapsed])

    def listed(path: str) -> list[str]:
        page = browser.get(path).json()
        assert page["count"]["value"] == len(page["items"])
        return sorted(item["person_name"] for item in page["items"])

    assert listed("/api/relations?state=ended") == ["甲"] and listed("/api/relations") == ["丙", "乙"]
    assert listed("/api/tags?state=past") == ["乙", "甲"] and listed("/api/tags") == ["丙"]
    answer = browser.post("/api/tags/export", {"purpose": "季度核对", "state": "past"}, content_type=JSON)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert {r[0] for r in sheet.iter_rows(values_only=True)} >= {"甲", "乙"}
    assert "丙" not in {r[0] for r in sheet.iter_rows(values_only=True)}
    owner_sql("UPDATE registry_tag_kind SET active = false RETURNING 1")
    assert listed("/api/tags?state=past") == [], "a kind out of use is told of nowhere"


def test_a_recode_carries_ties_with_their_people(browser: Any) -> None:
    (elder,) = people(row(1, "赵奶奶", None, staff.VILLAGE, birth=born(85)))
    relate(browser, elder, kind="carer", kinship="30", other_name="女儿")
    give(browser, elder)
    new = staff.VILLAGE[:9] + "888"
    with acting(staff.OPERATOR):
        area_columns.move(area_columns.Moves({staff.VILLAGE: (new,)}))
        assert {r.area_code for r in (*Relation.objects.all(), *Tag.objects.all())} == {new}
    assert [t["area_code"] for t in browser.get("/api/tags").json()["items"]] == [new]


def test_an_import_whose_person_has_ties_by_hand_is_not_undone_before_they_are_gone(browser: Any) -> None:
    batch, _ = merge([row(1, "王小宝", None, staff.VILLAGE, birth=born(6))])
    with acting(staff.OPERATOR):
        child = Person.objects.get().id
    relate(browser, child)
    (blocker,) = undo_blockers(batch, staff.DISTRICT)
    assert (blocker.subject_id, blocker.source_code) == (child, "manual")
    with pytest.raises(RestedUpon):
        undo_people(batch, staff.OPERATOR, staff.DISTRICT)
    # Another statement keeps the person, and then the batch goes and the relation stays.
    merge([row(1, "王小宝", None, staff.VILLAGE, birth=born(6))], source="police")
    with acting(staff.OPERATOR):
        assert Person.objects.count() in (1, 2)


# --- rules -----------------------------------------------------------------------------------------------------


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 36))
def test_a_tag_lapses_after_its_months_and_never_on_the_day_it_is_given(given_on: date, months: int) -> None:
    lapses = rules.lapses_on(given_on, months)
    assert lapses > given_on
    assert (lapses.year * 12 + lapses.month) - (given_on.year * 12 + given_on.month) == months
    assert lapses.day == given_on.day or (lapses.day < given_on.day and (lapses + timedelta(days=1)).day == 1)


@given(st.dates(date(1950, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 1), date(2060, 1, 1)))
def test_a_child_is_one_until_the_fourteenth_birthday(birth: date, today: date) -> None:
    fourteen = (
        birth.replace(year=birth.year + 14) if (birth.month, birth.day) != (2, 29) else date(birth.year + 14, 3, 1)
    )
    assert rules.is_child(birth, today) is (today < fourteen)


@given(
    st.text(max_size=20),
    st.sampled_from([w for _, _, words in rules.REFUSED for w in words if not w.isascii()]),
    st.text(max_size=20),
)
def test_no_word_around_it_hides_a_sensitive_one(before: str, word: str, after: str) -> None:
    assert rules.refused_for(before + word + after) is not None


@pytest.mark.parametrize(
    "name", ["Village volunteer", "Skilled worker", "Family with two children", "志愿者", "高龄津贴对象"]
)
def test_harmless_names_pass(name: str) -> None:
    assert rules.refused_for(name) is None
