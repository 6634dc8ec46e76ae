"""`linli ledger`: bind a department's template to the base, fill it for an area. Thin: `fill` does everything.

Exit codes: 0 done, 1 not (with the reason and its code).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ..commands import AsUser, Language, acting_as, day_of, document_of, failed, file_trouble, said
from ..rounds.commands import round_app

ledger_app = typer.Typer(
    name="ledger",
    no_args_is_help=True,
    help="Fill a department's own forms from the base · 按部门表格生成台账",
    add_completion=False,
)

ledger_app.add_typer(round_app)

Template = Annotated[Path, typer.Argument(help="The department's own .xlsx · 部门的表格模板", show_default=False)]
BindingFile = Annotated[
    Path | None, typer.Option("--binding", "-b", help="Binding of columns as JSON · 列的对应关系", exists=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the outcome as JSON")]


@ledger_app.command("bind")
def bind(
    template: Template,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the binding there · 写入文件")] = None,
    subject: Annotated[
        str | None,
        typer.Option("--subject", help="people, households, rentals, areas; else told by the columns · 一行是什么"),
    ] = None,
    lang: Language = "zh",
) -> None:
    """Propose what fills each column, as JSON to edit and give back to `fill`. 写出列的对应关系。"""
    from linli.kernel.errors import Problem

    from .binding import from_json
    from .fill import bind as propose

    try:
        from_json({"subject": subject or "people"})
        found = propose(_there(template), subject=subject)
    except Problem as problem:
        failed(problem.code, said(problem, lang), False)
    except OSError as error:
        failed("intake.ledger.failed", file_trouble(error), False)
    document = json.dumps(found.to_json(), ensure_ascii=False, indent=2)
    if out is None:
        print(document)
    else:
        out.write_text(document + "\n", "utf-8")


@ledger_app.command("fill")
def fill(
    template: Template,
    area: Annotated[str, typer.Option("--area", "-a", help="Area code · 区划代码")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Workbook to write · 生成的文件")],
    binding: BindingFile = None,
    where: Annotated[
        str, typer.Option("--where", "-w", help='Condition, as "age>=60 and lives_alone" · 条件，如“60岁以上独居”')
    ] = "",
    date: Annotated[str | None, typer.Option("--date", help="Day ages are counted at, else today · 截至日期")] = None,
    masked: Annotated[
        bool,
        typer.Option(
            "--masked/--full", help="Mask numbers, or (with --purpose) give those you may see in full · 号码掩码或完整"
        ),
    ] = True,
    empty: Annotated[bool, typer.Option("--empty", help="Write it even if nobody meets it · 允许空表")] = False,
    purpose: Annotated[str, typer.Option("--purpose", help="For the read log, else the file's name · 用途")] = "",
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """Fill TEMPLATE for an area, in its own layout. 按模板生成台账。"""
    from linli.kernel.errors import Problem

    from .binding import from_json
    from .fill import Order
    from .fill import fill as perform

    try:
        if not out.parent.is_dir() or out.is_dir():  # told now, and not after the reading
            raise FileNotFoundError(2, "不是可以写的文件 · no file to write", str(out))
        actor = acting_as(as_user)
        given = from_json(document_of(binding)) if binding else None
        order = Order(
            area=_area(actor, area), binding=given, where=where, on=day_of(date), masked=masked,
            empty=empty, purpose=purpose or (f"台账：{template.stem}" if masked else ""), language=lang, filename=template.name,
        )  # fmt: skip
        filled = perform(actor, _there(template), out, order)
    except Problem as problem:
        failed(problem.code, said(problem, lang), as_json)
    except OSError as error:
        failed("intake.ledger.failed", file_trouble(error), as_json)
    except ValueError as error:
        failed("intake.ledger.failed", str(error), as_json)
    notes = [{"code": n.code, "message": n.say(lang)} for n in filled.notes]
    if as_json:
        told = {"outcome": "filled", "rows": filled.rows, "file": str(out), "sheets": list(filled.sheets)}
        told |= {"columns": filled.coverage.to_json(), "notes": notes, "binding": filled.binding.to_json()}
        print(json.dumps(told, ensure_ascii=False))
        return
    print(f"{out}: {filled.rows} {'rows' if lang.startswith('en') else '行'}, {'、'.join(filled.sheets)}")
    for column in filled.coverage.columns.values():
        print(f"  {column.label}: {column.filled}/{column.filled + column.blank}")
    for note in notes:
        print(f"  {note['message']}", file=sys.stderr)


@ledger_app.command("count")
def count(
    where: Annotated[str, typer.Argument(help='Condition, as "age>=60 and lives_alone" · 条件，如“60岁以上独居”')],
    area: Annotated[str, typer.Option("--area", "-a", help="Area code · 区划代码")],
    date: Annotated[str | None, typer.Option("--date", help="Day ages are counted at, else today · 截至日期")] = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """How many people of an area meet a condition, and how it was understood. 统计符合条件的人数。"""
    from linli.kernel.errors import Problem
    from linli.kernel.scope import acting

    from .columns import PEOPLE
    from .condition_text import from_text, to_text
    from .condition_words import in_words
    from .rows import Wanted, total

    try:
        condition = from_text(where)
        actor = acting_as(as_user)
        with acting(actor):
            found = total(actor, Wanted(PEOPLE, (), _area(actor, area), condition, day_of(date)))
            (where,) = in_words(actor, [to_text(condition)], lang)
    except Problem as problem:
        failed(problem.code, said(problem, lang), as_json)
    except ValueError as error:
        failed("intake.ledger.failed", str(error), as_json)
    told = {"people": found, "condition": where}
    print(json.dumps(told, ensure_ascii=False) if as_json else f"{found}  {told['condition']}")


def _there(path: Path) -> Path:
    """A file that is there. Raises FileNotFoundError, in words."""
    if not path.is_file():
        raise FileNotFoundError(2, "没有这个文件 · no such file", str(path))
    return path


def _area(actor: Any, code: str) -> str:
    """The code of an area there is, or was. Raises ValueError, in words."""
    from linli.kernel import area_names
    from linli.kernel.scope import acting

    with acting(actor):
        if area_names.names_of([code])[code] == code:
            raise ValueError(
                f"没有区划“{code}”，请写区划代码，如 370302102 · no such area; write its code, as 370302102"
            )
    return code
