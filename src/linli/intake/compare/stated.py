"""What a batch states, in canonical form: its file read and checked again, or what the registry kept of its source.

A frame has `row`, `area_code`, `flawed` (the row has an error) and a column for each fact that is stated. Both batches
are checked under the district as it is now, so that a renamed village is no change.
"""

from __future__ import annotations

import polars as pl
from django.conf import settings

from linli.kernel import secrets
from linli.kernel.actors import Actor, system
from linli.kernel.areas import bounds
from linli.kernel.scope import acting
from linli.registry.merge import stage
from linli.registry.things.kinds import ThingKind

from ..checking.context import Report
from ..checking.table import check_table
from ..context import check_context, code_lists
from ..fields import PEOPLE
from ..mapping import fit, from_json
from ..models import Batch
from ..tables import in_the_clear, table_of
from .facts import AREA, BY_PATH, HOME, PERSON_FACTS, POSITION, STANDARD

# Kept with a person's statement under the same name and as plain text.
_PLAIN = tuple(
    name for name in PERSON_FACTS
    if name not in {"id_number", "phone", "head_id_number", "household_no", "birth", AREA}
)  # fmt: skip
# A statement stood after a batch when it was there by its merge and what superseded it came later.
_STOOD = """
r.source_code = %(source)s AND r.batch_id IS NOT NULL AND r.area_code >= %(low)s AND r.area_code < %(high)s
AND r.recorded_at <= %(at)s AND (n.id IS NULL OR n.recorded_at > %(at)s)
"""
_PEOPLE = f"""
CREATE TEMP TABLE compared ON COMMIT DROP AS
SELECT CASE WHEN r.batch_id = %(batch)s THEN r.row END AS row, r.area_code, r.record_key, r.birth::text AS birth,
       r.id_number, r.phone, d.standard AS home_standard, {", ".join(f"r.{name}" for name in _PLAIN)}
FROM registry_source_record r
LEFT JOIN registry_source_record n ON n.id = r.superseded_by
LEFT JOIN places_dwelling d ON d.id = r.dwelling_id
WHERE r.state <> 'rejected' AND {_STOOD}
"""
_THINGS = """
CREATE TEMP TABLE compared ON COMMIT DROP AS
SELECT CASE WHEN r.batch_id = %(batch)s THEN r.row END AS row, r.area_code, r.key, r.phone,
       (r.facts -> 'position' ->> 'lon') || ',' || (r.facts -> 'position' ->> 'lat') AS position, {facts}
FROM registry_thing_record r
LEFT JOIN registry_thing_record n ON n.id = r.superseded_by
WHERE r.kind = %(kind)s AND {stood}
"""


def from_file(batch: Batch, report: Report) -> pl.DataFrame:
    """The rows of a kept file under the batch's mapping. Raises what reading and mapping do."""
    overseer = system("comparing", settings.LINLI_DISTRICT)
    with in_the_clear(batch) as path:
        table = table_of(batch, path, overseer)
    report("read", 1.0)
    mapping = fit(from_json(batch.mapping or {}), [c.name for c in table.columns], batch.kind)
    with acting(overseer):
        codes = code_lists()
    checked = check_table(table, mapping, check_context(batch, (batch.area_code,), report, None, codes))
    frame = checked.frame.filter(~pl.col("row").is_in(checked.same.implode()))
    frame = frame.with_columns(pl.col("row").is_in(checked.bad.implode()).alias("flawed"))
    if {"lon", "lat"} <= set(frame.columns) and batch.kind != PEOPLE:
        frame = frame.with_columns(pl.concat_str("lon", "lat", separator=",").alias(POSITION))
    return _stated(frame, mapping.fields)


def from_records(batch: Batch, actor: Actor) -> pl.DataFrame:
    """What the source said in the batch's area when it had been merged: the statements that stood then.

    A batch leaves no statement for a row that the source had said before in the same words, so these are more than
    its own: whoever stood in an earlier one and was left out of this one is still among them.
    """
    low, high = bounds(batch.area_code)
    params = {"source": batch.source_code, "batch": batch.id, "low": low, "high": high, "at": batch.merged_at}
    with acting(actor):
        stage.run("DROP TABLE IF EXISTS pg_temp.compared")
        if batch.kind == PEOPLE:
            return _stated(_people(params), frozenset())
        return _stated(_things(BY_PATH[batch.kind], params), frozenset())


def _people(params: dict[str, object]) -> pl.DataFrame:
    stage.run(_PEOPLE, params)
    texts = [AREA, "record_key", "birth", *_PLAIN, STANDARD]
    schema = {"row": pl.Int64, **dict.fromkeys([*texts, "id_number", "phone"], pl.String)}
    frame = stage.fetch(f"SELECT {', '.join(schema)} FROM compared", schema)
    return frame.with_columns(_opened(frame["id_number"]), _opened(frame["phone"]), flawed=pl.lit(False))


def _things(kind: ThingKind, params: dict[str, object]) -> pl.DataFrame:
    names = [field.name for field in kind.every if field.form != "phone"]
    facts = ", ".join(f"r.facts ->> '{name}' AS {name}" for name in names)
    stage.run(_THINGS.format(facts=facts, stood=_STOOD), params | {"kind": kind.name})
    schema = {"row": pl.Int64, **dict.fromkeys([AREA, "key", "phone", POSITION, *names], pl.String)}
    frame = stage.fetch(f"SELECT {', '.join(schema)} FROM compared", schema)
    return frame.with_columns(_opened(frame["phone"]), flawed=pl.lit(False))


def _opened(sealed: pl.Series) -> pl.Series:
    """The values behind a column of ciphertexts in PostgreSQL's hex text."""
    plain = [None if value is None else secrets.decrypt(bytes.fromhex(value[2:])) for value in sealed.to_list()]
    return pl.Series(sealed.name, plain, pl.String)


def _stated(frame: pl.DataFrame, mapped: frozenset[str]) -> pl.DataFrame:
    """Without the columns of which nothing was said: neither mapped nor filled in any row. Empty text is none."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    frame = frame.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts)
    always = {"row", AREA, "flawed", "name", "key"}
    filled = [
        name for name in frame.columns
        if name in always or name in mapped or frame[name].null_count() < frame.height
    ]  # fmt: skip
    kept = frame.select(filled)
    if "id_number" in kept.columns and "id_kind" not in kept.columns:
        kept = kept.with_columns(pl.lit(None, pl.String).alias("id_kind"))
    return kept if HOME in kept.columns else kept.drop(STANDARD, strict=False)
