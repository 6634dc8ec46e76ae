"""Tables of relations and of tags through the intake: each finding, repeated, undone, out of sight, against what stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from intake_tables import DISTRICT, OTHER_TOWN, TOWN, Table, number

from linli.intake import actions, perform
from linli.intake.compare import actions as comparing
from linli.intake.compare.problems import NotCompared
from linli.intake.models import Batch, Finding
from linli.intake.runner import Outcome, run_file
from linli.intake.suggest import guess_kind
from linli.kernel import clock
from linli.kernel.actors import Actor, operator
from linli.kernel.scope import acting
from linli.registry.models import District, Person, Relation, Tag, TagKind

OPERATOR = operator("tester", DISTRICT)
Sql = Callable[..., Sequence[Any]]
RELATIONS = [
    "儿童姓名",
    "儿童身份证号",
    "关系类别",
    "与儿童关系",
    "监护人姓名",
    "监护人身份证号",
    "监护人电话",
    "同意日期",
    "同意方式",
]
TAGS = ["姓名", "身份证号", "标签", "来源部门", "起始日期", "截止日期"]
TODAY = clock.today()
PHONE = "10070000077"


def born(age: int) -> date:
    """A day of birth of somebody who is `age` for some months yet."""
    return TODAY - timedelta(days=age * 365 + age // 4 + 100)


CHILD, MOTHER, FATHER, ELDER = number(1, born(6)), number(2, born(34)), number(3, born(36)), number(4, born(82))
FAR_VILLAGE = OTHER_TOWN + "201"
FAR, NOBODY = number(5, born(40)), number(6, born(40))


@pytest.fixture
def base(seeded_db: str, xlsx: Table) -> None:
    """A demo district with a family, an elder, and somebody of another town."""
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})
    near = "城里社区3号楼2单元401"
    rows = [["姓名", "公民身份号码", "现住址", "所在村居"]]
    rows += [[name, no, near, ""] for name, no in
             (("王小宝", CHILD), ("李秀英", MOTHER), ("王大明", FATHER), ("赵奶奶", ELDER))]  # fmt: skip
    rows.append(["钱远方", FAR, "", FAR_VILLAGE])
    outcome = run_file(OPERATOR, xlsx(rows, name="people.xlsx"), area=DISTRICT, source="police", commit=True)
    assert outcome.merged and outcome.merge_counts["new"] == 5, (outcome.problem, outcome.check_counts)


def related(**more: Any) -> list[Any]:
    row = {"name": "王小宝", "id": CHILD, "kind": "监护人", "kinship": "母亲", "other": "李秀英", "other_id": MOTHER,
           "phone": PHONE, "on": TODAY.isoformat(), "form": "书面"}  # fmt: skip
    return list((row | more).values())


def tagged(**more: Any) -> list[Any]:
    row = {"name": "赵奶奶", "id": ELDER, "tag": "独居老人（探访关爱）", "source": "", "since": TODAY.isoformat(),
           "until": (TODAY + timedelta(days=90)).isoformat()}  # fmt: skip
    return list((row | more).values())


def run(path: Path, source: str = "civil", actor: Actor = OPERATOR, area: str = DISTRICT, **more: Any) -> Outcome:
    return run_file(actor, path, area=area, source=source, commit=True, **more)


def merged(path: Path, **more: Any) -> Outcome:
    outcome = run(path, **more)
    assert outcome.problem is None and outcome.merged, (outcome.problem, outcome.check_counts)
    return outcome


def told(path: Path, **more: Any) -> set[str]:
    return set(run(path, **more).check_counts["by_code"])


def undo(outcome: Outcome) -> None:
    with acting(OPERATOR):
        actions.undo_batch(OPERATOR, outcome.batch_id)  # type: ignore[arg-type]
    assert perform.perform("undo", outcome.batch_id) == "undone"  # type: ignore[arg-type]


def who(no_name: str) -> Any:
    with acting(OPERATOR):
        return Person.objects.get(name=no_name).id


def test_the_columns_tell_relations_tags_and_people_apart() -> None:
    assert guess_kind(RELATIONS) == "relations"
    assert guess_kind(["姓名", "身份证号", "与本人关系", "关系人姓名", "关系人身份证号"]) == "relations"
    assert guess_kind(TAGS) == "tags"
    assert guess_kind(["姓名", "身份证号", "联系电话", "现住址"]) == "people"
    assert guess_kind(["姓名", "公民身份号码", "性别", "民族", "监护人姓名", "监护人电话"]) == "people"


@pytest.mark.usefixtures("base")
def test_a_table_of_guardians_states_relations_with_their_batch_and_row(xlsx: Table) -> None:
    rows = [related(), related(kinship="51", other="王大明", other_id=FATHER, phone="", on="", form=""),
            related(kind="", kinship="祖母", other="赵奶奶", other_id="", phone="", on="", form="")]  # fmt: skip
    outcome = merged(xlsx([RELATIONS, *rows]))
    assert outcome.check_counts["by_code"] == {"relation.consent_missing": 1} and outcome.merge_counts["new"] == 3
    with acting(OPERATOR):
        mother = Relation.objects.get(other_id=who("李秀英"))
        father = Relation.objects.get(other_id=who("王大明"))
        grandmother = Relation.objects.get(kind="kin")
    assert (mother.kind, mother.kinship, mother.consent_on, mother.consent_form) == ("guardian", "52", TODAY, "1")
    assert (mother.person_id, mother.batch_id, mother.source_code, mother.row) == (
        who("王小宝"), outcome.batch_id, "civil", 2,
    )  # fmt: skip
    assert mother.phone is not None and PHONE.encode() not in bytes(mother.phone) and father.consent_on is None
    assert (grandmother.other_id, grandmother.other_name) == (None, "赵奶奶")


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": ""}, "person.number_missing"),
        ({"id": NOBODY}, "person.not_found"),
        ({"name": "王小贝"}, "person.name_differs"),
        ({"other": "李秀兰"}, "person.name_differs"),
        ({"kind": "", "kinship": "", "on": "", "form": ""}, "relation.kind_missing"),
        ({"kind": "邻居"}, "code.unknown"),
        ({"kind": "亲属", "kinship": "", "on": "", "form": ""}, "relation.kinship_missing"),
        ({"kinship": "干妈"}, "code.unknown"),
        ({"other": "", "other_id": ""}, "relation.other_missing"),
        ({"other": "", "other_id": CHILD}, "relation.self"),
        ({"name": "李秀英", "id": MOTHER, "other": "王大明", "other_id": FATHER}, "relation.adult"),
        ({"other": "孙小", "other_id": number(8, born(12))}, "relation.young"),
        ({"form": ""}, "relation.consent_half"),
        ({"on": ""}, "relation.consent_half"),
        ({"kind": "照护人"}, "relation.consent_only"),
        ({"phone": "99"}, "phone.form"),
        ({"on": (TODAY + timedelta(days=2)).isoformat()}, "date.future"),
        ({"other_id": MOTHER[:-1] + ("0" if MOTHER[-1] != "0" else "1")}, "id.checksum"),
    ],
)  # fmt: skip
def test_what_may_not_be_stated_is_an_error_with_its_reason(xlsx: Table, change: dict[str, Any], code: str) -> None:
    outcome = run(xlsx([RELATIONS, related(**change)]), kind="relations")
    assert code in outcome.check_counts["by_code"] and outcome.check_counts["bad_rows"] == 1, outcome.check_counts
    assert not outcome.merged
    with acting(OPERATOR):
        assert not Relation.objects.exists()


@pytest.mark.usefixtures("base")
def test_somebody_unknown_is_kept_by_name_and_a_child_without_consent_is_remarked_upon(xlsx: Table) -> None:
    outcome = merged(xlsx([RELATIONS, related(other="周外人", other_id=NOBODY, on="", form="")]))
    assert outcome.check_counts["by_code"] == {"relation.other_not_found": 1, "relation.consent_missing": 1}
    with acting(OPERATOR):
        one = Relation.objects.get()
    assert (one.other_id, one.other_name) == (None, "周外人")
    # Once that person is in the base, the same table ties the two together, and states nothing twice.
    people = [["姓名", "公民身份号码", "现住址"], ["周外人", NOBODY, "城里社区3号楼2单元401"]]
    merged(xlsx(people, name="more.xlsx"), kind="people")
    again = merged(xlsx([RELATIONS, related(other="周外人", other_id=NOBODY, on="", form="")], name="again.xlsx"))
    assert again.merge_counts["updated"] == 1
    with acting(OPERATOR):
        assert Relation.objects.get(ended_on=None).other_id == who("周外人")


@pytest.mark.usefixtures("base")
def test_repeating_changes_nothing_and_an_undo_takes_everything_back(xlsx: Table, owner_sql: Sql) -> None:
    def image() -> list[Any]:
        return [owner_sql(f"SELECT to_jsonb(t) - 'phone' FROM {table} t ORDER BY id") for table in
                ("registry_relation", "registry_tag", "registry_person")]  # fmt: skip

    empty = image()
    first = merged(xlsx([RELATIONS, related(on="", form="")]))
    before = image()
    again = merged(xlsx([RELATIONS, related(on="", form="")], name="again.xlsx"))
    assert again.merge_counts["nothing_changed"] and image() == before
    # A later table adds the consent, and leaves out the phone, which stays.
    second = merged(xlsx([RELATIONS, related(phone="")], name="consent.xlsx"), source="community")
    with acting(OPERATOR):
        now = Relation.objects.get(ended_on=None)
    assert second.merge_counts["updated"] == 1 and now.consent_on == TODAY and now.phone is not None
    with acting(OPERATOR), pytest.raises(actions.UndoBlocked):
        actions.undo_batch(OPERATOR, first.batch_id)  # type: ignore[arg-type]
    undo(second)
    assert image() == before
    undo(first)
    assert image() == empty


@pytest.mark.usefixtures("base")
def test_what_somebody_stated_or_ended_by_hand_stands(xlsx: Table) -> None:
    clerk = staff.client(staff.staff("clerk", "town_clerk", DISTRICT))
    child = who("王小宝")
    body = {"kind": "guardian", "kinship": "52", "other_id": str(who("李秀英")), "reason": "入户核实"}
    made = clerk.post(f"/api/people/{child}/relations", body, content_type="application/json").json()["id"]
    outcome = merged(xlsx([RELATIONS, related()]))
    assert outcome.check_counts["by_code"]["relation.by_hand"] == 1 and outcome.merge_counts["unchanged"] == 1
    ended = clerk.post(f"/api/relations/{made}/end", {"reason": "变更监护"}, content_type="application/json")
    assert ended.status_code == 204
    assert told(xlsx([RELATIONS, related()], name="b.xlsx")) == {"relation.ended"}
    with acting(OPERATOR):
        assert Relation.objects.count() == 1 and not Relation.objects.filter(ended_on=None).exists()


@pytest.mark.usefixtures("base")
def test_an_undo_of_what_somebody_ended_does_not_bring_back_what_it_had_replaced(xlsx: Table) -> None:
    merged(xlsx([RELATIONS, related(on="", form="")]))
    second = merged(xlsx([RELATIONS, related()], name="consent.xlsx"))
    clerk = staff.client(staff.staff("clerk", "town_clerk", DISTRICT))
    with acting(OPERATOR):
        current = Relation.objects.get(ended_on=None).id
    clerk.post(f"/api/relations/{current}/end", {"reason": "变更监护"}, content_type="application/json")
    undo(second)
    with acting(OPERATOR):
        one = Relation.objects.get()
    assert (one.ended_on, one.ended_why, one.replaced_with) == (TODAY, "变更监护", None)


@pytest.mark.usefixtures("base")
def test_somebody_out_of_sight_gives_the_same_finding_as_somebody_unknown(xlsx: Table) -> None:
    account = staff.staff("near", "town_clerk", TOWN, unit_area=DISTRICT)
    near = perform.actor_of(staff.actor(account).id)
    rows = [related(name="钱远方", id=FAR), related(name="钱远方", id=NOBODY)]
    tags = [tagged(name="钱远方", id=FAR), tagged(name="钱远方", id=NOBODY)]
    for header, table, name in ((RELATIONS, rows, "r.xlsx"), (TAGS, tags, "t.xlsx")):
        outcome = run(xlsx([header, *table], name=name), actor=near, area=TOWN)
        with acting(OPERATOR):
            found = list(
                Finding.objects.filter(batch_id=outcome.batch_id, severity="error").order_by("row")
                .values_list("row", "column", "code", "params")
            )  # fmt: skip
        assert found == [(n, header[1], "person.not_found", {}) for n in (2, 3)]
        assert not outcome.merged
    # The other one out of sight is kept by the name given, like anybody unknown, and never by the base's.
    outcome = run(xlsx([RELATIONS, related(other="错名字", other_id=FAR)], name="o.xlsx"), actor=near, area=TOWN)
    assert set(outcome.check_counts["by_code"]) == {"relation.other_not_found"}
    with acting(OPERATOR):
        assert (Relation.objects.get().other_id, Relation.objects.get().other_name) == (None, "错名字")


@pytest.mark.usefixtures("base")
def test_tags_are_given_by_the_catalogue(xlsx: Table) -> None:
    since, last = TODAY - timedelta(days=10), TODAY + timedelta(days=90)
    outcome = merged(xlsx([TAGS, tagged(since=since.isoformat())]))
    assert outcome.check_counts["by_code"] == {} and outcome.merge_counts["new"] == 1
    with acting(OPERATOR):
        one = Tag.objects.get()
        kind = TagKind.objects.get(code="living_alone")
    assert (one.kind, one.source_code, one.legal_basis) == ("living_alone", "civil", kind.legal_basis)
    assert (one.person_id, one.observed_on, one.expires_on) == (who("赵奶奶"), since, last + timedelta(days=1))
    assert (one.batch_id, one.row) == (outcome.batch_id, 2)
    again = merged(xlsx([TAGS, tagged(since=since.isoformat())], name="again.xlsx"))
    assert again.merge_counts["nothing_changed"]
    renewed = merged(xlsx([TAGS, tagged()], name="renewed.xlsx"))
    assert renewed.merge_counts["updated"] == 1
    with acting(OPERATOR):
        assert Tag.objects.get(ended_on=None).observed_on == TODAY and Tag.objects.count() == 2
    undo(renewed)
    with acting(OPERATOR):
        assert Tag.objects.get().ended_on is None
    undo(outcome)
    with acting(OPERATOR):
        assert not Tag.objects.exists()


@pytest.mark.usefixtures("base")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tag": ""}, "tag.missing"),
        ({"tag": "热心人"}, "tag.unknown"),
        ({"tag": "刑满释放人员"}, "tag.sensitive"),
        ({"tag": "精神障碍患者"}, "tag.sensitive"),
        ({"source": "卫健"}, "tag.source"),
        ({"id": NOBODY}, "person.not_found"),
        ({"id": ""}, "person.number_missing"),
        ({"since": "2020-01-01", "until": ""}, "tag.lapsed"),
        ({"since": (TODAY - timedelta(days=9)).isoformat(), "until": (TODAY - timedelta(days=2)).isoformat()}, "tag.lapsed"),
        ({"until": (TODAY - timedelta(days=2)).isoformat()}, "tag.until_before"),
        ({"since": (TODAY + timedelta(days=2)).isoformat()}, "date.future"),
    ],
)  # fmt: skip
def test_no_tag_is_given_against_the_catalogue(xlsx: Table, change: dict[str, Any], code: str) -> None:
    outcome = run(xlsx([TAGS, tagged(**change)]))
    assert code in outcome.check_counts["by_code"] and outcome.check_counts["bad_rows"] == 1, outcome.check_counts
    with acting(OPERATOR):
        assert not outcome.merged and not Tag.objects.exists()


@pytest.mark.usefixtures("base")
def test_a_tag_out_of_use_or_of_another_department_is_refused(xlsx: Table) -> None:
    assert told(xlsx([TAGS, tagged()]), source="health") == {"tag.source"}
    assert told(xlsx([TAGS, tagged(source="民政")], name="b.xlsx"), source="community") == set()
    with acting(OPERATOR):
        TagKind.objects.filter(code="living_alone").update(active=False)
    assert told(xlsx([TAGS, tagged()], name="c.xlsx")) == {"tag.unknown"}


@pytest.mark.usefixtures("base")
def test_the_catalogue_bounds_how_long_a_tag_holds(xlsx: Table) -> None:
    rows = [tagged(until=""), tagged(name="王大明", id=FATHER, until="2099-01-01")]
    outcome = merged(xlsx([TAGS, *rows]))
    assert outcome.check_counts["by_code"] == {"tag.until_missing": 1, "tag.until_beyond": 1}
    with acting(OPERATOR):
        ends = set(Tag.objects.values_list("expires_on", flat=True))
    assert len(ends) == 1 and ends.pop() <= TODAY + timedelta(days=366)


@pytest.mark.usefixtures("base")
def test_a_tag_taken_back_by_hand_is_not_brought_back(xlsx: Table) -> None:
    merged(xlsx([TAGS, tagged()]))
    clerk = staff.client(staff.staff("clerk", "town_clerk", DISTRICT))
    with acting(OPERATOR):
        tag = Tag.objects.get().id
    answer = clerk.post(f"/api/tags/{tag}/end", {"reason": "已不独居"}, content_type="application/json")
    assert answer.status_code == 204
    assert told(xlsx([TAGS, tagged()], name="b.xlsx")) == {"tag.ended"}


@pytest.mark.usefixtures("base")
def test_findings_and_marked_workbooks_show_no_number_and_no_sensitive_word(xlsx: Table, tmp_path: Path) -> None:
    rows = [related(id=NOBODY), related(kinship="干妈", phone="12345")]
    outcome = run(xlsx([RELATIONS, *rows]))
    marked = tmp_path / "marked.xlsx"
    bad_tag = run(xlsx([TAGS, tagged(tag="吸毒人员")], name="t.xlsx"), errors=marked)
    with acting(OPERATOR):
        shown = [str(f) for b in (outcome, bad_tag) for f in Finding.objects.filter(batch_id=b.batch_id).values()]
        previews = [str(Batch.objects.get(id=b.batch_id).preview) for b in (outcome, bad_tag)]
    assert shown
    for text in (*shown, *previews):
        assert NOBODY not in text and CHILD not in text and MOTHER not in text and "吸毒" not in text
    (comment,) = [
        cell.comment.text for row in openpyxl.load_workbook(marked).active.iter_rows() for cell in row if cell.comment
    ]  # fmt: skip
    assert "违法犯罪记录" in comment and "吸毒" not in comment


@pytest.mark.usefixtures("base")
def test_tables_of_ties_are_not_compared_and_say_so(xlsx: Table) -> None:
    outcome = merged(xlsx([TAGS, tagged()]))
    with acting(OPERATOR), pytest.raises(NotCompared):
        comparing.ask(OPERATOR, outcome.batch_id)  # type: ignore[arg-type]
