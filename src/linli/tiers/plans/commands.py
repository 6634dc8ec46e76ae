"""`linli tiers plan`: the best plan for a budget, as JSON or a workbook. Thin.

Exit codes: 0 written; 2 refused, or there is no plan (what collides is told); 1 failure.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

REFUSED = 2
#: CNY; as much as the API takes.
MOST_BUDGET = 10**11
Budget = Annotated[str, typer.Option("--budget", help="CNY for all years together · 总预算(元)")]
Years = Annotated[int, typer.Option("--years", help="How many years, from next year on · 年数(自明年起)", min=1, max=6)]
Out = Annotated[Path, typer.Option("--out", help="A file .json or .xlsx · 写入的文件", dir_okay=False)]
Area = Annotated[str | None, typer.Option("--area", help="A town's code; else the district · 镇街代码")]
Aim = Annotated[str, typer.Option("--objective", help="communities, people or index · 目标")]
As = Annotated[str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")]


def plan(
    budget: Budget, out: Out, years: Years = 3, area: Area = None, objective: Aim = "communities", as_user: As = None
) -> None:
    """The plan that lifts the most with a budget · 按预算编制提升方案"""
    from decimal import Decimal, InvalidOperation

    from linli.access.command_line import acting
    from linli.kernel import clock

    from . import actions
    from .models import UpgradeScenario
    from .problems import PlanRefused
    from .telling import why_of
    from .wanted import OBJECTIVES, simple
    from .writing import as_json, as_workbook

    try:
        amount = Decimal(budget.replace(",", ""))
        if not amount.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise typer.BadParameter("预算应为数字 / the budget must be a number", param_hint="--budget") from None
    if abs(amount) > MOST_BUDGET:
        raise typer.BadParameter(
            f"预算最多 {MOST_BUDGET:,} 元 / the budget may be {MOST_BUDGET:,} CNY at most", param_hint="--budget"
        )
    if amount != round(amount, 2):
        raise typer.BadParameter("预算最多到分 / the budget has whole cents", param_hint="--budget")
    if out.suffix.lower() not in (".json", ".xlsx"):
        raise typer.BadParameter("文件应以 .json 或 .xlsx 结尾 / .json or .xlsx", param_hint="--out")
    if objective not in OBJECTIVES:
        raise typer.BadParameter(", ".join(OBJECTIVES), param_hint="--objective")
    asked = {**simple(amount, years, clock.today().year + 1), "objective": objective}
    with acting(as_user) as actor:
        try:
            made = actions.ask(actor, asked, area)
        except PlanRefused as refused:
            typer.echo(f"{refused.params['reason']} / {refused.params['reason_en']}", err=True)
            raise typer.Exit(REFUSED) from None
    with _quiet():
        actions.carry_out(made.id)
    with acting(as_user):
        done = UpgradeScenario.objects.select_related("assessment").get(id=made.id)
    if done.state == "failed" or done.result is None:
        said = why_of(done)
        typer.echo(f"方案未能完成 / the plan failed: {said['zh']} / {said['en']}", err=True)
        raise typer.Exit(1)
    out.write_bytes(as_json(done) if out.suffix.lower() == ".json" else as_workbook(done, "zh-CN"))
    if done.state == "infeasible":
        for each in done.result["collisions"]:
            typer.echo(f"条件冲突 collides: {each['text']['zh']} / {each['text']['en']}", err=True)
        raise typer.Exit(REFUSED)
    found = done.result
    typer.echo(
        f"提升 {found['raised']} 个社区 communities raised，惠及 {found['people']} 人 people，"
        f"费用 {found['cost_cents'] / 100:,.2f} 元 CNY，差距 gap {found['gap']:.3%} → {out}"
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the solver's banner off standard output: HiGHS writes it past Python when it is made, whatever it is told."""
    sys.stdout.flush()
    held = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(held, 1)
        os.close(nowhere)
        os.close(held)
