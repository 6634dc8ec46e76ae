"""`linli ledger round`: ask for a form, see how rounds stand, count them anew, end one. Thin: `actions` does everything.

Exit codes: 0 done, 1 not (with the reason and its code).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from ..commands import AsUser, Language, acting_as, failed, said

if TYPE_CHECKING:
    from .queries import ReturnRow, RoundRow

round_app = typer.Typer(
    name="round",
    no_args_is_help=True,
    help="Ask for a form, see how it stands · 发起和查看报送",
    add_completion=False,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")]
RoundId = Annotated[UUID, typer.Argument(help="Id of the round, as `list` shows it · 报送编号", show_default=False)]
Area = Annotated[str, typer.Option("--area", "-a", help="Area code · 区划代码")]
FIGURES = ("rows", "blanks", "stale", "waiting")
STATES = ("draft", "submitted", "accepted", "returned")


@contextmanager
def _told(lang: str, as_json: bool) -> Iterator[None]:
    """Ends the command with the reason where something is refused."""
    from linli.kernel.errors import Problem

    try:
        yield
    except Problem as problem:
        failed(problem.code, said(problem, lang), as_json)
    except ValueError as error:
        failed("intake.round.failed", str(error), as_json)


@round_app.command("open")
def open_(
    form: Annotated[str, typer.Argument(help="Name or id of an approved form · 已准入的表", show_default=False)],
    area: Area,
    period: Annotated[str, typer.Option("--period", "-p", help="As 2026-12 · 期别")],
    due: Annotated[str, typer.Option("--due", help="Last day to send it (YYYY-MM-DD) · 上报期限")],
    date: Annotated[str | None, typer.Option("--date", help="Day ages are counted at, else today · 截至日期")] = None,
    fresh_days: Annotated[int | None, typer.Option(help="Ask again for older values · 多少天前的重新核实")] = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """Ask for FORM over an area. 发起报送。"""
    from datetime import date as Date

    from linli.kernel import clock
    from linli.kernel.scope import acting

    from . import queries
    from .actions.rounds import RoundForm, open_round
    from .forms import called

    with _told(lang, as_json), acting(acting_as(as_user)) as actor:
        on = Date.fromisoformat(date) if date else clock.today()
        asked = RoundForm(called(actor, form), area, period, on, Date.fromisoformat(due), fresh_days)
        made = open_round(actor, asked)
        shown = queries.round_(actor, made.id)
    _print([shown], as_json, lang)


@round_app.command("list")
def list_(
    area: Annotated[str | None, typer.Option("--area", "-a", help="Area code · 区划代码")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Those that ended too · 包括已结束的")] = False,
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """Rounds in sight, the last due first, with how they stand. 列出报送和进度。"""
    from linli.kernel.scope import acting

    from . import queries

    with _told(lang, as_json), acting(acting_as(as_user)) as actor:
        found: list[RoundRow] = []
        cursor: str | None = None
        while True:
            page = queries.rounds(actor, state=None if closed else "open", under=area, cursor=cursor, limit=100)
            found += page.items
            cursor = page.next
            if cursor is None:
                break
    _print(found, as_json, lang)


@round_app.command("show")
def show(round_id: RoundId, as_user: AsUser = None, as_json: AsJson = False, lang: Language = "zh") -> None:
    """The returns of a round, area by area. 查看各区划的报送表。"""
    from linli.kernel.scope import acting

    from . import queries

    with _told(lang, as_json), acting(acting_as(as_user)) as actor:
        shown = queries.round_(actor, round_id)
        found: list[ReturnRow] = []
        cursor: str | None = None
        while True:
            page = queries.returns(actor, round_id=round_id, cursor=cursor, limit=100)
            found += page.items
            cursor = page.next
            if cursor is None:
                break
    names = ("area_code", "area_name", "state", "version", *FIGURES)
    listed = [{name: getattr(row, name) for name in names} for row in found]
    if as_json:
        print(json.dumps(_round(shown) | {"returns": listed}, ensure_ascii=False))
        return
    _print([shown], False, lang)
    for row in listed:
        print("  " + "  ".join(str(row[name]) for name in names))


@round_app.command("measure")
def measure(
    round_id: Annotated[UUID | None, typer.Argument(help="One round, else every open one · 报送编号")] = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """Count blank and old values anew, as the program does every hour. 重新统计空白和过期。"""
    from linli.kernel.scope import acting

    from . import queries
    from .actions import rounds

    with _told(lang, as_json):
        actor = acting_as(as_user)
        if round_id is None:
            counted = rounds.measure_open()
        else:
            with acting(actor):
                rounds.measure(queries.round_(actor, round_id).round)
            counted = rounds.Counted(1, 0)
    if as_json:
        print(json.dumps({"measured": counted.measured, "failed": counted.failed}))
    elif lang.startswith("en"):
        print(f"{counted.measured} counted, {counted.failed} not")
    else:
        print(f"已统计 {counted.measured} 次报送，{counted.failed} 次失败")
    if counted.failed:
        raise typer.Exit(1)


def _round(row: RoundRow) -> dict[str, Any]:
    one, progress = row.round, row.progress
    told = {"id": str(one.id), "form": one.form_name, "period": one.period, "area": one.area_code, "state": one.state}
    told["due"] = one.due_on.isoformat()
    return told | {name: getattr(progress, name) for name in (*FIGURES, *STATES)}


def _print(rows: list[RoundRow], as_json: bool, lang: str) -> None:
    told = [_round(row) for row in rows]
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    for row, one in zip(rows, told, strict=True):
        every = sum(one[state] for state in STATES)
        words = (
            "{accepted}/{every} accepted, {rows} rows, {blanks} blank, {stale} old"
            if lang.startswith("en")
            else "{accepted}/{every} 已通过，{rows} 行，空白 {blanks} 处，过期 {stale} 处"
        )
        print(
            f"{one['id']}  {one['form']} {one['period']}  {row.area_name}  {one['due']}  "
            + words.format(every=every, **one)
        )
