"""Matching on exact identity: the kind and number of a document, else the source's own record.

Rows that nobody is found for so are looked at by all that they state (`alike`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from django.db import connection

from linli.kernel.actors import Actor
from linli.kernel.slices import Slices

from ..identity import RESIDENT
from . import stage

OUTCOMES = {
    "row": pl.Int64,
    "outcome": pl.String,  # new | update | unchanged | review | transfer
    "person_id": pl.String,
    "previous_id": pl.String,
}

#: Whether the person `p` is known by another resident identity number than the row `k` states.
OTHER_NUMBER = f"coalesce(p.id_hash <> k.id_hash AND coalesce(p.id_kind, '{RESIDENT}') = '{RESIDENT}', false)"

# A record of this source with the same key: the linked one, whether any current one says exactly the same (what was
# said elsewhere is not compared with: nobody may try out what another town knows), and
# whether it held another number: a ledger whose record ids are line numbers gives them to other people next month.
# Linked records and waiting ones are asked for apart, since each has an index of its own.
_SAME = """
CREATE TEMP TABLE same ON COMMIT DROP AS
SELECT row, (array_agg(id) FILTER (WHERE linked))[1] AS previous_id,
       (array_agg(person_id) FILTER (WHERE linked))[1] AS person_id, bool_or(unchanged AND area_code ^@ ANY(%(areas)s)) AS unchanged,
       coalesce(bool_or(contradicted) FILTER (WHERE linked), false) AS contradicted
FROM (
    SELECT k.row, r.id, r.person_id, r.area_code, true AS linked, r.content_hash = k.content_hash AS unchanged,
           r.id_hash <> k.id_hash AS contradicted
    FROM stage_key k JOIN registry_source_record r ON r.match_key = k.match_key
     AND r.source_code = %(source)s AND r.superseded_by IS NULL AND r.state = 'linked'
    UNION ALL
    SELECT k.row, r.id, r.person_id, r.area_code, false, r.content_hash = k.content_hash, NULL
    FROM stage_key k JOIN registry_source_record r ON r.match_key = k.match_key
     AND r.source_code = %(source)s AND r.superseded_by IS NULL AND r.state <> 'linked'
) found
GROUP BY row
"""
# `other`: somebody states this number, but is known by another one (a conflict nobody has decided): whoever comes with
# nothing but the number may be either.
_CANDIDATES = f"""
CREATE TEMP TABLE candidate ON COMMIT DROP AS
SELECT k.row, r.person_id, true AS by_number, coalesce(r.id_kind, '{RESIDENT}') = '{RESIDENT}' AND {OTHER_NUMBER} AS other
FROM stage_key k JOIN registry_source_record r
  ON r.id_hash = k.id_hash AND r.superseded_by IS NULL AND r.state = 'linked'
JOIN registry_person p ON p.id = r.person_id
WHERE k.id_hash IS NOT NULL
UNION
SELECT row, person_id, false, false FROM same WHERE person_id IS NOT NULL
"""
_TOLD = """
SELECT row, outcome, CASE WHEN outcome <> 'unchanged' THEN person_id END,
       CASE WHEN outcome <> 'unchanged' THEN previous_id END
FROM outcome WHERE outcome <> 'new' ORDER BY row
"""
# A person none of whose areas lies with the uploader is a 迁入 question, never an answer to the uploader.
_DONE = """
       CASE WHEN s.unchanged THEN 'unchanged'
            WHEN c.people IS NULL THEN 'new'
            WHEN c.people > 1 OR s.contradicted AND NOT c.by_number OR c.other AND s.person_id IS NULL THEN 'review'
            WHEN c.seen > 0 THEN 'update'
            ELSE 'transfer' END
"""
# What the uploader is told beforehand: the same as if those elsewhere did not exist. A look leaves no trace.
_FORETOLD = """
       CASE WHEN s.unchanged THEN 'unchanged'
            WHEN c.seen IS NULL OR c.seen = 0 THEN 'new'
            WHEN c.seen > 1 OR s.contradicted AND c.same_seen AND NOT c.number_seen OR c.other_seen AND NOT c.same_seen THEN 'review'
            ELSE 'update' END
"""
_OUTCOME = """
CREATE TEMP TABLE outcome ON COMMIT DROP AS
SELECT k.row, {case} AS outcome, c.person_id, s.previous_id
FROM stage_key k
LEFT JOIN same s USING (row)
LEFT JOIN (
    SELECT x.row, count(DISTINCT x.person_id) AS people, min(x.person_id::text)::uuid AS person_id,
           bool_or(x.by_number) AS by_number, bool_or(x.other) AS other,
           count(DISTINCT a.person_id) AS seen,
           coalesce(bool_or(x.by_number) FILTER (WHERE a.person_id IS NOT NULL), false) AS number_seen,
           coalesce(bool_or(NOT x.by_number) FILTER (WHERE a.person_id IS NOT NULL), false) AS same_seen,
           coalesce(bool_or(x.other) FILTER (WHERE a.person_id IS NOT NULL), false) AS other_seen
    FROM candidate x
    LEFT JOIN registry_person_area a ON a.person_id = x.person_id AND a.area_code ^@ ANY(%(areas)s)
    GROUP BY x.row
) c USING (row)
"""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How many rows have which outcome, and OUTCOMES columns of those that are not new, by row."""

    counts: dict[str, int]
    told: Slices

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The same rows (in order) with OUTCOMES columns."""
        low, high = rows.select(low=pl.col("row").min(), high=pl.col("row").max()).row(0)
        told = pl.concat([pl.DataFrame(schema=OUTCOMES), *self.told.within(low, high)])
        return rows.join(told, on="row", how="left", maintain_order="left").with_columns(
            pl.col("outcome").fill_null("new")
        )


def sight(uploader: Actor) -> list[str]:
    """The areas whose people whoever brings rows may see."""
    return list(uploader.areas_for("intake.batch.upload") or uploader.areas)


def match(keys: Slices, source: str, uploader: Actor, foretell: bool = False) -> Outcomes:
    """What happens to the rows of `keys`. `foretell`: what the uploader is told of it before the merge.

    Runs inside a transaction of the matching system actor, which sees the whole district; `uploader` only says what
    counts as visible.
    """
    stage.create("stage_key", stage.KEYS)
    stage.fill_slices("stage_key", stage.KEYS, keys)
    for table in ("same", "candidate", "outcome"):
        stage.run(f"DROP TABLE IF EXISTS pg_temp.{table}")
    areas = sight(uploader)
    stage.run(_SAME, {"source": source, "areas": areas})
    stage.run(_CANDIDATES)
    stage.run("ANALYZE same")
    stage.run("ANALYZE candidate")
    stage.run(_OUTCOME.format(case=_FORETOLD if foretell else _DONE), {"areas": areas})
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, count(*) FROM outcome GROUP BY outcome")
        counts = dict(cursor.fetchall())
    # Mostly nothing changed or all is new: nothing more needs to be known of such rows.
    known = set(counts) <= {"new"} or set(counts) <= {"unchanged"}
    told = Slices.of(pl.DataFrame(schema=OUTCOMES), "row") if known else stage.fetch_slices(_TOLD, OUTCOMES, "row")
    stage.run("TRUNCATE stage_key, same, candidate, outcome")  # a city's take a gigabyte
    return Outcomes(counts, told)
