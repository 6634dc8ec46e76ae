"""Who heads a household: by source priority and recency, like every golden value, among those who belong to it now.

Set-based over the temporary table `affected_household`. A household's number is part of what it is known by: members
whose newer statements give another number belong to another household.
"""

from __future__ import annotations

import polars as pl

from linli.kernel import secrets

from . import stage
from .prepare import hexed
from .priorities import priorities

# Of one file, the head's own row says it best. New households are made by the same order (`write.households`).
_LATEST = "r.observed_on DESC, r.recorded_at DESC, r.relation_to_head IS DISTINCT FROM '0', r.id"


def note_affected() -> None:
    """Collect the households of the people in `affected`, past and present ones, before their records change."""
    stage.run("CREATE TEMP TABLE IF NOT EXISTS affected_household (household_id uuid) ON COMMIT DROP")
    stage.run(
        "INSERT INTO affected_household SELECT DISTINCT r.household_id FROM affected "
        "JOIN registry_source_record r USING (person_id) WHERE r.household_id IS NOT NULL"
    )


def note_staged() -> None:
    """Collect the households that staged rows name and the base knows: before new ones are added."""
    stage.run("DROP TABLE IF EXISTS pg_temp.affected_household")
    stage.run(
        "CREATE TEMP TABLE affected_household ON COMMIT DROP AS SELECT h.id AS household_id, h.key FROM registry_household h "
        "WHERE EXISTS (SELECT FROM stage s WHERE s.household_key = h.key)"
    )


def supersede() -> None:
    """Staged rows take the place of what their source said before; noted is who is said once more, no earlier than then, to be
    the same in the same household."""
    stage.run("DROP TABLE IF EXISTS pg_temp.said_again")
    stage.run(
        "CREATE TEMP TABLE said_again (person_id uuid, household_id uuid, is_head boolean, said text, head_name text) ON COMMIT DROP"
    )
    stage.run(
        """
        WITH o AS (
            UPDATE registry_source_record r SET superseded_by = s.record_id
            FROM stage s WHERE r.id = s.previous_id AND s.outcome = 'update'
            RETURNING s.person_id, s.household_key, r.household_id, r.relation_to_head, r.head_name,
                (r.relation_to_head, r.head_name, r.person_id) IS NOT DISTINCT FROM (s.relation_to_head, s.head_name, s.person_id)
                AND r.observed_on <= s.observed_on AS again
        )
        INSERT INTO said_again
        SELECT o.person_id, o.household_id, o.relation_to_head IS NOT DISTINCT FROM '0', o.head_name, h.head_name
        FROM o JOIN registry_household h ON h.id = o.household_id AND h.key = o.household_key WHERE o.again
        """
    )


def pass_over() -> None:
    """Take from the affected households those in which nothing changed that could make another person their head.

    That is so where whoever is affected has this one statement and says again what was said, and it names either nobody or
    whom the household has: what was the weightiest is so still, or has made way for one that says the same.
    """
    stage.run(
        """
        DELETE FROM said_again a USING golden g
        WHERE g.person_id = a.person_id
          AND (g.statements > 1 OR CASE WHEN a.is_head THEN g.name ELSE a.said END <> coalesce(a.head_name, ''))
        """
    )
    stage.run("ANALYZE said_again")
    again = "SELECT FROM said_again q WHERE q.person_id = {who}.person_id AND q.household_id = {whose}.household_id"
    stage.run(
        f"""
        DELETE FROM affected_household a WHERE
            NOT EXISTS (SELECT FROM stage s WHERE s.household_key = a.key AND NOT EXISTS ({again.format(who="s", whose="a")}))
        """
    )
    stage.run(
        f"""
        INSERT INTO affected_household SELECT DISTINCT r.household_id
        FROM affected JOIN registry_source_record r USING (person_id)
        WHERE r.household_id IS NOT NULL AND NOT EXISTS ({again.format(who="r", whose="r")})
        """
    )
    stage.run("DROP TABLE said_again")


def recompute() -> int:
    """Store the head of every affected household anew, where it differs; returns how many did.

    A head who has gone over to another household by a weightier statement heads this one no longer. The head is called
    as the golden record says.
    """
    stage.run("ANALYZE affected_household")
    changed = stage.run(
        f"""
        UPDATE registry_household h SET head_name = g.head_name
        FROM (
            SELECT a.household_id, (array_agg(o.head ORDER BY o.rank) FILTER (WHERE o.head IS NOT NULL))[1] AS head_name
            FROM (SELECT DISTINCT household_id FROM affected_household) a
            LEFT JOIN LATERAL (
                SELECT CASE WHEN r.relation_to_head = '0' THEN p.name ELSE r.head_name END AS head,
                       row_number() OVER (ORDER BY {priorities().sql("household")}, {_LATEST}) AS rank
                FROM registry_person p
                JOIN registry_source_record r ON r.person_id = p.id AND r.household_id = a.household_id
                 AND r.superseded_by IS NULL AND r.state = 'linked'
                WHERE p.household_id = a.household_id
            ) o ON true
            GROUP BY a.household_id
        ) g
        WHERE h.id = g.household_id AND h.head_name IS DISTINCT FROM g.head_name
        """
    )
    stage.run("DROP TABLE affected_household")
    return changed


def rekey() -> None:
    """After areas changed (`kernel.area_columns`): a household told by its number in a village is told by the new one.

    Where the village that was joined has a household of that number already, both keep what they had.
    """
    villages = stage.fetch(
        "SELECT DISTINCT left(old_code, 12) AS old, left(new_code, 12) AS new FROM area_heir "
        "WHERE rank = 0 AND length(old_code) >= 12 AND left(old_code, 12) <> left(new_code, 12)",
        {"old": pl.String, "new": pl.String},
    )
    for old, new in villages.iter_rows():
        numbered = stage.fetch(
            "SELECT id, number FROM registry_household WHERE number IS NOT NULL "
            f"AND area_code >= '{new}' AND area_code < '{new}~'",
            {"id": pl.String, "number": pl.String},
        )
        was, now = (
            hexed(secrets.fingerprint_many("household", [f"no:{n}@{village}" for n in numbered["number"].to_list()]))
            for village in (old, new)
        )
        columns = {"id": "uuid", "was": "bytea", "now": "bytea"}
        stage.create("household_key", columns)
        stage.fill("household_key", columns, numbered.select("id", was.alias("was"), now.alias("now")))
        stage.run(
            "UPDATE registry_household h SET key = k.now FROM household_key k WHERE h.id = k.id AND h.key = k.was "
            "AND NOT EXISTS (SELECT FROM registry_household o WHERE o.key = k.now)"
        )
