"""`linli cases categories …` and `linli cases rules …`: the directory from files, and what is in it. Thin.

Exit codes of `load`: 0 loaded, or a dry run without findings; 2 the file has findings and nothing was loaded; 1 failure.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .editions import Table

if TYPE_CHECKING:
    from .loading import DryRun

categories_app = typer.Typer(no_args_is_help=True, help="Categories of cases · 案件分类")
rules_app = typer.Typer(no_args_is_help=True, help="Filing rules: conditions and limits · 立案规则")
FINDINGS, SHOWN = 2, 200
LANGUAGE = "zh-CN"
SIGNS = {"added": "+", "changed": "~", "closed": "-", "reopened": "^"}

File = Annotated[Path, typer.Argument(help="A table (.xlsx .xls .ods .csv) · 表格", exists=True, dir_okay=False)]
From = Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="Takes effect on; else today · 生效日期")]
Reason = Annotated[str, typer.Option("--reason", help="On what ground: a document's number · 依据或文号")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Show what would change and stop · 只预演，不写入")]
As = Annotated[str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")]


@categories_app.command("load")
def load_categories(
    file: File, from_day: From = "", reason: Reason = "", dry_run: Dry = False, as_user: As = None
) -> None:
    """Load an edition of the categories; what it does not name any more is closed · 装入分类目录"""
    _load(file, "categories", from_day, reason, dry_run, as_user)


@rules_app.command("load")
def load_rules(file: File, from_day: From = "", reason: Reason = "", dry_run: Dry = False, as_user: As = None) -> None:
    """Load a table of filing rules; what it does not have any more is ended · 装入立案规则"""
    _load(file, "rules", from_day, reason, dry_run, as_user)


@categories_app.command("list")
def list_categories(
    q: Annotated[str, typer.Argument(help="Code, name or initials; else all · 编码、名称或拼音首字母")] = "",
    closed: Annotated[bool, typer.Option("--all", help="Closed ones too · 含已停用的")] = False,
    as_user: As = None,
) -> None:
    """What categories there are, and how sure we are of each · 列出分类"""
    from rich.console import Console
    from rich.table import Column, Table

    from linli.access.command_line import acting
    from linli.kernel import clock

    from . import queries
    from .rules import CERTAINTY_WORDS, KIND_NAMES, Certainty

    table = Table(
        Column("编码 code", no_wrap=True),
        "类型 kind",
        "名称 name",
        "规则 rules",
        "依据 certainty",
        "止 until",
        box=None,
    )
    with acting(as_user) as actor:
        for c in queries.categories(actor, q, None if closed else clock.today()):
            table.add_row(
                c.code, KIND_NAMES[c.kind].zh, c.name, str(c.rule_count),  # type: ignore[attr-defined]
                CERTAINTY_WORDS[Certainty(c.certainty)].zh, str(c.valid_until or ""),
            )  # fmt: skip
    Console().print(table)


def _load(file: Path, table: Table, from_day: str, reason: str, dry_run: bool, as_user: str | None) -> None:
    from linli.access.command_line import acting
    from linli.kernel import clock

    from . import loading

    try:
        day = date.fromisoformat(from_day) if from_day else clock.today()
    except ValueError:
        raise typer.BadParameter("--from is a date such as 2027-01-01") from None
    with acting(as_user) as actor:
        told = loading.preview(actor, file, table, day)
        if not dry_run and not told.findings:
            told = loading.load(actor, file, table, day, reason)
    _tell(told)
    if told.findings:
        raise typer.Exit(FINDINGS)


def _tell(told: DryRun) -> None:
    for finding in told.findings[:SHOWN]:
        typer.echo(f"第 {finding.row} 行 {finding.column}: {finding.say(LANGUAGE)}", err=True)
    for change in told.changes[:SHOWN]:
        said = "；".join(f"{name} {before} → {after}" for name, before, after in change.details)
        by = f" → {change.successor.code}" if change.successor else ""
        condition = f"「{change.condition}」" if change.condition else ""
        typer.echo(f"{SIGNS[change.what]} {change.key.code} {change.name}{condition}{by} {said}".rstrip())
    counts = {what: sum(change.what == what for change in told.changes) for what in SIGNS}
    typer.echo(
        f"自 {told.effective_from} 起 · from: 新增 {counts['added']}，变更 {counts['changed']}，停用 {counts['closed']}，"
        f"恢复 {counts['reopened']}，不变 {told.same}；问题 {len(told.findings)}"
    )
