"""Ledgers: a department's layout filled with 100,000 rows, a plain table with everybody, counts while a condition is built.

Bars: 60 s, 120 s, and p95 <= 300 ms over 540,000 people. Needs a home filled by `bench/intake.py --home FOLDER`, or makes one.
Run: python bench/ledger.py [--rows 540000] [--home FOLDER] [--counts]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _setting
import openpyxl
from search import _filled

sys.path.insert(0, str(_setting.ROOT / "tests" / "intake" / "ledgers"))
PLAIN = ["序号", "姓名", "性别", "出生日期", "民族", "公民身份号码", "联系电话", "户号", "与户主关系", "现住址"]
WANTED, ASKED = 100_000, 12
# As a builder grows: each of these is a state of the page in which the count is shown.
CONDITIONS = (
    "", "age>=60", "age>=60 lives_alone", "age>=80", "age>=80 lives_alone", "age>=80 lives_alone not has_phone",
    "age>=95", "lives_alone", "sex=女", "sex=女 nation=回族", "nation=水族", "age=60..64 sex=女 lives_alone",
    "not has_phone", "household_size=1 age>=80", "household_size>=6 age<3", "age<=6 or age>=90", "is_head sex=女 age<=30",
)  # fmt: skip


def plain_template(path: Path) -> Path:
    """A header of ten columns and nothing else."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(PLAIN)
    book.save(path)
    return path


def condition_of(rows: int) -> str:
    """The ages that so many people have reached, a little over."""
    from linli.intake.ledgers.columns import PEOPLE
    from linli.intake.ledgers.condition_text import from_text
    from linli.intake.ledgers.rows import Wanted, total
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting

    actor = operator("bench", _setting.DISTRICT)
    with acting(actor):
        for age in range(90, 0, -1):
            if total(actor, Wanted(PEOPLE, (), _setting.DISTRICT, from_text(f"age>={age}"))) >= rows:
                return f"age>={age}"
    return "age>=0"


def counts(area: str = _setting.DISTRICT, asked: int = ASKED) -> list[tuple[str, list[float], str]]:
    """Milliseconds of every count of every condition over an area."""
    from linli.intake.ledgers import condition_text, selecting
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting

    actor = operator("bench", _setting.DISTRICT)
    found = []
    for text in CONDITIONS:
        spent, said = [], ""
        for _ in range(asked):
            started = time.perf_counter()
            with acting(actor):
                said = f"{selecting.count(actor, condition_text.from_text(text), area):,}"
            spent.append((time.perf_counter() - started) * 1000)
        found.append((text or "everybody", spent, said))
    return found


def first_counts() -> list[float]:
    """Milliseconds of the first count of processes just begun, each with another condition."""
    command = [sys.executable, __file__, "--home", os.environ["LINLI_HOME"], "--first"]
    runs = (subprocess.run([*command, text], capture_output=True, text=True, check=True) for text in CONDITIONS[1:8])
    return [float(run.stdout.split()[-1]) for run in runs]


def first_count(text: str) -> None:
    """Print the milliseconds of one count, with connecting and everything else that a process does for the first time."""
    from linli.intake.ledgers import condition_text, selecting
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting

    actor, started = operator("bench", _setting.DISTRICT), time.perf_counter()
    with acting(actor):
        selecting.count(actor, condition_text.from_text(text), _setting.DISTRICT)
    print((time.perf_counter() - started) * 1000)


def tell(title: str, found: list[tuple[str, list[float], str]]) -> None:
    """A table of counts."""
    print(f"\n{title:44} {'n':>4} {'median ms':>10} {'p95 ms':>8} {'max ms':>8}  people")
    for text, spent, said in found:
        print(_line(text, spent, said), flush=True)
    print(_line("all", [ms for _, spent, _ in found for ms in spent], ""))


def main() -> None:
    """Print two tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=540_000)
    options.add_argument("--home")
    options.add_argument("--counts", action="store_true", help="the counts only")
    options.add_argument("--first", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.first is None:
        print(_setting.machine())
    with _setting.fresh_home(chosen.home), tempfile.TemporaryDirectory() as name:
        import django

        django.setup()
        if chosen.first is not None:
            return first_count(chosen.first)
        if chosen.counts:
            return tell_counts()
        folder = Path(name)
        if not chosen.home or not _filled():
            from intake import take_in

            from linli.project.demo.bench_file import write_bench_xlsx

            write_bench_xlsx(folder / "people.xlsx", chosen.rows, seed=1)
            take_in(folder / "people.xlsx")
        import templates

        layout, plain = templates.build("elder_allowance", folder), plain_template(folder / "plain.xlsx")
        where = condition_of(min(WANTED, chosen.rows // 5))
        print(f"{'what':44} {'rows':>8} {'s':>7} {'MB':>6} {'file MB':>8}")
        for what, template, more in (
            ("a department's layout", layout, ["--where", where]),
            ("a plain table", plain, []),
        ):
            out = folder / "out.xlsx"
            run = _setting.linli(
                "ledger", "fill", str(template), "--area", _setting.DISTRICT, "--out", str(out), "--json", *more
            )  # fmt: skip
            rows, size = run.json()["rows"], out.stat().st_size / 2**20
            print(f"{what:44} {rows:8,} {run.seconds:7.1f} {run.megabytes:6,} {size:8.1f}", flush=True)
        tell_counts()


def tell_counts() -> None:
    """The tables of counts."""
    from linli.places.models import Region

    tell("first count of a process", [("each another condition", first_counts(), "")])
    tell("count over the district", counts())
    town = Region.objects.filter(level="town", valid_to=None).order_by("code").values_list("code", flat=True)[0]
    tell(f"count over a town ({town})", counts(town, 3))


def _line(what: str, spent: list[float], said: str) -> str:
    p95 = statistics.quantiles(spent, n=20)[-1]
    return f"{what:44} {len(spent):4} {statistics.median(spent):10.1f} {p95:8.1f} {max(spent):8.1f}  {said}"


if __name__ == "__main__":
    main()
