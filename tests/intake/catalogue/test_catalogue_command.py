"""`linli ledger forms|add|approve|refuse|generate`: the same actions as on the page, with their reasons and exit codes."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from catalogue_forms import FACTS, HEAD, workbook
from people_frames import merge, number, row
from typer.testing import CliRunner

from linli.intake.catalogue.commands import ledger_app
from linli.intake.catalogue.models import Form
from linli.intake.generating.models import Generated
from linli.kernel.scope import acting

Sql = Callable[..., Sequence[Any]]
pytestmark = pytest.mark.usefixtures("db")


def command(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(ledger_app, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout + done.stderr


def told(*arguments: object) -> tuple[int, Any]:
    code, said = command(*arguments, "--json")
    return code, [json.loads(line) for line in said.splitlines()]


def template(folder: Path, *head: str) -> Path:
    path = folder / "高龄津贴.xlsx"
    path.write_bytes(workbook(*(head or HEAD)))
    return path


def added(
    folder: Path, *more: object, name: str = FACTS["name"], issuer: str = FACTS["issuer_name"]
) -> tuple[int, Any]:
    path = template(folder)
    return told(
        "add", path, "--name", name, "--issuer", issuer, "--basis", FACTS["legal_basis"], "--cycle", "quarter", *more
    )  # fmt: skip


def test_a_form_is_added_approved_by_somebody_else_and_generated(tmp_path: Path, owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1), row(3, "李秀英", 2, staff.OTHER_VILLAGE)])
    staff.staff("keeper", "officer", staff.DISTRICT)
    staff.staff("approver", "form_approver", staff.DISTRICT)
    staff.staff("clerk", "town_clerk", staff.TOWN)
    code, (form,) = added(tmp_path, "--as", "keeper")
    assert code == 0 and (form["status"], form["asked"], form["new"]) == ("proposed", 5, 1)
    code, said = command("forms", "--status", "proposed", "--as", "clerk")
    assert code == 0 and form["id"] in said and "待审批" in said and "4/5" in said
    code, (refused,) = told("approve", form["name"], "--as", "keeper")
    assert code == 1 and refused["code"] == "kernel.forbidden"
    code, (form,) = told(
        "approve", form["name"], "--number", "准〔2026〕1号", "--until", "2099-12-31", "--as", "approver"
    )
    assert (code, form["status"], form["last_day"]) == (0, "approved", "2099-12-31")
    out = tmp_path / "out.xlsx"
    asked = ("generate", form["id"], "--area", staff.TOWN, "--out", out, "--date", "2026-06-01", "--as", "clerk")
    code, (done,) = told(*asked, "--purpose", "季度报送")
    assert (code, done["outcome"], done["rows"]) == (0, "filled", 1)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    page = openpyxl.load_workbook(out)["表一"]
    assert page["B3"].value == "王建国" and page["D3"].value != number(1)
    logged = owner_sql("SELECT kind, purpose FROM access_read_log WHERE subject_type = 'ledger' ORDER BY at")
    assert [tuple(entry) for entry in logged] == [("export", "季度报送"), ("download", "季度报送")]
    assert owner_sql("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'intake.ledger'")[0][0] == 0
    code, (kept,) = told(*asked, "--where", "age>=130")
    assert (code, kept["code"]) == (1, "intake.ledger.nobody") and openpyxl.load_workbook(out)["表一"]["B3"].value
    with acting(staff.OPERATOR):
        assert sorted(Generated.objects.values_list("state", flat=True)) == ["done", "failed"]


def test_whoever_runs_the_machine_does_not_approve_what_they_added(tmp_path: Path) -> None:
    _, (form,) = added(tmp_path)
    code, (own,) = told("approve", form["id"])
    assert (code, own["code"]) == (1, "intake.form.own")
    staff.staff("approver", "form_approver", staff.DISTRICT)
    code, (why,) = told("refuse", form["id"], "--as", "approver")
    assert (code, why["code"]) == (1, "registry.reason_missing")
    code, (form,) = told("refuse", form["id"], "--reason", "与残联台账重复", "--as", "approver")
    assert (code, form["status"]) == (0, "refused")


def test_what_cannot_be_done_is_told_with_its_code(tmp_path: Path) -> None:
    unit = staff.NAMES[staff.DISTRICT]
    staff.units()
    assert added(tmp_path)[0] == added(tmp_path, issuer=unit)[0] == 0
    with acting(staff.OPERATOR):
        assert Form.objects.get(issuer_name=unit).issuer_id is not None, "a unit is known by its name"
    for arguments, code in (
        (("approve", FACTS["name"]), "kernel.invalid"), (("approve", "没有这张表"), "kernel.not_found"),
        (("forms", "--status", "lost"), "kernel.invalid"),
        (("generate", "没有", "--area", staff.TOWN, "--out", tmp_path / "o.xlsx"), "kernel.not_found"),
    ):  # fmt: skip
        exit_code, (problem,) = told(*arguments)
        assert (exit_code, problem["code"]) == (1, code)
    assert added(tmp_path, "--until", "soon")[1][0]["code"] == "intake.ledger.failed"
    assert added(tmp_path)[1][0]["code"] == "intake.form.taken"
    english = command("forms", "--lang", "en")[1]
    assert english.count("Waiting for approval") == 2


def test_names_in_a_template_are_answered_for(tmp_path: Path) -> None:
    path = template(tmp_path)
    book = openpyxl.load_workbook(path)
    book["表一"]["B3"] = "王建国"
    book.save(path)
    given = ("add", path, "--name", "台账", "--issuer", "民政局", "--basis", "实施办法", "--cycle", "year")
    code, (problem,) = told(*given)
    assert (code, problem["code"]) == (1, "intake.form.template_names_people")
    assert told(*given, "--names-are-examples")[0] == 0
