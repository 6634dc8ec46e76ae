"""The catalogue of forms: inspected, entered, approved by somebody else, changed one at a time, and its versions kept."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from catalogue_forms import (
    FACTS,
    HEAD,
    JSON,
    again,
    approver,
    clerk,
    decide,
    file_of,
    inspect,
    keeper,
    register,
    registered,
    workbook,
)
from django.conf import settings
from django.db import connections
from openpyxl.comments import Comment
from people_frames import number

from linli.intake.catalogue import actions
from linli.intake.catalogue.models import Form, FormVersion
from linli.intake.catalogue.problems import NotInUse
from linli.kernel import clock, files
from linli.kernel.scope import acting

Sql = Callable[..., Sequence[Any]]
pytestmark = pytest.mark.usefixtures("db")


def kept() -> set[Path]:
    """The files at rest."""
    return {path for path, _ in files.kept()}


def states(told: dict[str, Any]) -> dict[str, str]:
    return {c["name"]: c["state"] for c in told["columns"]}


# --- before anything is kept ---------------------------------------------------------------------------------------


def test_an_upload_is_told_what_is_held_what_is_new_and_who_asks_for_it_too() -> None:
    browser = keeper()
    registered(browser, "序号", "姓名", "身份证号", "联系电话", "残疾类别", name="残联2024-03", issuer_name="区残联")
    told = inspect(browser).json()
    assert states(told) == {
        "序号": "serial", "姓名": "held", "性别": "held", "身份证号": "held", "联系电话": "held", "住房面积": "new"
    }  # fmt: skip
    assert told["counts"] == {"asked": 5, "held": 4, "new": 1}
    assert told["sentence"] == "共 5 项：4 项底座已有，1 项新增；其中 3 项“残联2024-03”也在要。"
    (shared,) = told["overlaps"]
    assert shared["shared"] == ["姓名", "证件号码", "联系电话"] and not shared["alike"]
    english = browser.post("/api/forms/inspect", {"file": file_of(workbook(*HEAD))}, headers={"Accept-Language": "en"})
    assert english.json()["sentence"] == "5 fields: 4 already held, 1 new; 3 are also asked by 残联2024-03."
    assert Form.objects.count() == 1, "a look keeps nothing"


def test_nearly_the_same_form_is_told_as_a_duplicate_and_itself_is_not() -> None:
    browser = keeper()
    form = registered(browser)
    (shared,) = inspect(browser, *HEAD[:5]).json()["overlaps"]
    assert shared["alike"] and shared["form_id"] == form["id"]
    assert inspect(browser, form=form["id"]).json()["overlaps"] == []
    assert form["inspection"]["overlaps"] == []


def test_the_binding_is_mended_by_hand_and_a_constant_asks_nobody() -> None:
    binding = {
        "columns": {"序号": "serial", "住房面积": None, "性别": None, "姓名": "name", "身份证号": "id_number"},
        "constants": {"性别": "不填"},
    }
    told = inspect(keeper(), binding=json.dumps(binding)).json()
    assert states(told)["性别"] == "constant" and states(told)["联系电话"] == "new"
    assert told["counts"] == {"asked": 4, "held": 2, "new": 2}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "intake.file.empty"),
        (b"not a workbook at all", "intake.ledger.not_workbook"),
        (workbook("甲乙", "丙丁"), "intake.ledger.header_missing"),
    ],
    ids=["empty", "text", "no header"],
)
def test_what_is_no_template_is_told_and_nothing_is_kept(content: bytes, code: str) -> None:
    browser, before = keeper(), kept()
    for answer in (
        browser.post("/api/forms/inspect", {"file": file_of(content)}),
        browser.post("/api/forms", {"file": file_of(content), "form": json.dumps(FACTS)}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, code), answer.content
    assert Form.objects.count() == FormVersion.objects.count() == 0 and kept() == before


def test_three_hundred_sheets_that_are_no_villages_are_told_before_anybody_registers_them() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook("姓名", "身份证号")))
    for serial in range(299):
        book.copy_worksheet(book["表一"]).title = f"第{serial}册"
    content = io.BytesIO()
    book.save(content)
    answer = keeper().post("/api/forms/inspect", {"file": file_of(content.getvalue())})
    assert (answer.status_code, answer.json()["code"]) == (422, "intake.ledger.too_many_sheets")
    assert answer.json()["params"]["sheets"] == 300


def test_a_template_with_somebody_in_it_is_kept_from_the_district() -> None:
    browser, before = keeper(), kept()

    def with_text(text: str, hidden: bool = False, comment: bool = False) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(workbook("姓名", "身份证号")))
        sheet = book.create_sheet("旧数据") if hidden else book["表一"]
        sheet.sheet_state = "hidden" if hidden else "visible"
        if comment:
            sheet["B3"].comment = Comment(text, "某")
        else:
            sheet["B3"] = text
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    somebody = number(1)
    full_width = somebody.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for content, sheet in (
        (with_text(somebody), "表一"), (with_text(f"如：{full_width}（王某）"), "表一"),
        (with_text(somebody, hidden=True), "旧数据"), (with_text(somebody, comment=True), "表一"),
    ):  # fmt: skip
        for answer in (
            browser.post("/api/forms/inspect", {"file": file_of(content)}),
            browser.post("/api/forms", {"file": file_of(content), "form": json.dumps(FACTS)}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "intake.form.template_holds_people")
            assert sheet in answer.json()["detail"] and "B3" in answer.json()["detail"]
            assert somebody not in answer.content.decode()
    assert Form.objects.count() == 0 and kept() == before
    wrong = somebody[:-1] + ("1" if somebody[-1] != "1" else "2")
    for example in ("370303190001010000", wrong, f"{somebody}9"):
        assert browser.post("/api/forms/inspect", {"file": file_of(with_text(example))}).status_code == 200, example


def holding(**cells: str) -> bytes:
    """A template of names and heads of households with something in its cells."""
    book = openpyxl.load_workbook(io.BytesIO(workbook("序号", "姓名", "户主姓名", "备注")))
    for place, text in cells.items():
        book["表一"][place] = text
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_names_of_people_in_a_template_are_told_and_somebody_answers_for_them(owner_sql: Sql) -> None:
    browser, before = keeper(), kept()
    named = holding(B3="王建国", C3="李 秀英", B4="买买提·艾山", B5="张某某", C4="李四", D3="刘桂兰", A3="例")
    seen = browser.post("/api/forms/inspect", {"file": file_of(named)}).json()
    assert seen["names"] == 3 and "B3" in seen["notes"][0] and "王建国" not in json.dumps(seen, ensure_ascii=False)
    refused = browser.post("/api/forms", {"file": file_of(named), "form": json.dumps(FACTS)})
    assert (refused.status_code, refused.json()["code"]) == (422, "intake.form.template_names_people")
    assert kept() == before and Form.objects.count() == 0
    told = json.dumps(FACTS | {"names_confirmed": True})
    form = browser.post("/api/forms", {"file": file_of(named), "form": told}).json()
    assert form["inspection"]["notes"] == [n for n in form["inspection"]["notes"] if "姓名。" not in n]
    logged = owner_sql("SELECT detail FROM access_change_log WHERE action = 'intake.form.register'")
    assert [entry[0]["names_confirmed"] for entry in logged] == [3]
    order = {"version": form["version"]}
    answers = [
        browser.post(f"/api/forms/{form['id']}/versions", {"file": file_of(named), "order": json.dumps(order | more)})
        for more in ({}, {"names_confirmed": True})
    ]
    assert [answer.status_code for answer in answers] == [422, 201]
    order["version"] = answers[1].json()["version"]
    bound = {"binding": {"columns": {"姓名": "name", "户主姓名": None}}}
    again = browser.put(f"/api/forms/{form['id']}/binding", order | bound, content_type=JSON)
    assert again.status_code == 200, "the workbook was answered for when it came"


@pytest.mark.parametrize(
    "cells", [{}, {"B3": "某某"}, {"B3": "张三", "B4": "李四"}, {"B3": "（示例）"}, {"B3": "×××"}, {"D3": "王建国"}, {"B3": "1"}],
    ids=str,
)  # fmt: skip
def test_examples_that_name_nobody_are_taken_as_they_are(cells: dict[str, str]) -> None:
    browser = keeper()
    assert browser.post("/api/forms/inspect", {"file": file_of(holding(**cells))}).json()["names"] == 0
    assert browser.post("/api/forms", {"file": file_of(holding(**cells)), "form": json.dumps(FACTS)}).status_code == 201


# --- entering and versions -----------------------------------------------------------------------------------------


def test_a_form_is_entered_with_its_template_kept_encrypted() -> None:
    browser, before = keeper(), kept()
    form = registered(browser, valid_until=(clock.today() + timedelta(days=30)).isoformat())
    assert (form["status"], form["current"], form["subject"]) == ("proposed", 1, "people")
    assert form["counts"] == {"asked": 5, "held": 4, "new": 1}
    assert form["may"] == {"manage": True, "approve": False, "fill": False, "own": True}
    (path,) = kept() - before
    assert b"PK" not in path.read_bytes()[:64], "a workbook in the clear begins so"
    taken = browser.get(f"/api/forms/{form['id']}/versions/1/file")
    assert openpyxl.load_workbook(io.BytesIO(taken.content)).active["A1"].value == "花名册"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": " "}, "name"), ({"issuer_name": ""}, "issuer_name"), ({"legal_basis": "无"}, "legal_basis"),
        ({"cycle": "day"}, "cycle"), ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"name": "台\u0007账"}, "name"), ({"issuer_name": "民政\u202e局"}, "issuer_name"),
        ({"legal_basis": "实施\u200b办法"}, "legal_basis"), ({"basis_number": "3号\n"}, "basis_number"),
        ({"note": "说明\u001b"}, "note"), ({"issuer_id": "00000000-0000-0000-0000-000000000001"}, "issuer_id"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_wrong_with_a_form_is_told_at_its_place(facts: dict[str, Any], field: str) -> None:
    before = kept()
    answer = register(keeper(), **facts)
    assert answer.status_code == 422 and [f["field"] for f in answer.json()["fields"]] == [field]
    assert kept() == before


@pytest.mark.parametrize(("text", "fields"), [("{}", ["name", "legal_basis", "cycle"]), ("{", ["form"])])
def test_a_description_that_is_none_is_told_by_its_fields(text: str, fields: list[str]) -> None:
    answer = keeper().post("/api/forms", {"file": file_of(workbook(*HEAD)), "form": text})
    assert answer.status_code == 422 and [f["field"] for f in answer.json()["fields"]] == fields, answer.content


def test_a_note_of_several_lines_is_kept_as_it_was_written() -> None:
    assert registered(keeper(), note="一、填表人签字；\n二、盖章。")["note"] == "一、填表人签字；\n二、盖章。"


def test_no_text_of_the_catalogue_holds_what_nobody_sees() -> None:
    browser, office = keeper(), approver()
    form = registered(browser)
    unseen, address = "理由\u202e充分", f"/api/forms/{form['id']}"
    version = {"version": form["version"]}
    bound = {"columns": {"姓名": "name"}, "constants": {"性别": "男\u0000".replace("\u0000", "\u0008")}}
    for answer, field in (
        (decide(office, form, reason=unseen), "reason"), (decide(office, form, number=unseen), "number"),
        (decide(office, form, approve=False, reason=unseen), "reason"),
        (browser.post(f"{address}/withdraw", version | {"reason": unseen}, content_type=JSON), "reason"),
        (again(browser, form, *HEAD, note=unseen), "note"),
        (browser.put(f"{address}/binding", version | {"binding": bound}, content_type=JSON), "binding.constants.性别"),
    ):  # fmt: skip
        assert answer.status_code == 422, answer.content
        assert [(f["field"], f["code"]) for f in answer.json()["fields"]] == [(field, "unprintable")]
    kept = browser.post(
        "/api/forms", {"file": file_of(workbook(*HEAD), "台\u202e账.xlsx"), "form": json.dumps(FACTS | {"name": "乙"})}
    )
    assert kept.json()["versions"][0]["filename"] == "台账.xlsx"


def test_a_template_whose_version_was_never_committed_goes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    browser, before = keeper(), kept()
    monkeypatch.setattr(actions, "_decided", lambda *_: 1 / 0)
    assert register(browser).status_code == 500
    monkeypatch.undo()
    (orphan,) = kept() - before
    mine = registered(browser)
    actions.clear_files()
    assert len(kept() - before) == 2, "its transaction may still be open"
    (mark,) = (Path(settings.LINLI_FILES_DIR) / "unsettled" / "form").iterdir()
    assert mark.name == orphan.name, "what was committed is not in question"
    committed = FormVersion.objects.get(form_id=mine["id"]).file_id
    (mark.parent / str(committed)).touch()  # as of a process that was killed just after its commit
    for each in mark.parent.iterdir():
        os.utime(each, (0, 0))
    actions.clear_files()
    assert {path.name for path in kept() - before} == {str(committed)} and not list(mark.parent.iterdir())


def test_a_version_without_the_one_it_follows_is_refused_and_nothing_is_kept() -> None:
    browser = keeper()
    form, before = registered(browser), kept()
    answer = browser.post(f"/api/forms/{form['id']}/versions", {"file": file_of(workbook(*HEAD)), "order": "{}"})
    assert answer.status_code == 422 and [f["field"] for f in answer.json()["fields"]] == ["version"]
    assert kept() == before and FormVersion.objects.count() == 1


def test_an_issuer_has_a_name_once_and_a_unit_lends_its_own() -> None:
    browser = keeper()
    unit = str(staff.units()[staff.DISTRICT])
    form = registered(browser, issuer_id=unit, issuer_name="")
    assert form["issuer_name"] == staff.NAMES[staff.DISTRICT]
    assert unit in [one["id"] for one in browser.get("/api/forms/issuers").json()]
    assert register(browser, issuer_id=unit).json()["code"] == "intake.form.taken"
    gone = browser.post(
        f"/api/forms/{form['id']}/withdraw", {"version": form["version"], "reason": "重复"}, content_type=JSON
    )
    assert gone.json()["status"] == "withdrawn"
    registered(browser, issuer_id=unit)
    back = browser.post(f"/api/forms/{form['id']}/propose", {"version": gone.json()["version"]}, content_type=JSON)
    assert back.json()["code"] == "intake.form.taken", "the name is another form's by now"


def test_a_new_upload_is_a_new_version_and_the_old_one_stays() -> None:
    browser = keeper()
    form = registered(browser)
    answer = again(browser, form, "姓名", "身份证号", note="去掉住房面积")
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert [v["number"] for v in told["versions"]] == [2, 1] and told["current"] == 2
    assert told["counts"] == {"asked": 2, "held": 2, "new": 0}
    old = browser.get(f"/api/forms/{form['id']}/versions/1/file").content
    assert openpyxl.load_workbook(io.BytesIO(old)).active["F2"].value == "住房面积"
    bound = {"columns": {"姓名": "name", "身份证号": None}}
    answer = browser.put(
        f"/api/forms/{form['id']}/binding", {"version": told["version"], "binding": bound}, content_type=JSON
    )
    assert answer.json()["current"] == 3 and answer.json()["counts"] == {"asked": 2, "held": 1, "new": 1}
    assert FormVersion.objects.get(number=2).binding["columns"]["身份证号"] == "id_number", "versions never change"


# --- approval ----------------------------------------------------------------------------------------------------


def test_somebody_else_approves_and_only_then_it_may_be_asked_for() -> None:
    browser, office = keeper(), approver()
    form = registered(browser)
    with pytest.raises(NotInUse):
        actions.check_in_use(Form.objects.get())
    assert decide(browser, form).status_code == 403, "keeping forms is not approving them"
    until = clock.today() + timedelta(days=365)
    answer = decide(office, form, number="淄准〔2026〕1号", until=until.isoformat(), reason="依据充分")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["status"], told["approval_number"], told["last_day"]) == (
        "approved",
        "淄准〔2026〕1号",
        until.isoformat(),
    )
    assert [(d["state"], d["number"]) for d in told["decisions"]] == [("approved", "淄准〔2026〕1号"), ("proposed", "")]
    actions.check_in_use(Form.objects.get())
    with pytest.raises(NotInUse) as over:
        actions.check_in_use(Form.objects.get(), until + timedelta(days=1))
    assert over.value.params["status_zh"] == "已到期" and over.value.params["why_zh"] == until.isoformat()
    assert decide(office, told).json()["code"] == "intake.form.state", "it is decided"


def test_who_entered_or_changed_a_form_does_not_decide_on_it() -> None:
    both = staff.client(
        staff.staff("both", permissions=["intake.form.manage", "intake.form.approve"], area=staff.DISTRICT)
    )
    form = registered(both)
    assert decide(both, form).json()["code"] == "intake.form.own"
    other = registered(keeper(), name="另一台账")
    changed = again(both, other, *HEAD, "备注").json()
    assert decide(both, changed).json()["code"] == "intake.form.own"
    assert decide(approver(), changed).json()["status"] == "approved"


def test_who_had_a_hand_in_what_waits_does_not_decide_on_it_whoever_changes_it_after_them() -> None:
    both = staff.client(
        staff.staff("both", permissions=["intake.form.manage", "intake.form.approve"], area=staff.DISTRICT)
    )
    browser, office = keeper(), approver()

    def changed(by: Any, form: dict[str, Any], **facts: Any) -> dict[str, Any]:
        body = FACTS | {"version": form["version"]} | facts
        return dict(by.put(f"/api/forms/{form['id']}", body, content_type=JSON).json())

    form = changed(both, registered(browser), cycle="month")
    assert form["status"] == "proposed" and form["may"]["own"]
    form = changed(browser, form, cycle="month", note="补充说明")
    assert decide(both, form).json()["code"] == "intake.form.own", "the cycle is still theirs"
    form = decide(office, form, approve=False, reason="周期过密").json()
    form = changed(both, form, cycle="year")
    assert form["status"] == "proposed", "whoever mends what was refused hands it in"
    assert decide(both, form).json()["code"] == "intake.form.own"
    form = decide(office, form).json()
    form = again(browser, form, *HEAD, "备注").json()
    assert decide(both, form).json()["status"] == "approved", "somebody else has approved what was theirs"


def test_a_refusal_says_why_and_it_can_be_handed_in_again() -> None:
    browser, office = keeper(), approver()
    form = registered(browser)
    assert decide(office, form, approve=False).json()["code"] == "registry.reason_missing"
    refused = decide(office, form, approve=False, reason="与残联台账重复").json()
    assert refused["status"] == "refused" and refused["decisions"][0]["reason"] == "与残联台账重复"
    with pytest.raises(NotInUse) as why:
        actions.check_in_use(Form.objects.get())
    assert why.value.params["why_zh"] == "与残联台账重复"
    again_in = browser.post(f"/api/forms/{form['id']}/propose", {"version": refused["version"]}, content_type=JSON)
    assert again_in.json()["status"] == "proposed"


def test_what_was_approved_is_what_it_asked_then() -> None:
    browser, office = keeper(), approver()
    form = decide(office, registered(browser)).json()
    less = again(browser, form, "姓名", "身份证号").json()
    assert less["status"] == "approved", "asking for less needs nobody"
    more = again(browser, less, "姓名", "身份证号", "婚姻状况").json()
    assert more["status"] == "proposed" and more["approval_number"] == ""
    form = decide(office, more).json()
    body = FACTS | {"version": form["version"], "cycle": "month"}
    assert browser.put(f"/api/forms/{form['id']}", body, content_type=JSON).json()["status"] == "proposed"


def test_what_fills_an_approved_column_is_not_changed_behind_the_approval() -> None:
    browser = keeper()
    form = decide(approver(), registered(browser, "姓名", "备注")).json()
    bound = {"columns": {"姓名": "name", "备注": "id_number"}}
    answer = browser.put(
        f"/api/forms/{form['id']}/binding", {"version": form["version"], "binding": bound}, content_type=JSON
    )
    assert (answer.json()["status"], answer.json()["approval_number"]) == ("proposed", "")


# --- lists, sight and two at once ----------------------------------------------------------------------------------


def test_the_catalogue_is_seen_by_all_who_may_fill_and_filtered_by_status() -> None:
    browser, office = keeper(), approver()
    decide(office, registered(browser, name="甲"))
    registered(browser, name="乙", issuer_name="区残联")
    late = registered(browser, name="丙")
    Form.objects.filter(id=late["id"]).update(valid_until=clock.today() - timedelta(days=1))
    reader = clerk(area=staff.VILLAGE)

    def names(query: str = "") -> list[str]:
        return sorted(item["name"] for item in reader.get(f"/api/forms{query}").json()["items"])

    assert names() == sorted(["甲", "乙", "丙"])
    assert (
        names("?status=approved") == ["甲"]
        and names("?status=proposed") == ["乙"]
        and names("?status=expired") == ["丙"]
    )
    assert names("?q=残联") == ["乙"] and names("?status=withdrawn") == []
    worker = staff.client(staff.staff("worker", "grid_worker", staff.VILLAGE))
    assert worker.get("/api/forms").status_code == 403
    town = staff.client(staff.staff("town", "officer", staff.TOWN))
    assert register(town).status_code == 403, "the catalogue is the district's"


def test_pages_of_the_catalogue_follow_each_other_without_gaps() -> None:
    browser = keeper()
    for serial in range(5):
        registered(browser, name=f"台账{serial}")
    seen, cursor = [], ""
    while True:
        page = browser.get(f"/api/forms?limit=2{cursor}").json()
        seen += [item["name"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == [f"台账{serial}" for serial in range(5)]
    assert browser.get("/api/forms?cursor=WyJhIiwieCJd").status_code == 422


def test_of_two_at_once_one_wins_and_the_other_is_told() -> None:
    browser, office = keeper(), approver()
    form = registered(browser)
    changed = again(browser, form, *HEAD, "备注").json()
    late = decide(office, form)
    assert (late.status_code, late.json()["code"]) == (409, "intake.form.changed"), "it was another form they looked at"
    answers: list[int] = []
    together = threading.Barrier(2)

    def knock(who: Any, approve: bool) -> None:
        together.wait()
        try:
            answers.append(decide(who, changed, approve=approve, reason="理由充分").status_code)
        finally:
            connections.close_all()

    other = approver("other")
    knocking = [threading.Thread(target=knock, args=(who, yes)) for who, yes in ((office, True), (other, False))]
    for thread in knocking:
        thread.start()
    for thread in knocking:
        thread.join()
    assert sorted(answers) == [200, 409]
    with acting(staff.OPERATOR):
        assert Form.objects.get().decisions.exclude(state="proposed").count() == 1
