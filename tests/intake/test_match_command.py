"""`linli match`: a file in, a row for each of its rows out, and no database."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner
from xlsxwriter import Workbook

from linli.intake.matching.commands import match_app
from linli.intake.matching.reading import read
from linli.registry.matching import comparisons, model
from linli.registry.matching.report import page

HEADER = ["姓名", "性别", "出生日期", "身份证号", "联系电话", "镇街", "村居", "详细地址", "来源", "本人"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES, GIVEN = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高",
    "建国伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红玲",
)


def number_of(birth: str, serial: int) -> str:
    body = f"990302{birth.replace('-', '')}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def people(count: int, seed: int = 1) -> list[list[str]]:
    """Rows of people, every third of whom is there twice: once as another office knows them."""
    draw, rows = random.Random(seed), []
    for serial in range(count):
        birth = f"{draw.randint(1940, 2010)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        name = draw.choice(SURNAMES) + "".join(draw.sample(GIVEN, 2))
        home = ["洪山镇", draw.choice(["蒲家村", "土峪村"]), f"{draw.randint(1, 400)}号"]
        phone = f"1007{draw.randint(0, 9_999_999):07d}"
        rows.append([name, draw.choice("男女"), birth, number_of(birth, serial), phone, *home, "公安", str(serial)])
        if serial % 3 == 0:
            rows.append([name, rows[-1][1], birth, "" if serial % 2 else rows[-1][3], "", *home, "民政", str(serial)])
    draw.shuffle(rows)
    return rows


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def write_xlsx(path: Path, rows: list[list[str]]) -> Path:
    book = Workbook(str(path))
    sheet = book.add_worksheet("人员")
    for at, row in enumerate([HEADER, *rows]):
        sheet.write_row(at, 0, row)
    book.close()
    return path


def write_parquet(path: Path, rows: list[list[str]]) -> Path:
    frame = pl.DataFrame(rows, schema=HEADER, orient="row")
    frame.with_columns(pl.col("出生日期").str.to_date("%Y-%m-%d")).write_parquet(path)
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Parameters as assumed, so that a test of something else estimates nothing."""
    path = tmp_path / "model.json"
    path.write_text(model.prior("han", comparisons.HAN).to_json(), "utf-8")
    return path


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(match_app, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def clusters(path: Path) -> list[tuple[int, int]]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["row", "cluster_id", "probability"]
    assert all(0 <= float(r["probability"]) <= 1 for r in rows)
    return [(int(r["row"]), int(r["cluster_id"])) for r in rows]


def test_estimated_from_itself_a_small_file_comes_out_right(tmp_path: Path) -> None:
    rows, out = people(120), tmp_path / "out.csv"
    path = write_csv(tmp_path / "people.csv", rows)
    report, trained = tmp_path / "report.html", tmp_path / "trained.json"
    assert run(path, "--out", out, "--report", report)[0] == 0
    found = clusters(out)
    assert [r for r, _ in found] == list(range(len(rows)))
    code, said = run("evaluate", path, "--truth", "本人", "--json")
    judged: dict[str, Any] = json.loads(said)
    assert (code, judged["pairwise"]["precision"]) == (0, 1.0)
    assert judged["pairwise"]["recall"] > 0.95
    assert run("train", path, "--out", trained)[0] == 0
    assert model.from_json(trained.read_text("utf-8")).seen["records"] == len(rows)
    html = report.read_text("utf-8")
    assert "vegaEmbed" in html
    assert not any(mark in html for mark in ('src="http', "src='http", 'href="http', "<link", "@import url"))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("utf8.csv", lambda p, r: write_csv(p, r, "utf-8-sig")),
        ("gbk.csv", lambda p, r: write_csv(p, r, "gbk")),
        ("people.xlsx", write_xlsx),
        ("people.parquet", write_parquet),
    ],
)
def test_every_kind_of_file_gives_the_same_clusters(tmp_path: Path, kept: Path, name: str, write: Any) -> None:
    rows = people(40)
    plain, out = tmp_path / "plain.csv", tmp_path / "out.csv"
    assert run(write_csv(plain, rows), "--out", out, "--model", kept)[0] == 0
    expected = clusters(out)
    assert len({c for _, c in expected}) < len(rows)
    assert run(write(tmp_path / name, rows), "--out", out, "--model", kept)[0] == 0
    assert clusters(out) == expected


def test_rows_that_are_left_aside_are_counted_and_stand_alone(tmp_path: Path, kept: Path) -> None:
    rows = people(20)
    total = ["合计", "", "", "", "", "", "", "", "", ""]
    path, out = write_csv(tmp_path / "people.csv", [*rows[:5], total, *rows[5:], total]), tmp_path / "out.csv"
    assert run(path, "--out", out, "--model", kept)[0] == 0
    found = clusters(out)
    assert [r for r, _ in found] == list(range(len(rows) + 2))
    assert dict(found)[5] == 5
    assert [c for _, c in found].count(5) == 1


def test_two_valid_numbers_are_never_one_person_even_through_a_third_row(tmp_path: Path, kept: Path) -> None:
    base = ["王建国", "男", "1980-05-19", "", "10071234567", "洪山镇", "蒲家村", "3号", "公安", "1"]
    rows = [base[:3] + [number_of("1980-05-19", n)] + base[4:] for n in (11, 13)]
    path, out = write_csv(tmp_path / "people.csv", [rows[0], base, rows[1], *people(20)]), tmp_path / "out.csv"
    for threshold in (0.0, 0.01, 0.5):
        assert run(path, "--out", out, "--model", kept, "--threshold", threshold)[0] == 0
        found = dict(clusters(out))
        assert found[0] != found[2]


def test_what_is_neither_sure_nor_dropped_is_listed_with_its_reasons(tmp_path: Path, kept: Path) -> None:
    home = ["10071234567", "洪山镇", "蒲家村", "3号", "公安", "1"]
    rows = [["王建国", "男", "1980-05-19", "", *home], ["王健国", "男", "1961-11-28", "", *home], *people(20)]
    path, out, doubtful = write_csv(tmp_path / "people.csv", rows), tmp_path / "out.csv", tmp_path / "doubtful.csv"
    again = ("--out", out, "--model", kept, "--doubtful", doubtful, "--threshold", 1.0)
    assert run(path, *again)[0] == 0
    with doubtful.open(encoding="utf-8") as file:
        found = {(r["row"], r["other_row"]): r for r in csv.DictReader(file)}
    assert ("0", "1") in found
    assert "姓名同音 +" in found["0", "1"]["reasons"]
    assert "出生日期不同 −" in found["0", "1"]["reasons"]
    assert run(path, *again, "--lang", "en")[0] == 0
    assert "same pinyin +" in doubtful.read_text("utf-8")


def test_english_headers_and_names_in_two_columns_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "rec_id,given_name,surname,street_number,address_1,suburb,postcode,state,date_of_birth,soc_sec_id\n"
        "a,mary,smith,8,stanley street,winston hills,4223,nsw,19151111,5304218\n",
        "utf-8",
    )
    assert set(read(path).meant.values()) == {
        "given_name", "surname", "street_number", "address", "suburb", "postcode", "state", "birth", "id_number",
    }  # fmt: skip
    path.write_text(
        "Name,Sex,Birth_Date,ID_Number,Phone,Town,Village,Address,Source\n王建国,男,1980-05-19,,10071234567,洪山镇,蒲家村,3号,公安\n",
        "utf-8",
    )
    assert set(read(path).meant.values()) == {
        "name", "sex", "birth", "id_number", "phone", "town", "village", "address", "source",
    }  # fmt: skip


def test_the_column_that_knows_takes_no_part(tmp_path: Path, kept: Path) -> None:
    path = write_csv(tmp_path / "people.csv", people(20))
    assert "身份证号" not in read(path, leave=("身份证号",)).meant
    code, said = run("evaluate", path, "--truth", "没有", "--model", kept)
    assert code == 1
    assert "没有" in said


def test_a_column_called_row_is_a_column_like_any_other(tmp_path: Path, kept: Path) -> None:
    rows = people(30)
    path = write_csv(tmp_path / "people.csv", rows)
    path.write_text(path.read_text("utf-8").replace("本人", "row", 1), "utf-8")
    read_back = read(path, leave=("row",))
    assert read_back.frame["row"].to_list() == list(range(len(rows)))
    assert read_back.raw["row"].to_list() == [row[-1] for row in rows]
    code, said = run("evaluate", path, "--truth", "row", "--model", kept, "--json")
    assert code == 0, said
    assert json.loads(said)["people"] < len(rows)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "姓名,电话\n"])
def test_a_file_that_cannot_be_matched_ends_with_1_and_says_why(tmp_path: Path, kept: Path, content: str) -> None:
    path, out = tmp_path / "people.csv", tmp_path / "out.csv"
    path.write_text(content, "utf-8")
    code, said = run(path, "--out", out, "--model", kept)
    assert code == 1
    assert said.strip()
    assert not out.exists()


def test_parameters_of_another_form_are_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}", "utf-8")
    code, said = run(write_csv(tmp_path / "p.csv", people(5)), "--out", tmp_path / "o.csv", "--model", bad)
    assert code == 1
    assert "parameter" in said


def test_no_database_is_started_and_nothing_heavy_is_loaded_before_it_is_needed(tmp_path: Path, kept: Path) -> None:
    path = write_csv(tmp_path / "people.csv", people(10))
    home = tmp_path / "home"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LINLI_HOME": str(home)}
    environment.pop("LINLI_FILES_DIR", None)
    done = subprocess.run(
        [sys.executable, "-m", "linli.project.cli", "match", path, "--out", tmp_path / "out.csv", "--model", kept],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(clusters(tmp_path / "out.csv")) == 14
    assert not list(home.rglob("postmaster.pid"))
    assert not list((home / "files" / "scratch").glob("*"))


def test_the_web_process_loads_neither_splink_nor_duckdb() -> None:
    code = (
        "import os, sys, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'linli.project.settings'\ndjango.setup()\n"
        "import linli.project.urls, linli.intake.matching.commands\n"
        "print([m for m in ('splink', 'duckdb', 'pandas', 'altair') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


def test_a_report_of_kept_parameters_shows_their_weights(tmp_path: Path) -> None:
    html = page(model.prior("han", comparisons.HAN), None, {"rows": 3}, tmp_path)
    assert "姓名同音" in html
    assert "match_weights" in html or "vegaEmbed" in html


def test_phones_as_floating_numbers_of_a_parquet_file_are_the_phones_they_were(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    frame = pl.DataFrame(
        {"姓名": ["王建国"] * 3, "联系电话": [13800000000.0, None, 13800138000.5], "名次": [1.5, 2.0, None]}
    )
    frame.write_parquet(path)
    found = read(path)
    assert found.frame["phone"].to_list() == ["13800000000", None, "13800138000.5"]
    assert found.raw["名次"].to_list() == ["1.5", "2", None]


@pytest.mark.parametrize(
    "headers",
    [
        "Full Name,Gender,DOB,ID Card No.,Mobile Phone,Township,Community,Residential Address,Data Source",
        "person_name,sex,BirthDate,id_no,tel,subdistrict,village_name,detail_address,src",
        "PersonName,Sex,DateOfBirth,IdCardNumber,PhoneNumber,TownName,VillageName,HomeAddress,SourceDepartment",
        " 姓 名 ,性别*,出生年月日,公民身份号码（18位）,手机 号码,所属镇街,村(社区),现住址,来源单位",
        "姓名,性别,生日,证件号,联系方式,街镇,村居名称,家庭住址,数据源",
    ],
)
def test_headers_say_the_same_in_many_words(tmp_path: Path, headers: str) -> None:
    path = tmp_path / "people.csv"
    row = "王建国,男,1980-05-19,,10071234567,洪山镇,蒲家村,3号,公安"
    path.write_text("\n".join([headers, row, row.replace("公安", "民政")]), "utf-8")
    fields = ["name", "sex", "birth", "id_number", "phone", "town", "village", "address", "source"]
    assert sorted(read(path).meant.values()) == sorted(fields)


@pytest.mark.parametrize(
    ("headers", "row", "meant"),
    [
        ("姓名,居住地,详细地址", "王建国,洪山镇,洪山镇蒲家村3号", {"姓名": "name", "详细地址": "address"}),
        ("姓名,居住地,详细住址", "王建国,洪山镇,洪山镇蒲家村3号", {"姓名": "name", "详细住址": "address"}),
        ("姓名,居住地,单位地址", "王建国,洪山镇蒲家村3号,洪山路9号", {"姓名": "name", "居住地": "address"}),
        ("Name,Contact,Phone", "王建国,李芳,10071234567", {"Name": "name", "Phone": "phone"}),
        ("Name,Contact", "王建国,10071234567", {"Name": "name", "Contact": "phone"}),
        ("Name,Tel,Mobile", "王建国,0533-5281234,10071234567", {"Name": "name", "Mobile": "phone"}),
        ("姓名,部门,来源部门", "王建国,运输科,公安", {"姓名": "name", "来源部门": "source"}),
        ("Name,Department,Dept", "王建国,运输科,公安", {"Name": "name"}),
        ("Name,Certificate No,ID No", "王建国,残A-0071,37030219800519123X", {"Name": "name", "ID No": "id_number"}),
    ],
)
def test_the_column_that_says_a_field_best_is_the_field(
    tmp_path: Path, headers: str, row: str, meant: dict[str, str]
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("\n".join([headers, *[row] * 12]), "utf-8")
    assert read(path).meant == meant
