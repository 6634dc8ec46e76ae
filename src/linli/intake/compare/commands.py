"""`linli intake compare`: what changed between two batches, on a terminal or as a workbook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

AsUser = Annotated[str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")]
Output = Annotated[
    Path | None, typer.Option("--out", help="Also write the rows that differ to OUT.xlsx · 另存为工作簿")
]
Purpose = Annotated[str, typer.Option("--purpose", help="Why they are taken out, for the log · 导出用途")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON")]
Language = Annotated[str, typer.Option("--lang", help="zh or en · 语言")]
WORDS = {
    "zh": {"new": "新增", "gone": "不再出现", "changed": "有变化", "unchanged": "未变", "flawed": "有错误未比",
           "only": "只有一份表有、没有比较：", "records": "原文件已删除，按当时的来源记录比较：", "area": "辖区"},
    "en": {"new": "new", "gone": "gone", "changed": "changed", "unchanged": "unchanged", "flawed": "with errors",
           "only": "Only in one of the tables, not compared: ", "records": "The file is gone; the source's statements "
           "of then were compared: ", "area": "area"},
}  # fmt: skip


def compare(
    batch: Annotated[str, typer.Argument(help="Id of a batch · 批次 id")],
    other: Annotated[
        str | None, typer.Argument(help="Id of another; else the one merged before it · 另一批次，默认上一批")
    ] = None,
    out: Output = None,
    purpose: Purpose = "linli intake compare",
    as_json: AsJson = False,
    as_user: AsUser = None,
    lang: Language = "zh",
) -> None:
    """What changed between two batches of one source: new, gone and changed rows, by village. 比较两个批次。"""
    from linli.kernel.errors import Problem
    from linli.kernel.scope import acting

    from ..commands import acting_as, failed, said
    from ..wording import problem_said
    from . import actions, queries
    from .export import export_comparison

    try:
        actor = acting_as(as_user)
        earlier, later = sorted((UUID(batch), UUID(other))) if other else (None, UUID(batch))
        with acting(actor):
            made = actions.ask(actor, later, earlier, by_command=True)
        actions.perform(made.id)
        with acting(actor):
            told = queries.comparison(actor, made.id, lang)
            if told.state != "done":
                problem = told.problem or {"code": "", "params": {}}
                failed(problem["code"], problem_said(problem["code"], problem["params"], lang), as_json)
            content = export_comparison(actor, made.id, queries.RowFilter(), purpose, lang) if out else b""
    except Problem as problem:
        failed(problem.code, said(problem, lang), as_json)
    except ValueError as error:
        failed("intake.failed", str(error), as_json)
    if out:
        out.write_bytes(content)
    tell(told, lang, as_json)


def tell(told: Any, language: str, as_json: bool) -> None:
    """Print the counts: as a whole, then by village."""
    if as_json:
        print(
            json.dumps(
                {
                    "comparison": str(told.id),
                    "before": str(told.before.id),
                    "after": str(told.after.id),
                    "counts": told.counts,
                    "villages": {village.area_code: village.counts for village in told.villages},
                    "compared": [name for name, _ in told.compared],
                },
                ensure_ascii=False,
            )
        )
        return
    from rich.console import Console
    from rich.table import Table

    words = WORDS["en" if language.startswith("en") else "zh"]
    outcomes = ("new", "gone", "changed", "flawed", "unchanged")
    print(f"{told.before.filename} → {told.after.filename}")
    print("  ".join(f"{words[name]} {told.counts[name]}" for name in outcomes))
    if only := [*told.only_before, *told.only_after]:
        print(words["only"] + ", ".join(only))
    for side, kept in ((told.before, told.before_from_file), (told.after, told.after_from_file)):
        if not kept:
            print(words["records"] + side.filename)
    table = Table(words["area"], *(words[name] for name in outcomes))
    for village in told.villages:
        table.add_row(village.area_name, *(str(village.counts[name]) for name in outcomes))
    Console().print(table)
