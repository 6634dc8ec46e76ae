"""Rounds over a district: opening one for a town and for the district, counting them anew, a page to complete, an answer, and
sending a return up with its frozen rows.

Bar: a round over a town opened and counted in 10 s, a page to complete in 1 s. Needs a home filled by `bench/intake.py --home
FOLDER`, or makes one. Leaves the rounds it opened closed.
Run: python bench/rounds.py [--home FOLDER] [--rows 540000] [--times 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import _setting
from quality import operator
from search import _filled

COLUMNS = ("序号", "姓名", "性别", "出生日期", "身份证号", "联系电话", "婚姻状况", "文化程度", "现住址")


def timed(title: str, times: int, call: Callable[[], Any]) -> Any:
    """One line of the table; returns what the last call did."""
    from linli.kernel.scope import acting

    spent, found = [], None
    for _ in range(times):
        started = time.perf_counter()
        with acting(operator()):
            found = call()
        spent.append(time.perf_counter() - started)
    print(f"| {title} | {times} | {statistics.median(spent):.3f} | {max(spent):.3f} |", flush=True)
    return found


def form(folder: Path, where: str) -> UUID:
    """An approved form about people that a condition chooses."""
    import openpyxl

    from linli.intake.catalogue.actions import register_form
    from linli.intake.catalogue.models import Form, FormVersion
    from linli.intake.catalogue.rules import FormFacts
    from linli.kernel.ids import uuid7
    from linli.kernel.scope import acting

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(list(COLUMNS))
    book.save(folder / "form.xlsx")
    facts = FormFacts(name=f"测试表 {uuid7()}", issuer_name="区民政局", legal_basis="性能测试", cycle="month")
    with acting(operator()) as actor:
        made = register_form(actor, facts, folder / "form.xlsx", "表.xlsx")
        version = FormVersion.objects.get(form_id=made.id)
        version.binding = version.binding | {"where": where}
        version.save(update_fields=["binding"])
        Form.objects.filter(id=made.id).update(state="approved")
    return made.id


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=540_000)
    options.add_argument("--home", help="a home to fill, or filled before")
    options.add_argument("--times", type=int, default=5)
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home), tempfile.TemporaryDirectory() as folder:
        import django

        django.setup()
        if not chosen.home or not _filled():
            from intake import take_in

            from linli.project.demo.bench_file import write_bench_xlsx

            write_bench_xlsx(Path(folder) / "people.xlsx", chosen.rows, seed=1)
            take_in(Path(folder) / "people.xlsx")
        print("| what | times | median s | slowest s |\n|---|---:|---:|---:|")
        town = largest_town()
        for title, area in (("town", town), ("district", _setting.DISTRICT)):
            for people, where in (("of 80 and more", "age>=80"), ("everybody", "")):
                measure(Path(folder), f"{title}, {people}", area, where, chosen.times)


def largest_town() -> str:
    """The town in which most people live."""
    from django.db import connection

    from linli.kernel.scope import acting

    with acting(operator()), connection.cursor() as cursor:
        cursor.execute("SELECT left(area_code, 9) FROM registry_person_area GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")
        (town,) = cursor.fetchone() or ("",)
    return str(town)


def measure(folder: Path, title: str, area: str, where: str, times: int) -> None:
    """Everything that is done with one round."""
    from linli.intake.rounds import looking
    from linli.intake.rounds.actions import returns, rounds
    from linli.intake.rounds.models import Return
    from linli.intake.rounds.rules import Deed
    from linli.kernel import clock
    from linli.kernel.scope import acting

    today, actor = clock.today(), operator()
    asked = rounds.RoundForm(form(folder, where), area, "bench", today, today + timedelta(days=10))
    made = timed(f"{title}: opened and counted", 1, lambda: rounds.open_round(actor, asked))
    timed(f"{title}: counted anew", times, lambda: rounds.measure(made))
    with acting(actor):
        one = Return.objects.filter(round_id=made.id).order_by("-waiting", "id").first()
        whole = sum(Return.objects.filter(round_id=made.id).values_list("rows", flat=True))
    assert one is not None
    timed(f"{title}: a page to complete, of {one.rows:,} rows", times, lambda: looking.rows(actor, one.id, limit=25))
    timed(f"{title}: sent up with {one.rows:,} rows of {whole:,}", 1, lambda: returns.do(actor, one.id, Deed.SUBMIT))
    with acting(actor):
        rounds.close_round(actor, made.id)


if __name__ == "__main__":
    main()
