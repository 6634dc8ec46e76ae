"""Facets computed anew, set-based: of the people a merge touches, and of those who share a household or a home with them.

`note` before golden records change, `add` for new people, `refresh` when everything else is derived; all of them within the
transaction of the change and under the lock of merges.
"""

from __future__ import annotations

from linli.registry.merge.stage import run
from linli.registry.quality.indicators import BOTH_VILLAGES, CURRENT, DISPUTED, NO_NAME, OTHER_VILLAGE, SAID

CODES = (
    "sex", "nation", "marital", "education", "political", "population_kind", "register_consistent", "relation_to_head",
    "home_kind", "inflow_reason", "permit_kind", "left_behind_kind",
)  # fmt: skip


def _inside(group: str) -> str:
    """That everything between the lowest and the highest area of a group lies in the row's own."""
    return f"({group}.low ^@ a.area_code AND {group}.high ^@ a.area_code)"


def columns_of(disputed: str = "") -> dict[str, str]:
    """The columns of the table, each with what it holds in SQL."""
    both, other, odd = (text.replace("{x}", "p") for text in (BOTH_VILLAGES, OTHER_VILLAGE, NO_NAME))
    return {
        "person_id": "p.id",
        "alike": "hashtextextended(a.area_code || a.name_key, p.birth - date '1900-01-01')",
        "birth": "p.birth",
        "seen": "s.seen",
        "household_size": "coalesce(h.size, 0)",
        "lives_alone": "p.dwelling_id IS NOT NULL AND (d.first IS NULL OR d.first = p.id::text AND d.last = p.id::text)",
        "is_head": "p.household_id IS NOT NULL AND p.relation_to_head IS NOT DISTINCT FROM '0'",
        "has_id": "p.id_number IS NOT NULL",
        "has_phone": "p.phone IS NOT NULL",
        "has_home": "p.dwelling_id IS NOT NULL",
        "kin_elsewhere": f"coalesce(NOT {_inside('h')}, false) OR coalesce(NOT {_inside('d')}, false)",
        "stated_elsewhere": f"coalesce(NOT {_inside('s')}, false)",
        "name_odd": f"coalesce({odd}, false)",
        "disputed": f"coalesce({disputed}, false)",
        "register_odd": f"CASE WHEN {both} THEN {other} END",
        "area_code": "a.area_code",
        "prior_areas": "a.prior_areas",
    } | {code: f"p.{code}" for code in CODES}


# Of everybody in `facet_of`. What a household or a home holds is asked of the tables, whoever of it is in there.
_FACETS = """
SELECT {columns}
FROM facet_of t JOIN registry_person p ON p.id = t.person_id JOIN registry_person_area a ON a.person_id = p.id
LEFT JOIN (
    SELECT q.household_id, count(*) AS size, min(q.area_code) AS low, max(q.area_code) AS high
    FROM registry_person q WHERE q.household_id IN (SELECT household_id FROM facet_of) GROUP BY 1
) h ON h.household_id = p.household_id
LEFT JOIN (
    SELECT o.dwelling_id, min(o.person_id::text) AS first, max(o.person_id::text) AS last,
           min(o.area_code) AS low, max(o.area_code) AS high
    FROM registry_residence o WHERE o.until IS NULL AND o.dwelling_id IN (SELECT dwelling_id FROM facet_of) GROUP BY 1
) d ON d.dwelling_id = p.dwelling_id
LEFT JOIN ({statements}) s ON s.person_id = p.id
"""
_ALL_STATEMENTS = f"""
    SELECT r.person_id, {SAID}, min(r.area_code) AS low, max(r.area_code) AS high
    FROM facet_of u JOIN registry_source_record r ON r.person_id = u.person_id WHERE {CURRENT.format(sight="true")} GROUP BY 1
"""
# Of somebody new there is one, and the golden record is that one.
_FIRST_STATEMENT = "SELECT person_id, observed_on AS seen, area_code AS low, area_code AS high FROM stage WHERE fresh"
_HOME_AREA = "(SELECT max(o.area_code) FROM registry_residence o WHERE o.person_id = p.id AND o.until IS NULL)"
_STANDS = "household_id, dwelling_id, area_code, home_area"


def facets(disputed: str = DISPUTED.replace("{x}", "p"), statements: str = _ALL_STATEMENTS) -> str:
    """The rows of everybody in the temporary table `facet_of` (person_id, household_id, dwelling_id), as SQL."""
    columns = ", ".join(f"{value} AS {name}" for name, value in columns_of(disputed).items())
    return _FACETS.format(columns=columns, statements=statements)


def note(people: str, moved: bool = False) -> None:
    """Remember where the people in a temporary table stand, before that changes. `moved`: their areas have changed already."""
    run(
        "CREATE TEMP TABLE IF NOT EXISTS facet_stood (person_id uuid, household_id uuid, dwelling_id uuid, area_code text, "
        "home_area text, listed text[]) ON COMMIT DROP"
    )
    run(
        f"""
        INSERT INTO facet_stood
        SELECT p.id, p.household_id, p.dwelling_id, {"NULL" if moved else "p.area_code"}, {_HOME_AREA},
               (SELECT array_agg(a.area_code) FROM registry_person_area a WHERE a.person_id = p.id)
        FROM {people} t JOIN registry_person p ON p.id = t.person_id
        """
    )


def add() -> None:
    """The facets of the people in the temporary table `fresh`, who have none yet. Sorted, an area lies close together."""
    _around()
    run("DROP TABLE IF EXISTS pg_temp.facet_of")
    run(
        "CREATE TEMP TABLE facet_of ON COMMIT DROP AS SELECT p.id AS person_id, p.household_id, p.dwelling_id "
        "FROM fresh JOIN registry_person p ON p.id = fresh.person_id"
    )
    run("ANALYZE facet_of")
    columns = ", ".join(columns_of("false"))
    run(
        f"INSERT INTO registry_person_facet ({columns}) {facets('false', _FIRST_STATEMENT)} ORDER BY a.area_code, a.person_id"
    )
    # Others share what the base knew before.
    run(
        "INSERT INTO facet_around SELECT household_id, NULL FROM facet_of JOIN affected_household USING (household_id) "
        "UNION SELECT NULL, t.dwelling_id FROM facet_of t WHERE t.dwelling_id IS NOT NULL "
        "AND NOT EXISTS (SELECT FROM stage_dwelling n WHERE n.id = t.dwelling_id)"
    )


def refresh(also: str = "") -> None:
    """Compute anew the facets of the people in `affected`, of those chosen by `also` (a query for ids), and of all who share
    a household or a home with somebody who came, went or moved; only rows that differ are touched."""
    _around()
    run("DROP TABLE IF EXISTS pg_temp.facet_now, pg_temp.facet_of, pg_temp.facet_wanted")
    run(
        "CREATE TEMP TABLE facet_now ON COMMIT DROP AS "
        f"SELECT p.id AS person_id, p.household_id, p.dwelling_id, p.area_code, {_HOME_AREA} AS home_area "
        "FROM affected t JOIN registry_person p ON p.id = t.person_id"
    )
    run(
        f"""
        INSERT INTO facet_around
        SELECT v.household_id, v.dwelling_id FROM facet_stood o FULL JOIN facet_now n USING (person_id)
        CROSS JOIN LATERAL (VALUES (o.household_id, o.dwelling_id), (n.household_id, n.dwelling_id)) v(household_id, dwelling_id)
        WHERE o.listed IS NULL OR (o.{_STANDS.replace(", ", ", o.")}) IS DISTINCT FROM (n.{_STANDS.replace(", ", ", n.")})
        """
    )
    run("ANALYZE facet_around")
    run(
        f"""
        CREATE TEMP TABLE facet_of ON COMMIT DROP AS
        SELECT p.id AS person_id, p.household_id, p.dwelling_id FROM (
            SELECT person_id FROM affected
            UNION SELECT q.id FROM facet_around r JOIN registry_person q ON q.household_id = r.household_id
            UNION SELECT o.person_id FROM facet_around r
                  JOIN registry_residence o ON o.dwelling_id = r.dwelling_id AND o.until IS NULL
            {f"UNION {also}" if also else ""}
        ) t JOIN registry_person p ON p.id = t.person_id
        """
    )
    run("ANALYZE facet_of")
    run(f"CREATE TEMP TABLE facet_wanted ON COMMIT DROP AS {facets()}")
    run("ANALYZE facet_wanted")
    run(
        """
        DELETE FROM registry_person_facet f USING (SELECT person_id, unnest(listed) AS area_code FROM facet_stood) o
        WHERE f.area_code = o.area_code AND f.person_id = o.person_id AND NOT EXISTS (
            SELECT FROM facet_wanted w WHERE w.area_code = f.area_code AND w.person_id = f.person_id)
        """
    )
    columns = tuple(columns_of())
    told, old, new = (", ".join(f"{of}{c}" for c in columns) for of in ("", "f.", "excluded."))
    run(
        f"INSERT INTO registry_person_facet AS f ({told}) SELECT {told} FROM facet_wanted "
        f"ON CONFLICT (area_code, person_id) DO UPDATE SET ({told}) = ROW({new}) WHERE ({old}) IS DISTINCT FROM ({new})"
    )
    run("DROP TABLE facet_stood, facet_around, facet_now, facet_of, facet_wanted")


def _around() -> None:
    """The temporary table that `add` may have filled."""
    run("CREATE TEMP TABLE IF NOT EXISTS facet_around (household_id uuid, dwelling_id uuid) ON COMMIT DROP")
