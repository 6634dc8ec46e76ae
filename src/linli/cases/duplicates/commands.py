"""`linli cases duplicates`: which rows of a file may tell of one event. Thin; needs no database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer


def duplicates(
    file: Annotated[
        Path,
        typer.Argument(help="A table: .csv .xlsx .parquet · 表格", exists=True, dir_okay=False, show_default=False),
    ],
    text: Annotated[
        list[str], typer.Option("--text", help="Column of the texts; several: the title first · 文字列，可多次")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="Write PAIRS.csv · 结果文件")],
    place: Annotated[str | None, typer.Option("--place", help="Column of the places · 地点列")] = None,
    time: Annotated[str | None, typer.Option("--time", help="Column of the days · 时间列")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Column of the categories · 类别列")] = None,
    least: Annotated[
        float, typer.Option("--least", min=0.0, max=1.0, help="Least score to be written · 写出的最低分")
    ] = 0.0,
) -> None:
    """Write pairs of rows (from 0) that may tell of one event: row_a, row_b, score, best first · 查找重复反映"""
    from ..tables import joined, read_columns, write_csv
    from ..text.commands import told
    from .likeness import Report, pairs
    from .rules import day_of

    with told():
        frame = read_columns(file, [*text, *filter(None, (place, time, category))])
        texts = joined(frame, text)
        others: dict[str, list[str]] = {
            name: frame[name].str.strip_chars().to_list() for name in filter(None, (place, time, category))
        }
        empty = [""] * len(texts)
        columns = [others[name] if name else empty for name in (place, category, time)]
        reports = [Report(t, p, c, day_of(d)) for t, p, c, d in zip(texts, *columns, strict=True)]
        found = pairs(reports)
        kept = found.score >= least
        triples = zip(found.one[kept], found.other[kept], found.score[kept], strict=True)
        write_csv(out, ("row_a", "row_b", "score"), ((int(a), int(b), f"{s:.6f}") for a, b, s in triples))
    print(f"{len(texts)} 行 rows · {int(kept.sum())} 对 pairs -> {out}", file=sys.stderr)


_leaf: Any = duplicates
_leaf.needs_database = False  # the front door asks before it starts one
