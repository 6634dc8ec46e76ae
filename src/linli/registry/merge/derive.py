"""What follows from golden records: the areas a person is visible in, name tokens, homes over time, facets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from linli.kernel.ids import uuid7_many
from linli.kernel.slices import Slices
from linli.registry.conflicts import finding as conflicts
from linli.registry.facets import writing as facets
from linli.registry.matching import keeping

from . import stage

# What is written about a person lies where the person is chiefly managed, and goes with them.
TIES = ("registry_relation", "registry_tag", "registry_conflict", "registry_custom_value")
AREAS = {
    "person_id": "uuid", "area_code": 'text COLLATE "C"', "name_key": 'text COLLATE "C"', "kind": "text",
    "prior_areas": "text[]",
}  # fmt: skip
TOKENS = {"token": 'text COLLATE "C"', "area_code": 'text COLLATE "C"', "person_id": "uuid"}
NAMED = dict.fromkeys(("name_key", "area_code", "person_id"), pl.String)
# Of new people none can be there: to look for each first would double the time.
_ENTER_TOKENS = "INSERT INTO registry_name_token (token, area_code, person_id) SELECT token, area_code, person_id"

# The home (or, without one, wherever the person was stated) first; the 户籍 where it lies elsewhere.
_AREAS = """
SELECT p.id AS person_id, l.area_code, p.name_key, l.kind, l.prior_areas
FROM {people} t JOIN registry_person p ON p.id = t.person_id
CROSS JOIN LATERAL (VALUES
    (p.area_code, 'home', NULL::text[]), (p.register_area, 'register', ARRAY[p.area_code])
) l(area_code, kind, prior_areas)
WHERE l.kind = 'home' OR p.register_area IS NOT NULL AND NOT p.area_code ^@ p.register_area
"""
# The areas of a person's lines, the home first.
_LISTED = """CASE WHEN p.register_area IS NULL OR p.area_code ^@ p.register_area
THEN ARRAY[p.area_code] ELSE ARRAY[p.area_code, p.register_area] END"""
# Every home a source ever stated, superseded statements too; the golden one is current, the others ended when the
# one that replaced them was observed.
_HOMES = """
SELECT g.person_id, r.dwelling_id, coalesce(max(r.home_area), max(r.area_code)) AS area_code,
       CASE WHEN r.dwelling_id = g.dwelling_id THEN g.home_kind
            ELSE (array_agg(r.home_kind ORDER BY r.observed_on DESC, r.id DESC)
                  FILTER (WHERE r.home_kind IS NOT NULL))[1] END AS kind,
       min(r.observed_on) AS since,
       CASE WHEN r.dwelling_id = g.dwelling_id THEN NULL
            ELSE greatest(coalesce(min(g.home_observed_on), max(r.observed_on)), min(r.observed_on)) END AS until,
       (array_agg(r.id ORDER BY r.observed_on, r.id))[1] AS record_id
FROM golden g
JOIN registry_source_record r ON r.person_id = g.person_id AND r.state = 'linked' AND r.dwelling_id IS NOT NULL
GROUP BY g.person_id, r.dwelling_id, g.dwelling_id, g.home_kind
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """New people as they enter the lists (columns AREAS) and the store of matching (`keeping.COLUMNS`), as COPY takes them;
    `named` is what their tokens are made of."""

    areas: bytes
    keys: bytes
    named: pl.DataFrame


def listed(staged: pl.DataFrame) -> Listed | None:
    """The new people among staged rows; None where there is nobody. Touches no database: runs beside it.

    Computed from columns, in a third of the time SQL needs.
    """
    rows = staged.filter("fresh")
    if not rows.height:
        return None
    people = rows.select(
        "person_id", "name_key", "register_area", "birth", "phone_hash",
        pl.coalesce("home_area", "register_area", "area_code").alias("area_code"),
        pl.col("id_hash").is_not_null().alias("numbered"),
    )  # fmt: skip
    areas = _areas_of(people)
    keys = stage.text_of(keeping.COLUMNS, keeping.kept(people))
    return Listed(stage.text_of(AREAS, areas), keys, areas.select(list(NAMED)))


def enter(people: Listed) -> None:
    """Enter new people in the lists and in the store of matching."""
    stage.enter("registry_person_area", AREAS, people.areas)
    stage.enter("registry_match_key", keeping.COLUMNS, people.keys)


def tokens_of(named: Slices) -> Slices:
    """The tokens (columns TOKENS) of people as they were `Listed.named`. Touches no database: runs beside it."""
    return named.map(_tokens_of)


def fresh(tokens: Slices) -> None:
    """Derive what else there is for new people, who have nothing yet; they are in the lists already."""
    _stage_tokens(tokens)
    stage.run(f"{_ENTER_TOKENS} FROM new_token")
    stage.run("TRUNCATE new_token")
    stage.run(
        """
        INSERT INTO registry_residence (id, person_id, dwelling_id, area_code, kind, since, until, record_id)
        SELECT s.residence_id, s.person_id, d.id, coalesce(s.home_area, s.area_code), s.home_kind, s.observed_on, NULL,
               s.record_id
        FROM stage s JOIN places_dwelling d ON d.address_key = s.dwelling_key WHERE s.fresh
        """
    )
    facets.add()


def recompute() -> None:
    """Derive anew for the people in `affected`, touching only rows that differ."""
    _replace_areas()
    _replace_homes()
    keeping.refresh("affected")
    conflicts.recompute()
    facets.refresh()


def follow_areas() -> None:
    """After areas changed (`kernel.area_columns`): lists, searches and households of the people concerned, anew."""
    stage.run("DROP TABLE IF EXISTS pg_temp.affected")
    stage.run(
        """
        CREATE TEMP TABLE affected ON COMMIT DROP AS
        SELECT DISTINCT a.person_id FROM registry_person_area a
        WHERE a.area_code IN (SELECT old_code FROM area_heir)
        """
    )
    stage.run("ANALYZE affected")
    facets.note("affected", moved=True)
    _replace_areas()
    keeping.refresh("affected")
    # Who is known to lie in the wider area may rest on what lay in the part of it that changed.
    facets.refresh(
        "SELECT f.person_id FROM registry_person_facet f WHERE f.area_code IN "
        "(SELECT left(old_code, n) FROM area_heir, generate_series(6, 12, 3) n WHERE length(old_code) > n)"
    )
    # A household lies where its head lives, whatever part of the old area that is in now.
    stage.run(
        """
        UPDATE registry_household h SET area_code = m.area_code
        FROM (
            SELECT DISTINCT ON (p.household_id) p.household_id, p.area_code
            FROM affected JOIN registry_person p ON p.id = affected.person_id
            WHERE p.household_id IS NOT NULL
            ORDER BY p.household_id, p.relation_to_head IS DISTINCT FROM '0', p.id
        ) m
        WHERE h.id = m.household_id AND h.area_code IN (SELECT new_code FROM area_heir)
          AND m.area_code IN (SELECT new_code FROM area_heir) AND h.area_code <> m.area_code
        """
    )


def _areas_of(people: pl.DataFrame) -> pl.DataFrame:
    """What `_AREAS` says, over columns."""
    first = people.select(
        "person_id", "area_code", "name_key", pl.lit("home").alias("kind"), pl.lit(None, pl.String).alias("prior_areas")
    )
    other = people.filter(
        pl.col("register_area").is_not_null() & ~pl.col("area_code").str.starts_with(pl.col("register_area"))
    ).select(
        "person_id",
        pl.col("register_area").alias("area_code"),
        "name_key",
        pl.lit("register").alias("kind"),
        pl.concat_str(pl.lit("{"), "area_code", pl.lit("}")).alias("prior_areas"),
    )
    return pl.concat([first, other])


def _tokens_of(areas: pl.DataFrame) -> pl.DataFrame:
    """Pieces of two characters, the last one with "$", and the initials of the pinyin before the separator.

    In the order of the index, which halves the cost of inserting.
    """
    names = (
        areas.select("name_key")
        .unique()
        .with_columns(
            pl.col("name_key").str.split("\x01").alias("halves"),
        )
    )
    names = names.select(
        "name_key",
        (pl.col("halves").list.get(1).str.replace_all(r"[\s·•.]", "") + "$").alias("name"),
        pl.col("halves").list.get(0).str.replace_all(r"([a-z])[a-z]*\s?", "$1").alias("initials"),
    )
    longest = int(names.select(pl.col("name").str.len_chars().max()).item() or 0)
    pieces = [
        names.filter(pl.col("name").str.len_chars() > i + 1).select(
            "name_key", pl.col("name").str.slice(i, 2).alias("token")
        )
        for i in range(longest - 1)
    ]
    tokens = pl.concat([*pieces, names.select("name_key", pl.col("initials").alias("token"))]).filter(
        pl.col("token") != ""
    )
    return (
        areas.select(list(NAMED))
        .join(tokens.unique(), on="name_key")
        .select("token", "area_code", "person_id")
        .sort("token", "area_code", "person_id")
    )


def forget(people: str) -> None:
    """Take the people in a temporary table out of every list and search, and of the store of matching; `recompute` takes their
    facets away."""
    facets.note(people)
    _unlist(people)
    keeping.forget(people)


def _unlist(people: str) -> None:
    # Tokens have no index by person: they go by their whole key, computed from the areas that stand.
    stage.create("old_token", TOKENS)
    stage.fill_slices("old_token", TOKENS, map(_tokens_of, _listed(people)))
    stage.run(
        "DELETE FROM registry_name_token t USING old_token o "
        "WHERE t.token = o.token AND t.area_code = o.area_code AND t.person_id = o.person_id"
    )
    stage.run(f"DELETE FROM registry_person_area a USING {people} m WHERE a.person_id = m.person_id")


def forget_ties(people: str) -> None:
    """Take what is written about the people in a temporary table away; others keep the name of who is gone."""
    for table in TIES:
        stage.run(f"DELETE FROM {table} t USING {people} m WHERE t.person_id = m.person_id")
    stage.run(f"UPDATE registry_relation t SET other_id = NULL FROM {people} m WHERE t.other_id = m.person_id")


def _listed(people: str) -> Slices:
    """How the people in a temporary table are listed: what tokens are computed from."""
    return stage.fetch_slices(
        f"SELECT {', '.join(NAMED)} FROM {people} JOIN registry_person_area a USING (person_id)", NAMED
    )


def _stage_tokens(tokens: Iterable[pl.DataFrame]) -> None:
    stage.create("new_token", TOKENS)
    stage.fill_slices("new_token", TOKENS, tokens)


def _follow_ties() -> None:
    """Relations, tags, conflicts and custom values lie where their person is chiefly managed."""
    for table in TIES:
        stage.run(
            f"UPDATE {table} t SET area_code = p.area_code FROM affected JOIN registry_person p ON p.id = affected.person_id "
            "WHERE t.person_id = p.id AND t.area_code <> p.area_code"
        )


def _replace_areas() -> None:
    """Lists and searches anew for those whom `facets.note` found listed or named otherwise. Most are listed as they were."""
    _follow_ties()
    stage.run("DROP TABLE IF EXISTS pg_temp.moved")
    stage.run(
        f"""
        CREATE TEMP TABLE moved ON COMMIT DROP AS
        SELECT DISTINCT p.id AS person_id FROM facet_stood o JOIN registry_person p ON p.id = o.person_id
        WHERE o.name_key IS DISTINCT FROM p.name_key OR o.listed IS DISTINCT FROM {_LISTED}
        """
    )
    stage.run("ANALYZE moved")
    _unlist("moved")
    stage.run(
        "INSERT INTO registry_person_area (person_id, area_code, name_key, kind, prior_areas) "
        + _AREAS.format(people="moved")
    )
    _stage_tokens(map(_tokens_of, _listed("moved")))
    stage.run(f"{_ENTER_TOKENS} FROM new_token ON CONFLICT DO NOTHING")
    stage.run("TRUNCATE new_token")


def _replace_homes() -> None:
    same = (
        "r.person_id = w.person_id AND r.dwelling_id = w.dwelling_id AND r.area_code = w.area_code "
        "AND r.kind IS NOT DISTINCT FROM w.kind AND r.since = w.since AND r.until IS NOT DISTINCT FROM w.until "
        "AND r.record_id = w.record_id"
    )
    stage.run("DROP TABLE IF EXISTS pg_temp.wanted_home")
    stage.run("CREATE TEMP TABLE wanted_home ON COMMIT DROP AS " + _HOMES)
    stage.run("ANALYZE wanted_home")
    stage.run(
        "DELETE FROM registry_residence r USING affected a WHERE r.person_id = a.person_id "
        f"AND NOT EXISTS (SELECT FROM wanted_home w WHERE {same})"
    )
    missing = stage.fetch_slices(
        "SELECT w.person_id, w.dwelling_id FROM wanted_home w "
        f"WHERE NOT EXISTS (SELECT FROM registry_residence r WHERE {same})",
        {"person_id": pl.String, "dwelling_id": pl.String},
    )
    stage.create("home_id", {"id": "uuid", "person_id": "uuid", "dwelling_id": "uuid"})
    if not missing.height:
        return
    stage.fill_slices(
        "home_id",
        {"id": "uuid", "person_id": "uuid", "dwelling_id": "uuid"},
        (part.with_columns(pl.Series("id", uuid7_many(part.height), pl.String)) for part in missing),
    )
    stage.run(
        """
        INSERT INTO registry_residence (id, person_id, dwelling_id, area_code, kind, since, until, record_id)
        SELECT i.id, w.person_id, w.dwelling_id, w.area_code, w.kind, w.since, w.until, w.record_id
        FROM home_id i JOIN wanted_home w USING (person_id, dwelling_id)
        """
    )
