"""`linli places recode OLD NEW` and `linli places recode undo ID`: thin commands over the actions the API uses."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from linli.kernel.errors import Problem

from ..command_line import CommandFailed, operator_of, say

if TYPE_CHECKING:
    from .rules import Plan

HOW = {
    "rename": "更名或改类别 · name or kind",
    "recode": "更换代码 · another code",
    "move": "划入另一乡镇 · to another town",
    "merge": "并入另一村居 · joins another village",
}
UNDO = "undo"


def recode(
    old: Annotated[str, typer.Argument(help="旧代码；撤销时写 undo · old code, or undo")],
    new: Annotated[str, typer.Argument(help="新代码；撤销时写变更编号 · new code, or the id of the recode to undo")],
    name: Annotated[str, typer.Option(help="新名称（简称）· short name afterwards")] = "",
    kind: Annotated[str, typer.Option(help="新类别：居委会、村委会、街道、镇、乡 · kind afterwards")] = "",
    on: Annotated[str, typer.Option(help="生效日期，不写则为今天 · from this day, else today (YYYY-MM-DD)")] = "",
    reason: Annotated[str, typer.Option(help="原因或文号 · reason or document")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看影响，不保存 · show the effect only")] = False,
) -> None:
    """区划变更：换代码、并村、村改居、划入另一乡镇；可撤销 · Recode an area, as one dated action that can be undone."""
    from linli.kernel.scope import acting

    from . import actions
    from .rules import Wish

    day = _day(on)
    try:
        with acting(operator_of("")) as actor:
            if old == UNDO:
                done = actions.undo_recode(actor, _id(new), reason)
            else:
                found = actions.preview_recode(actor, Wish(old, new, name, kind), day)
                _show(found.plan)
                totals: dict[str, int] = defaultdict(int)
                for counted in found.counts:
                    totals[f"{counted.label.zh} · {counted.label.en}"] += counted.count
                for label, count in totals.items():
                    typer.echo(f"  {label}: {count}")
                if dry_run:
                    typer.echo("未保存 · nothing was saved")
                    return
                done = actions.do_recode(actor, Wish(old, new, name, kind), day, reason)
    except Problem as problem:
        raise say(problem) from None
    typer.echo(
        f"{'已撤销 · undone' if old == UNDO else '已保存 · saved'}: {done.id}，{sum(done.moved.values())} 行 · rows"
    )


def _show(plan: Plan) -> None:
    typer.echo(f"{HOW[plan.how]}: {plan.wish.old} → {plan.wish.new} {plan.short_name}（{plan.kind}）")
    for old, new in plan.heirs.items():
        if old != plan.wish.old:
            typer.echo(f"  {old} → {new}")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandFailed(f"日期应写作 2026-01-31 · not a date: {text}") from None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandFailed(f"不是变更编号 · not the id of a recode: {text}") from None
