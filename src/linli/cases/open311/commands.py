"""`linli cases open311 …`: keys of apps that report by Open311. Thin."""

from __future__ import annotations

from typing import Annotated

import typer

open311_app = typer.Typer(no_args_is_help=True, help="Keys of apps that report by Open311 · 开放接口的密钥")
As = Annotated[str | None, typer.Option("--as", help="Act as this account; else as operator · 以某账号身份")]


@open311_app.command("issue")
def issue(name: Annotated[str, typer.Argument(help="The app or office · 应用或单位")], as_user: As = None) -> None:
    """Give out a key; it is shown this once · 发放密钥，只显示这一次"""
    from linli.access.command_line import acting

    from . import keys

    with acting(as_user) as actor:
        made, key = keys.issue(actor, name)
    typer.echo(f"{made.id}  {made.name}")
    typer.echo(key)


@open311_app.command("end")
def end(key_id: Annotated[str, typer.Argument(help="Its id, as listed · 列表中的编号")], as_user: As = None) -> None:
    """Have a key open nothing any more · 停用密钥"""
    from linli.access.command_line import acting

    from . import keys

    with acting(as_user) as actor:
        ended = keys.end(actor, key_id)
    typer.echo(f"{ended.id}  {ended.name}  已停用 ended")


@open311_app.command("list")
def list_keys(as_user: As = None) -> None:
    """The keys that were given out, without the keys themselves · 列出已发放的密钥（不含密钥）"""
    from linli.access.command_line import acting

    from . import keys

    with acting(as_user) as actor:
        for each in keys.all_keys(actor):
            ended = f"止 ended {each.ended_at:%Y-%m-%d}" if each.ended_at else "在用 in use"
            typer.echo(f"{each.id}  …{each.ending}  {each.issued_at:%Y-%m-%d}  {ended}  {each.name}")
