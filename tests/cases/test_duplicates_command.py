"""`linli cases duplicates`: pairs of reports that tell of one event, best first, and nothing else near the top."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from linli.cases.commands import cases_app
from linli.cases.duplicates.likeness import Report, pairs, similar
from linli.cases.duplicates.rules import day_of
from linli.cases.text.seeds import seeds

EVENTS = {
    "丽景新城": (
        "旁边的搅拌站整夜轰鸣",
        "附近建搅拌站，粉尘满天",
        "居民投诉搅拌站噪音",
        "搅拌站罐车进出扬尘",
        "要求搅拌站搬走",
    ),
    "福泰花园": (
        "开发商捆绑销售车位",
        "买房必须买车位",
        "车位十八万强制搭售",
        "不买车位不签合同",
        "车位捆绑，业主气愤",
    ),
    "凤凰小学": ("门口没有红绿灯", "放学路口太危险", "请求装红绿灯", "门前车多没有信号灯", "校门口斑马线看不清"),
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cases_app, ["duplicates", *map(str, arguments)])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def told() -> tuple[list[str], list[str]]:
    """Fifteen tellers of three events among 300 other reports, in no order."""
    events = [(f"{place}{said}，希望有人管一管", place) for place, tellers in EVENTS.items() for said in tellers]
    others = [(s.text, "") for s in seeds()[::3][:300]]
    order = np.random.default_rng(5).permutation(len(events) + len(others))
    mixed = [(events + others)[i] for i in order]
    return [m[0] for m in mixed], [m[1] for m in mixed]


def test_tellers_of_one_event_come_first(tmp_path: Path) -> None:
    texts, events = told()
    table, out = tmp_path / "reports.csv", tmp_path / "pairs.csv"
    pl.DataFrame({"内容": texts}).write_csv(table)
    result = run(table, "--text", "内容", "--out", out)
    assert result.exit_code == 0, result.output
    found = rows(out)
    assert list(found[0]) == ["row_a", "row_b", "score"]
    scores = [float(r["score"]) for r in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= s <= 1 for s in scores)
    same = [events[int(r["row_a"])] == events[int(r["row_b"])] != "" for r in found[:30]]
    assert sum(same) >= 28  # of 3 × 10 pairs
    keys = [(int(r["row_a"]), int(r["row_b"])) for r in found]
    assert len(set(keys)) == len(keys) and all(a < b for a, b in keys)


def test_the_score_falls_with_another_category_and_with_time() -> None:
    texts, _ = told()
    first, second = (next(i for i, t in enumerate(texts) if said in t) for said in ("建搅拌站", "噪音"))
    one, other = sorted((first, second))

    def score(**changed: Any) -> float:
        reports = [Report(t, category="08004", day=date(2026, 3, 1)) for t in texts]
        reports[other] = Report(texts[other], **({"category": "08004", "day": date(2026, 3, 1)} | changed))
        found = pairs(reports)
        return float(found.score[(found.one == one) & (found.other == other)][0])

    whole = score()
    assert score(category="58004") < whole
    assert score(category="") == pytest.approx(whole)
    assert score(day=date(2026, 9, 1)) < score(day=date(2026, 4, 1)) < whole


def test_a_place_of_its_own_brings_reports_together() -> None:
    texts, _ = told()
    words = [*(t for t in texts if "福泰" not in t), "地锁堵着出不来", "开发商卖房硬搭东西"]
    one, other = len(words) - 2, len(words) - 1

    def found(place: str) -> tuple[int, float]:
        """The likeliest partner of the last report, and the score of the two."""
        told = pairs([Report(t, place if i >= one else "") for i, t in enumerate(words)])
        at = np.flatnonzero((told.one == other) | (told.other == other))
        both = told.score[(told.one == one) & (told.other == other)]
        return int(told.one[at[0]] + told.other[at[0]] - other) if at.size else -1, float(both.sum())

    partner, score = found("福泰花园三期")
    assert partner == one and score > 2 * found("")[1]


def test_a_report_being_written_finds_its_like() -> None:
    texts, events = told()
    found = similar(Report("丽景新城旁边有个搅拌站太吵"), [Report(t) for t in texts], most=3)
    assert [events[row] for row, _ in found] == ["丽景新城"] * 3
    assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)
    assert similar(Report("随便"), []) == []


@pytest.mark.parametrize(
    "texts", [[], ["只有一条"], ["", ""], ["一样的话说两遍", "一样的话说两遍"], ["。。。", "甲乙", ""]]
)
def test_few_or_empty_reports_are_no_trouble(texts: list[str], tmp_path: Path) -> None:
    table, out = tmp_path / "few.csv", tmp_path / "pairs.csv"
    pl.DataFrame({"t": pl.Series(texts, dtype=pl.String), "n": pl.Series(range(len(texts)))}).write_csv(table)
    result = run(table, "--text", "t", "--out", out)
    assert result.exit_code == 0, result.output
    assert [(r["row_a"], r["row_b"]) for r in rows(out)] == ([("0", "1")] if texts[:1] == ["一样的话说两遍"] else [])


def test_a_missing_column_is_told(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("内容\n甲\n", "utf-8")
    result = run(table, "--text", "内容", "--place", "地点", "--out", tmp_path / "o")
    assert result.exit_code == 1
    assert "没有“地点”列" in result.output and "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01 08:30", date(2026, 3, 1)), ("2026/3/1 8:05:00", date(2026, 3, 1)), ("2026年3月1日", date(2026, 3, 1)),
        ("20260301", date(2026, 3, 1)), ("46082", date(2026, 3, 1)), ("46082.5", date(2026, 3, 1)), ("", None),
        ("2026-02-30", None), ("昨天", None), ("13800001234", None),
    ],
)  # fmt: skip
def test_days_are_read_as_tables_write_them(text: str, day: date | None) -> None:
    assert day_of(text) == day


@given(st.lists(st.text(alphabet="甲乙丙丁搅拌站噪音，。 1a", max_size=12), max_size=12))
def test_any_texts_give_scores_of_distinct_pairs(texts: list[str]) -> None:
    found = pairs([Report(t) for t in texts])
    assert np.all(found.one < found.other) and np.all((found.score >= 0) & (found.score <= 1))
    assert np.all(np.diff(found.score) <= 0)
