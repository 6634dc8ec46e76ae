"""`linli text`: learn, predict and judge from files, and what is said about files and models that will not do."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from linli.cases.text import keeping
from linli.cases.text.commands import text_app

NOISE = ("搅拌站整夜轰鸣", "工地半夜打桩", "酒吧音响太大", "楼上深夜敲打", "水泵房嗡嗡响", "喇叭从早喊到晚")
WASTE = ("垃圾桶满了没人收", "渣土堆在路边", "楼道堆满纸箱", "剩饭剩菜扔在墙根", "垃圾车三天没来", "装修垃圾没有清运")
HEAT = ("暖气不热只有十四度", "供暖管道堵了", "热力公司不来修", "暖气片漏水", "停暖两天了", "地暖没有温度")
WHERE = ("东苑小区", "西关街", "南坪村", "北岭社区", "河口花园")
KINDS = {"噪声": NOISE, "垃圾": WASTE, "供暖": HEAT}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(text_app, [str(a) for a in arguments])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    found = [(f"{where}反映，{what}", label) for label, said in KINDS.items() for what in said for where in WHERE]
    path = tmp_path / "reports.csv"
    pl.DataFrame(found, schema=["内容", "类别"], orient="row").write_csv(path)
    return path


@pytest.fixture
def model(table: Path, tmp_path: Path) -> Path:
    path = tmp_path / "kinds.model"
    assert run("train", table, "--text", "内容", "--label", "类别", "--model", path).exit_code == 0
    return path


def test_what_was_learnt_is_found_in_new_words(model: Path, tmp_path: Path) -> None:
    asked, out = tmp_path / "new.csv", tmp_path / "out.csv"
    pl.DataFrame({"t": ["工地打桩太响睡不着", "垃圾没人清运", "家里暖气不热"]}).write_csv(asked)
    result = run("predict", asked, "--model", model, "--text", "t", "--out", out)
    assert result.exit_code == 0, result.output
    told = rows(out)
    assert [list(r) for r in told] == [["row", "label", "probability", "second"]] * 3
    assert [r["row"] for r in told] == ["0", "1", "2"]
    assert [r["label"] for r in told] == ["噪声", "垃圾", "供暖"]
    assert all(
        1 / 3 < float(r["probability"]) <= 1 and r["second"] in KINDS and r["second"] != r["label"] for r in told
    )


@pytest.mark.parametrize("kind", ["gb18030", "xlsx", "parquet"])
def test_other_files_give_the_same_answers(kind: str, table: Path, model: Path, tmp_path: Path) -> None:
    frame, other = pl.read_csv(table), tmp_path / f"other.{kind if kind != 'gb18030' else 'csv'}"
    if kind == "xlsx":
        frame.write_excel(other)
    elif kind == "parquet":
        frame.write_parquet(other)
    else:
        other.write_bytes(table.read_text("utf-8").encode("gb18030"))
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    assert run("predict", table, "--model", model, "--text", "内容", "--out", one).exit_code == 0
    assert run("predict", other, "--model", model, "--text", "内容", "--out", two).exit_code == 0
    assert one.read_bytes() == two.read_bytes()
    assert len(rows(one)) == frame.height


def test_training_twice_gives_the_same_file(table: Path, model: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.model"
    assert run("train", table, "--text", "内容", "--label", "类别", "--model", again).exit_code == 0
    assert again.read_bytes() == model.read_bytes()


def test_title_and_body_may_be_two_columns(tmp_path: Path) -> None:
    path, out, model = tmp_path / "two.csv", tmp_path / "out.csv", tmp_path / "m"
    said = [
        (what, f"{where}的一位老人家打来电话", label) for label, w in KINDS.items() for what in w for where in WHERE
    ]
    pl.DataFrame(said, schema=["题", "文", "类"], orient="row").write_csv(path)
    columns = ("--text", "题", "--text", "文")
    assert run("train", path, *columns, "--label", "类", "--model", model).exit_code == 0
    assert run("predict", path, *columns, "--model", model, "--out", out).exit_code == 0
    assert [r["label"] for r in rows(out)] == [s[2] for s in said]


def test_evaluation_tells_each_label_and_how_sure_it_was(table: Path) -> None:
    result = run("evaluate", table, "--text", "内容", "--label", "类别", "--folds", 3, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert {o["label"]: o["rows"] for o in told["labels"]} == dict.fromkeys(KINDS, 30)
    assert told["rows"] == sum(b["rows"] for b in told["bins"]) == 90
    assert 0 <= told["macro_f1"] <= told["top2"] <= 1
    assert told["folds"] == 3
    words = run("evaluate", table, "--text", "内容", "--label", "类别", "--folds", 3).stdout
    assert "macro-F1" in words and "供暖" in words


def test_copies_of_a_letter_do_not_pass_for_knowledge(tmp_path: Path) -> None:
    """Twelve letters labelled by nothing, each sent ten times: tested on copies of itself it would be always right."""
    letters = [f"{what}，已经有一段时间" for what in (*NOISE, *HEAT)]
    path = tmp_path / "letters.csv"
    pl.DataFrame(
        {"t": [f"{letter}。{n}" for letter in letters for n in range(10)], "l": [f"{i % 2}" for i in range(12) for _ in range(10)]}
    ).write_csv(path)  # fmt: skip
    told = json.loads(run("evaluate", path, "--text", "t", "--label", "l", "--folds", 3, "--json").stdout)
    assert told["grouped"] == told["rows"] == 120
    assert told["accuracy"] < 0.9


def test_empty_texts_are_answered_with_nothing(model: Path, tmp_path: Path) -> None:
    asked, out = tmp_path / "gaps.csv", tmp_path / "out.csv"
    asked.write_text('t,n\n"",1\n……！,2\n\n暖气不热,3\n', "utf-8")
    assert run("predict", asked, "--model", model, "--text", "t", "--out", out).exit_code == 0
    assert [(r["row"], r["label"], r["probability"] != "") for r in rows(out)] == [
        ("0", "", False), ("1", "", False), ("2", "供暖", True),
    ]  # fmt: skip


def test_a_huge_text_is_read(model: Path, tmp_path: Path) -> None:
    asked, out = tmp_path / "huge.csv", tmp_path / "out.csv"
    pl.DataFrame({"t": ["家里暖气不热，热力公司不来修。" * 60_000]}).write_csv(asked)
    assert run("predict", asked, "--model", model, "--text", "t", "--out", out).exit_code == 0
    assert rows(out)[0]["label"] == "供暖"


def test_no_cell_of_the_answer_is_a_formula(tmp_path: Path) -> None:
    path, model, out = tmp_path / "evil.csv", tmp_path / "m", tmp_path / "out.csv"
    evil = '=HYPERLINK("http://x","点我")'
    pl.DataFrame({"t": [*NOISE, *HEAT], "l": [evil] * 6 + ["@sum"] * 6}).write_csv(path)
    assert run("train", path, "--text", "t", "--label", "l", "--model", model).exit_code == 0
    assert run("predict", path, "--text", "t", "--model", model, "--out", out).exit_code == 0
    assert {r["label"] for r in rows(out)} == {f"'{evil}", "'@sum"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("标题,类别\na,b\n".encode(), "没有“内容”列"),
        ("内容,类别\n一样的,甲\n一样的话,甲\n".encode(), "至少需要两个类别"),
        ("内容,类别\n只有一条,甲\n另一条,乙\n".encode(), "至少需要两个类别"),
        ("内容,类别\n".encode(), "至少需要两个类别"),
        (b"", "空"),
        (b"\xff\xfe\x00\xd8\x00", "UTF-8"),
        (b"\x81\xff\xff,\x80", "GB18030"),
        (b"a\x00b,c\n", "不是文本文件"),
    ],
)
def test_a_file_that_will_not_do_is_told_why(content: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    result = run("train", path, "--text", "内容", "--label", "类别", "--model", tmp_path / "m")
    assert result.exit_code == 1
    assert words in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize("name", ["broken.xlsx", "broken.parquet"])
def test_a_damaged_workbook_is_told(name: str, model: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04 no workbook")
    result = run("predict", path, "--model", model, "--text", "t", "--out", tmp_path / "o")
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert name in result.output


def rewritten(model: Path, changes: dict[str, bytes | None]) -> Path:
    """The model with members replaced, added or left out, its zip otherwise whole."""
    with zipfile.ZipFile(model) as file:
        members = {name: file.read(name) for name in file.namelist()}
    path = model.with_name("tampered.model")
    with zipfile.ZipFile(path, "w") as file:
        for name, content in {**members, **changes}.items():
            if content is not None:
                file.writestr(name, content)
    return path


def described(model: Path, **changes: object) -> bytes:
    with zipfile.ZipFile(model) as file:
        return json.dumps(json.loads(file.read("model.json")) | changes).encode()


def test_a_model_that_was_changed_is_refused(model: Path, table: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(model) as file:
        weights = np.frombuffer(file.read("weights"), dtype="<f4").copy()
    flipped, endless = weights.copy(), weights.copy()
    flipped[3] += 1
    endless[0] = np.nan
    junk = tmp_path / "junk.model"
    junk.write_bytes(b"\x80\x04\x95 not a model")
    cut = tmp_path / "cut.model"
    cut.write_bytes(model.read_bytes()[:-200])
    refused = [junk, cut]
    for changes in (
        {"weights": flipped.tobytes()}, {"weights": endless.tobytes()}, {"weights": weights.tobytes()[:-4]},
        {"bias": None}, {"code.py": b"print()"}, {"model.json": described(model, version=99)},
        {"model.json": described(model, labels=["甲", "乙", "丙"])}, {"model.json": described(model, grams=-1)},
        {"model.json": b"[]"}, {"model.json": described(model, sharpness=1e9)},
    ):  # fmt: skip
        path = rewritten(model, changes)
        kept = tmp_path / f"tampered{len(refused)}.model"
        path.rename(kept)
        refused.append(kept)
    for path in refused:
        result = run("predict", table, "--model", path, "--text", "内容", "--out", tmp_path / "o")
        assert result.exit_code == 1, path
        assert "不可用" in result.output and "Traceback" not in result.output
    assert not (tmp_path / "o").exists()


def test_a_model_read_back_says_the_same(model: Path) -> None:
    kept = keeping.load(model)
    assert kept.suggest("家里暖气不热")[0].label == "供暖"
    assert kept.suggest("。。。") == ()
    again = model.with_name("again")
    keeping.save(kept, again)
    assert again.read_bytes() == model.read_bytes()


def test_help_of_the_program_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from typer.testing import CliRunner; from linli.project.cli import app;"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; import linli.cases.text.model;"
        "print([m for m in ('sklearn', 'scipy', 'django', 'polars') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
