"""`linli retention …`: how long data is kept, what is due, destroying it now, and the certificates of what was."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from linli.kernel import clock

from ..command_line import acting, operating
from . import actions, certificates, nightly, queries

retention_app = typer.Typer(no_args_is_help=True, help="How long data is kept; what was destroyed · 数据留存与销毁")

As = Annotated[str | None, typer.Option("--as", help="Act as this account instead of as operator. 以该账号身份操作")]
KindName = Annotated[str, typer.Argument(metavar="KIND", help="As `linli retention list` has it. 数据类别")]
KEEP = "keep"


@retention_app.command("list")
def list_kinds(as_user: As = None) -> None:
    """Kinds of data and their rules · 列出数据类别和期限"""
    table = Table(Column("kind", no_wrap=True), "days", "since", "at least", "at most", "destroyed before", box=None)
    with acting(as_user) as actor:
        for item in queries.kinds(actor):
            kind, rule = item.kind, item.in_force
            since = rule.effective_on.isoformat() if rule.effective_on else "default"
            gone = f"{item.destroyed_before.astimezone(clock.LOCAL):%Y-%m-%d}" if item.destroyed_before else "–"
            table.add_row(kind.name, str(rule.days or KEEP), since, str(kind.floor), str(kind.ceiling or "–"), gone)
            for later in item.upcoming:
                table.add_row("", str(later.days or KEEP), f"from {later.effective_on}", "", "", "")
    Console().print(table)


@retention_app.command()
def preview(
    kind: KindName,
    days: Annotated[int, typer.Argument(min=1, help="Kept for so many days. 保存天数")],
    as_user: As = None,
) -> None:
    """What a time would destroy in the next night; changes nothing · 预览将销毁的数量"""
    with acting(as_user) as actor:
        due = actions.preview(actor, kind, days)
    oldest = f", the oldest of {due.amount.oldest.astimezone(clock.LOCAL):%Y-%m-%d}" if due.amount.oldest else ""
    typer.echo(f"{kind}: {due.amount.rows:,} older than {due.before.astimezone(clock.LOCAL):%Y-%m-%d}{oldest}")


@retention_app.command("set")
def set_rule(
    kind: KindName,
    days: Annotated[
        str, typer.Argument(metavar="DAYS", help=f"A number of days, or {KEEP}. 天数，或 {KEEP} 表示不销毁")
    ],
    on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="From this day; default: today. 生效日期")] = "",
    reason: Annotated[str, typer.Option(help="Reason or document. 依据或文号")] = "",
    as_user: As = None,
) -> None:
    """Set how long a kind is kept · 设定保存期限"""
    if days != KEEP and not days.isdecimal():
        raise typer.BadParameter(f"a number of days, or {KEEP}")
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        raise typer.BadParameter("--on is a date such as 2027-01-01") from None
    with acting(as_user) as actor:
        rule = actions.set_rule(actor, kind, None if days == KEEP else int(days), day, reason)
    typer.echo(f"{kind}: {rule.days or KEEP} from {rule.effective_on}")


@retention_app.command()
def run(
    kind: Annotated[list[str] | None, typer.Argument(metavar="[KIND]…", help="Default: every kind. 默认全部")] = None,
) -> None:
    """Destroy what is due now, as the worker does each night · 立即销毁到期数据

    Killed at any moment it goes on where it stopped. Exit code 2 when something was held.
    """
    with operating() as actor:
        outcomes = nightly.destroy_all(actor, kind or (), tell=_tell)
    raise typer.Exit(2 if any(outcome.held for outcome in outcomes) else 0)


def _tell(outcome: nightly.Outcome) -> None:
    if outcome.held:
        typer.echo(f"{outcome.kind.name}: {outcome.held.text.say('en', outcome.held.params)}", err=True)
    elif outcome.certificate:
        made = outcome.certificate
        typer.echo(f"{outcome.kind.name}: {made.rows:,} destroyed, certificate {made.serial} ({made.seal.hex()[:16]}…)")
    else:
        typer.echo(f"{outcome.kind.name}: nothing due")


@retention_app.command("certificates")
def list_certificates(
    verify: Annotated[bool, typer.Option("--verify", help="Compute the chain again. 核验证明链")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="The latest so many. 显示条数")] = 50,
    as_user: As = None,
) -> None:
    """Certificates of deletion, latest first · 列出销毁证明

    The last seal, kept elsewhere, shows later that no certificate before it was changed or taken away. Exit code 2 with
    --verify when the chain does not hold.
    """
    with acting(as_user) as actor:
        for item in queries.list_certificates(actor, limit=limit).items:
            first, last, made = (f"{at.astimezone(clock.LOCAL):%Y-%m-%d}" for at in (item.oldest, item.newest, item.at))
            typer.echo(
                f"{item.serial} {made} {item.kind}: {item.rows:,} rows, {item.files:,} files of {first} to {last}, kept "
                f"{item.days} days\n  {item.seal}"
            )
        broken = certificates.verify() if verify else []
    for serial in broken:
        typer.echo(f"CHANGED certificate {serial}: it is not what was sealed, or one before it is missing", err=True)
    raise typer.Exit(2 if broken else 0)
