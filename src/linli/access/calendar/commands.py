"""`linli calendar …`: show a year, and load how the next one is arranged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from linli.kernel.worktime import WORKDAY

from ..command_line import acting
from . import actions, queries
from .problems import BadCalendar
from .reading import read
from .rules import CERTAINTIES, OFFICIAL, Trouble, main_year

calendar_app = typer.Typer(no_args_is_help=True, help="Work calendar: holidays and working hours · 工作日历")
As = Annotated[str | None, typer.Option("--as", help="Act as this account instead of as operator. 以该账号身份操作")]


@calendar_app.command()
def show(year: Annotated[int, typer.Argument(help="A year. 年份")], as_user: As = None) -> None:
    """A year's holidays, days worked instead, and working hours · 显示一年的安排"""
    with acting(as_user):
        item = queries.year(year)
    said = (
        f"{item.source} ({item.certainty})"
        if item.settled
        else "not arranged so far: weekdays and the law, provisional"
    )
    typer.echo(f"{year}: {said}; edition {item.edition}")
    for (kind, name), days in _stretches(item.days):
        span = days[0].isoformat() + (f" to {days[-1]:%m-%d}" if len(days) > 1 else "")
        typer.echo(f"  {'worked' if kind is WORKDAY else 'off':7}{span:22}{name}")
    worked = ", ".join(f"{month.month}: {month.worked}" for month in item.months)
    typer.echo(f"  {sum(month.worked for month in item.months)} days worked; by month {worked}")
    for hours in reversed(item.hours):
        row = hours.hours
        season = f"; {row.season_first} to {row.season_last} {row.season_spans}" if row.season_spans else ""
        typer.echo(f"  from {hours.since}: {row.spans}{season}{'  (now)' if hours.current else ''}")


@calendar_app.command()
def load(
    file: Annotated[
        Path, typer.Argument(help="xlsx, xls or csv: date, kind, name. 日期、类型、名称", exists=True, dir_okay=False)
    ],
    source: Annotated[str, typer.Option(help="The notice it rests on. 依据文号")],
    year: Annotated[int | None, typer.Option(help="Default: the year of most of its days. 年份")] = None,
    certainty: Annotated[str, typer.Option(help=f"{', '.join(CERTAINTIES)}. 可信程度")] = OFFICIAL,
    as_user: As = None,
) -> None:
    """Load how a year's holidays are arranged, in place of what was known · 导入一年的放假安排

    Days the district marked itself stay.
    """
    if certainty not in CERTAINTIES:
        raise typer.BadParameter(f"--certainty is one of {', '.join(CERTAINTIES)}")
    with acting(as_user) as actor:
        entries = read(file.read_bytes(), file.name)
        arranged = year or main_year(entries)
        if arranged is None:
            raise BadCalendar([Trouble("days", "none")])
        made = actions.arrange_year(actor, arranged, entries, source, certainty)
    if made is None:
        typer.echo(f"{arranged}: nothing new")
    else:
        typer.echo(f"{arranged}: {len(entries)} days, {len(made.changes)} rows changed, edition {made.serial}")


Stretch = tuple[tuple[object, str], list[date]]


def _stretches(days: Sequence[queries.DayItem]) -> list[Stretch]:
    """Days of one kind and name that follow one another, as one."""
    found: list[Stretch] = []
    ordered = sorted(days, key=lambda each: each.day)
    for key, group in groupby(
        enumerate(ordered), lambda each: (each[1].kind, each[1].name, each[1].day - timedelta(each[0]))
    ):
        found.append(((key[0], key[1]), [item.day for _, item in group]))
    return found
