"""Ledgers over HTTP: every door through the suite of all rooms, and what each answers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, ClassVar

import openpyxl
import pytest
import staff
import templates
from django.core.files.uploadedfile import SimpleUploadedFile
from intake_tables import DISTRICT, OTHER_VILLAGE, VILLAGE
from ledger_people import NUMBERS
from permissions import Door, PermissionSuite, Sample

from linli.intake.ledgers import api as ledgers

FILL, VIEW = "intake.ledger.fill", "registry.person.view"


def a_template() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["姓名", "性别", "身份证号"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


class TestLedgerDoors(PermissionSuite):
    doors: ClassVar = [
        Door("POST", "/api/ledgers/templates", FILL, file=("t.xlsx", a_template())),
        Door("POST", "/api/ledgers/count", FILL, {"area": "{area}", "where": "age>=60"}, foreign=(403,)),
        Door(
            "POST",
            "/api/ledgers/fill",
            FILL,
            {"order": '{"area": "{area}", "purpose": "测试填报", "empty": true}'},
            also=(VIEW,),
            file=("t.xlsx", a_template()),
            foreign=(403,),
            logs="export",
        ),
    ]

    def sample(self) -> Sample:
        return Sample(own={"area": staff.TOWN}, foreign={"area": staff.OTHER_TOWN})


@pytest.fixture
def browser(people: dict[str, str]) -> Any:
    return staff.client(staff.staff("clerk", "town_clerk", DISTRICT))


def sent(browser: Any, path: Path, **order: Any) -> Any:
    order = {"area": DISTRICT, "purpose": "高龄津贴申报", "on": "2026-06-01"} | order
    file = SimpleUploadedFile("高龄津贴.xlsx", path.read_bytes())
    return browser.post("/api/ledgers/fill", {"file": file, "order": json.dumps(order)})


def test_a_template_is_told_with_its_columns_and_what_they_can_be(browser: Any, tmp_path: Path) -> None:
    file = SimpleUploadedFile("t.xlsx", templates.build("elder_allowance", tmp_path).read_bytes())
    told = browser.post("/api/ledgers/templates", {"file": file}).json()
    assert told["subject"] == "people" and told["sheets"] == ["高龄津贴"] and not told["form"]
    columns = {c["name"]: (c["field"], c["state"]) for c in told["columns"]}
    assert columns["出生年月"] == ("birth", "bound") and columns["发放标准(元/月)"] == (None, "unbound")
    labels = {f["name"]: f["label"] for f in told["fields"]}
    assert labels["birth"] == "出生日期" and labels["tag:minimum_living"].startswith("标签：")
    file.seek(0)
    asked = {"file": file, "subject": "households"}
    told = browser.post("/api/ledgers/templates", asked, headers={"Accept-Language": "en"}).json()
    assert told["subject"] == "households" and {f["name"]: f["label"] for f in told["fields"]}["name"] == "Name of head"
    file.seek(0)
    wrong = browser.post("/api/ledgers/templates", {"file": file, "subject": "dogs"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "intake.ledger.binding_invalid")


def test_a_count_tells_how_the_condition_was_understood(browser: Any) -> None:
    def count(**body: Any) -> Any:
        return browser.post(
            "/api/ledgers/count", {"area": DISTRICT, "on": "2026-06-01"} | body, content_type="application/json"
        )

    told = count(where="60岁以上独居").json()
    assert (told["people"], told["exact"], told["where"]) == (2, True, "60岁以上 且 独居")
    assert told["condition"]["all"][1] == {"is": "lives_alone"}
    assert count().json()["people"] == 8 and count(area=OTHER_VILLAGE).json()["people"] == 1
    wrong = count(where="身高>=180")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "intake.ledger.condition_invalid")


def test_a_ledger_is_filled_and_handed_over(browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = templates.build("elder_allowance", tmp_path)
    answer = sent(browser, path, where="80岁以上", binding={"columns": {"姓名": "name", "公民身份号码": "id_number"}})
    assert answer.status_code == 200 and "filename*=UTF-8''%E9%AB%98" in answer["Content-Disposition"]
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["高龄津贴"]
    assert not {page.cell(row, 6).value for row in range(5, 9)} & set(NUMBERS.values()) and page["C5"].value is None
    answer = sent(browser, path, where="80岁以上", masked=False)
    page = openpyxl.load_workbook(io.BytesIO(answer.content))["高龄津贴"]
    assert {page.cell(row, 6).value for row in range(5, 9)} <= set(NUMBERS.values())
    for order, status, code in (
        ({"purpose": " x "}, 422, "registry.purpose_missing"),
        ({"where": "age>=130"}, 422, "intake.ledger.nobody"),
        ({"binding": {"columns": {"姓名": "no_such"}}}, 422, "intake.ledger.binding_invalid"),
        ({"area": "370303"}, 403, "kernel.forbidden"),
        ({"area": "x"}, 422, "kernel.invalid"),
    ):
        refused = sent(browser, path, **order)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.content
    monkeypatch.setattr(ledgers, "MOST_ROWS", 3)
    assert sent(browser, path, area=VILLAGE).json()["code"] == "intake.ledger.too_many_rows"
    assert sent(browser, path, area=OTHER_VILLAGE).status_code == 200
