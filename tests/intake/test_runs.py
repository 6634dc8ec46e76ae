"""Whole runs against the real database: what is merged, what is left out, repeats, undo, reviews, scope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from intake_tables import DISTRICT, HEADER, OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, Table, number, person
from shapely.geometry import LineString

from linli.access.keeping import actions as keeping
from linli.intake import actions, perform, queries
from linli.intake.models import Batch, Finding
from linli.intake.permissions import BATCH_MERGE, BATCH_UNDO, BATCH_UPLOAD, BATCH_VIEW
from linli.intake.rules import State
from linli.intake.runner import Outcome, run_file
from linli.intake.work import WrongState
from linli.kernel import clock
from linli.kernel.actors import Actor, Grant, operator
from linli.kernel.errors import Forbidden, NotFound
from linli.kernel.scope import acting
from linli.places.grids import states
from linli.places.grids.actions import change_grids
from linli.places.grids.rules import Split
from linli.registry.actions.decisions import decide_transfer
from linli.registry.models import District, Person, SourceRecord, Transfer
from linli.registry.problems import NumberTaken

OPERATOR = operator("tester", DISTRICT)
ALL = frozenset({BATCH_VIEW, BATCH_UPLOAD, BATCH_MERGE, BATCH_UNDO, "registry.person.view"})
Sql = Callable[..., Sequence[Any]]
pytestmark = pytest.mark.usefixtures("demo_district")


@pytest.fixture
def demo_district(seeded_db: str) -> None:
    """A demo district, in which numbers that are nobody's are accepted."""
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})


def clerk(area: str, name: str = "clerk") -> Actor:
    return Actor("staff", f"00000000-0000-7000-8000-{area:0>12}", name, (Grant(area, ALL),))


def run(path: Path, actor: Actor = OPERATOR, area: str = DISTRICT, **more: Any) -> Outcome:
    more.setdefault("source", "community")
    return run_file(actor, path, area=area, **more)


def people() -> int:
    with acting(OPERATOR):
        return Person.objects.count()


def fingerprint(sql: Sql) -> list[Any]:
    """Everything the base says about people, in a form that two moments can be compared by."""
    tables = {
        "registry_person": "id, area_code, name, birth, id_hash, phone_hash, main_record, field_records",
        "registry_person_area": "person_id, area_code, kind",
        "registry_name_token": "token, area_code, person_id",
        "registry_residence": "person_id, dwelling_id, area_code, since, until, record_id",
        "registry_source_record": "id, source_code, batch_id, row, person_id, state, match_key, superseded_by",
        "registry_household": "id, key, number",
        "registry_transfer": "id, state, from_area, to_area",
        "places_dwelling": "id, standard",
    }
    return [sql(f"SELECT {columns} FROM {table} ORDER BY {columns}") for table, columns in tables.items()]


def test_a_clean_file_is_merged(xlsx: Table) -> None:
    outcome = run(xlsx([HEADER, *(person(i) for i in range(1, 6))]), commit=True)
    assert outcome.problem is None and outcome.check_counts["by_code"] == {}
    assert (outcome.state, outcome.merge_counts["new"], people()) == ("merged", 5, 5)


def test_nobody_is_merged_into_a_grid_that_ended_since_the_check(xlsx: Table) -> None:
    """Twice: after the rows were checked, and while they are checked anew for that."""
    ended: list[str] = []

    def watch(state: State, stage: str, percent: int) -> None:
        if state == State.MERGING and len(ended) < 2:
            code = f"{(OTHER_VILLAGE, VILLAGE)[len(ended)]}001"
            ended.append(code)
            with acting(OPERATOR):
                split(code)

    rows = [[*person(1), f"{VILLAGE}001"], [*person(2, address="城一社区3号楼2单元401"), f"{OTHER_VILLAGE}001"]]
    outcome = run(xlsx([[*HEADER, "所在网格"], *rows]), commit=True, watcher=watch)
    assert (len(ended), outcome.state, outcome.check_counts["bad_rows"], people()) == (2, "matched", 2, 0)


def split(code: str) -> None:
    """Cut a grid in two from south to north."""
    village = states.villages([code[:12]])[code[:12]]
    west, south, east, north = village.grids[code].figure.bounds
    line = LineString([((west + east) / 2, south - 0.001), ((west + east) / 2, north + 0.001)])
    change_grids(OPERATOR, village.code, [Split(code, line)], stamp=states.stamp(village))


def test_without_commit_nothing_is_written(xlsx: Table, owner_sql: Sql) -> None:
    outcome = run(xlsx([HEADER, person(1)]))
    assert (outcome.state, outcome.match_counts["new"], people()) == ("matched", 1, 0)
    assert owner_sql("SELECT count(*) FROM registry_source_record") == [(0,)]


def test_a_file_with_errors_stops_unless_bad_rows_are_left_out(xlsx: Table) -> None:
    path = xlsx([HEADER, person(1), person(2, id="370302199013011234"), person(3)])
    stopped = run(path, commit=True)
    assert (stopped.state, stopped.has_errors, people()) == ("matched", True, 0)
    merged = run(path, commit=True, skip_bad=True)
    assert (merged.state, merged.merge_counts["skipped"], people()) == ("merged", 1, 2)


def test_the_same_file_again_changes_nothing_and_says_so(xlsx: Table, owner_sql: Sql) -> None:
    path = xlsx([HEADER, *(person(i) for i in range(1, 6))])
    run(path, commit=True)
    before = fingerprint(owner_sql)
    again = run(path, commit=True)
    assert again.merge_counts["nothing_changed"] and again.merge_counts["unchanged"] == 5
    assert fingerprint(owner_sql) == before


def findings_of(outcome: Outcome) -> list[tuple[Any, ...]]:
    with acting(OPERATOR):
        found = Finding.objects.filter(batch_id=outcome.batch_id).order_by("number")
        return list(found.values_list("row", "column", "code", "value_masked", "params"))


def test_what_a_file_left_out_stays_left_out_when_the_same_file_comes_again(xlsx: Table, owner_sql: Sql) -> None:
    addresses = [
        "昆仑镇聂村阳光花园3号楼2单元401",
        "聂村阳光花园5号楼1单元101",  # two towns have a 聂村; the other may have an 阳光花园 that nobody wrote of yet
        "阳光花园8号楼1单元102",  # and so may any village
        "城里社区锦绣家园1号楼1单元101",
        "城里锦绣里2号楼101",
        "十里铺花园2号楼2单元201室",
        "双杨镇月庄村月庄社区楼1号楼101",
        "月庄社区楼1号楼402",
        "高家村高家小院1号楼101",
    ]
    path = xlsx([HEADER, *(person(i, address=a) for i, a in enumerate(addresses, 1))])
    first = run(path, commit=True, skip_bad=True)
    assert first.check_counts["by_code"]["area.ambiguous"] >= 1 and first.merge_counts["new"] >= 4
    before = fingerprint(owner_sql)
    again = run(path, commit=True, skip_bad=True)
    assert again.merge_counts["nothing_changed"], again.merge_counts
    assert fingerprint(owner_sql) == before
    assert findings_of(again) == findings_of(first)


def test_a_compound_of_which_every_home_states_one_grid_tells_it_for_later_homes(xlsx: Table, owner_sql: Sql) -> None:
    grid = "城里社区锦绣家园"
    (code,), *_ = owner_sql("SELECT code FROM places_grid WHERE village_code = '370302001001' ORDER BY code LIMIT 1")
    stated = [[*person(i, address=f"{grid}1号楼1单元{i}01"), code] for i in range(1, 4)]
    run(xlsx([[*HEADER, "所属网格"], *stated]), commit=True)
    assert owner_sql("SELECT area_code, name FROM places_compound") == [(code, "锦绣家园")]
    later = xlsx([HEADER, person(9, address=f"{grid}2号楼101"), person(10, address=f"{grid}附近")], name="later.xlsx")
    run(later, commit=True)
    with acting(OPERATOR):
        by_home = dict(Person.objects.values_list("home_text", "area_code"))
    assert by_home[f"{grid}2号楼101"] == code
    assert by_home[f"{grid}附近"] == code[:12], "whoever states no home had no say in where the compound lies"
    assert run(later, commit=True).merge_counts["nothing_changed"]


def test_undo_takes_a_batch_back_exactly(xlsx: Table, owner_sql: Sql) -> None:
    run(xlsx([HEADER, *(person(i) for i in range(1, 4))]), commit=True)
    before = fingerprint(owner_sql)
    changed = [person(1, phone="10079999999"), person(2, address="城一社区1号楼1单元101"), person(9)]
    second = run(xlsx([HEADER, *changed], name="second.xlsx"), commit=True)
    assert second.batch_id is not None and fingerprint(owner_sql) != before
    with acting(OPERATOR):
        actions.undo_batch(OPERATOR, second.batch_id)
    assert perform.perform("undo", second.batch_id) == "undone"
    assert fingerprint(owner_sql) == before


def test_undo_is_refused_where_later_entries_rest_on_it(xlsx: Table) -> None:
    first = run(xlsx([HEADER, person(1)]), commit=True)
    run(xlsx([HEADER, person(1, phone="10078888888")], name="b.xlsx"), commit=True)
    assert first.batch_id is not None
    with acting(OPERATOR), pytest.raises(actions.UndoBlocked) as refused:
        actions.undo_batch(OPERATOR, first.batch_id)
    assert (refused.value.params["count"], refused.value.params["which"]) == (1, "b.xlsx #2")


def test_rows_outside_the_chosen_area_are_errors(xlsx: Table) -> None:
    path = xlsx([HEADER, person(1), person(2, address="双杨镇孟机村7号")])
    outcome = run(path, clerk(TOWN), TOWN)
    assert outcome.check_counts["by_code"] == {"area.outside": 1}


def test_a_match_outside_the_scope_reveals_nothing_and_opens_a_request(xlsx: Table) -> None:
    run(xlsx([HEADER, person(1, address="双杨镇孟机村7号")]), clerk(OTHER_TOWN), OTHER_TOWN, commit=True)
    outcome = run(xlsx([HEADER, person(1)], name="mine.xlsx"), clerk(TOWN), TOWN, commit=True)
    assert outcome.merge_counts["transfer"] == 1 and outcome.merge_counts["new"] == 0
    with acting(clerk(TOWN)):
        assert Person.objects.count() == 0
        assert [(t.from_area[:9], t.to_area[:9]) for t in Transfer.objects.all()] == [(OTHER_TOWN, TOWN)]
    with acting(clerk(OTHER_TOWN)):
        assert Transfer.objects.count() == 1


def test_a_foreign_batch_is_not_found(xlsx: Table) -> None:
    outcome = run(xlsx([HEADER, person(1)]), clerk(TOWN), TOWN)
    assert outcome.batch_id is not None
    foreign = clerk(OTHER_TOWN)
    with acting(foreign):
        assert Batch.objects.count() == 0
        with pytest.raises(NotFound):
            actions.find(foreign, outcome.batch_id, BATCH_VIEW)


def test_an_upload_needs_the_permission_there(xlsx: Table) -> None:
    path = xlsx([HEADER, person(1)])
    with pytest.raises(Forbidden):
        run(path, clerk(OTHER_TOWN), TOWN)
    viewer = Actor("staff", "v", "viewer", (Grant(TOWN, frozenset({BATCH_VIEW})),))
    with pytest.raises(Forbidden):
        run(path, viewer, TOWN)


def test_demo_numbers_are_refused_outside_demo_districts(xlsx: Table) -> None:
    with acting(OPERATOR):
        District.objects.update(demo=False)
    outcome = run(xlsx([HEADER, person(1)]))
    assert outcome.check_counts["by_code"] == {"id.synthetic": 1, "phone.synthetic": 1}


def test_identifiers_are_nowhere_in_the_clear(xlsx: Table, owner_sql: Sql) -> None:
    run(xlsx([HEADER, person(1), person(2, id=number(2)[:-1] + "5")]), commit=True, skip_bad=True)
    secrets = {number(1), number(2)[:-1] + "5", "10070000001", "10070000002"}
    for (table,) in owner_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for row in owner_sql(f'SELECT t::text FROM "{table}" t'):
            assert not [s for s in secrets if s in row[0]], table


def test_a_file_that_cannot_be_read_fails_with_its_reason(text_file: Callable[..., Path]) -> None:
    outcome = run(text_file(b"%PDF-1.4", "people.xlsx"))
    assert outcome.problem is not None and outcome.problem.code == "intake.file.wrong_kind"
    assert outcome.state == "failed"
    with acting(OPERATOR):
        assert Batch.objects.get(id=outcome.batch_id).problem["code"] == "intake.file.wrong_kind"


def test_a_mapping_is_remembered_for_the_source(xlsx: Table) -> None:
    header = ["甲", "乙", "丙", "丁"]
    mapping = {"columns": {"甲": "name", "乙": "id_number", "丙": "phone", "丁": "home_text"}}
    rows = [person(i) for i in range(1, 4)]
    path = xlsx([["填报表"], [], ["姓名", *header[1:]], *rows])
    mapping["columns"]["姓名"] = mapping["columns"].pop("甲")
    assert run(path, mapping=mapping, commit=True).merge_counts["new"] == 3
    again = run(xlsx([["姓名", *header[1:]], person(9)], name="b.xlsx"))
    assert again.check_counts["by_code"] == {} and again.match_counts["new"] == 1


def test_a_refused_undo_leads_to_nobody_and_no_file_of_another_town(xlsx: Table) -> None:
    here, there = clerk(TOWN), clerk(OTHER_TOWN, "there")
    first = run(xlsx([HEADER, person(1)]), here, TOWN, commit=True)
    run(xlsx([HEADER, person(1, address="双杨镇孟机村7号")], name="theirs.xlsx"), there, OTHER_TOWN, commit=True)
    with acting(OPERATOR):
        decide_transfer(OPERATOR, Transfer.objects.get().id, True)
    with acting(here), pytest.raises(actions.UndoBlocked) as refused:
        actions.undo_batch(here, first.batch_id)
    assert (refused.value.params["people"], refused.value.params["which"]) == ([], "community")
    with acting(OPERATOR), pytest.raises(actions.UndoBlocked) as told:
        actions.undo_batch(OPERATOR, first.batch_id)
    assert told.value.params["which"] == "theirs.xlsx #2" and len(told.value.params["people"]) == 1


def test_the_same_file_of_another_town_is_not_told(xlsx: Table) -> None:
    """Nor to somebody with other rights there, by which the database shows that town's rows."""
    path = xlsx([HEADER, person(1, address="双杨镇孟机村7号")], name="theirs.xlsx")
    assert run(path, clerk(OTHER_TOWN, "there"), OTHER_TOWN, commit=True).state == "merged"
    mine = run(path, clerk(TOWN), TOWN)
    elsewhere = Grant(OTHER_TOWN, frozenset({"access.account.view"}))
    both = replace(clerk(TOWN), grants=(*clerk(TOWN).grants, elsewhere))
    with acting(both):
        assert queries.earlier_same(both, mine.batch_id) is None
    with acting(OPERATOR):
        assert queries.earlier_same(OPERATOR, mine.batch_id) is not None


def test_towns_share_how_columns_are_meant_and_keep_their_constants(xlsx: Table, owner_sql: Sql) -> None:
    header = ["姓名", "乙", "丙", "丁"]
    mapping = {
        "columns": {"姓名": "name", "乙": "id_number", "丙": "phone", "丁": "home_text"},
        "constants": {"workplace": "昆仑镇某养老院"},
    }
    run(xlsx([header, person(1)]), clerk(TOWN), TOWN, mapping=mapping)

    def proposed(actor: Actor, area: str, serial: int) -> dict[str, Any]:
        outcome = run(xlsx([header, person(serial)], name=f"{serial}.xlsx"), actor, area)
        with acting(OPERATOR):
            return dict(Batch.objects.get(id=outcome.batch_id).mapping or {})

    there = proposed(clerk(OTHER_TOWN, "there"), OTHER_TOWN, 2)
    assert there["columns"] == mapping["columns"] and there["constants"] == {}
    above = proposed(OPERATOR, DISTRICT, 3)
    assert above["constants"] == {}, "the district's own files are not the town's"
    again = proposed(clerk(TOWN), TOWN, 4)
    assert again["constants"] == mapping["constants"], "and the stranger's file has not made it forgotten"
    assert not [row for row in owner_sql("SELECT mapping::text FROM intake_remembered_mapping") if "养老院" in row[0]]


def test_a_mapping_that_does_not_fit_is_told_by_field(xlsx: Table) -> None:
    outcome = run(
        xlsx([HEADER, person(1)]), mapping={"columns": {"姓名": "name", "没有": "phone", "现住址": "nowhere"}}
    )
    assert outcome.problem is not None and outcome.problem.code == "intake.mapping.invalid"


def test_a_row_that_matches_two_people_goes_to_review(xlsx: Table) -> None:
    header = ["人员编号", *HEADER]
    run(xlsx([header, ["R1", *person(1)]]), commit=True)
    run(xlsx([HEADER, person(2)], name="b.xlsx"), source="police", commit=True)
    # The same record of the first source now with the other person's number.
    outcome = run(xlsx([header, ["R1", *person(2)]], name="c.xlsx"), commit=True)
    assert (outcome.state, outcome.merge_counts["in_review"], people()) == ("in_review", 1, 2)
    with acting(OPERATOR):
        record = SourceRecord.objects.get(batch_id=outcome.batch_id)
        chosen = Person.objects.exclude(id=None).order_by("recorded_at").last()
        assert record.state == "review" and chosen is not None and outcome.batch_id is not None
        batch = actions.decide_review(OPERATOR, outcome.batch_id, 2, "person", chosen.id)
        assert batch.state == "merged"


def test_a_newer_row_of_a_record_closes_the_batch_in_which_it_waited_and_an_undo_opens_it_again(xlsx: Table) -> None:
    header = ["人员编号", *HEADER]
    run(xlsx([header, ["R1", *person(1)]]), commit=True)
    run(xlsx([HEADER, person(2)], name="b.xlsx"), source="police", commit=True)
    older = run(xlsx([header, ["R1", *person(2)]], name="c.xlsx"), commit=True)
    newer = run(xlsx([header, ["R1", *person(2, name="卫小红")]], name="d.xlsx"), commit=True)
    assert (older.state, newer.state) == ("in_review", "in_review")

    def told() -> list[tuple[str, int]]:
        with acting(OPERATOR):
            found = Batch.objects.filter(id__in=[older.batch_id, newer.batch_id]).order_by("id")
            return [(batch.state, batch.merge_counts["reviews_open"]) for batch in found]

    assert told() == [("merged", 0), ("in_review", 1)]
    with acting(OPERATOR):
        assert newer.batch_id is not None
        with pytest.raises(WrongState):
            actions.decide_review(OPERATOR, older.batch_id, 2, "new")  # type: ignore[arg-type]
        actions.undo_batch(OPERATOR, newer.batch_id)
    assert perform.perform("undo", newer.batch_id) == "undone"
    assert told() == [("in_review", 1), ("undone", 1)]


def test_a_new_person_with_a_wrong_number_keeps_what_the_row_says_but_not_what_the_number_told(xlsx: Table) -> None:
    header = ["人员编号", "性别", *HEADER]
    run(xlsx([header, ["R1", "男", *person(1)]]), commit=True)
    run(xlsx([HEADER, person(2)], name="b.xlsx"), source="police", commit=True)
    wrong = ["R1", None, *person(2, name="卫小红")]
    outcome = run(xlsx([header, wrong], name="c.xlsx"), commit=True)
    assert outcome.batch_id is not None
    with acting(OPERATOR):
        with pytest.raises(NumberTaken):
            actions.decide_review(OPERATOR, outcome.batch_id, 2, "new")
        assert actions.decide_review(OPERATOR, outcome.batch_id, 2, "new", number_wrong=True).state == "merged"
        made = Person.objects.get(name="卫小红")
        assert (made.id_hash, made.birth, made.sex) == (None, None, None)
        assert made.phone is not None and Person.objects.count() == 3
    again = run(xlsx([header, wrong], name="d.xlsx"), commit=True)
    assert again.merge_counts["nothing_changed"]


def test_uploads_go_after_their_time_and_the_line_stays(xlsx: Table) -> None:
    outcome = run(xlsx([HEADER, person(1), person(2, phone="123")]))
    old = run(xlsx([HEADER, person(3)], name="old.xlsx"))
    with acting(OPERATOR):
        Batch.objects.filter(id=old.batch_id).update(created_at=clock.now() - timedelta(days=10_000))
    kind = keeping.kind_of("intake.upload")
    certificate = keeping.destroy_due(keeping.overseer(), kind)
    assert certificate is not None and (certificate.rows, certificate.files) == (1, 1)
    assert certificate.days == 180, "as the setting has it"
    assert keeping.destroy_due(keeping.overseer(), kind) is None
    with acting(OPERATOR):
        kept, gone = Batch.objects.get(id=outcome.batch_id), Batch.objects.get(id=old.batch_id)
        assert (kept.file_gone_at, gone.preview, gone.state) == (None, None, "matched")
        assert Finding.objects.filter(batch_id=kept.id).count() == 1
        with pytest.raises(actions.FileGone):
            actions.merge_batch(OPERATOR, gone.id)


def test_the_kept_upload_is_encrypted(xlsx: Table, settings: Any) -> None:
    outcome = run(xlsx([HEADER, person(1)]))
    assert outcome.batch_id is not None
    kept = [p for p in (Path(settings.LINLI_FILES_DIR) / "kept").rglob("*") if p.is_file()]
    assert kept and all(not p.read_bytes().startswith(b"PK") for p in kept)
    with acting(OPERATOR):
        actions.cancel_batch(OPERATOR, outcome.batch_id)
        batch = Batch.objects.get(id=outcome.batch_id)
        assert batch.file_gone_at is not None and batch.preview is None
