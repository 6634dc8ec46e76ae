"""`linli intake`: exit codes, the JSON people script against, and the marked file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intake_tables import DISTRICT, HEADER, VILLAGE, Table, person
from test_runs import OPERATOR, people
from typer.testing import CliRunner

from linli.intake.commands import intake_app
from linli.intake.models import Batch
from linli.kernel.scope import acting
from linli.registry.models import District

pytestmark = pytest.mark.usefixtures("demo_district")
CLEAN = [HEADER, *(person(i) for i in range(1, 4))]
BAD = [*CLEAN, person(4, phone="123"), person(5, id="370302199013011234")]


@pytest.fixture
def demo_district(seeded_db: str) -> None:
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})


def command(*arguments: object) -> tuple[int, Any]:
    done = CliRunner().invoke(intake_app, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    try:
        return done.exit_code, json.loads(done.stdout)
    except ValueError:
        return done.exit_code, done.stdout + done.stderr


def run(path: Path, *more: object) -> tuple[int, Any]:
    return command("run", path, "--source", "community", *more)


def test_a_clean_file_ends_with_0_and_writes_nothing_without_commit(xlsx: Table) -> None:
    code, said = run(xlsx(CLEAN), "--json")
    assert (code, said["outcome"], said["match"]["new"], people()) == (0, "clean", 3, 0)


def test_merged_ends_with_0_and_again_says_that_nothing_changed(xlsx: Table) -> None:
    code, said = run(xlsx(CLEAN), "--commit", "--json")
    assert (code, said["outcome"], said["merge"]["new"]) == (0, "merged", 3)
    code, said = run(xlsx(CLEAN), "--commit", "--json")
    assert (code, said["outcome"], said["merge"]["unchanged"]) == (0, "nothing_changed", 3)


@pytest.mark.parametrize("more", [(), ("--commit",), ("--skip-bad",)])
def test_errors_end_with_2_and_nothing_is_merged(xlsx: Table, more: tuple[str, ...]) -> None:
    code, said = run(xlsx(BAD), "--json", *more)
    assert (code, said["outcome"], said["bad_rows"], people()) == (2, "findings", 2, 0)
    assert said["findings"] == {"id.birth": 1, "phone.length": 1}


def test_bad_rows_left_out_end_with_0(xlsx: Table) -> None:
    code, said = run(xlsx(BAD), "--commit", "--skip-bad", "--json")
    assert (code, said["outcome"], said["merge"]["skipped"], people()) == (0, "merged", 2, 3)


def test_failures_end_with_1_and_say_why(xlsx: Table, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.4")
    code, said = run(tmp_path / "a.xlsx", "--json")
    assert (code, said["outcome"], said["code"]) == (1, "failed", "intake.file.wrong_kind")
    code, said = run(tmp_path / "a.xlsx", "--lang", "en")
    assert code == 1 and "looks like PDF" in said
    assert run(tmp_path / "nothing.xlsx")[0] == 1
    assert command("run", xlsx(CLEAN), "--source", "nobody")[0] == 1
    assert run(xlsx(CLEAN), "--as", "nobody")[0] == 1
    assert run(xlsx(CLEAN), "--sheet", "没有")[0] == 1


def test_a_mapping_from_a_file_and_the_marked_workbook(xlsx: Table, tmp_path: Path) -> None:
    columns = {"姓名": "name", "公民身份号码": "id_number", "联系电话": "phone", "现住址": "register_address"}
    mapping = tmp_path / "MAP.json"
    mapping.write_text(json.dumps({"version": 1, "columns": columns}), "utf-8")
    code, said = run(xlsx(BAD), "--map", mapping, "--errors", tmp_path / "out.xlsx", "--json", "--area", VILLAGE)
    assert code == 2 and said["errors_file"] == str(tmp_path / "out.xlsx")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book["人员"]["C5"].comment is not None and "问题清单" in book.sheetnames
    mapping.write_text("{", "utf-8")
    assert run(xlsx(CLEAN), "--map", mapping)[0] == 1


def test_words_for_people(xlsx: Table) -> None:
    code, said = run(xlsx(BAD), "--lang", "en")
    assert code == 2 and "5 rows, 2 rows with errors" in said and "id.birth" in said


def test_list_and_undo(xlsx: Table) -> None:
    _, said = run(xlsx(CLEAN), "--commit", "--json")
    assert [b["id"] for b in command("list", "--json")[1]] == [said["batch"]]
    assert command("undo", said["batch"]) == (0, "undone\n")
    assert people() == 0
    assert command("undo", said["batch"])[0] == 1
    with acting(OPERATOR):
        assert Batch.objects.get(id=said["batch"]).state == "undone"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "没有.csv", "-s", "community"), "no such file"),
        (("run", "好.csv", "-s", "community", "--errors", "没有/改.xlsx"), "no such folder"),
        (("run", "好.csv", "-s", "community", "--map", "坏.json"), "no valid JSON (1:2)"),
        (("run", "好.csv", "-s", "community", "--date", "2026-13-01"), "write it as 2026-01-31"),
        (("run", "好.csv", "-s", "community", "--as", "nobody", "--lang", "en"), "no account “nobody”"),
        (("list", "--as", "nobody", "--lang", "en"), "no account “nobody”"),
        (("undo", "好.csv"), "linli intake list shows them"),
    ],
)
def test_wrong_use_is_told_in_a_sentence_before_anything_is_taken_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("好.csv").write_text("\n".join(",".join(row) for row in CLEAN), "utf-8")
    Path("坏.json").write_text("{bad", "utf-8")
    code, said = command(*arguments)
    assert code == 1 and told in said
    with acting(OPERATOR):
        assert not Batch.objects.exists()


def test_the_list_shows_whole_ids_on_a_narrow_terminal(xlsx: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, said = run(xlsx(CLEAN), "--json")
    assert said["batch"] in command("list")[1]


def test_a_folder_of_files_is_one_batch(tmp_path: Path) -> None:
    folder = tmp_path / "台账"
    (folder / "镇").mkdir(parents=True)
    lines = [",".join(row) for row in CLEAN]
    (folder / "镇" / "城里社区.csv").write_text("\n".join(lines[:3]), "utf-8")
    (folder / "城一社区.csv").write_text("\n".join([lines[0], lines[3]]), "gb18030")
    (folder / "说明.docx").write_bytes(b"PK")
    (folder / "~$城里社区.xlsx").write_bytes(b"lock")
    (folder / "别处.csv").symlink_to(tmp_path / "nowhere.csv")
    code, said = run(folder, "--json", "--commit")
    assert (code, said["outcome"], said["rows"], said["merge"]["new"]) == (0, "merged", 3, 3)
    assert run(folder, "--json", "--commit")[1]["outcome"] == "nothing_changed"
    with acting(OPERATOR):
        batches = Batch.objects.all()
        assert {b.filename for b in batches} == {"台账.zip"} and len({b.sha256 for b in batches}) == 1


def test_a_folder_is_of_the_kind_that_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "商户"
    folder.mkdir()
    # Told by the columns alone these would be taken for people.
    (folder / "名单.csv").write_text("姓名,联系电话\n某某商店,\n", "utf-8")
    code, said = run(folder, "--kind", "entities", "--json")
    with acting(OPERATOR):
        assert Batch.objects.get(id=said["batch"]).kind == "entities"
    assert code in (1, 2)


def test_a_folder_without_tables_and_a_bad_file_in_one(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "a.docx").write_bytes(b"PK")
    code, said = run(folder, "--json")
    assert (code, said["code"]) == (1, "intake.file.no_tables")
    (folder / "坏.xlsx").write_bytes(b"%PDF-1.4")
    code, said = run(folder, "--json")
    assert (code, said["code"]) == (1, "intake.file.wrong_kind") and said["message"].startswith("坏.xlsx: ")
