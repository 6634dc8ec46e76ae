"""`linli places` and `linli address`: thin commands over the same actions and queries the API uses."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linli.kernel.errors import Problem

from .command_line import CommandFailed, operator_of, say
from .recode.commands import recode

if TYPE_CHECKING:
    import polars as pl

    from .addresses import AddressParser
    from .packages import DistrictPackage

places_app = typer.Typer(help="区划、网格与定位 · Regions, grids and positions", no_args_is_help=True)
places_app.command("recode")(recode)
address_app = typer.Typer(help="地址解析 · Read addresses as people write them", no_args_is_help=True)

ADDRESS_COLUMNS = (
    "town_code", "village_code", "compound", "building", "unit", "room", "standard", "confidence", "reason",
)  # fmt: skip


def _package(source: Path | None, district: str | None = None) -> DistrictPackage:
    from .packages import DEFAULT_DISTRICT, packaged, read_package

    if source is None:
        return packaged(district or DEFAULT_DISTRICT)
    if not source.exists():
        raise CommandFailed(f"找不到 {source} · no such file or folder")
    return read_package(source)


@places_app.command("load")
def load(
    source: Annotated[
        Path | None, typer.Argument(help="数据包：文件夹或 zip；不写则装入自带的区划 · folder or zip")
    ] = None,
    grids: Annotated[int | None, typer.Option(help="同时划出这么多示意网格 · draw this many grids as well")] = None,
    seed: Annotated[int, typer.Option(help="示意网格的随机种子 · seed of the drawing")] = 42,
) -> None:
    """装入区划数据包（可重复执行）· Take in a district package; again changes nothing."""
    from linli.kernel.scope import acting

    from . import actions

    try:
        package = _package(source)
        with acting(operator_of(package.district.code)) as actor:
            loaded = actions.load_places(actor, package)
            drawn = actions.generate_grids(actor, package, grids, seed) if grids else None
    except Problem as problem:
        raise say(problem) from None
    typer.echo(f"{package.district.name}：新增 {loaded.added}，变更 {loaded.changed}，停用 {loaded.ended}（区划）")
    if not loaded.anything:
        typer.echo("没有变化 · nothing changed")
    if drawn is not None:
        typer.echo(f"示意网格 {grids} 个 · drawn grids" + ("" if drawn else "，没有变化 · nothing changed"))


@places_app.command("grids")
def grids(
    count: Annotated[int, typer.Argument(help="网格总数 · how many grids")] = 885,
    seed: Annotated[int, typer.Option(help="随机种子，相同则结果相同 · the same seed draws the same")] = 42,
    source: Annotated[
        Path | None, typer.Option(help="含边界的数据包，不写则用已装入的 · package, else the loaded one")
    ] = None,
) -> None:
    """在边界内划出示意网格 · Draw grids inside the boundary (synthetic, shown as 示意)."""
    from linli.kernel.scope import acting

    from . import actions, queries

    try:
        with acting(operator_of("")) as actor:
            package = (None if source else queries.loaded_package()) or _package(source)
            changed = actions.generate_grids(actor, package, count, seed)
    except Problem as problem:
        raise say(problem) from None
    typer.echo(f"{package.district.name}：{count} 个示意网格" + ("" if changed else "，没有变化 · nothing changed"))


@places_app.command("show")
def show(code: Annotated[str | None, typer.Argument(help="区划代码 · area code")] = None) -> None:
    """显示区划及其下级 · Show an area and what lies below it."""
    from linli.kernel.scope import acting

    from . import queries

    try:
        with acting(operator_of("")) as actor:
            below = queries.children(actor, code)
            detail = queries.area_detail(actor, code) if code else None
    except Problem as problem:
        raise say(problem) from None
    if detail:
        typer.echo(" / ".join(f"{a.short_name}({a.code})" for a in detail.breadcrumb))
        if detail.aliases:
            typer.echo("别名 · also called: " + "、".join(detail.aliases))
    for area in below:
        counts = [f"{area.villages} 村居"] if area.villages and area.level != "village" else []
        counts += [f"{area.grids} 网格"] if area.grids else []
        typer.echo(f"{area.code}  {area.short_name}  {area.kind}  {' '.join(counts)}".rstrip())
    if not below and not detail:
        typer.echo("还没有装入区划，请执行 linli places load · no regions loaded yet")


@places_app.command("locate")
def locate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="csv 或 xlsx · table of positions")],
    out: Annotated[Path | None, typer.Option(help="结果 csv，不写则输出到屏幕 · result, else the screen")] = None,
    lon: Annotated[str, typer.Option(help="经度列名 · column of longitudes")] = "lon",
    lat: Annotated[str, typer.Option(help="纬度列名 · column of latitudes")] = "lat",
    datum: Annotated[str, typer.Option(help="wgs84、cgcs2000、gcj02 或 bd09")] = "wgs84",
) -> None:
    """查坐标所在网格，每行一条，次序不变 · The grid of each position, one line per input line, in order."""
    import polars as pl

    from linli.kernel.scope import acting

    from . import queries
    from .tables import read_table

    try:
        table = read_table(file)
        for column in (lon, lat):
            if column not in table.columns:
                raise CommandFailed(f"没有“{column}”列 · no such column; 有 · there are: {'、'.join(table.columns)}")
        numbers = table.select(pl.col(lon, lat).str.strip_chars().cast(pl.Float64, strict=False))
        with acting(operator_of("")):
            codes = queries.area_of(numbers, lon, lat, datum)
            names = queries.names_of(codes.drop_nulls().unique().to_list())
    except Problem as problem:
        raise say(problem) from None
    except ValueError as error:
        raise CommandFailed(str(error)) from None
    labels = codes.replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String)
    result = pl.DataFrame({"area_code": codes.fill_null(""), "name": labels.fill_null("")})
    _write(result, out)


@address_app.callback()
def _addresses() -> None:
    """Keeps `parse` a command of its own: an app of one command would drop its name."""


@address_app.command("parse")
def parse(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="csv 或 xlsx · table with addresses")],
    column: Annotated[str, typer.Option(help="地址所在列 · column of the addresses")] = "地址",
    out: Annotated[Path | None, typer.Option(help="结果 csv，不写则输出到屏幕 · result, else the screen")] = None,
    within: Annotated[str, typer.Option(help="地址所在区划代码，用于消除重名 · the area they lie in")] = "",
    sheet: Annotated[str | None, typer.Option(help="xlsx 工作表 · sheet")] = None,
) -> None:
    """逐行解析地址，每行一条，次序不变 · Read addresses, one line per input line, in order.

    Works without a database (with the packaged names); with one, its regions and compounds are known too.
    """
    import polars as pl

    from .tables import read_table

    if within and not (within.isdigit() and len(within) in (6, 9, 12, 15)):
        raise CommandFailed(f"区划代码应为 6、9、12 或 15 位数字 · not an area code: {within}")
    try:
        table = read_table(file, sheet)
        if column not in table.columns:
            raise CommandFailed(f"没有“{column}”列 · no such column; 有 · there are: {'、'.join(table.columns)}")
        parsed = _parser().parse_many(table[column], within)
    except Problem as problem:
        raise say(problem) from None
    _write(parsed.select(ADDRESS_COLUMNS).with_columns(pl.col("confidence").round(2)), out)
    sure = parsed.filter(pl.col("village_code") != "").height
    typer.echo(
        f"共 {parsed.height} 行，认出村居 {sure} 行 · {sure} of {parsed.height} lines with a village",
        err=True,
    )


def _database_made() -> bool:
    """Whether this installation has a database that was set up; none is made for reading addresses alone."""
    from linli.kernel.embedded import layout

    return bool(os.environ.get("DATABASE_URL")) or "schema" in layout.read_notes(layout.default_home())


parse.needs_database = _database_made  # type: ignore[attr-defined]  # asked by the front door before it starts one


def _parser() -> AddressParser:
    from .addresses import AddressParser, Gazetteer

    if not _database_made():
        return AddressParser(Gazetteer.packaged())
    from linli.kernel.scope import acting

    from . import queries

    with acting(operator_of("")):
        return queries.address_parser()


def _write(frame: pl.DataFrame, out: Path | None) -> None:
    """CSV with a header, in UTF-8; with a byte order mark in files, so that spreadsheet programs read Chinese."""
    if out is not None:
        try:
            frame.write_csv(out, include_bom=True)
        except OSError as error:
            raise CommandFailed(f"无法写入 {out} · cannot be written: {error.strerror or error}") from None
        return
    writer: Any = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows(frame.iter_rows())
