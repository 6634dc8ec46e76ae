"""`linli keys …`: what keys there are and what lies under them, a new data key, a new master key, an old key taken out."""

from __future__ import annotations

import getpass
from collections import Counter
from datetime import timedelta
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from linli.access import changes
from linli.kernel import clock, keys, rotation
from linli.kernel.actors import operator
from linli.kernel.scope import acting

keys_app = typer.Typer(no_args_is_help=True, help="Keys: list, rotate, rewrap, retire · 密钥轮换")
#: What a process encrypted before it saw the new key may be committed as late as this.
YOUNG = timedelta(hours=24)


@keys_app.command("list")
def list_keys() -> None:
    """Data keys, their age, and how much lies under each that is not the active one · 列出密钥"""
    ring, left = keys.keyring(), rotation.remaining()
    table = Table("key", "made", "days", "left under it", box=None)
    for number in sorted({*ring.data, *left}):
        made = ring.made.get(number)
        active = number == ring.active
        state = "active" if active else f"{left.get(number, 0):,}"
        if number not in ring.data:
            state += " (the key is missing! 密钥缺失)"
        day = f"{made.astimezone(clock.LOCAL):%Y-%m-%d}" if made else "–"
        table.add_row(str(number), day, str((clock.now() - made).days) if made else "–", state)
    Console().print(table)


@keys_app.command()
def rotate(
    slice_rows: Annotated[
        int, typer.Option("--slice", min=1, max=100_000, help="Rows of a transaction. 每批行数")
    ] = rotation.SLICE,
) -> None:
    """Make a new data key and bring everything under it, while the program runs · 轮换数据密钥

    Interrupted or killed, call it again: it goes on where it stopped and makes no further key before it is through.
    Keys of lookups are not rotated (docs/security.md).
    """
    ring = keys.keyring()
    left = {number: count for number, count in rotation.remaining().items() if number in ring.data}
    if left:
        number = keys.keyring().active
        typer.echo(f"Going on: {sum(left.values()):,} under older keys. 继续上次未完成的轮换。")
    else:
        number = keys.rotate()
        _record("kernel.keys.rotate", number)
        typer.echo(f"Key {number} is active. 新密钥已启用。")
    done = Counter[str]()

    def tell(table: str, count: int) -> None:
        done[table] += count
        typer.echo(f"  {table}: {done[table]:,}", err=True)

    changed = rotation.reseal_all(tell, slice_rows)
    _record("kernel.keys.reseal", number, changed)
    typer.echo(f"{changed:,} rows and files are under key {number} now. 已全部重新加密。")
    typer.echo(
        "Save the keys again: linli backup OUT.tar --keys OUT.keys. Backups made before still need the older key."
    )
    typer.echo("请重新导出密钥备份；旧备份仍需旧密钥。确认后可用 linli keys retire 移除旧密钥。")


@keys_app.command()
def rewrap() -> None:
    """Make a new master key; data keys and everything encrypted stay · 更换主密钥"""
    keys.rewrap()
    _record("kernel.keys.rewrap", keys.keyring().active)
    typer.echo("Every key is wrapped by a new master key. Save the keys again: linli backup OUT.tar --keys OUT.keys")
    typer.echo("主密钥已更换，请重新导出密钥备份。")


@keys_app.command()
def retire(
    number: Annotated[int, typer.Argument(help="Number of the key. 密钥编号")],
    now: Annotated[
        bool, typer.Option("--now", help="Also within 24 hours, while nothing of Linli runs. 停机时可立即移除")
    ] = False,
) -> None:
    """Take out a key that nothing is under · 移除旧密钥

    Backups made before the rotation open only with a keys file saved before; keep that as long as those.
    """
    ring = keys.keyring()
    left = rotation.remaining().get(number, 0)
    if left:
        raise keys.KeyInUse(
            key=number, why_zh=f"仍有 {left} 项数据使用它", why_en=f"{left:,} values are still under it"
        )
    made = ring.made.get(ring.active)
    if not now and number != ring.active and (made is None or clock.now() - made < YOUNG):
        raise keys.KeyInUse(
            key=number,
            why_zh="新密钥启用不足 24 小时，可能仍有事务在使用旧密钥",
            why_en="the active key is younger than 24 hours, and something begun before may still use this one",
        )
    keys.retire(number)
    _record("kernel.keys.retire", number)
    typer.echo(f"Key {number} is out of the ring. 密钥已移除。")


def _record(action: str, number: int, rows: int | None = None) -> None:
    """Who changed keys stands in the change log."""
    actor = operator(getpass.getuser(), settings.LINLI_DISTRICT)
    detail = {} if rows is None else {"rows": rows}
    with acting(actor):
        changes.record(actor, action, "key", number, settings.LINLI_DISTRICT, detail)
