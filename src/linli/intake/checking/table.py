"""Checks a whole raw table: every column at once, findings with row and reason, and the canonical frame."""

from __future__ import annotations

import base64

import polars as pl

from linli.kernel import secrets

from ..fields import BY_NAME, PEOPLE
from ..mapping import Mapping, fit
from ..reading.places import row_words
from ..reading.table import ROW, RawTable
from .collect import Collector
from .columns import Columns, gather
from .context import CheckContext, CheckedTable
from .homes import check_homes
from .people import check_people
from .things import check_thing, identified

SEALED = "enc:"
HEAD = "0"


def check_table(table: RawTable, mapping: Mapping, context: CheckContext) -> CheckedTable:
    """Check a table under a mapping. Raises MappingInvalid when the mapping does not fit the table."""
    mapping = fit(mapping, [c.name for c in table.columns], context.kind)
    collector = Collector(table.frame[ROW])
    for note in table.notes:
        collector.at(note.row, note.code, note.column, note.params)
    context.report("check", 0.0)
    columns = gather(table, mapping, collector, context.limits.cell_characters)
    of_people = context.kind == PEOPLE
    facts = (check_people if of_people else check_thing)(columns, context, collector)
    context.report("check", 0.5)
    homes = check_homes(columns, mapping, context, collector)
    frame = pl.DataFrame({"row": columns.rows, **facts, **homes})
    if "observed_on" not in frame.columns:
        frame = frame.with_columns(pl.lit(context.observed_on).alias("observed_on"))
    else:
        frame = frame.with_columns(pl.col("observed_on").fill_null(context.observed_on))
    context.report("duplicates", 0.9)
    if of_people:
        same = _duplicates(table, mapping, frame, columns, collector, DUPLICATES)
        _heads(frame, columns, collector)
    else:
        frame, title = identified(frame, columns, context, collector)
        same = _duplicates(table, mapping, frame, columns, collector, (("thing.duplicate", ["key"], title),))
    findings = _placed(collector.result(), table)
    bad = findings.filter((pl.col("severity") == "error") & (pl.col("row") > 0))["row"].unique()
    context.report("check", 1.0)
    return CheckedTable(frame, findings, bad, same)


def _placed(findings: pl.DataFrame, table: RawTable) -> pl.DataFrame:
    """Where rows of several sheets are counted through, name the other row of a pair by its own sheet."""
    if not table.several:
        return findings
    first = findings["params"].str.extract(r'"first": ?(\d+)').cast(pl.Int64)
    words = row_words(table, first.fill_null(0)).str.replace_all('["\\\\]', "'")
    quoted = pl.concat_str(pl.lit('"first": "'), pl.lit(words), pl.lit('"'))
    marked = pl.col("params").str.replace(r'"first": ?\d+', "#first#")
    return findings.with_columns(marked.str.replace("#first#", quoted, literal=True))


# Finding, the columns that must not be the same twice, and the field it is told of.
Duplicates = tuple[tuple[str, list[str], str], ...]
DUPLICATES: Duplicates = (
    ("id.duplicate", ["id_kind", "id_number"], "id_number"),
    ("record.duplicate", ["record_key"], "record_key"),
)


def _duplicates(
    table: RawTable, mapping: Mapping, frame: pl.DataFrame, columns: Columns, collector: Collector, told_of: Duplicates
) -> pl.Series:
    """Rows said twice in one file: the very same are dropped; the same number with other facts is an error."""
    used = [name for name, fields in mapping.columns.items() if fields and fields != ("default_village",)]
    said = table.frame.select(pl.col(ROW).alias("row"), *used)
    if "default_village" in mapping.fields:  # in another sheet the same words may mean another village
        used, said = [*used, "#area"], said.with_columns(frame["area_code"].alias("#area"))
    again = said.select("row", first=pl.col("row").first().over(used))
    same = again["first"] != again["row"]
    collector.cells("row.duplicate", same, field="", column="", each=again.select("first"))
    for code, keys, field in told_of:
        if keys[-1] not in frame.columns:
            continue
        keys = [key for key in keys if key in frame.columns]
        held = frame.select("row", *keys).with_columns(same=same)
        alone = held.filter(~pl.col("same") & pl.col(keys[-1]).is_not_null())
        if alone.select(keys).is_unique().all():
            continue
        told = alone.select("row", first=pl.col("row").first().over(keys)).filter(pl.col("first") != pl.col("row"))
        joined = held.join(told, on="row", how="left", maintain_order="left")
        values = columns.values.get(field)
        collector.cells(
            code,
            joined["first"].is_not_null(),
            field=field,
            column=columns.source(field),
            values=values,
            each=joined.select("first"),
        )
    return frame["row"].filter(same)


def _heads(frame: pl.DataFrame, columns: Columns, collector: Collector) -> None:
    if not {"household_no", "relation_to_head"} <= set(frame.columns):
        return
    counted = frame.select(
        head=(pl.col("relation_to_head") == HEAD) & pl.col("household_no").is_not_null(),
        heads=(pl.col("relation_to_head") == HEAD).sum().over("household_no"),
    )
    where = counted["head"] & (counted["heads"] > 1)
    column, values = columns.source("relation_to_head"), columns.values["household_no"]
    collector.cells(
        "household.several_heads", where, field="relation_to_head", column=column, values=values,
        each=counted.select("heads"),
    )  # fmt: skip


def with_raw(checked: pl.DataFrame, table: RawTable, mapping: Mapping, kind: str = PEOPLE) -> pl.DataFrame:
    """Add `raw`: the mapped cells as they came, as JSON text, identifiers sealed. Unmapped columns are not kept:
    what nobody asked to take in stays out (least data)."""
    mapping = fit(mapping, [c.name for c in table.columns], kind)
    used = [name for name, fields in mapping.columns.items() if fields]
    rows = table.frame.join(checked.select(pl.col("row").alias(ROW)), on=ROW, how="semi", maintain_order="left")
    sealed = []
    for name in used:
        if any(BY_NAME[f].sensitive for f in mapping.columns[name]):
            values = [
                None if value is None else SEALED + base64.b64encode(value).decode()
                for value in secrets.encrypt_many(rows[name].to_list())
            ]
            sealed.append(pl.Series(name, values, dtype=pl.String))
    # PostgreSQL's jsonb holds no NUL, which a workbook can smuggle in as _x0000_.
    shown = rows.select(pl.col(used).str.replace_all("\x00", "", literal=True)).with_columns(sealed)
    raw = shown.select(pl.struct(pl.all()).struct.json_encode().alias("raw")).to_series()
    return checked.with_columns(rows.select(pl.col(ROW).alias("row")).with_columns(raw)["raw"])
