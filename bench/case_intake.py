"""Sheets of cases through `linli intake run`: closed cases of an earlier system, the same again, a day's orders, the facts after.

Run: python bench/case_intake.py [--rows 100000] [--orders 2000]

The rows are invented: five thousand addresses of the packaged places, thirty texts, the categories of the shipped directory.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

import _cases
import _setting
import polars as pl

#: The bar: a city's year of cases in minutes. Ours; no peer takes them in with their steps.
BAR_SECONDS = 300
WORDS = (
    "井盖缺失",
    "路灯不亮",
    "垃圾堆放",
    "占道经营",
    "下水道堵塞",
    "树木倒伏",
    "违规停车",
    "噪声扰民",
    "墙面张贴小广告",
    "道路坑洼",
)


def places() -> list[str]:
    """Addresses that the packaged villages know."""
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting
    from linli.places.models import Region

    with acting(operator("bench", _setting.DISTRICT)):
        towns = dict(Region.objects.filter(level="town", valid_to=None).values_list("code", "name"))
        villages = list(Region.objects.filter(level="village", valid_to=None).values_list("parent_code", "name"))
    return [f"{towns[town]}{name}{door}号" for town, name in villages if town in towns for door in range(1, 11)]


def codes() -> list[str]:
    """Codes that mean one category of the directory."""
    from linli.cases.models import Category

    return sorted(Category.objects.filter(offered=True, kind="matter").values_list("name", flat=True))


def old_cases(path: Path, rows: int, seed: int) -> None:
    """A workbook of closed cases, each with the time of every step."""
    draw, where, kinds = random.Random(seed), places(), codes()
    begin, lines = datetime(2023, 1, 1, 8), []
    for nth in range(rows):
        at = [begin + timedelta(minutes=nth * 525_600 // rows)]
        for most in (60, 60, 4_000, 600):
            at.append(at[-1] + timedelta(minutes=draw.randrange(1, most)))
        times = [f"{each:%Y-%m-%d %H:%M:%S}" for each in at]
        lines.append(
            (
                f"OLD{nth:07d}", draw.choice(("网格", "群众", "12345热线", "上级交办")), draw.choice(kinds),
                f"{draw.choice(WORDS)}，请尽快处理", draw.choice(where), *times, f"{at[2] + timedelta(days=2):%Y-%m-%d %H:%M:%S}",
                "昆仑镇", "已处理", draw.choice(("满意", "不满意", "")),
            )
        )  # fmt: skip
    head = ("案件编号", "案件来源", "案件类别", "问题描述", "事发地址", "上报时间", "立案时间", "派遣时间", "处置完成时间", "结案时间",
            "处置截止时间", "处置单位", "处置结果", "满意度")  # fmt: skip
    pl.DataFrame(lines, schema=list(head), orient="row").write_excel(path)


def orders(path: Path, rows: int, seed: int) -> None:
    """A workbook of orders of the hotline."""
    draw, where, now = random.Random(seed), places(), datetime.now()
    lines = []
    for nth in range(rows):
        at = now - timedelta(minutes=nth + 1)
        text = f"{draw.choice(WORDS)}，市民来电反映已有{draw.randrange(2, 30)}天，请核实处理"
        lines.append(
            (
                f"ZC{seed}{nth:06d}",
                f"{at:%Y-%m-%d %H:%M}",
                text,
                draw.choice(where),
                "王小明",
                f"1007{nth:07d}",
                "5个工作日",
            )
        )
    head = ("工单编号", "受理时间", "诉求内容", "诉求地址", "来电人", "联系电话", "办理时限")
    pl.DataFrame(lines, schema=list(head), orient="row").write_excel(path)


def take_in(path: Path) -> _setting.Run:
    """The command as a colleague would type it."""
    return _setting.linli(
        "intake", "run", str(path), "--source", "community", "--area", _setting.DISTRICT, "--commit", "--skip-bad", "--json"
    )  # fmt: skip


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--orders", type=int, default=2_000)
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(None), tempfile.TemporaryDirectory() as folder:
        _cases.filled(0)
        history, day = Path(folder) / "old.xlsx", Path(folder) / "orders.xlsx"
        old_cases(history, chosen.rows, 1)
        orders(day, chosen.orders, 2)
        print(f"{'what':32} {'rows':>8} {'s':>7} {'MB':>6}  outcome (bar for closed cases: {BAR_SECONDS} s)")
        for what, path, rows in (
            ("closed cases", history, chosen.rows), ("the same sheet again", history, chosen.rows),
            ("orders of the hotline", day, chosen.orders), ("the same orders again", day, chosen.orders),
        ):  # fmt: skip
            run = take_in(path)
            counts = run.json()["merge"]
            shown = ", ".join(f"{k} {v:,}" for k, v in counts.items() if isinstance(v, int) and v)
            print(f"{what:32} {rows:8,} {run.seconds:7.1f} {run.megabytes:6,}  {shown}", flush=True)
        from linli.cases.evaluation.facts import draw_all
        from linli.kernel.scope import acting

        began = time.perf_counter()
        with acting(_cases.keeper()) as actor:
            drawn = draw_all(actor)
        print(f"{'facts of all of them':32} {drawn:8,} {time.perf_counter() - began:7.1f}")


if __name__ == "__main__":
    main()
