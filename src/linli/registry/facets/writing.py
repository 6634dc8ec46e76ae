"""Facets computed anew, set-based: of the people a merge touches, and what they share of those who live or belong with them.

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


_ALONE = "d.first IS NULL OR d.first = p.id::text AND d.last = p.id::text"


def _shared(alone: str = _ALONE) -> dict[str, str]:
    """The columns that rest on a household (`h`) and a home (`d`), which others change for somebody (`p`, listed in `a`)."""
    return {
        "household_size": "coalesce(h.size, 0)",
        "lives_alone": f"p.dwelling_id IS NOT NULL AND ({alone})",
        "kin_elsewhere": f"coalesce(NOT {_inside('h')}, false) OR coalesce(NOT {_inside('d')}, false)",
    }


def columns_of(disputed: str = "", alone: str = _ALONE) -> dict[str, str]:
    """The columns of the table, each with what it holds in SQL."""
    both, other, odd = (text.replace("{x}", "p") for text in (BOTH_VILLAGES, OTHER_VILLAGE, NO_NAME))
    return (
        {
            "person_id": "p.id",
            "alike": "hashtextextended(a.area_code || a.name_key, p.birth - date '1900-01-01')",
            "birth": "p.birth",
            "seen": "s.seen",
            "is_head": "p.household_id IS NOT NULL AND p.relation_to_head IS NOT DISTINCT FROM '0'",
            "has_id": "p.id_number IS NOT NULL",
            "has_phone": "p.phone IS NOT NULL",
            "has_home": "p.dwelling_id IS NOT NULL",
            "stated_elsewhere": f"coalesce(NOT {_inside('s')}, false)",
            "name_odd": f"coalesce({odd}, false)",
            "disputed": f"coalesce({disputed}, false)",
            "register_odd": f"CASE WHEN {both} THEN {other} END",
            "area_code": "a.area_code",
            "prior_areas": "a.prior_areas",
        }
        | {code: f"p.{code}" for code in CODES}
        | _shared(alone)
    )


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
# Most of a file says nothing of household or home: of whom nothing of that changed, it stands as it stood (`f`).
_FACETS_BY_SHARE = """
SELECT {columns}
FROM facet_of t JOIN registry_person p ON p.id = t.person_id JOIN registry_person_area a ON a.person_id = p.id
LEFT JOIN facet_share k ON k.person_id = a.person_id AND k.area_code = a.area_code
LEFT JOIN registry_person_facet f ON f.area_code = a.area_code AND f.person_id = a.person_id
LEFT JOIN ({statements}) s ON s.person_id = p.id
"""
_ALL_STATEMENTS = f"""
    SELECT r.person_id, {SAID}, min(r.area_code) AS low, max(r.area_code) AS high
    FROM facet_of u JOIN registry_source_record r ON r.person_id = u.person_id WHERE {CURRENT.format(sight="true")} GROUP BY 1
"""
# Who belongs to a household, and who lives in a home, that somebody came to or left.
_TOGETHER = {
    "facet_member": """
        SELECT q.id AS person_id, q.household_id, q.dwelling_id, q.area_code
        FROM (SELECT DISTINCT household_id FROM facet_around) r JOIN registry_person q ON q.household_id = r.household_id
    """,
    "facet_resident": """
        SELECT o.person_id, o.dwelling_id, o.area_code
        FROM (SELECT DISTINCT dwelling_id FROM facet_around) r
        JOIN registry_residence o ON o.dwelling_id = r.dwelling_id AND o.until IS NULL
    """,
}
# Of everybody in `facet_kin`. Few of them share another household or home than those that were looked at already.
_SHARES = """
CREATE TEMP TABLE facet_share ON COMMIT DROP AS
SELECT p.person_id, a.area_code, {columns}
FROM facet_kin p JOIN registry_person_area a ON a.person_id = p.person_id
LEFT JOIN (
    SELECT household_id, count(*) AS size, min(area_code) AS low, max(area_code) AS high
    FROM (
        SELECT household_id, area_code FROM facet_member
        UNION ALL SELECT q.household_id, q.area_code
        FROM (SELECT household_id FROM facet_kin EXCEPT SELECT household_id FROM facet_member) o
        JOIN registry_person q ON q.household_id = o.household_id
    ) m GROUP BY 1
) h ON h.household_id = p.household_id
LEFT JOIN (
    SELECT dwelling_id, min(person_id::text) AS first, max(person_id::text) AS last, min(area_code) AS low, max(area_code) AS high
    FROM (
        SELECT dwelling_id, person_id, area_code FROM facet_resident
        UNION ALL SELECT q.dwelling_id, q.person_id, q.area_code
        FROM (SELECT dwelling_id FROM facet_kin EXCEPT SELECT dwelling_id FROM facet_resident) o
        JOIN registry_residence q ON q.dwelling_id = o.dwelling_id AND q.until IS NULL
    ) m GROUP BY 1
) d ON d.dwelling_id = p.dwelling_id
"""
# Of somebody new the golden record is the one statement there is: all of it stands in the stage, in a third of the time that
# the tables need. Households and homes stand there whole, too, where they are new; `refresh` looks at those that are not.
_FACETS_OF_NEW = """
SELECT {columns}
FROM (
    SELECT person_id AS id, coalesce(home_area, register_area, area_code) AS area_code, household_key AS household_id,
           dwelling_key AS dwelling_id, id_sealed AS id_number, phone_sealed AS phone, observed_on, area_code AS stated_area,
           name, birth, register_area, home_area, {codes}
    FROM stage WHERE fresh
) p JOIN registry_person_area a ON a.person_id = p.id
LEFT JOIN (
    SELECT household_key, count(*) AS size, min(coalesce(home_area, register_area, area_code)) AS low,
           max(coalesce(home_area, register_area, area_code)) AS high
    FROM stage WHERE fresh AND household_key IS NOT NULL GROUP BY 1
) h ON h.household_key = p.household_id
LEFT JOIN (
    SELECT dwelling_key, count(*) AS people, min(coalesce(home_area, area_code)) AS low,
           max(coalesce(home_area, area_code)) AS high
    FROM stage WHERE fresh AND dwelling_key IS NOT NULL GROUP BY 1
) d ON d.dwelling_key = p.dwelling_id
CROSS JOIN LATERAL (SELECT p.observed_on AS seen, p.stated_area AS low, p.stated_area AS high) s
"""
_HOME_AREA = "(SELECT max(o.area_code) FROM registry_residence o WHERE o.person_id = p.id AND o.until IS NULL)"
_LOOKED_AT = ("facet_now", "facet_of", "facet_member", "facet_resident", "facet_kin", "facet_share", "facet_wanted")
_STANDS = "household_id, dwelling_id, area_code, home_area"


def facets() -> str:
    """The rows of everybody in the temporary table `facet_of` (person_id, household_id, dwelling_id), as SQL."""
    return _FACETS.format(columns=_named(columns_of(DISPUTED.replace("{x}", "p"))), statements=_ALL_STATEMENTS)


def _named(columns: dict[str, str]) -> str:
    return ", ".join(f"{value} AS {name}" for name, value in columns.items())


def note(people: str, moved: bool = False) -> None:
    """Remember where the people in a temporary table stand, before that changes. `moved`: their areas have changed already."""
    run(
        "CREATE TEMP TABLE IF NOT EXISTS facet_stood (person_id uuid, household_id uuid, dwelling_id uuid, area_code text, "
        "home_area text, name_key text, listed text[]) ON COMMIT DROP"
    )
    run(
        f"""
        INSERT INTO facet_stood
        SELECT p.id, p.household_id, p.dwelling_id, {"NULL" if moved else "p.area_code"}, {_HOME_AREA}, p.name_key,
               (SELECT array_agg(a.area_code ORDER BY a.kind) FROM registry_person_area a WHERE a.person_id = p.id)
        FROM {people} t JOIN registry_person p ON p.id = t.person_id
        """
    )


def add() -> None:
    """The facets of the new people in the stage, who have none yet. Sorted, an area lies close together."""
    _around()
    columns = columns_of("false", "d.people = 1")
    selected = _FACETS_OF_NEW.format(columns=_named(columns), codes=", ".join(CODES))
    run(f"INSERT INTO registry_person_facet ({', '.join(columns)}) {selected} ORDER BY a.area_code, a.person_id")
    # Others share what the base knew before.
    run(
        """
        INSERT INTO facet_around
        SELECT h.id, NULL FROM affected_household k JOIN registry_household h ON h.id = k.household_id
        WHERE h.key IN (SELECT household_key FROM stage WHERE fresh)
        UNION SELECT NULL, d.id FROM stage_dwelling n JOIN places_dwelling d ON d.address_key = n.dwelling_key
        WHERE d.id <> n.id AND n.dwelling_key IN (SELECT dwelling_key FROM stage WHERE fresh)
        """
    )


def refresh(also: str = "") -> None:
    """Compute anew the facets of the people in `affected`, of those chosen by `also` (a query for ids), and of all who share
    a household or a home with somebody who came, went or moved; only rows that differ are touched."""
    _around()
    run(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in _LOOKED_AT)}, pg_temp.facet_gone")
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
    others = f"UNION SELECT p.id, p.household_id, p.dwelling_id FROM ({also}) t(id) JOIN registry_person p USING (id)"
    run(
        "CREATE TEMP TABLE facet_of ON COMMIT DROP AS "
        f"SELECT person_id, household_id, dwelling_id FROM facet_now {others if also else ''}"
    )
    run("ANALYZE facet_of")
    _share(also)
    kept = {column: f"CASE WHEN k.person_id IS NULL THEN f.{column} ELSE k.{column} END" for column in _shared()}
    columns = columns_of(DISPUTED.replace("{x}", "p")) | kept
    wanted = _FACETS_BY_SHARE.format(columns=_named(columns), statements=_ALL_STATEMENTS)
    run(f"CREATE TEMP TABLE facet_wanted ON COMMIT DROP AS {wanted}")
    _store()
    run(f"DROP TABLE facet_stood, facet_around, {', '.join(_LOOKED_AT)}")


def _share(also: str) -> None:
    """Look up in `facet_share` what is shared by whoever lives or belongs with somebody of `facet_around`, those of `also`, and
    whoever of `facet_of` enters a list. Of those among them who are not in `facet_of`, it is stored."""
    for member, query in _TOGETHER.items():
        run(f"CREATE TEMP TABLE {member} ON COMMIT DROP AS {query}")
        run(f"ANALYZE {member}")
    run(
        f"""
        CREATE TEMP TABLE facet_kin ON COMMIT DROP AS
        SELECT person_id, household_id, dwelling_id FROM facet_member
        UNION SELECT p.id, p.household_id, p.dwelling_id FROM (
            (SELECT person_id FROM facet_resident {f"UNION {also}" if also else ""}) EXCEPT SELECT person_id FROM facet_member
        ) t JOIN registry_person p ON p.id = t.person_id
        UNION SELECT t.person_id, t.household_id, t.dwelling_id FROM facet_of t JOIN registry_person_area a USING (person_id)
        WHERE NOT EXISTS (SELECT FROM registry_person_facet f WHERE f.area_code = a.area_code AND f.person_id = a.person_id)
        """
    )
    run("ANALYZE facet_kin")
    columns = _shared()
    run(_SHARES.format(columns=_named({name: value.replace("p.id", "p.person_id") for name, value in columns.items()})))
    run("ANALYZE facet_share")
    told, old, new = (", ".join(f"{of}{c}" for c in columns) for of in ("", "f.", "k."))
    run(
        f"UPDATE registry_person_facet f SET ({told}) = ROW({new}) FROM facet_share k "
        "WHERE f.area_code = k.area_code AND f.person_id = k.person_id "
        f"AND ({old}) IS DISTINCT FROM ({new}) AND NOT EXISTS (SELECT FROM facet_of t WHERE t.person_id = k.person_id)"
    )


def _store() -> None:
    """Make the facets of those in `facet_stood` and `facet_wanted` what is wanted, touching only rows that differ."""
    # By itself and counted, so that those few are looked up and not the whole table read for them.
    run(
        """
        CREATE TEMP TABLE facet_gone ON COMMIT DROP AS
        SELECT person_id, unnest(listed) COLLATE "C" AS area_code FROM facet_stood
        EXCEPT SELECT person_id, area_code FROM facet_wanted
        """
    )
    run("ANALYZE facet_gone")
    run(
        "DELETE FROM registry_person_facet f USING facet_gone g WHERE f.area_code = g.area_code AND f.person_id = g.person_id"
    )
    columns = tuple(columns_of())
    told, old, new = (", ".join(f"{of}{c}" for c in columns) for of in ("", "f.", "excluded."))
    run(
        f"INSERT INTO registry_person_facet AS f ({told}) SELECT {told} FROM facet_wanted "
        f"ON CONFLICT (area_code, person_id) DO UPDATE SET ({told}) = ROW({new}) WHERE ({old}) IS DISTINCT FROM ({new})"
    )
    run("DROP TABLE facet_gone")


def _around() -> None:
    """The temporary table that `add` may have filled."""
    run("CREATE TEMP TABLE IF NOT EXISTS facet_around (household_id uuid, dwelling_id uuid) ON COMMIT DROP")
