"""Writing a merge: staged rows become households, dwellings, source records and new people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

import polars as pl

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7_many
from linli.kernel.scope import current
from linli.kernel.slices import Changed, Repeats, Slices
from linli.places.rules import storey_of
from linli.registry.fields import BY_NAME, STORED

from . import compounds, derive, stage
from . import households as known_households
from .match import sight

# The stored columns a record takes from the stage as they are; the rest are joined or computed.
_PLAIN = tuple(c for c in STORED if c not in {"household_id", "dwelling_id", "id_number", "phone"})


# A building is told by its compound; only without one by its road and door.
_ON_ROAD = (
    "CASE WHEN c.id IS NULL THEN coalesce(d.road, '') ELSE '' END AS road, "
    "CASE WHEN c.id IS NULL THEN coalesce(d.door, '') ELSE '' END AS door"
)
# Equal where both are null, in a form that can be hashed.
_NONE = "'00000000-0000-0000-0000-000000000000'::uuid"


def stage_rows(slices: Iterator[pl.DataFrame]) -> Slices:
    """Stage the rows to be written, slice by slice, and the distinct dwellings among them.

    New people enter the lists and the store of matching meanwhile: the database has the time while the next slice is made.
    Returns what their tokens are made of (`derive.Listed.named`).
    """
    homes, named = _Homes(), Slices.of(pl.DataFrame(schema=derive.NAMED))

    def made() -> Iterator[tuple[bytes, derive.Listed | None]]:
        for rows in slices:
            homes.add(rows)
            people = derive.listed(rows)
            if people is not None:
                named.append(people.named)
            yield stage.text_of(stage.WIDE, rows), people

    stage.create("stage", stage.WIDE)
    for text, people in stage.ahead(made()):
        stage.copy_in("stage", stage.WIDE, [text])
        if people is not None:
            derive.enter(people)
    stage.run(f"ANALYZE stage ({', '.join(stage.WIDE_ANALYZED)})")
    stage_dwellings(homes.distinct())
    return named


class _Homes:
    """The distinct homes among rows that come in pieces."""

    def __init__(self) -> None:
        self._found = Slices()
        self._homes, self._placed = Repeats(), Repeats()

    def add(self, rows: pl.DataFrame) -> None:
        """Note the homes of some rows."""
        homes = dwellings_in(rows).with_row_index("number", offset=self._found.height).cast({"number": pl.Int64})
        self._found.append(homes)
        self._homes.add(homes["number"], homes.select("dwelling_key"))
        self._placed.add(homes["number"], homes.select("dwelling_key", "area_code"))

    def distinct(self) -> Changed:
        """Each home once. One lies in a grid when all its rows say so."""
        again = self._homes.found()
        alike = self._placed.found().select("row", alike="count")
        told = again.join(alike, on="row", how="left")
        later = again.filter(pl.col("serial") > 0)["row"].implode()
        several = told.filter(pl.col("count") != pl.col("alike").fill_null(1))["first"].unique().implode()
        area = pl.when(pl.col("number").is_in(several)).then("village_code").otherwise("area_code")
        return Changed(
            self._found, lambda part: part.filter(~pl.col("number").is_in(later)).with_columns(area.alias("area_code"))
        )


def stage_dwellings(distinct: Iterable[pl.DataFrame]) -> None:
    """Stage distinct dwellings (the columns of `dwellings_in`) with the ids they get where the base knows none."""
    stage.create("stage_dwelling", stage.DWELLINGS)
    identified = (
        part.with_columns(
            *[pl.Series(name, uuid7_many(part.height), pl.String) for name in ("id", "compound_id", "building_id")],
            storey_of(pl.col("floor"), pl.col("room")).alias("storey"),
        )
        for frame in distinct
        for part in frame.iter_slices(stage.SLICE)
    )
    stage.fill_slices("stage_dwelling", stage.DWELLINGS, identified)


def dwellings_in(rows: pl.DataFrame) -> pl.DataFrame:
    """The dwellings that rows name, once for each area they give to one."""
    homes = rows.filter(pl.col("dwelling_key").is_not_null()).unique(
        ["dwelling_key", "area_code"], keep="first", maintain_order=True
    )
    return homes.select(
        "dwelling_key",
        pl.when(pl.col("area_code").str.starts_with(pl.col("home_village_code")))
        .then("area_code")
        .otherwise("home_village_code")
        .alias("area_code"),
        pl.col("home_village_code").alias("village_code"),
        *[pl.col(f"home_{part}").alias(part) for part in
          ("road", "door", "compound", "building", "unit", "floor", "room", "standard")],
    )  # fmt: skip


def households(batch_id: UUID | None) -> int:
    """Add the households no record named before; returns how many."""
    known_households.note_staged()
    return stage.run(
        """
        INSERT INTO registry_household (id, area_code, key, number, head_name, batch_id, recorded_at)
        SELECT DISTINCT ON (household_key) new_household_id, coalesce(home_area, area_code), household_key,
               household_no, CASE WHEN outcome NOT IN ('new', 'update') THEN NULL
                                  WHEN relation_to_head = '0' THEN name ELSE head_name END, %(batch)s, %(now)s
        FROM stage WHERE household_key IS NOT NULL
        ORDER BY household_key, outcome NOT IN ('new', 'update'), relation_to_head IS DISTINCT FROM '0' AND head_name IS NULL,
                 observed_on DESC, relation_to_head IS DISTINCT FROM '0', row
        ON CONFLICT (key) DO NOTHING
        """,
        {"batch": batch_id, "now": clock.now()},
    )


def dwellings(batch_id: UUID | None) -> int:
    """Add the compounds, buildings and dwellings the base did not know; returns how many dwellings."""
    params = {"batch": batch_id, "now": clock.now()}
    stage.run(
        """
        INSERT INTO places_compound (id, area_code, village_code, name, aliases, kind, source, batch_id, created_at)
        SELECT DISTINCT ON (village_code, compound) compound_id, village_code, village_code, compound, '{}', '',
               'intake', %(batch)s, %(now)s
        FROM stage_dwelling WHERE compound IS NOT NULL ORDER BY village_code, compound, compound_id
        ON CONFLICT (village_code, name) DO NOTHING
        """,
        params,
    )
    stage.run(
        f"""
        INSERT INTO places_building
            (id, area_code, village_code, compound_id, road, door, number, name, kind, source, batch_id, created_at)
        SELECT DISTINCT ON (village_code, compound, road, door, building)
               building_id, area_code, village_code, compound, road, door, building,
               place || building || CASE WHEN building ~ '^[A-Z]+$' THEN '座' ELSE '号楼' END,
               '', 'intake', %(batch)s, %(now)s
        FROM (
            SELECT d.building_id, d.area_code, d.village_code, c.id AS compound, {_ON_ROAD}, d.building,
                   coalesce(c.name, nullif(d.road || coalesce(d.door || '号', ''), ''), d.door || '号', r.short_name, '') AS place
            FROM stage_dwelling d
            LEFT JOIN places_compound c ON c.village_code = d.village_code AND c.name = d.compound
            LEFT JOIN places_region r ON r.code = d.village_code
            WHERE d.building IS NOT NULL
        ) b
        -- One that lies in a grid before one of which only the village is known.
        ORDER BY village_code, compound, road, door, building, area_code DESC, building_id
        ON CONFLICT (village_code, compound_id, road, door, number) DO NOTHING
        """,
        params,
    )
    written = stage.run(
        f"""
        INSERT INTO places_dwelling
            (id, area_code, village_code, compound_id, building_id, road, door, building, unit, floor, room, storey,
             standard, address_key, batch_id, created_at)
        SELECT d.id, d.area_code, d.village_code, d.compound, b.id, coalesce(d.full_road, ''), coalesce(d.full_door, ''),
               coalesce(d.building, ''), coalesce(d.unit, ''), coalesce(d.floor, ''), coalesce(d.room, ''), d.storey,
               d.standard, d.dwelling_key, %(batch)s, %(now)s
        FROM (
            SELECT d.id, d.area_code, d.village_code, c.id AS compound, {_ON_ROAD}, d.road AS full_road,
                   d.door AS full_door, d.building, d.unit, d.floor, d.room, d.storey, d.standard, d.dwelling_key
            FROM stage_dwelling d
            LEFT JOIN places_compound c ON c.village_code = d.village_code AND c.name = d.compound
        ) d
        LEFT JOIN places_building b ON b.village_code = d.village_code AND b.number = d.building
            AND coalesce(b.compound_id, {_NONE}) = coalesce(d.compound, {_NONE}) AND b.road = d.road AND b.door = d.door
        ON CONFLICT (address_key) DO NOTHING
        """,
        params,
    )
    if written:
        new = "FROM stage_dwelling s JOIN places_dwelling d ON d.id = s.id"
        compounds.settle("compound", f"SELECT d.compound_id {new}")
        compounds.settle("building", f"SELECT d.building_id {new}")
    return written


# A row that leaves the number out does not take it back: what the source stated of this record before still holds, unless
# it speaks of somebody with another name and another birth (a ledger whose record ids are line numbers).
_NUMBER = BY_NAME["id_number"].stored
_STAGED = {"id_number": "id_sealed"}
_UNSAID = "s.id_hash IS NULL AND o.id_hash IS NOT NULL AND (o.name = s.name OR o.birth = s.birth)"


def records(source: str, batch_id: UUID | None, uploader: Actor, reason: str | None = None) -> int:
    """Keep what the source says, row by row, and supersede what it said of the same people before."""
    columns = ", ".join(_PLAIN)
    known = {c: f"CASE WHEN o.id IS NOT NULL THEN o.{c} ELSE s.{_STAGED.get(c, c)} END" for c in _NUMBER}
    plain = ", ".join(known.get(c, f"s.{c}") for c in _PLAIN)
    # First, so that of one source and key never more than one record is current.
    known_households.supersede()
    # What waits for a decision is the newest that the source says of a record; of another number it may be somebody else.
    stage.run(
        """
        UPDATE registry_source_record r SET superseded_by = s.record_id
        FROM stage s WHERE r.match_key = s.match_key AND r.source_code = %(source)s AND r.superseded_by IS NULL
         AND r.state = 'review' AND s.outcome = 'review' AND r.area_code ^@ ANY(%(areas)s)
         AND (r.id_hash = s.id_hash OR r.id_hash IS NULL OR s.id_hash IS NULL)
        """,
        {"source": source, "areas": sight(uploader)},
    )
    # What waits no more is nobody's to look at.
    stage.run(
        "DELETE FROM registry_review_assignment a USING registry_source_record r "
        "WHERE r.id = a.record_id AND r.superseded_by IS NOT NULL"
    )
    return stage.run(
        f"""
        INSERT INTO registry_source_record
            (id, source_code, batch_id, row, person_id, state, area_code, match_key, content_hash, record_key,
             observed_on, recorded_at, recorded_by, reason, request, superseded_by, raw,
             head_name, id_number, phone, household_id, dwelling_id, {columns})
        SELECT s.record_id, %(source)s, %(batch)s, s.row,
               CASE WHEN s.outcome IN ('new', 'update') THEN s.person_id END,
               CASE s.outcome WHEN 'transfer' THEN 'transfer' WHEN 'review' THEN 'review' ELSE 'linked' END,
               s.area_code, s.match_key, s.content_hash, s.record_key, s.observed_on, %(now)s, %(by)s, %(reason)s,
               %(request)s, NULL, s.raw,
               s.head_name, {known["id_number"]}, s.phone_sealed, h.id, d.id, {plain}
        FROM stage s
        LEFT JOIN registry_source_record o ON o.id = s.previous_id AND s.outcome = 'update' AND {_UNSAID}
        LEFT JOIN registry_household h ON h.key = s.household_key
        LEFT JOIN places_dwelling d ON d.address_key = s.dwelling_key
        """,
        {
            "source": source, "batch": batch_id, "now": clock.now(), "by": uploader.id, "reason": reason,
            "request": None if batch_id else current().request_id or None,  # what history notes, see merge_people
        },
    )  # fmt: skip


def new_people() -> int:
    """Make a person of every record that matched nobody: its golden record is the record itself."""
    columns = ", ".join(STORED)
    return stage.run(
        f"""
        INSERT INTO registry_person
            (id, area_code, main_record, field_records, version, recorded_at, updated_at, {columns})
        SELECT r.person_id, coalesce(r.home_area, r.register_area, r.area_code), r.id, NULL, 1, r.recorded_at,
               r.recorded_at, {", ".join(f"r.{c}" for c in STORED)}
        FROM stage s JOIN registry_source_record r ON r.id = s.record_id
        WHERE s.fresh
        """
    )


def affected_by_stage() -> None:
    """Collect in the temporary table `affected` the people whose golden record has to be computed anew."""
    stage.run("DROP TABLE IF EXISTS pg_temp.affected")
    stage.run(
        """
        CREATE TEMP TABLE affected ON COMMIT DROP AS
        SELECT DISTINCT person_id FROM stage WHERE outcome IN ('new', 'update') AND NOT fresh
        """
    )
    stage.run("ANALYZE affected")
