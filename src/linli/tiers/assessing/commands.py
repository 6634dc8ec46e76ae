"""`linli tiers assess`: every community assessed for a day, and what was found as a file. Thin."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def assess(
    out: Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="Write FILE.json or FILE.xlsx · 结果文件")],
    on: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The day; else today · 评估日期")] = "",
    community: Annotated[
        str | None, typer.Option("--community", metavar="CODE", help="Only this one (12 digits) · 只输出一个社区")
    ] = None,
    as_user: Annotated[
        str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")
    ] = None,
) -> None:
    """Assess all communities for a day, keep it, and write what was found · 评估全部社区并输出结果"""
    from linli.access.command_line import operating
    from linli.kernel import scope

    from . import actions, results

    if out.suffix.lower() not in (".json", ".xlsx"):
        raise typer.BadParameter("--out: .json / .xlsx")
    day = _day(on)
    with operating(as_user) as actor:
        if community is not None:
            with scope.acting(actor):
                actions.check_community(actor, community)
        made = actions.assess(actor, day)
        with scope.acting(actor):
            found = results.outcome(actor, made, community)
            content = results.as_json(found) if out.suffix.lower() == ".json" else results.as_workbook(actor, found)
    out.write_bytes(content)
    tiers = {tier: sum(row.computed == tier for row in found.rows) for tier in ("model", "growing", "basic", "none")}
    print(
        f"{made.day} · {len(found.rows)} 个社区 communities · 标杆型 model {tiers['model']} · 成长型 growing {tiers['growing']} · "
        f"基础型 basic {tiers['basic']} · 未达 none {tiers['none']} · 未能计算 failed measures {len(made.failures)} -> {out}",
        file=sys.stderr,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("--date: YYYY-MM-DD") from None
