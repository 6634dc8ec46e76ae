"""Checks a whole raw table: every column at once, findings with row and reason, and the canonical frame."""

from __future__ import annotations

import base64
from dataclasses import replace

import polars as pl

from linli.kernel import secrets
from linli.kernel.slices import Slices

from .. import declared
from ..fields import BY_NAME, PEOPLE, TIES
from ..mapping import Mapping, fit
from ..reading.places import row_words
from ..reading.table import ROW, RawTable
from .collect import Collector, Findings
from .columns import gather
from .context import CheckContext, CheckedTable, Report
from .homes import check_homes
from .people import check_people
from .things import check_thing, identified
from .ties import TOLD_OF, check_tie
from .twins import Twins


def check_table(table: RawTable, mapping: Mapping, context: CheckContext) -> CheckedTable:
    """Check a table under a mapping, slice by slice. Raises MappingInvalid when the mapping does not fit the table."""
    mapping = fit(mapping, [c.name for c in table.columns], context.kind)
    found, rows = Findings(), Slices("row")
    noted = Collector(pl.Series([], dtype=pl.Int64))
    for note in table.notes:
        noted.at(note.row, note.code, note.column, note.params)
    found.add(noted.result())
    twins = Twins(mapping)
    again = declared.BY_NAME[context.kind].again if context.kind in declared.BY_NAME else "thing.duplicate"
    for number, piece in enumerate(table.rows):
        own = replace(context, report=_of_slice(context.report, number, len(table.rows)))
        collector = Collector(piece[ROW])
        frame, told = _check_slice(table.part(piece), mapping, own, collector)
        twins.note(piece, frame, told, again)
        found.add(collector.result())
        rows.append(frame)
    context.report("duplicates", 0.9)
    same = twins.tell(table, found, context.limits.cell_characters)
    context.report("check", 1.0)
    return CheckedTable(rows, _placed(found.kept, table), found.bad, same, found.by_code, found.by_severity)


def _of_slice(report: Report, number: int, count: int) -> Report:
    """How far a slice is, as a part of all of them."""
    if count == 1:
        return report

    def told(stage: str, share: float) -> None:
        within = {"check": 0.5 * share, "address": 0.5 + 0.4 * share}.get(stage, 0.9)
        report("check", (number + within) / count)

    return told


def _check_slice(
    part: RawTable, mapping: Mapping, context: CheckContext, collector: Collector
) -> tuple[pl.DataFrame, str]:
    """The canonical rows of a slice, and for all but people the field that their identity is told of."""
    context.report("check", 0.0)
    columns = gather(part, mapping, collector, context.limits.cell_characters)
    if context.kind in declared.BY_NAME:
        brought = declared.BY_NAME[context.kind]
        return brought.check(columns, mapping, context, collector), brought.told_of
    if context.kind in TIES:
        return check_tie(columns, context, collector), TOLD_OF
    of_people = context.kind == PEOPLE
    facts = (check_people if of_people else check_thing)(columns, context, collector)
    context.report("check", 0.5)
    homes = check_homes(columns, mapping, context, collector)
    frame = pl.DataFrame({"row": columns.rows, **facts, **homes})
    if "observed_on" not in frame.columns:
        frame = frame.with_columns(pl.lit(context.observed_on).alias("observed_on"))
    else:
        frame = frame.with_columns(pl.col("observed_on").fill_null(context.observed_on))
    return (frame, "") if of_people else identified(frame, columns, context, collector)


def _placed(findings: pl.DataFrame, table: RawTable) -> pl.DataFrame:
    """Where rows of several sheets are counted through, name the other row of a pair by its own sheet."""
    if not table.several:
        return findings
    first = findings["params"].str.extract(r'"first": ?(\d+)').cast(pl.Int64)
    words = row_words(table, first.fill_null(0)).str.replace_all('["\\\\]', "'")
    quoted = pl.concat_str(pl.lit('"first": "'), pl.lit(words), pl.lit('"'))
    marked = pl.col("params").str.replace(r'"first": ?\d+', "#first#")
    return findings.with_columns(marked.str.replace("#first#", quoted, literal=True))


def with_raw(checked: pl.DataFrame, table: RawTable, mapping: Mapping, kind: str = PEOPLE) -> pl.DataFrame:
    """Add `raw`: the mapped cells as they came, as JSON text, identifiers sealed. Unmapped columns are not kept:
    what nobody asked to take in stays out (least data)."""
    mapping = fit(mapping, [c.name for c in table.columns], kind)
    used = [name for name, fields in mapping.columns.items() if fields]
    wanted, (low, high) = checked.select(pl.col("row").alias(ROW)), checked.select(
        low=pl.col("row").min(), high=pl.col("row").max()
    ).row(0)  # fmt: skip
    rows = pl.concat(
        piece.join(wanted, on=ROW, how="semi", maintain_order="left") for piece in table.rows.within(low, high)
    )
    sealed = []
    for name in used:
        if any(BY_NAME[f].sensitive for f in mapping.columns[name]):
            values = [
                None if value is None else secrets.SEALED + base64.b64encode(value).decode()
                for value in secrets.encrypt_many(rows[name].to_list())
            ]
            sealed.append(pl.Series(name, values, dtype=pl.String))
    # PostgreSQL's jsonb holds no NUL, which a workbook can smuggle in as _x0000_.
    shown = rows.select(pl.col(used).str.replace_all("\x00", "", literal=True)).with_columns(sealed)
    raw = shown.select(pl.struct(pl.all()).struct.json_encode().alias("raw")).to_series()
    return checked.with_columns(rows.select(pl.col(ROW).alias("row")).with_columns(raw)["raw"])
