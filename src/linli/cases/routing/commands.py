"""`linli cases routing …`: the rules of routing listed, checked, taken from a file and written to one. Thin.

Exit codes: 0 done, or nothing wrong; 2 something is wrong with the rules or the file, which was not loaded; 1 failure.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .findings import RuleFinding

routing_app = typer.Typer(no_args_is_help=True, help="Which unit handles what · 派遣规则")
FINDINGS, SHOWN = 2, 200
LANGUAGE = "zh-CN"

File = Annotated[Path, typer.Argument(help="A table (.xlsx .xls .ods .csv) · 表格", exists=True, dir_okay=False)]
Target = Annotated[Path, typer.Argument(help="A workbook to write · 写入的表格", dir_okay=False)]
Reason = Annotated[str, typer.Option("--reason", help="On what ground: a document's number · 依据或文号")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Show what would change and stop · 只预演，不写入")]
As = Annotated[str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")]


@routing_app.command("list")
def list_rules(as_user: As = None) -> None:
    """The rules by priority · 按先后列出规则"""
    from rich.console import Console
    from rich.table import Column, Table

    from linli.access.command_line import acting

    from . import entry, queries

    heads = ("先后 no.", "范围 reach", "单位 unit", "依据 basis", "确定程度 certainty", "止 until")
    table = Table(*(Column(head, overflow="fold") for head in heads), box=None)
    with acting(as_user) as actor:
        for row in entry.rules_out(queries.rule_set(actor), LANGUAGE)["items"]:
            table.add_row(
                str(row["position"]), row["reach"], row["unit_name"] or "–", row["basis"], row["certainty_label"],
                str(row["valid_until"] or ""),
            )  # fmt: skip
    Console().print(table)


@routing_app.command("check")
def check(as_user: As = None) -> None:
    """What is wrong with the rules: conflicts, dead rules, units that are gone · 检查规则"""
    from linli.access.command_line import acting

    from . import queries

    with acting(as_user) as actor:
        told = queries.rule_set(actor)
        _tell(told.findings)
    typer.echo(f"规则 {len(told.rules)} 条 rules，问题 {len(told.findings)} findings")
    if told.findings:
        raise typer.Exit(FINDINGS)


@routing_app.command("load")
def load(file: File, reason: Reason = "", dry_run: Dry = False, as_user: As = None) -> None:
    """Let the rules of a file hold; those it does not have end today · 装入规则，原规则中没有的自今日停止"""
    from linli.access.command_line import acting

    from . import actions
    from .dry_run import dry_run as tried
    from .tables import read_lines

    with acting(as_user) as actor:
        lines, found = read_lines(actor, file)
        for row in found[:SHOWN]:
            typer.echo(f"第 {row.row} 行 {row.column}: {row.say(LANGUAGE)}", err=True)
        if found:
            raise typer.Exit(FINDINGS)
        told = tried(actor, lines)
        made = told.checked.plan
        _tell(told.findings)
        if not dry_run:
            made = actions.save_rules(actor, lines, None, reason, file.name)
        typer.echo(
            f"新增 {len(made.added)}，变更 {len(made.changed)}，调序 {len(made.moved)}，停止 {len(made.ended)}；"
            f"近一月案件 {told.cases} 件，去向改变 {told.changed} 件 · changed of the last month's cases"
        )


@routing_app.command("export")
def export(file: Target, as_user: As = None) -> None:
    """Write the rules to a workbook that can be loaded again · 导出规则"""
    from linli.access.command_line import acting

    from .tables import export as workbook

    with acting(as_user) as actor:
        file.write_bytes(workbook(actor, LANGUAGE))
    typer.echo(str(file))


def _tell(found: Iterable[RuleFinding]) -> None:
    from .entry import findings_out

    for finding in findings_out(found, LANGUAGE):
        typer.echo(f"第 {finding['position']} 条：{finding['words']}", err=True)
