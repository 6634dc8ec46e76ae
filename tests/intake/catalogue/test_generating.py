"""Ledgers in the background: asked for, done whole or not at all, given up, taken with a note, and gone by their time."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import staff
from catalogue_forms import HEAD, JSON, again, approver, clerk, decide, inspect, keeper, registered
from people_frames import merge, number, person, row

from linli.access import actions as access
from linli.access.models import Appointment
from linli.intake.generating import actions, queries
from linli.intake.generating.actions import perform
from linli.intake.generating.models import Generated
from linli.kernel import clock, files
from linli.kernel.scope import acting
from linli.registry.custom.actions import FieldValue, declare_field, do_state_values, retire_field
from linli.registry.custom.models import CustomField
from linli.registry.custom.rules import FieldForm

Sql = Callable[..., Sequence[Any]]
pytestmark = pytest.mark.usefixtures("db")
VICTIM = Path(__file__).with_name("generating_victim.py")


def people() -> None:
    merge(
        [row(2, "王建国", 1, birth=clock.today().replace(year=1940, day=1)), row(3, "李秀英", 2, staff.OTHER_VILLAGE)]
    )


def ask(browser: Any, form: dict[str, Any], **more: Any) -> Any:
    body = {"area": staff.TOWN, "purpose": "季度报送"} | more
    return browser.post(f"/api/forms/{form['id']}/generate", body, content_type=JSON)


def asked(browser: Any, form: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = ask(browser, form, **more)
    assert answer.status_code == 202, answer.content
    return dict(answer.json())


def mine(browser: Any) -> list[dict[str, Any]]:
    return list(browser.get("/api/forms/generated").json()["items"])


def taken(browser: Any, made: dict[str, Any]) -> list[list[Any]]:
    answer = browser.get(f"/api/forms/generated/{made['id']}/file")
    assert answer.status_code == 200, answer.content
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["表一"]
    return [list(r) for r in page.iter_rows(min_row=3, values_only=True)]


def custom(name: str = "住房面积", kind: str = "decimal", **more: Any) -> CustomField:
    with acting(staff.OPERATOR) as actor:
        return declare_field(actor, FieldForm(name, kind, "区民政局", **more))


def state(field: CustomField, value: str, serial: int = 1) -> None:
    with acting(staff.OPERATOR) as actor:
        do_state_values(actor, [FieldValue(person(serial).id, field.id, value)], source="civil")


def test_a_form_is_filled_in_the_background_and_taken_with_a_note(owner_sql: Sql) -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form)
    assert (made["state"], made["percent"], made["number"], made["masked"]) == ("queued", 0, 1, True)
    assert browser.get(f"/api/forms/generated/{made['id']}/file").json()["code"] == "intake.generated.not_ready"
    perform(UUID(made["id"]))
    (done,) = mine(browser)
    assert (done["state"], done["rows"], done["percent"]) == ("done", 1, 100)
    assert done["filename"].startswith("高龄津贴台账-") and done["keep_until"] == (
        clock.today() + timedelta(days=30)
    ).isoformat()  # fmt: skip
    (line,) = [r for r in taken(browser, made) if r[1]]
    assert line[1] == "王建国" and line[3] != number(1) and "*" in line[3], "masked unless full numbers are asked for"
    assert any("住房面积" in note for note in done["notes"])
    logged = owner_sql("SELECT kind, count, purpose FROM access_read_log WHERE subject_type = 'ledger' ORDER BY at")
    assert [tuple(entry) for entry in logged] == [("export", 1, "季度报送"), ("download", 1, "季度报送")]
    assert mine(browser)[0]["taken"] == 1
    ((path, _),) = [kept for kept in files.kept() if kept[0].name == made["id"]]
    assert b"PK" not in path.read_bytes()[:64]


def test_full_numbers_stand_only_where_they_were_asked_for_and_may_be_seen() -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form, masked=False)
    perform(UUID(made["id"]))
    assert [r[3] for r in taken(browser, made) if r[1]] == [number(1)]
    blind = staff.client(
        staff.staff("blind", permissions=["intake.ledger.fill", "registry.person.view"], area=staff.TOWN)
    )
    made = asked(blind, form, masked=False)
    perform(UUID(made["id"]))
    assert all("*" in r[3] for r in taken(blind, made) if r[1])


def test_the_right_to_full_numbers_is_asked_for_again_when_the_file_is_taken(owner_sql: Sql) -> None:
    people()
    may = ["intake.ledger.fill", "registry.person.view"]
    account = staff.staff("seer", permissions=may, area=staff.TOWN)
    with acting(staff.OPERATOR):
        seeing = access.create_role(staff.OPERATOR, name="sees full numbers", permissions=["registry.person.reveal"])
        post = staff.appoint(account, seeing, staff.VILLAGE)
    form, browser = registered(keeper()), staff.client(account)
    full, masked = asked(browser, form, masked=False), asked(browser, form)
    for made in (full, masked):
        perform(UUID(made["id"]))
    assert [r[3] for r in taken(browser, full) if r[1]] == [number(1)], "of a part of the area is enough for that part"
    with acting(staff.OPERATOR):
        assert Generated.objects.get(id=full["id"]).revealed == [staff.VILLAGE]
        assert Generated.objects.get(id=masked["id"]).revealed == []
        access.end_appointment(staff.OPERATOR, post, Appointment.objects.get(post_id=post).id)
    refused = browser.get(f"/api/forms/generated/{full['id']}/file")
    assert (refused.status_code, refused.json()["code"]) == (403, "intake.generated.reveal_ended")
    assert [r[3] for r in taken(browser, masked) if r[1]] != [number(1)]
    assert mine(browser)[0]["state"] == mine(browser)[1]["state"] == "done"
    logged = owner_sql("SELECT subject_id FROM access_read_log WHERE kind = 'reveal' AND purpose = 'refused'")
    assert [row[0] for row in logged] == [full["id"]]
    with acting(staff.OPERATOR):
        Generated.objects.filter(id=full["id"]).update(revealed=None)
    assert browser.get(f"/api/forms/generated/{full['id']}/file").status_code == 403, "made before that was kept"


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"purpose": "x"}, 422, "registry.purpose_missing"), ({"area": staff.OTHER_TOWN}, 403, "kernel.forbidden"),
        ({"purpose": "季度\u202e报送"}, 422, "kernel.invalid"),
        ({"where": "身高>180"}, 422, "intake.ledger.condition_invalid"), ({"version": 9}, 404, "kernel.not_found"),
    ],
)  # fmt: skip
def test_what_keeps_a_ledger_from_being_asked_for_is_told_at_once(more: dict[str, Any], status: int, code: str) -> None:
    form = registered(keeper())
    answer = ask(clerk(), form, **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_what_goes_wrong_meanwhile_is_told_and_leaves_no_file() -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form, where="age>=130")
    perform(UUID(made["id"]))
    (failed,) = mine(browser)
    assert failed["state"] == "failed" and "没有符合的记录" in failed["problem"]
    assert made["id"] not in {path.name for path, _ in files.kept()}
    empty = asked(browser, form, where="age>=130", empty=True)
    perform(UUID(empty["id"]))
    assert mine(browser)[0]["state"] == "done" and mine(browser)[0]["rows"] == 0


def test_whose_account_is_closed_gets_nothing() -> None:
    people()
    form = registered(keeper())
    made = asked(clerk(), form)
    with acting(staff.OPERATOR):
        Generated.objects.update(asked_by="00000000-0000-0000-0000-000000000001")
    perform(UUID(made["id"]))
    with acting(staff.OPERATOR):
        problem = Generated.objects.get().problem
        assert problem is not None and problem["code"] == "intake.generated.asker_gone"


def test_it_is_the_askers_own() -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form)
    perform(UUID(made["id"]))
    colleague = clerk("colleague")
    assert mine(colleague) == []
    for answer in (
        colleague.get(f"/api/forms/generated/{made['id']}/file"),
        colleague.post(f"/api/forms/generated/{made['id']}/cancel"),
    ):
        assert answer.status_code == 404


def test_what_waits_is_given_up_at_once_and_what_is_done_stays() -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form)
    assert browser.post(f"/api/forms/generated/{made['id']}/cancel").json()["state"] == "cancelled"
    perform(UUID(made["id"]))
    assert mine(browser)[0]["state"] == "cancelled", "the job finds nothing to do"
    done = asked(browser, form)
    perform(UUID(done["id"]))
    assert browser.post(f"/api/forms/generated/{done['id']}/cancel").json()["state"] == "done"


def test_what_is_being_worked_on_ends_at_the_next_report() -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form)

    def give_up(percent: int) -> None:
        if percent == 0:
            assert browser.post(f"/api/forms/generated/{made['id']}/cancel").json()["state"] == "running"

    perform(UUID(made["id"]), give_up)
    assert mine(browser)[0]["state"] == "cancelled"
    assert made["id"] not in {path.name for path, _ in files.kept()}


def test_a_worker_that_was_taken_for_dead_takes_no_file_away() -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form)

    def another(percent: int) -> None:
        if percent == 0:
            perform(UUID(made["id"]))

    perform(UUID(made["id"]), another)
    assert mine(browser)[0]["state"] == "done" and [r[1] for r in taken(browser, made) if r[1]] == ["王建国"]


def test_what_is_given_up_at_the_last_moment_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made, keep = asked(browser, form), files.keep

    def kept(*given: Any) -> Any:
        assert browser.post(f"/api/forms/generated/{made['id']}/cancel").status_code == 200
        return keep(*given)

    monkeypatch.setattr(files, "keep", kept)
    perform(UUID(made["id"]))
    assert mine(browser)[0]["state"] == "cancelled"
    assert made["id"] not in {path.name for path, _ in files.kept()}


def test_what_ends_every_worker_is_given_up_and_told(owner_sql: Sql) -> None:
    people()
    form, browser = registered(keeper()), clerk()
    hopeless, begun, waits = (asked(browser, form, purpose=f"第{n}次报送")["id"] for n in range(3))
    with acting(staff.OPERATOR):
        for made, hours in ((hopeless, 7), (begun, 5)):
            Generated.objects.filter(id=made).update(started_at=clock.now() - timedelta(hours=hours))
    owner_sql("DELETE FROM procrastinate_jobs")
    actions.requeue()
    found = {one["id"]: one for one in mine(browser)}
    assert [found[made]["state"] for made in (hopeless, begun, waits)] == ["failed", "running", "queued"]
    assert "已停止" in found[hopeless]["problem"]
    again = owner_sql("SELECT args ->> 'generated_id' FROM procrastinate_jobs WHERE task_name = 'intake.ledger'")
    assert sorted(row[0] for row in again) == sorted([begun, waits])


def test_who_sees_the_console_as_somebody_takes_no_file_of_theirs() -> None:
    may = ["intake.ledger.fill", "registry.person.view"]
    form = registered(keeper())
    owner = staff.staff("owner", permissions=may, area=staff.TOWN)
    made = asked(staff.client(owner), form, empty=True)
    perform(UUID(made["id"]))
    looker = staff.staff("looker", permissions=[*may, "access.account.view", "access.account.view_as"], area=staff.TOWN)
    browser = staff.client(looker)
    began = browser.post(f"/api/accounts/{owner.id}/view", {"reason": "协助处理"}, content_type=JSON)
    assert began.status_code == 204, began.content
    assert browser.get(f"/api/forms/generated/{made['id']}/file").json()["code"] == "access.viewing_only"


@pytest.mark.parametrize("moment", ["filling", "kept"])
def test_a_killed_worker_leaves_no_half_file_and_the_next_one_does_it(db: str, moment: str) -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form)
    ended = subprocess.run(
        [sys.executable, str(VICTIM), db, moment, made["id"]], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, timeout=120,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    assert mine(browser)[0]["state"] == "running"
    assert browser.get(f"/api/forms/generated/{made['id']}/file").status_code == 409
    perform(UUID(made["id"]))
    assert mine(browser)[0]["state"] == "done" and [r[1] for r in taken(browser, made) if r[1]] == ["王建国"]


def test_files_go_by_their_time_and_what_was_asked_stays() -> None:
    people()
    form, browser = registered(keeper()), clerk()
    made = asked(browser, form)
    perform(UUID(made["id"]))
    with acting(staff.OPERATOR):
        assert actions.expire(clock.now() - timedelta(days=1), 10) == []
        assert [str(one.id) for one in actions.expire(clock.now() + timedelta(days=1), 10)] == [made["id"]]
    (gone,) = mine(browser)
    assert gone["state"] == "gone" and made["id"] not in {path.name for path, _ in files.kept()}
    assert browser.get(f"/api/forms/generated/{made['id']}/file").json()["code"] == "intake.generated.not_ready"


def test_the_list_follows_its_cursor() -> None:
    form, browser = registered(keeper()), clerk()
    made = [asked(browser, form, purpose=f"第{n}次报送")["purpose"] for n in range(3)]
    first = browser.get("/api/forms/generated?limit=2").json()
    rest = browser.get(f"/api/forms/generated?limit=2&cursor={first['next']}").json()
    assert [one["purpose"] for one in first["items"] + rest["items"]] == made[::-1] and rest["next"] is None
    assert browser.get(f"/api/forms/generated?form={form['id']}").json()["count"]["value"] == 3


# --- custom fields in ledgers ------------------------------------------------------------------------------------


def test_a_new_field_is_asked_once_and_filled_the_next_time() -> None:
    people()
    browser, reader = keeper(), clerk()
    form = registered(browser)
    assert form["counts"]["new"] == 1
    field = custom()
    told = inspect(browser, "姓名", "住房面积").json()
    assert {c["name"]: c["state"] for c in told["columns"]} == {"姓名": "held", "住房面积": "custom"}
    assert told["counts"] == {"asked": 2, "held": 2, "new": 0}, "another form that asks for it uses it"
    state(field, "80.5")
    form = again(browser, form, *HEAD).json()
    assert form["counts"]["new"] == 0
    made = asked(reader, form)
    perform(UUID(made["id"]))
    assert [r[5] for r in taken(reader, made) if r[1]] == [80.5]
    with acting(staff.OPERATOR):
        assert queries.shown(Generated.objects.get()) == "done"


def test_every_kind_of_custom_field_is_filled_and_its_source_told() -> None:
    people()
    values = {
        "text": ("特长", "木工", "木工"), "integer": ("存款笔数", "1,200", 1200), "decimal": ("收入", "12.50", 12.5),
        "date": ("入会日期", "2026年1月2日", "2026-01-02"), "boolean": ("有无轮椅", "有", "是"),
        "choice": ("等级", "二级", "二级"),
    }  # fmt: skip
    for kind, (name, said, _) in values.items():
        state(custom(name, kind, choices=("一级", "二级") if kind == "choice" else ()), said)
    secret = custom("银行卡号", "text", sensitive=True)
    state(secret, "6222000011112222")
    head = ["姓名", *(name for name, _, _ in values.values()), "银行卡号"]
    form, browser = registered(keeper(), *head), clerk()
    assert form["counts"]["new"] == 0, form["inspection"]["columns"]
    made = asked(browser, form)
    perform(UUID(made["id"]))
    (line,) = [r for r in taken(browser, made) if r[0]]
    assert line == ["王建国", *(shown for _, _, shown in values.values()), "******"]
    cover = openpyxl.load_workbook(io.BytesIO(browser.get(f"/api/forms/generated/{made['id']}/file").content))
    lines = {r[0]: r for r in cover["填报说明"].iter_rows(values_only=True) if r and r[0]}
    assert "民政" in str(lines["收入"]) and clock.today().isoformat() in str(lines["收入"])
    made = asked(browser, form, masked=False)
    perform(UUID(made["id"]))
    assert taken(browser, made)[0][-1] == "6222000011112222"


def test_what_another_office_keeps_to_itself_stays_empty() -> None:
    people()
    with acting(staff.OPERATOR) as actor:
        own = declare_field(actor, FieldForm("帮扶等级", "text", "", owner_only=True), staff.units()[staff.DISTRICT])
    state(own, "一级")
    form, reader = registered(keeper(), "姓名", "帮扶等级"), clerk()
    assert form["counts"]["new"] == 0, "its own officer may be told"
    made = asked(reader, form)
    perform(UUID(made["id"]))
    assert [r[1] for r in taken(reader, made) if r[0]] == [None]
    assert any("帮扶等级" in note for note in mine(reader)[0]["notes"])


def test_a_column_whose_field_was_retired_says_so_and_since_when() -> None:
    people()
    field = custom()
    state(field, "80.5")
    form, browser = registered(keeper()), clerk()
    with acting(staff.OPERATOR) as actor:
        retire_field(actor, field.id)
    day = clock.today().isoformat()
    said = f"“住房面积”列的数据项已于 {day} 停用，不再采集，只填停用前登记的内容。"
    seen = browser.get(f"/api/forms/{form['id']}").json()["inspection"]
    (column,) = [c for c in seen["columns"] if c["name"] == "住房面积"]
    assert (column["state"], column["label"], column["since"]) == ("retired", "住房面积", day)
    assert said in seen["notes"]
    english = browser.get(f"/api/forms/{form['id']}", headers={"Accept-Language": "en"}).json()["inspection"]["notes"]
    assert any(f"retired on {day}" in note for note in english)
    bound = {c["name"]: c["field"] for c in seen["columns"]}
    preview = inspect(keeper("other"), binding=json.dumps({"columns": bound})).json()
    assert said in preview["notes"] and said not in inspect(keeper("third")).json()["notes"], "nobody proposes it anew"
    made = asked(browser, form)
    perform(UUID(made["id"]))
    assert [r[5] for r in taken(browser, made) if r[1]] == [80.5], "what was stated is still held"
    assert said in mine(browser)[0]["notes"]
    content = browser.get(f"/api/forms/generated/{made['id']}/file").content
    cover = openpyxl.load_workbook(io.BytesIO(content))["填报说明"]
    assert said in [row[0] for row in cover.iter_rows(values_only=True) if row]


def test_another_offices_own_field_stays_untold_when_it_is_retired() -> None:
    people()
    with acting(staff.OPERATOR) as actor:
        own = declare_field(actor, FieldForm("帮扶等级", "text", "", owner_only=True), staff.units()[staff.DISTRICT])
    form, reader = registered(keeper(), "姓名", "帮扶等级"), clerk()
    with acting(staff.OPERATOR) as actor:
        retire_field(actor, own.id)
    seen = reader.get(f"/api/forms/{form['id']}").json()["inspection"]
    assert [c["state"] for c in seen["columns"]] == ["held", "withheld"]
    assert not any("停用" in note for note in seen["notes"])


def test_an_expired_form_is_still_filled_for_looking_but_not_asked_for() -> None:
    """Filling shows what the base holds, to whoever may see it; only new rounds ask somebody for something."""
    people()
    form = decide(approver(), registered(keeper())).json()
    browser = clerk()
    made = asked(browser, form)
    perform(UUID(made["id"]))
    assert mine(browser)[0]["state"] == "done"
