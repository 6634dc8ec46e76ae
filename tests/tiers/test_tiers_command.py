"""`linli tiers assess`: what it writes agrees with the ladder, and wrong input is told in words. And the demo's ladder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from typer.testing import CliRunner

from linli.kernel import clock, measures
from linli.kernel.scope import acting
from linli.tiers.certainties import MARKS, Sources, told
from linli.tiers.models import Assessment, CommunityStanding, Declaration
from linli.tiers.values.catalogue import metrics

GONGSUN = "370302005013"


@pytest.fixture
def run(seeded_db: str) -> Any:
    from linli.tiers.commands import tiers_app

    return lambda *words: CliRunner().invoke(tiers_app, ["assess", *map(str, words)])


def test_the_file_tells_every_community_and_says_what_is_inferred(run: Any, tmp_path: Path) -> None:
    from linli.project.demo.tiers import make_tiers

    make_tiers(42)
    out = tmp_path / "all.json"
    done = run("--date", clock.today().isoformat(), "--out", out)
    assert done.exit_code == 0, done.output
    found = json.loads(out.read_bytes())
    assert len(found["communities"]) == 59 and found["day"] == clock.today().isoformat()
    assert found["system"] == found["system"] | {
        "official": 4,
        "inferred_bounds": 1,
        "inferred": 86,
        "notice": "推断值,待官方文本校核",
    }
    browser = staff.client(staff.staff("officer", "tier_officer", staff.DISTRICT))
    told = {e["area_code"]: e["computed"] for e in browser.get("/api/tiers/ladder?limit=200").json()["items"]}
    assert {e["area_code"]: e["computed"] for e in found["communities"]} == told
    community = found["communities"][0]
    verdicts = [i["verdict"] for i in community["indicators"] if i["tier"] == "basic"]
    assert len(verdicts) == 30
    assert (community["computed"] == "none") == bool({"missed", "unknown"} & set(verdicts))


def test_one_community_as_a_workbook(run: Any, tmp_path: Path) -> None:
    out = tmp_path / "one.xlsx"
    assert run("--community", GONGSUN, "--out", out).exit_code == 0
    book = openpyxl.load_workbook(out)
    rows = list(book["社区"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1]) for row in rows] == [(GONGSUN, "公孙社区")]
    marks = [row[-1] for row in book["指标"].iter_rows(min_row=2, values_only=True)]
    heads = [cell.value for sheet in book for cell in sheet[1]]
    assert [head for head in heads if not re.search(r"[\u4e00-\u9fff].* [A-Z][a-z]", head)] == []
    assert len(marks) == 165 and set(marks) == set(MARKS.values())
    about = dict(row[:2] for row in book["说明"].iter_rows(values_only=True))
    assert told(Sources(4, 1, 86)).zh in about["标注 Certainty"]


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "x.txt"), ("--out", "x.json", "--date", "soon"), ("--out", "x.json", "--date", "2099-01-01"),
        ("--out", "x.json", "--community", "370302005999"), ("--out", "x.json", "--community", "37"),
        ("--out", "x.json", "--date", "2001-01-01"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_and_nothing_is_kept(
    run: Any, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words).exit_code in (1, 2)
    with acting(staff.OPERATOR):
        assert Assessment.objects.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_the_demo_shows_every_kind_of_standing_and_says_that_it_is_one(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.project.demo.tiers import NOTE, make_tiers

    measures.catalogue()
    for metric in metrics().values():  # a district without records would miss what is computed of it
        monkeypatch.delitem(measures._declared, metric.measure, raising=False)
    assert make_tiers(42) > 2000
    assert make_tiers(42) == 0  # again it doubles nothing
    with acting(staff.OPERATOR):
        reached = set(CommunityStanding.objects.values_list("reached", flat=True))
        assert set(Declaration.objects.values_list("synthetic", "note")) == {(True, NOTE)}
    assert reached == {"", "basic", "growing", "model"}
