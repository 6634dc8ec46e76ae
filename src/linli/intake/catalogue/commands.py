"""`linli ledger forms|add|approve|refuse|generate`: the catalogue of forms. Thin: the same actions as on the page.

Exit codes: 0 done, 1 not (with the reason and its code).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date as Date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from ..commands import AsUser, Language, acting_as, failed, said
from ..ledgers.commands import AsJson, BindingFile, Template, ledger_app

if TYPE_CHECKING:
    from linli.kernel.actors import Actor

    from .queries import FormRow

__all__ = ["ledger_app"]

FormName = Annotated[str, typer.Argument(help="Its name or id, as `forms` lists them · 报表名称或编号", metavar="FORM")]
Reason = Annotated[str, typer.Option("--reason", help="Why · 理由")]


@ledger_app.command("forms")
def forms(
    words: Annotated[str | None, typer.Argument(help="A part of name, issuer or number · 名称、单位或文号")] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="proposed, approved, refused, withdrawn, expired · 状态")
    ] = None,
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """List the catalogue of forms. 列出报表目录。"""
    from linli.kernel.scope import acting

    from . import queries, rules

    with _told(lang, as_json), acting(acting_as(as_user)) as actor:
        if status is not None and status not in rules.STATUSES:
            _wrong("status")
        cursor: str | None = None
        while True:
            page = queries.forms(actor, status=status, q=words, cursor=cursor)
            for row in page.items:
                _tell(row, lang, as_json)
            if (cursor := page.next) is None:
                return


@ledger_app.command("add")
def add(
    template: Template,
    name: Annotated[str, typer.Option("--name", help="What the form is called · 报表名称")],
    issuer: Annotated[str, typer.Option("--issuer", help="The unit that issues it · 发布单位")],
    basis: Annotated[str, typer.Option("--basis", help="What it rests on · 依据文件")],
    cycle: Annotated[str, typer.Option("--cycle", help="once, month, quarter, half_year, year, demand · 报送周期")],
    number: Annotated[str, typer.Option("--number", help="The number of the basis · 文号")] = "",
    until: Annotated[str | None, typer.Option("--until", help="The last day it is asked for · 有效期至")] = None,
    note: Annotated[str, typer.Option("--note", help="A note · 备注")] = "",
    binding: BindingFile = None,
    examples: Annotated[
        bool, typer.Option("--names-are-examples", help="Names in the template are nobody's · 模板中的姓名只是示例")
    ] = False,
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """Enter a form with its template; it waits for approval. 登记报表，等待准入审批。"""
    from linli.kernel.scope import acting

    from . import queries, rules
    from .actions import register_form
    from .rules import FormFacts

    with _told(lang, as_json), acting(acting_as(as_user)) as actor:
        given = json.loads(binding.read_text("utf-8-sig")) if binding else None
        units = {unit: unit_id for unit_id, unit in queries.issuers(actor)}
        facts = FormFacts(name, issuer, basis, cycle, number, Date.fromisoformat(until) if until else None, note)
        made = register_form(actor, facts, template, template.name, given, units.get(issuer.strip()), examples)
        page = queries.form(actor, made.id)
        shared = rules.overlaps(page.current.subject, page.current.asks, queries.others(made.id))
        _tell(page.row, lang, as_json)
        if not as_json:
            print(rules.sentence(page.row.counts, shared, lang))


@ledger_app.command("approve")
def approve(
    form: FormName,
    number: Annotated[str, typer.Option("--number", help="The number of the approval · 准入编号")] = "",
    until: Annotated[str | None, typer.Option("--until", help="The last day it holds · 准入至")] = None,
    reason: Reason = "",
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """Let a form be asked for; never by who entered or changed it. 准入审批：通过（不能审批自己登记的）。"""
    from linli.kernel.scope import acting

    from . import queries
    from .actions import approve_form

    with _told(lang, as_json), acting(acting_as(as_user)) as actor:
        row = _found(actor, form)
        approve_form(actor, row.id, row.version, number, Date.fromisoformat(until) if until else None, reason)
        _tell(queries.form(actor, row.id).row, lang, as_json)


@ledger_app.command("refuse")
def refuse(
    form: FormName, reason: Reason = "", as_user: AsUser = None, as_json: AsJson = False, lang: Language = "zh"
) -> None:
    """Do not let a form be asked for, and say why. 准入审批：不通过，须写明理由。"""
    from linli.kernel.scope import acting

    from . import queries
    from .actions import refuse_form

    with _told(lang, as_json), acting(acting_as(as_user)) as actor:
        row = _found(actor, form)
        refuse_form(actor, row.id, row.version, reason)
        _tell(queries.form(actor, row.id).row, lang, as_json)


@ledger_app.command("generate")
def generate(
    form: FormName,
    area: Annotated[str, typer.Option("--area", "-a", help="Area code · 区划代码")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Workbook to write · 生成的文件")],
    date: Annotated[str | None, typer.Option("--date", help="Day ages are counted at, else today · 截至日期")] = None,
    where: Annotated[
        str | None, typer.Option("--where", "-w", help="A condition instead of the form's own · 条件")
    ] = None,
    masked: Annotated[
        bool, typer.Option("--masked/--full", help="Mask numbers, or give those you may see in full · 号码掩码或完整")
    ] = True,
    empty: Annotated[bool, typer.Option("--empty", help="Write it even if nobody meets it · 允许空表")] = False,
    purpose: Annotated[str, typer.Option("--purpose", help="For the read log · 用途")] = "",
    as_user: AsUser = None,
    as_json: AsJson = False,
    lang: Language = "zh",
) -> None:
    """Fill a form of the catalogue for an area and a day. 按目录中的报表生成台账。"""
    from linli.kernel.scope import acting

    from ..generating import actions, queries
    from ..ledgers.problems import NOTES
    from ..wording import problem_said

    with _told(lang, as_json):
        actor = acting_as(as_user)
        with acting(actor):
            row = _found(actor, form)
            made = actions.ask(
                actor, row.id, area=area, purpose=purpose or (f"台账：{row.name}" if masked else ""), where=where,
                on=Date.fromisoformat(date) if date else None, masked=masked, empty=empty, language=lang, queued=False,
            )  # fmt: skip
        actions.perform(made.id)
        with acting(actor):
            done = queries.one(actor, made.id)
            if done.problem is not None:
                failed(done.problem["code"], problem_said(done.problem["code"], done.problem["params"], lang), as_json)
            content, _ = actions.take(actor, made.id)
        _write(out, content)
    notes = [NOTES[note["code"]].say(lang, note["params"]) for note in done.notes]
    if as_json:
        told = {"outcome": "filled", "id": str(done.id), "rows": done.rows, "file": str(out), "notes": notes}
        print(json.dumps(told, ensure_ascii=False))
        return
    print(f"{out}: {done.rows} {'rows' if lang.startswith('en') else '行'}")
    for note in notes:
        typer.echo(f"  {note}", err=True)


@contextmanager
def _told(lang: str, as_json: bool) -> Iterator[None]:
    """Whatever keeps the command from being done, as its exit and its words."""
    from linli.kernel.errors import Problem

    try:
        yield
    except Problem as problem:
        failed(problem.code, said(problem, lang), as_json)
    except (OSError, ValueError) as error:
        failed("intake.ledger.failed", str(error), as_json)


def _found(actor: Actor, form: str) -> FormRow:
    """The form of an id or a name. Raises NotFound; Invalid where several issuers have one of the name."""
    from linli.kernel.errors import NotFound

    from . import queries

    try:
        return queries.form(actor, UUID(form)).row
    except ValueError:
        rows = queries.named(actor, form)
    if not rows:
        raise NotFound()
    if len(rows) > 1:
        _wrong("form")
    return rows[0]


def _wrong(field: str) -> None:
    from linli.kernel.errors import FieldProblem, Invalid, Text

    told = {
        "form": Text("有几张同名的报表，请用编号。", "Several forms have the name: say the id."),
        "status": Text("没有这种状态。", "There is no such status."),
    }
    raise Invalid(fields=(FieldProblem(field, "unknown", told[field]),))


def _tell(row: FormRow, lang: str, as_json: bool) -> None:
    """A form as a line, or as a line of JSON."""
    from .rules import STATUS_NAMES

    if as_json:
        told: dict[str, Any] = {
            "id": str(row.id), "name": row.name, "issuer": row.issuer_name, "status": row.status, "cycle": row.cycle,
            "last_day": row.last_day.isoformat() if row.last_day else None, "version": row.current,
            "asked": row.counts.asked, "held": row.counts.held, "new": row.counts.new,
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
        return
    until = f"  – {row.last_day}" if row.last_day else ""
    status = STATUS_NAMES[row.status].say(lang)
    print(f"{row.id}  {row.name}  {row.issuer_name}  {status}{until}  {row.counts.held}/{row.counts.asked}")


def _write(out: Path, content: bytes) -> None:
    """Write a workbook, whole or not at all; nobody else's from its first byte on."""
    draft = out.with_name(f".{out.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(content)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
