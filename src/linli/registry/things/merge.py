"""Merging checked rows of things: statements kept, golden rows computed, a batch taken back. All of it set-based.

Identity is exact (`rules.keys`), so nothing waits for a review. A thing that the base holds only outside the
uploader's areas is left alone: the row counts as `elsewhere`, and whoever is responsible for both places brings it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl

from linli.kernel import clock, secrets
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7_many
from linli.kernel.scope import acting, current
from linli.registry.merge import dwellings, stage
from linli.registry.merge.prepare import hexed
from linli.registry.merge.run import lock
from linli.registry.merge.undo import MOST_BLOCKERS, Blocker
from linli.registry.pinyin import keys_of
from linli.registry.problems import RestedUpon

from . import golden
from .kinds import PLACE, RENTAL, ThingKind

Report = Callable[[str, float], None]
KEYS = {"row": "integer", "key": 'text COLLATE "C"', "content_hash": "bytea"}
ROWS = {
    "row": "integer", "record_id": "uuid", "subject_id": "uuid", "previous_id": "uuid", "key": 'text COLLATE "C"',
    "area_code": 'text COLLATE "C"', "content_hash": "bytea", "observed_on": "date", "facts": "jsonb",
    "phone_sealed": "bytea", "dwelling_key": "bytea", "raw": "jsonb",
}  # fmt: skip
OUTCOMES = {"row": pl.Int64, "outcome": pl.String, "subject_id": pl.String, "previous_id": pl.String}


@dataclass(frozen=True, slots=True)
class ThingCounts:
    """How many rows have which outcome. `in_review` is always 0: identity is exact."""

    rows: int
    new: int
    updated: int
    unchanged: int
    elsewhere: int
    in_review: int = 0
    things_created: int = 0
    things_changed: int = 0


def match_things(kind: ThingKind, frame: pl.DataFrame, source: str, uploader: Actor, district: str) -> ThingCounts:
    """Foretell a merge without writing."""
    with acting(system("matching", district)):
        return _counts(_match(kind, _keyed(kind, _complete(kind, frame)), source, uploader))


def merge_things(
    kind: ThingKind,
    frame: pl.DataFrame,
    *,
    source: str,
    batch_id: UUID | None,
    uploader: Actor,
    district: str,
    reason: str | None = None,
    report: Report = lambda stage_name, share: None,
    with_raw: Callable[[pl.DataFrame], pl.DataFrame] = lambda touched: touched,
) -> ThingCounts:
    """Merge checked rows (`row`, `key`, `area_code`, `observed_on` and facts). Repeating a file changes nothing."""
    with acting(_over(uploader, district, batch_id)):
        lock()
        report("match", 0.0)
        whole = _complete(kind, frame)
        keyed = _keyed(kind, whole)
        outcomes = _match(kind, keyed, source, uploader)
        counts = _counts(outcomes)
        touched = (
            whole.join(keyed.drop("key"), on="row")
            .join(outcomes, on="row")
            .filter(pl.col("outcome").is_in(["new", "update"]))
        )
        if not touched.height:
            return counts
        report("prepare", 0.5)
        _stage(kind, with_raw(touched))
        if kind.home:
            dwellings.add(touched, batch_id)
        report("write", 0.5)
        _write(kind, source, batch_id, uploader, reason)
        report("golden", 0.2)
        _affected("SELECT DISTINCT subject_id FROM stage_thing")
        made, changed = golden.recompute(kind, clock.now())
        report("golden", 1.0)
    return ThingCounts(
        counts.rows, counts.new, counts.updated, counts.unchanged, counts.elsewhere, 0, made, changed
    )  # fmt: skip


def undo_blockers(batch_id: UUID, district: str) -> list[Blocker]:
    """Later statements that rest on a batch; empty when it can be taken back."""
    with acting(system("matching", district)):
        return _blockers(batch_id)


def undo_things(kind: ThingKind, batch_id: UUID, uploader: Actor, district: str) -> int:
    """Take a batch back exactly; returns how many things it touched. Raises RestedUpon when later entries rest on it."""
    params = {"batch": batch_id}
    with acting(_over(uploader, district, batch_id)):
        lock()
        if found := _blockers(batch_id):
            raise RestedUpon(count=len(found))
        touched = _affected("SELECT DISTINCT subject_id FROM registry_thing_record WHERE batch_id = %(batch)s", params)
        stage.run("DROP TABLE IF EXISTS pg_temp.reinstated")
        stage.run(
            "CREATE TEMP TABLE reinstated ON COMMIT DROP AS SELECT o.id FROM registry_thing_record n "
            "JOIN registry_thing_record o ON o.superseded_by = n.id WHERE n.batch_id = %(batch)s",
            params,
        )
        stage.run("DELETE FROM registry_thing_record WHERE batch_id = %(batch)s", params)
        stage.run("UPDATE registry_thing_record r SET superseded_by = NULL FROM reinstated x WHERE r.id = x.id")
        stage.run(
            f"DELETE FROM {kind.table} t USING affected a WHERE t.id = a.subject_id AND NOT EXISTS "
            "(SELECT FROM registry_thing_record r WHERE r.subject_id = a.subject_id)"
        )
        golden.recompute(kind, clock.now())
        if kind.home:
            dwellings.forget(batch_id)
    return touched


def keys_elsewhere(kind: ThingKind, keys: pl.Series, areas: tuple[str, ...], district: str) -> pl.Series:
    """Which of these keys belong to things that lie outside `areas`."""
    with acting(system("matching", district)):
        stage.create("asked", {"key": 'text COLLATE "C"'})
        stage.fill("asked", {"key": "text"}, pl.DataFrame({"key": keys.drop_nulls().unique()}))
        stage.run("DROP TABLE IF EXISTS pg_temp.elsewhere")
        stage.run(
            f"CREATE TEMP TABLE elsewhere ON COMMIT DROP AS SELECT key FROM asked JOIN {kind.table} t USING (key) "
            "WHERE NOT t.area_code ^@ ANY(%(areas)s::text[])",
            {"areas": list(areas)},
        )
        return stage.fetch("SELECT key FROM elsewhere", {"key": pl.String})["key"]


def rekey_places() -> None:
    """After areas changed (`kernel.area_columns`): places told by their village and name are told by the new village.

    Where the new village has one of that name already, both keep what they had. Rented homes are told by their dwelling,
    whose key is that of the present village.
    """
    for table in (PLACE.table, RENTAL.table):
        stage.run(
            f"""
            UPDATE {table} t SET key = 'at:' || v.new || substr(t.key, 16)
            FROM (SELECT DISTINCT left(old_code, 12) AS old, left(new_code, 12) AS new FROM area_heir
                  WHERE rank = 0 AND left(old_code, 12) <> left(new_code, 12)) v
            WHERE t.key >= 'at:' || v.old || '/' AND t.key < 'at:' || v.old || '0' AND left(t.area_code, 12) = v.new
              AND NOT EXISTS (SELECT FROM {table} o WHERE o.key = 'at:' || v.new || substr(t.key, 16))
            """
        )
    stage.run(
        f"""
        UPDATE {RENTAL.table} t SET key = 'home:' || encode(d.address_key, 'hex') FROM places_dwelling d
        WHERE d.id = t.dwelling_id AND t.area_code IN (SELECT new_code FROM area_heir)
          AND starts_with(t.key, 'home:') AND t.key <> 'home:' || encode(d.address_key, 'hex')
          AND NOT EXISTS (SELECT FROM {RENTAL.table} o WHERE o.key = 'home:' || encode(d.address_key, 'hex'))
        """
    )


# A later record rests on the batch when it superseded one of its records, or when its thing exists only because of
# the batch.
_BLOCKERS = """
SELECT DISTINCT ON (later.id) later.subject_id, later.id, later.source_code, later.batch_id, later.row
FROM registry_thing_record own
JOIN registry_thing_record later ON later.subject_id = own.subject_id
WHERE own.batch_id = %(batch)s AND later.batch_id IS DISTINCT FROM own.batch_id
  AND (own.superseded_by = later.id OR later.recorded_at >= own.recorded_at AND NOT EXISTS (
        SELECT FROM registry_thing_record earlier
        WHERE earlier.subject_id = own.subject_id AND earlier.batch_id IS DISTINCT FROM own.batch_id
          AND earlier.recorded_at < own.recorded_at))
LIMIT %(most)s
"""


def _blockers(batch_id: UUID) -> list[Blocker]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_BLOCKERS, {"batch": batch_id, "most": MOST_BLOCKERS})
        return [Blocker(*row) for row in cursor.fetchall()]


def _over(uploader: Actor, district: str, batch_id: UUID | None) -> Actor:
    """The matching system over the district, with the uploader's name on every trace."""
    return Actor(
        kind="system", id=uploader.id, name=uploader.name, grants=system("matching", district).grants,
        request_id=str(batch_id or current().request_id),  # by which a thing's history finds what changed it
    )  # fmt: skip


def _complete(kind: ThingKind, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with a column for every fact of the kind."""
    kinds = {"date": pl.Date, "integer": pl.Int64}
    wanted = {field.name: kinds.get(field.form, pl.String) for field in kind.every} | {
        "lon": pl.Float64, "lat": pl.Float64,
    }  # fmt: skip
    if kind.home:
        wanted |= dict.fromkeys(dwellings.READ, pl.String)
    return frame.with_columns(pl.lit(None, t).alias(name) for name, t in wanted.items() if name not in frame.columns)


def _keyed(kind: ThingKind, frame: pl.DataFrame) -> pl.DataFrame:
    """`row`, `key`, `content_hash`: everything said, nothing about the file it came in."""
    said = ["area_code", *(field.name for field in kind.every), "lon", "lat"]
    content = frame.select(
        pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in said], separator="\u001f")
    ).to_series()
    return frame.select(
        "row",
        "key",
        pl.Series("content_hash", hexed(secrets.fingerprint_many("content", content.to_list())), pl.String),
    )


# A thing of which nothing lies with the uploader is not theirs to change.
_OUTCOME = """
CREATE TEMP TABLE outcome ON COMMIT DROP AS
SELECT k.row, CASE WHEN NOT t.area_code ^@ ANY(%(areas)s::text[]) THEN 'elsewhere'
                   WHEN r.content_hash = k.content_hash THEN 'unchanged' ELSE 'update' END AS outcome,
       t.id AS subject_id, r.id AS previous_id
FROM stage_key k JOIN {table} t USING (key)
LEFT JOIN registry_thing_record r ON r.subject_id = t.id AND r.source_code = %(source)s AND r.superseded_by IS NULL
"""


def _match(kind: ThingKind, keyed: pl.DataFrame, source: str, uploader: Actor) -> pl.DataFrame:
    """What happens to each row (OUTCOMES). Runs as the matching system; `uploader` says what is theirs."""
    stage.create("stage_key", KEYS)
    stage.fill("stage_key", KEYS, keyed)
    stage.run("DROP TABLE IF EXISTS pg_temp.outcome")
    areas = list(uploader.areas_for("intake.batch.upload") or uploader.areas)
    stage.run(_OUTCOME.format(table=kind.table), {"areas": areas, "source": source})
    found = stage.fetch("SELECT row, outcome, subject_id, previous_id FROM outcome", OUTCOMES)
    return (
        keyed.select("row")
        .join(found, on="row", how="left", maintain_order="left")
        .with_columns(pl.col("outcome").fill_null("new"))
    )


def _counts(outcomes: pl.DataFrame) -> ThingCounts:
    found = dict(outcomes.group_by("outcome").len().iter_rows())
    told = (found.get(name, 0) for name in ("new", "update", "unchanged", "elsewhere"))
    return ThingCounts(outcomes.height, *told)


def _stage(kind: ThingKind, frame: pl.DataFrame) -> None:
    """Stage the rows to be written, with ids, sealed phones and the facts as JSON."""
    names = keys_of(frame["name"].to_list())
    position = pl.when(pl.col("lon").is_not_null()).then(pl.struct("lon", "lat")).alias("position")
    stated = [
        pl.col(f.name).is_not_null().replace_strict({True: "1"}, default=None, return_dtype=pl.String).alias(f.name)
        if f.form == "phone"
        else pl.col(f.name)
        for f in kind.every
        if f.form != "date"
    ]
    dated = [pl.col(f.name).dt.strftime("%Y-%m-%d") for f in kind.every if f.form == "date"]
    key = pl.Series("name_key", [names[n] for n in frame["name"].to_list()], pl.String)
    facts = frame.select("area_code", key, *stated, *dated, position).select(pl.struct(pl.all()).struct.json_encode())
    phones = frame["phone"].to_list() if "phone" in kind.by_name else [None] * frame.height
    made = pl.Series(uuid7_many(frame.height), dtype=pl.String)
    rows = frame.with_columns(
        pl.coalesce("subject_id", made).alias("subject_id"),
        pl.Series("record_id", uuid7_many(frame.height), pl.String),
        facts.to_series().alias("facts"),
        pl.Series("phone_sealed", hexed(secrets.encrypt_many(phones)), pl.String),
    )
    if kind.home:
        rows = rows.with_columns(("\\x" + pl.col("dwelling_key")).alias("dwelling_key"))
    missing = [c for c in ("raw", "dwelling_key") if c not in rows.columns]
    rows = rows.with_columns(pl.lit(None, pl.String).alias(c) for c in missing)
    stage.create("stage_thing", ROWS)
    stage.fill("stage_thing", ROWS, rows)


def _write(kind: ThingKind, source: str, batch_id: UUID | None, uploader: Actor, reason: str | None) -> None:
    """Keep what the source says, and supersede what it said of the same things before."""
    # First, so that of one source and thing never more than one record is current.
    stage.run(
        "UPDATE registry_thing_record r SET superseded_by = s.record_id FROM stage_thing s WHERE r.id = s.previous_id"
    )
    stage.run(
        """
        INSERT INTO registry_thing_record (id, kind, subject_id, key, source_code, batch_id, row, area_code,
            dwelling_id, content_hash, observed_on, recorded_at, recorded_by, reason, facts, phone, raw)
        SELECT s.record_id, %(kind)s, s.subject_id, s.key, %(source)s, %(batch)s, s.row, s.area_code, d.id, s.content_hash,
               s.observed_on, %(now)s, %(by)s, %(reason)s,
               jsonb_strip_nulls(s.facts) || CASE WHEN d.id IS NULL THEN '{}' ELSE '{"home": "1"}'::jsonb END,
               s.phone_sealed, s.raw
        FROM stage_thing s LEFT JOIN places_dwelling d ON d.address_key = s.dwelling_key
        """,
        {
            "kind": kind.name, "source": source, "batch": batch_id, "now": clock.now(), "by": uploader.id,
            "reason": reason,
        },
    )  # fmt: skip


def collect(ids: list[UUID]) -> None:
    """Collect some things in the temporary table `affected`."""
    _affected("SELECT unnest(%(ids)s::uuid[]) AS subject_id", {"ids": ids})


def _affected(query: str, params: dict[str, Any] | None = None) -> int:
    """Collect in the temporary table `affected` the things to compute anew; returns how many."""
    stage.run("DROP TABLE IF EXISTS pg_temp.affected")
    found = stage.run(f"CREATE TEMP TABLE affected ON COMMIT DROP AS {query}", params)
    stage.run("CREATE INDEX ON affected (subject_id)")
    stage.run("ANALYZE affected")
    return found
