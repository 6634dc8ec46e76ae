"""Who gets the errors workbook, which holds numbers in full, and what the list in it may not become."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from intake_tables import Table, number, with_sheet_xml
from test_intake_doors import batch
from test_workbook import HEADER, context, marked

from linli.access.models import ReadLog
from linli.intake import workbook
from linli.intake.checking.table import check_table
from linli.intake.mapping import fit, from_json
from linli.intake.reading import read_table
from linli.intake.runner import run_file
from linli.intake.workbook import write_errors
from linli.kernel.scope import acting

MAY = ["intake.batch.view", "intake.batch.upload"]


@pytest.mark.parametrize(("permissions", "status"), [(MAY, 403), ([*MAY, "registry.person.reveal"], 200)])
def test_somebody_elses_file_is_for_those_who_may_see_full_numbers(
    seeded_db: str, settings: Any, permissions: list[str], status: int
) -> None:
    settings.ROOT_URLCONF = "intake_urls"
    brought = batch(staff.TOWN, "own.xlsx", 1)
    browser = staff.client(staff.staff("other", area=staff.TOWN, permissions=permissions))
    assert browser.get(f"/api/intake/batches/{brought}/errors.xlsx").status_code == status


@pytest.mark.parametrize("full", [False, True])
def test_who_sees_as_the_uploader_brought_nothing_and_both_names_are_logged(
    seeded_db: str, xlsx: Table, full: bool
) -> None:
    may = ["intake.batch.view", "intake.batch.upload", "registry.person.view", *(["registry.person.reveal"] * full)]
    clerk = staff.staff("clerk", area=staff.TOWN, permissions=may)
    helper = staff.staff("helper", area=staff.TOWN, permissions=[*may, "access.account.view", "access.account.view_as"])
    path = xlsx([["姓名", "公民身份号码", "现住址"], ["甲", number(1), "昆仑镇聂村3号楼2单元401"]])
    brought = run_file(staff.actor(clerk), path, source="community", area=staff.TOWN).batch_id
    address = f"/api/intake/batches/{brought}/errors.xlsx"
    assert staff.client(clerk).get(address).status_code == 200  # one's own file
    looking = staff.client(helper)
    body = json.dumps({"reason": "协助处理"})
    began = looking.post(f"/api/accounts/{clerk.id}/view", body, content_type="application/json")
    assert began.status_code == 204, began.content
    answer = looking.get(address)
    assert answer.status_code == (200 if full else 403)
    if full:
        content = b"".join(answer.streaming_content)
        with acting(staff.OPERATOR):
            logged = list(ReadLog.objects.filter(kind="download").values_list("actor", "viewing_as"))
        assert (f"{helper.id}", f"{clerk.id}") in [
            (a.rpartition(":")[2], (v or "").rpartition(":")[2]) for a, v in logged
        ]
        stamp = openpyxl.load_workbook(io.BytesIO(content))["问题清单"]["A1"].value
        assert "用户helper（用户clerk）" in stamp


def test_headings_quoted_in_the_list_are_no_formulas(xlsx: Table, tmp_path: Path) -> None:
    path = xlsx([HEADER, ["甲", number(1), "x", "城里社区"]])
    heading = '<c r="C1" t="inlineStr"><is><t>=联系电话</t></is></c>'
    with_sheet_xml(path, lambda xml: re.sub(r'<c r="C1".*?</c>', lambda _: heading, xml))
    table = read_table(path)
    fields = dict(zip((c.name for c in table.columns), ("name", "id_number", "phone", "home_village"), strict=True))
    checked = check_table(table, fit(from_json({"version": 1, "columns": fields}), list(fields)), context())
    target = tmp_path / "errors.xlsx"
    write_errors(path, target, table, checked.findings)
    book = openpyxl.load_workbook(target)
    listed = [c for line in book["问题清单"].iter_rows() for c in line if c.value == "=联系电话"]
    assert listed and all(c.data_type == "s" for c in listed)
    with zipfile.ZipFile(target) as archive:
        assert not [n for n in archive.namelist() if n.startswith("xl/worksheets") and b"<f>" in archive.read(n)]


def test_a_workbook_with_large_sheets_is_not_laid_out_in_memory(xlsx: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx([HEADER, ["甲", number(1), "123", "城里社区"]], sheets={"另一张": "visible"})
    assert "另一张" in marked(path)[1].sheetnames
    monkeypatch.setattr(workbook, "STYLED_BYTES", 100)
    assert marked(path)[1].sheetnames == ["人员", "问题清单"]
