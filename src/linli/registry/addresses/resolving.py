"""Reading unresolved home texts again, set-based: a preview of what would change, and the change as one undoable action.

A text that now names an exact home gives every record that bears it a successor with that home, in a batch of its own:
provenance, recency and undo are those of any import.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import transaction

from linli.access import changes, reads
from linli.kernel import areas, clock
from linli.kernel.actors import Actor, system
from linli.kernel.errors import Conflict, NotFound, Text
from linli.kernel.ids import uuid7, uuid7_many
from linli.kernel.scope import acting
from linli.places.queries import address_parser
from linli.places.rules import address_key
from linli.registry.merge import derive, golden, households, prepare, stage, undo_people, write
from linli.registry.merge.run import lock
from linli.registry.models import Resolution, SourceRecord
from linli.registry.permissions import RESOLVE
from linli.registry.queries import sql

SHOWN = 50
UNRESOLVED = "r.superseded_by IS NULL AND r.dwelling_id IS NULL AND r.home_text IS NOT NULL AND r.state = 'linked'"
_TEXTS = {"home_text": pl.String, "town": pl.String, "low": pl.String, "high": pl.String}
_REASON = "重新识别住址"
# What a successor does not take over from the record it stands for.
_OWN = {
    "id",
    "batch_id",
    "row",
    "recorded_at",
    "recorded_by",
    "reason",
    "request",
    "superseded_by",
    "dwelling_id",
    "home_area",
}


class NothingToResolve(Conflict):
    """No unresolved text names an exact home now."""

    code = "registry.nothing_to_resolve"
    text = Text("没有住址可以重新识别，请先补充别名。", "No address can be read now; add an alias first.")


class Undone(Conflict):
    """The action was taken back before."""

    code = "registry.resolution_undone"
    text = Text("这次识别已撤销。", "This has been undone already.")


@dataclass(frozen=True, slots=True)
class Change:
    """A text and the home it would mean."""

    text: str
    standard: str
    records: int
    people: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What reading again would change: sums, the texts of most people first, and records whose text names a home in
    another village than the one they were stated in, which stay as they are.
    """

    texts: int
    records: int
    people: int
    elsewhere: int
    changes: tuple[Change, ...]


def preview(actor: Actor, area: str | None = None) -> Preview:
    """What would change; nothing is written."""
    held = sql.held(actor, RESOLVE, area)
    with transaction.atomic(), acting(_over(actor, "")):
        _match(held)
        found = sql.rows(
            Change,
            "SELECT home_text AS text, min(standard) AS standard, count(*)::int AS records, "
            "count(DISTINCT person_id)::int AS people FROM matched WHERE fits GROUP BY home_text "
            "ORDER BY people DESC, home_text",
            {},
        )
        counted = sql.rows(
            _Sums,
            "SELECT count(DISTINCT person_id) FILTER (WHERE fits)::int AS people, "
            "count(*) FILTER (WHERE NOT fits)::int AS elsewhere FROM matched",
            {},
        )[0]
        _drop()
    return Preview(len(found), sum(c.records for c in found), counted.people, counted.elsewhere, tuple(found[:SHOWN]))


@dataclass(frozen=True, slots=True)
class _Sums:
    people: int
    elsewhere: int


def resolve(actor: Actor, area: str | None = None) -> Resolution:
    """Do it. Raises NothingToResolve, Forbidden."""
    actor.require(RESOLVE)
    held = sql.held(actor, RESOLVE, area)
    batch = uuid7()
    now = clock.now()
    with acting(_over(actor, str(batch))):
        lock()
        homes = _match(held)
        stage.run("DELETE FROM matched WHERE NOT fits")
        old = stage.fetch(
            "SELECT id, person_id, home_text FROM matched", dict.fromkeys(("id", "person_id", "text"), pl.String)
        )
        if not old.height:
            raise NothingToResolve()
        named = homes.filter(pl.col("home_text").is_in(old["text"].unique().implode()))
        write.stage_dwellings([named.unique("dwelling_key")])
        write.dwellings(batch)
        columns = {"old_id": "uuid", "new_id": "uuid"}
        stage.create("renewed", columns)
        stage.fill(
            "renewed",
            columns,
            pl.DataFrame({"old_id": old["id"], "new_id": pl.Series(uuid7_many(old.height), dtype=pl.String)}),
        )
        # First, so that of one source and key never more than one record is current.
        stage.run("UPDATE registry_source_record r SET superseded_by = n.new_id FROM renewed n WHERE r.id = n.old_id")
        kept = [str(f.column) for f in SourceRecord._meta.concrete_fields if f.column not in _OWN]
        stage.run(
            f"""
            INSERT INTO registry_source_record
                (id, batch_id, row, recorded_at, recorded_by, reason, dwelling_id, home_area, {", ".join(kept)})
            SELECT n.new_id, %(batch)s, r.row, %(now)s, %(by)s, %(reason)s, d.id,
                   CASE WHEN r.area_code ^@ m.village_code THEN r.area_code ELSE m.village_code END,
                   {", ".join(f"r.{c}" for c in kept)}
            FROM renewed n JOIN registry_source_record r ON r.id = n.old_id JOIN matched m ON m.id = r.id
            JOIN places_dwelling d ON d.address_key = m.dwelling_key
            """,
            {"batch": batch, "now": now, "by": actor.id, "reason": _REASON},
        )
        stage.run("DROP TABLE IF EXISTS pg_temp.affected")
        stage.run("CREATE TEMP TABLE affected ON COMMIT DROP AS SELECT DISTINCT person_id FROM matched")
        stage.run("ANALYZE affected")
        golden.recompute(created_at=now)
        derive.recompute()
        households.note_affected()
        households.recompute()
        made = Resolution.objects.create(
            id=batch, area_code=reads.common_area(held) or settings.LINLI_DISTRICT, texts=old["text"].n_unique(),
            records=old.height, people=old["person_id"].n_unique(), made_at=now, made_by=actor.id,
        )  # fmt: skip
        _drop()
        changes.record(actor, "registry.address.resolve", "resolution", batch, made.area_code, {"count": old.height})
    return made


def undo(actor: Actor, resolution_id: UUID) -> Resolution:
    """Take one back exactly. Raises NotFound, Undone, RestedUpon (later entries rest on it)."""
    found = Resolution.objects.restrict(actor, RESOLVE).filter(id=resolution_id).first()
    if found is None:
        raise NotFound()
    with transaction.atomic():
        again = Resolution.objects.select_for_update().get(id=resolution_id)
        if again.undone_at is not None:
            raise Undone()
        undo_people(again.id, actor, settings.LINLI_DISTRICT)
        again.undone_at, again.undone_by = clock.now(), actor.id
        again.save(update_fields=["undone_at", "undone_by"])
        changes.record(actor, "registry.address.unresolve", "resolution", again.id, again.area_code)
    return again


def _over(actor: Actor, request: str) -> Actor:
    """The district on behalf of the actor: a golden record may rest on statements out of their sight."""
    return replace(
        actor, kind="system", grants=system("registry", settings.LINLI_DISTRICT).grants,
        request_id=request or actor.request_id,
    )  # fmt: skip


def _match(held: tuple[str, ...]) -> pl.DataFrame:
    """Fill the temporary table `matched` with the unresolved records in `held` whose text names an exact home now.

    `fits` says that the home lies in the area the record was stated in. Returns the homes as columns.
    """
    params: dict[str, object] = {}
    where = sql.ranges(held, "r.area_code", params)
    _drop()
    stage.run(
        "CREATE TEMP TABLE unresolved ON COMMIT DROP AS SELECT r.id, r.person_id, r.area_code, r.home_text, "
        f"left(r.area_code, 9) AS town FROM registry_source_record r WHERE {UNRESOLVED} AND {where}",
        params,
    )
    texts = stage.fetch(
        "SELECT home_text, town, min(area_code), max(area_code) FROM unresolved GROUP BY home_text, town", _TEXTS
    )
    homes = _homes(texts)
    columns = {"home_text": "text", "town": "text", "dwelling_key": "bytea", "village_code": 'text COLLATE "C"',
               "standard": "text"}  # fmt: skip
    stage.create("resolved", columns)
    stage.fill("resolved", columns, homes)
    stage.run(
        "CREATE TEMP TABLE matched ON COMMIT DROP AS SELECT u.id, u.person_id, u.home_text, s.dwelling_key, "
        "s.village_code, s.standard, (u.area_code ^@ s.village_code OR s.village_code ^@ u.area_code) AS fits "
        "FROM unresolved u JOIN resolved s USING (home_text, town)"
    )
    return homes


def _homes(texts: pl.DataFrame) -> pl.DataFrame:
    """The homes exact to a door or room that texts name: the columns of `write.stage_dwellings` and `town`, `home_text`."""
    # A town settles villages of one name, as when somebody is entered by hand.
    parsed = address_parser().parse_many(texts["home_text"], texts["town"])
    whole = texts.hstack(parsed).with_columns(prepare.hexed(address_key(parsed).to_list()).alias("dwelling_key"))
    inside = (pl.col("low") == pl.col("high")) & pl.col("low").str.starts_with(pl.col("village_code"))
    blank = [pl.when(pl.col(c) != "").then(pl.col(c)).alias(c) for c in
             ("road", "door", "compound", "building", "unit", "floor", "room")]  # fmt: skip
    return whole.filter(pl.col("dwelling_key").is_not_null()).select(
        "home_text", "town", "dwelling_key", "village_code", "standard", *blank,
        pl.when(inside & (pl.col("low").str.len_chars() == areas.GRID_LENGTH))
        .then("low").otherwise("village_code").alias("area_code"),
    )  # fmt: skip


def _drop() -> None:
    stage.run("DROP TABLE IF EXISTS pg_temp.unresolved, pg_temp.resolved, pg_temp.matched, pg_temp.renewed")
