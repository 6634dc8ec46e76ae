"""Two batches of one source compared: over the command, over HTTP with a real queue, and when a file is gone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import staff
from django.test import Client
from intake_tables import DISTRICT, HEADER, OTHER_VILLAGE, VILLAGE, Table, number, person
from test_command import command
from test_jobs_and_api import ask, work
from test_runs import OPERATOR

from linli.access.keeping import actions as keeping
from linli.intake import actions
from linli.intake.compare import actions as comparing
from linli.intake.compare import queries
from linli.intake.compare.models import ComparedRow, Comparison
from linli.intake.compare.queries import DiffRow, RowFilter
from linli.intake.models import Batch
from linli.intake.runner import run_file
from linli.intake.wording import problem_said
from linli.kernel import clock, files
from linli.kernel.scope import acting
from linli.registry.models import District

pytestmark = pytest.mark.usefixtures("demo_district")
Sql = Callable[..., Sequence[Any]]
WIDE = [*HEADER, "婚姻状况"]


@pytest.fixture
def demo_district(seeded_db: str) -> None:
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})


def merged(path: Any, area: str = DISTRICT, **more: Any) -> str:
    outcome = run_file(OPERATOR, path, source="community", area=area, commit=True, skip_bad=True, **more)
    assert outcome.problem is None and outcome.merged, outcome
    return str(outcome.batch_id)


def wide(serial: int, marital: str = "未婚", **cells: str) -> list[str]:
    return [*person(serial, **cells), marital]


def quarters(xlsx: Table) -> tuple[str, str]:
    """Two deliveries of a ledger: 1 is the same, 2 has another phone and is married, 3 is gone, 4 is new, 5 is wrong
    now, and 6 has moved to another village."""
    elsewhere = "城一社区1号楼1单元101"
    first = merged(xlsx([WIDE, *(wide(i, name="王小明") for i in (1, 2, 3, 5, 6))], name="q1.xlsx"))
    second = merged(
        xlsx(
            [
                WIDE, wide(6, name="王小明", address=elsewhere), wide(1, name="王小明"),
                wide(2, "已婚", name="王小明", phone="10079999999"), wide(4, name="王小明"),
                wide(5, name="王小明", phone="123"),
            ],
            name="q2.xlsx",
        )
    )  # fmt: skip
    return first, second


def compared(*ids: str) -> tuple[dict[str, int], list[DiffRow]]:
    code, told = command("compare", *ids, "--json")
    assert code == 0, told
    with acting(OPERATOR):
        page = queries.rows(OPERATOR, told["comparison"], RowFilter())
    return told["counts"], list(page.items)


def test_each_row_is_new_gone_changed_unchanged_or_said_to_be_wrong(xlsx: Table) -> None:
    counts, rows = compared(*quarters(xlsx))
    assert counts == {"new": 1, "gone": 1, "changed": 2, "unchanged": 1, "flawed": 1}
    two = next(row for row in rows if row.outcome == "changed" and row.before_row == 3)
    assert (two.name, two.after_row, two.mark) == ("王小明", 4, number(2)[:3] + "*" * 11 + number(2)[-4:])
    assert [(c.label, c.before, c.after) for c in two.changes] == [
        ("联系电话", "10******002", "10******999"),
        ("婚姻状况", "未婚", "已婚"),
    ]
    moved = next(row for row in rows if row.outcome == "changed" and row is not two)
    assert {c.field for c in moved.changes} == {"home_text", "area_code"} and moved.area_code[:12] == OTHER_VILLAGE
    assert [row.after_row for row in rows if row.outcome == "new"] == [5]
    assert [row.before_row for row in rows if row.outcome == "gone"] == [4]
    assert [(row.before_row, row.after_row) for row in rows if row.outcome == "flawed"] == [(5, 6)]


def test_counts_are_given_for_each_village(xlsx: Table) -> None:
    code, told = command("compare", *quarters(xlsx), "--json")
    assert code == 0
    assert told["villages"][OTHER_VILLAGE] == {"new": 0, "gone": 0, "changed": 1, "flawed": 0, "unchanged": 0}
    assert told["villages"][VILLAGE] == {"new": 1, "gone": 1, "changed": 1, "flawed": 1, "unchanged": 1}


def test_without_another_batch_the_one_merged_before_is_taken(xlsx: Table) -> None:
    first, second = quarters(xlsx)
    code, told = command("compare", second, "--json")
    assert (code, told["before"], told["after"]) == (0, first, second)
    code, said = command("compare", first, "--json")
    assert (code, said["code"]) == (1, "intake.compare.no_earlier")


def test_no_identifier_is_kept_or_shown_in_the_clear(xlsx: Table, owner_sql: Any) -> None:
    compared(*quarters(xlsx))
    kept = json.dumps(owner_sql("SELECT to_jsonb(r) FROM intake_compared_row r"), default=str)
    for serial in range(1, 7):
        assert number(serial) not in kept and f"1007{serial:07d}" not in kept
    assert "10079999999" not in kept


def test_only_what_both_tables_have_is_compared_and_the_rest_is_named(xlsx: Table) -> None:
    first = merged(xlsx([WIDE, wide(1), wide(2)], name="a.xlsx"))
    second = merged(xlsx([[*HEADER[:2], HEADER[3]], *([*person(i)[:2], person(i)[3]] for i in (1, 2))], name="b.xlsx"))
    code, told = command("compare", first, second, "--json")
    assert code == 0 and told["counts"]["unchanged"] == 2
    with acting(OPERATOR):
        shown = queries.comparison(OPERATOR, told["comparison"])
    assert set(shown.only_before) == {"联系电话", "婚姻状况"} and not shown.only_after


def test_numbers_that_a_ledger_gives_to_others_do_not_make_two_people_one(xlsx: Table) -> None:
    head = ["编号", *HEADER]
    first = merged(xlsx([head, *([f"00{i}", *person(i)] for i in (1, 2))], name="a.xlsx"))
    second = merged(xlsx([head, ["001", *person(2)], ["002", *person(3)]], name="b.xlsx"))
    counts, _ = compared(first, second)
    assert (counts["new"], counts["gone"], counts["unchanged"]) == (1, 1, 1)


def test_a_table_of_a_village_is_compared_with_its_part_of_the_towns(xlsx: Table) -> None:
    everyone = [HEADER, person(1), person(2), person(3, address="城一社区1号楼1单元101")]
    first = merged(xlsx(everyone, name="all.xlsx"))
    second = merged(xlsx([HEADER, person(1)], name="one.xlsx"), area=VILLAGE)
    counts, _ = compared(first, second)
    assert (counts["gone"], counts["unchanged"]) == (1, 1)


def test_companies_are_compared_by_their_code(xlsx: Table) -> None:
    head = ["单位名称", "单位编号", "从业人数", "联系电话", "村居"]
    rows = [[f"淄川第{i}公司", f"A{i}", "10", f"1007{i:07d}", "城里社区"] for i in (1, 2)]
    first = merged(xlsx([head, *rows], name="a.xlsx"), kind="entities")
    second = merged(xlsx([head, rows[0], [*rows[1][:2], "25", *rows[1][3:]]], name="b.xlsx"), kind="entities")
    counts, found = compared(first, second)
    assert (counts["changed"], counts["unchanged"]) == (1, 1)
    assert [(c.label, c.before, c.after) for c in found[0].changes] == [("从业人数", "10", "25")]
    assert found[0].name == "淄川第2公司"


def forget_file(batch_id: str) -> None:
    with acting(OPERATOR):
        batch = Batch.objects.get(id=batch_id)
        files.remove(batch.file_id)
        Batch.objects.filter(id=batch_id).update(file_gone_at=clock.now())


def test_when_the_earlier_file_is_gone_what_the_source_said_then_is_compared_and_said_so(xlsx: Table) -> None:
    first, second = quarters(xlsx)
    third = merged(xlsx([WIDE, wide(1, "离婚", name="王小明")], name="q3.xlsx"))
    forget_file(first)
    code, told = command("compare", first, second, "--json")
    assert code == 0
    assert told["counts"] == {"new": 1, "gone": 1, "changed": 2, "unchanged": 1, "flawed": 1}, third
    with acting(OPERATOR):
        shown = queries.comparison(OPERATOR, told["comparison"])
    assert (shown.before_from_file, shown.after_from_file) == (False, True)
    assert "原文件已删除" in command("compare", first, second)[1]


def test_a_company_whose_file_is_gone_is_compared_by_its_statements(xlsx: Table) -> None:
    head = ["单位名称", "单位编号", "从业人数", "联系电话", "村居"]
    rows = [[f"淄川第{i}公司", f"A{i}", "10", f"1007{i:07d}", "城里社区"] for i in (1, 2)]
    first = merged(xlsx([head, *rows], name="a.xlsx"), kind="entities")
    second = merged(xlsx([head, rows[0], [*rows[1][:2], "25", *rows[1][3:]]], name="b.xlsx"), kind="entities")
    forget_file(first)
    counts, found = compared(first, second)
    assert (counts["changed"], counts["unchanged"]) == (1, 1)
    assert [(c.field, c.before, c.after) for c in found[0].changes] == [("employees", "10", "25")]


def test_what_cannot_be_compared_is_refused_with_the_reason(xlsx: Table) -> None:
    first = merged(xlsx([HEADER, person(1)], name="a.xlsx"))
    other = run_file(OPERATOR, xlsx([HEADER, person(1)], name="b.xlsx"), source="police", area=DISTRICT, commit=True)
    assert command("compare", first, str(other.batch_id), "--json")[1]["code"] == "intake.compare.unlike"
    apart = [merged(xlsx([HEADER, person(i)], name=f"{i}.xlsx"), area=a) for i, a in ((2, VILLAGE), (3, OTHER_VILLAGE))]
    assert command("compare", *apart, "--json")[1]["code"] == "intake.compare.unlike"
    unmerged = run_file(OPERATOR, xlsx([HEADER, person(4)], name="c.xlsx"), source="community", area=DISTRICT)
    forget_file(str(unmerged.batch_id))
    assert command("compare", first, str(unmerged.batch_id), "--json")[1]["code"] == "intake.compare.not_ready"
    names = [
        merged(xlsx([["姓名", "电话"], ["王小明", f"1007000000{i}"]], name=f"n{i}.xlsx"), area=VILLAGE) for i in (1, 2)
    ]
    assert command("compare", *names, "--json")[1]["code"] == "intake.compare.nothing_shared"


def test_it_is_made_anew_when_asked_again_and_goes_with_time(xlsx: Table) -> None:
    first, second = quarters(xlsx)
    compared(first, second)
    compared(first, second)
    with acting(OPERATOR):
        assert Comparison.objects.count() == 1 and ComparedRow.objects.count() == 5
        Comparison.objects.update(created_at=clock.now() - timedelta(days=40))
    kind = keeping.kind_of("intake.comparison")
    certificate = keeping.destroy_due(keeping.overseer(), kind)
    assert certificate is not None and (certificate.rows, certificate.days) == (1, 30)
    with acting(OPERATOR):
        assert not Comparison.objects.exists() and not ComparedRow.objects.exists()


def test_of_two_who_ask_at_the_same_moment_the_second_gets_what_the_first_asked_for(
    xlsx: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = quarters(xlsx)
    with acting(OPERATOR):
        first = comparing.ask(OPERATOR, UUID(after), UUID(before))
        monkeypatch.setattr(comparing, "_remove", lambda which: 0)  # as for who looks before the first is there
        assert comparing.ask(OPERATOR, UUID(after), UUID(before)).id == first.id


def test_a_killed_comparison_is_found_and_done(xlsx: Table) -> None:
    first, second = quarters(xlsx)
    with acting(OPERATOR):
        made = comparing.ask(OPERATOR, second, first, by_command=True)  # and its process dies
    comparing.requeue()
    comparing.requeue()
    work()
    assert comparing.load(made.id).state == "done"


@pytest.mark.parametrize(("hours", "state"), [(7, "failed"), (5, "queued")])
def test_a_comparison_that_ends_every_worker_is_given_up_and_told(
    xlsx: Table, owner_sql: Sql, hours: int, state: str
) -> None:
    first, second = quarters(xlsx)
    with acting(OPERATOR):
        made = comparing.ask(OPERATOR, second, first, by_command=True)
        Comparison.objects.filter(id=made.id).update(started_at=clock.now() - timedelta(hours=hours))
    comparing.requeue()
    found = comparing.load(made.id)
    assert found.state == state
    again = owner_sql("SELECT args ->> 'comparison_id' FROM procrastinate_jobs WHERE task_name = 'intake.compare'")
    assert [row[0] for row in again] == ([str(made.id)] if state == "queued" else [])
    if state == "failed":
        assert found.problem is not None
        assert problem_said(found.problem["code"], found.problem["params"], "zh-CN").startswith("比较多次")


def test_work_that_is_begun_says_since_when(xlsx: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = quarters(xlsx)
    with acting(OPERATOR):
        made = comparing.ask(OPERATOR, second, first, by_command=True)
    monkeypatch.setattr(comparing, "_compared", lambda *about: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):  # as the end of the process: nothing is caught
        comparing.perform(made.id)
    begun = comparing.load(made.id)
    assert begun.state == "queued" and begun.started_at is not None
    with pytest.raises(SystemExit):
        comparing.perform(made.id)
    assert comparing.load(made.id).started_at == begun.started_at, "since the first time"


def test_cancelling_a_batch_takes_its_comparisons_along(xlsx: Table) -> None:
    first = merged(xlsx([HEADER, person(1)], name="a.xlsx"))
    waiting = run_file(OPERATOR, xlsx([HEADER, person(1), person(2)], name="b.xlsx"), source="community", area=DISTRICT)
    counts, _ = compared(first, str(waiting.batch_id))
    assert counts["new"] == 1
    with acting(OPERATOR):
        actions.cancel_batch(OPERATOR, waiting.batch_id)
        assert not ComparedRow.objects.exists()


# --- over HTTP ------------------------------------------------------------------------------------------------

SEES = ["intake.batch.view", "registry.person.view", "registry.people.export"]


@pytest.fixture
def clerk(demo_district: None, settings: Any) -> Iterator[Client]:
    settings.ROOT_URLCONF = "intake_urls"
    yield staff.client(staff.staff("clerk", area=DISTRICT, permissions=SEES))


def test_the_page_asks_waits_filters_and_takes_out(clerk: Client, xlsx: Table) -> None:
    first, second = quarters(xlsx)
    asked = ask(clerk, f"/batches/{second}/comparisons", "post", {}, expect=202)
    assert (asked["state"], asked["before"]["id"]) == ("queued", first)
    work()
    one = f"/comparisons/{asked['id']}"
    done = ask(clerk, one)
    assert (done["state"], done["counts"]["changed"], done["before"]["filename"]) == ("done", 2, "q1.xlsx")
    assert {"name": "phone", "label": "联系电话"} in done["compared"]
    assert [v["area_name"] for v in done["villages"]] == ["城里社区", "城一社区"]
    assert ask(clerk, f"/comparisons?batch={second}")["items"][0]["id"] == asked["id"]
    assert ask(clerk, f"/comparisons?batch={first}")["items"] == []
    page = ask(clerk, f"{one}/rows?limit=2")
    assert [row["outcome"] for row in page["items"]] == ["changed", "changed"] and page["count"]["value"] == 5
    rest = ask(clerk, f"{one}/rows?limit=3&cursor={page['next']}")
    assert [row["outcome"] for row in rest["items"]] == ["new", "gone", "flawed"] and rest["next"] is None
    assert [r["after_row"] for r in ask(clerk, f"{one}/rows?field=phone")["items"]] == [4]
    assert [r["area_code"][:12] for r in ask(clerk, f"{one}/rows?area={OTHER_VILLAGE}")["items"]] == [OTHER_VILLAGE]
    assert len(ask(clerk, f"{one}/rows?outcome=gone")["items"]) == 1
    ask(clerk, f"{one}/export", "post", {"purpose": " "}, expect=422)
    taken = clerk.post(
        f"/api/intake{one}/export", json.dumps({"purpose": "季度核对", "outcome": "changed"}), "application/json"
    )
    sheet = openpyxl.load_workbook(io.BytesIO(taken.content)).active
    assert sheet is not None
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert "用户clerk" in cells[0][0] and len(cells) == 4
    assert any("婚姻状况: 未婚 → 已婚" in row[6] for row in cells[2:])
    assert number(2) not in json.dumps(cells, default=str)


def test_rows_are_for_those_who_may_see_people_there(clerk: Client, xlsx: Table, owner_sql: Any) -> None:
    first, second = quarters(xlsx)
    asked = ask(clerk, f"/batches/{second}/comparisons", "post", {"earlier": first}, expect=202)
    work()
    one = f"/comparisons/{asked['id']}"
    imports_only = staff.client(staff.staff("imports", area=DISTRICT, permissions=["intake.batch.view"]))
    ask(imports_only, one)
    ask(imports_only, f"{one}/rows", expect=403)
    ask(imports_only, f"/batches/{second}/comparisons", "post", {}, expect=403)
    village = staff.client(staff.staff("village", area=staff.TOWN, permissions=SEES))
    ask(village, one, expect=404)
    ask(village, f"{one}/rows", expect=404)
    logged = owner_sql("SELECT count(*) FROM access_read_log WHERE subject_type = 'comparison' AND kind = 'list'")
    assert logged[0][0] == 0
    ask(clerk, f"{one}/rows")
    logged = owner_sql("SELECT count(*) FROM access_read_log WHERE subject_type = 'comparison' AND kind = 'list'")
    assert logged[0][0] == 1


def test_a_comparison_with_a_batch_out_of_sight_is_not_there(clerk: Client, xlsx: Table) -> None:
    """A town's part of the district's table is for those who see the district's batch."""
    whole = merged(xlsx([HEADER, person(1), person(2)], name="all.xlsx"))
    part = merged(xlsx([HEADER, person(1)], name="one.xlsx"), area=VILLAGE)
    asked = ask(clerk, f"/batches/{part}/comparisons", "post", {"earlier": whole}, expect=202)
    work()
    one = f"/comparisons/{asked['id']}"
    assert ask(clerk, f"{one}/rows")["count"]["value"] == 1
    village = staff.client(staff.staff("village", area=VILLAGE, unit_area=DISTRICT, permissions=SEES))
    assert ask(village, f"/batches/{part}")["id"] == part
    listed = ask(village, "/comparisons")
    assert (listed["items"], listed["count"]["value"]) == ([], 0)
    ask(village, one, expect=404)
    ask(village, f"{one}/rows", expect=404)
    ask(village, f"{one}/export", "post", {"purpose": "季度核对"}, expect=404)
