"""Undoing a batch: its records go, what they superseded stands again, and everything derived is computed anew."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.scope import acting, current
from linli.registry.matching import filing
from linli.registry.problems import RestedUpon

from . import derive, dwellings, golden, households, requests, stage
from .run import lock

MOST_BLOCKERS = 100


@dataclass(frozen=True, slots=True)
class Blocker:
    """A later statement that rests on the batch: its person would lose what it was said about."""

    subject_id: UUID  # of the person
    record_id: UUID
    source_code: str
    batch_id: UUID | None
    row: int | None


# A later record rests on the batch when it superseded one of its records, when its person exists only because of the
# batch (nothing about the person was recorded before), or when what a 迁入 request of it carried was let in. So does a
# 迁入 request of somebody else that waits for a person who exists only because of the batch, and a relation, tag or custom
# value stated of such a person. So does a join or split by hand that carried one of its records, or for which they are all that stayed.
_BLOCKERS = """
SELECT DISTINCT ON (later.id) later.person_id, later.id, later.source_code, later.batch_id, later.row
FROM registry_source_record own
JOIN registry_source_record later ON later.person_id = own.person_id
WHERE own.batch_id = %(batch)s AND later.batch_id IS DISTINCT FROM own.batch_id AND later.recorded_at >= own.recorded_at
  AND (own.superseded_by = later.id OR NOT EXISTS (
        SELECT FROM registry_source_record earlier
        WHERE earlier.person_id = own.person_id AND earlier.batch_id IS DISTINCT FROM own.batch_id
          AND earlier.recorded_at < own.recorded_at))
UNION ALL
SELECT t.person_id, t.record_id, r.source_code, t.batch_id, t.row
FROM registry_transfer t JOIN registry_source_record r ON r.id = t.record_id
WHERE t.batch_id = %(batch)s AND r.state = 'linked'
UNION ALL
SELECT t.person_id, t.record_id, r.source_code, t.batch_id, t.row
FROM registry_transfer t JOIN registry_source_record r ON r.id = t.record_id
WHERE t.batch_id IS DISTINCT FROM %(batch)s AND t.state = 'open'
  AND EXISTS (SELECT FROM registry_source_record own
              WHERE own.person_id = t.person_id AND own.batch_id = %(batch)s)
  AND NOT EXISTS (SELECT FROM registry_source_record other
                  WHERE other.person_id = t.person_id AND other.batch_id IS DISTINCT FROM %(batch)s)
UNION ALL
SELECT t.person_id, t.id, t.source_code, t.batch_id, t.row
FROM (SELECT id, person_id, source_code, batch_id, row FROM registry_relation
      UNION ALL SELECT id, person_id, source_code, batch_id, row FROM registry_tag
      UNION ALL SELECT id, person_id, source_code, NULL, NULL FROM registry_custom_value) t
WHERE t.batch_id IS DISTINCT FROM %(batch)s
  AND EXISTS (SELECT FROM registry_source_record own
              WHERE own.person_id = t.person_id AND own.batch_id = %(batch)s)
  AND NOT EXISTS (SELECT FROM registry_source_record other
                  WHERE other.person_id = t.person_id AND other.batch_id IS DISTINCT FROM %(batch)s)
UNION ALL
SELECT r.person_id, r.id, 'manual', NULL, NULL
FROM registry_source_record r JOIN registry_regrouped m ON m.row_id = r.id
JOIN registry_regrouping g ON g.id = m.regrouping_id AND g.undone_at IS NULL
WHERE r.batch_id = %(batch)s AND m.what = 'registry_source_record.person_id'
UNION ALL
SELECT g.to_person, g.id, 'manual', NULL, NULL
FROM (SELECT DISTINCT person_id FROM registry_source_record WHERE batch_id = %(batch)s AND person_id IS NOT NULL) own
JOIN registry_regrouping g ON own.person_id = CASE g.kind WHEN 'join' THEN g.to_person ELSE g.from_person END
WHERE g.undone_at IS NULL AND NOT EXISTS (
    SELECT FROM registry_source_record other
    WHERE other.person_id = own.person_id AND other.batch_id IS DISTINCT FROM %(batch)s AND other.recorded_at < g.made_at
      AND other.id NOT IN (SELECT m.row_id FROM registry_regrouped m WHERE m.regrouping_id = g.id))
LIMIT %(most)s
"""


def undo_blockers(batch_id: UUID, district: str) -> list[Blocker]:
    """What keeps a batch from being undone; empty when nothing does."""
    with acting(system("matching", district)):
        return _blockers(batch_id)


def _blockers(batch_id: UUID) -> list[Blocker]:
    with connection.cursor() as cursor:
        cursor.execute(_BLOCKERS, {"batch": batch_id, "most": MOST_BLOCKERS})
        return [Blocker(*row) for row in cursor.fetchall()]


def undo_people(batch_id: UUID, uploader: Actor, district: str) -> int:
    """Take a batch back exactly; returns how many people it touched.

    Raises RestedUpon when later entries rest on the batch: between asking for the undo and doing it, others merge.
    """
    actor = Actor(
        kind="system", id=uploader.id, name=uploader.name, grants=system("matching", district).grants,
        request_id=current().request_id or str(batch_id),
    )  # fmt: skip
    params = {"batch": batch_id}
    with acting(actor):
        lock()
        if found := _blockers(batch_id):
            raise RestedUpon(count=len(found))
        stage.run("DROP TABLE IF EXISTS pg_temp.affected, pg_temp.gone")
        # A decided review may have taken a record away from one person for another: both are affected.
        stage.run(
            "CREATE TEMP TABLE affected ON COMMIT DROP AS SELECT person_id FROM registry_source_record "
            "WHERE batch_id = %(batch)s AND person_id IS NOT NULL UNION "
            "SELECT o.person_id FROM registry_source_record n JOIN registry_source_record o ON o.superseded_by = n.id "
            "WHERE n.batch_id = %(batch)s AND o.person_id IS NOT NULL",
            params,
        )
        stage.run("ANALYZE affected")
        households.note_affected()
        touched = stage.run("SELECT person_id FROM affected")
        requests.note_reopening(batch_id)
        stage.run("DELETE FROM registry_transfer WHERE batch_id = %(batch)s", params)
        stage.run(
            "CREATE TEMP TABLE reinstated ON COMMIT DROP AS SELECT o.id, n.superseded_by FROM registry_source_record n "
            "JOIN registry_source_record o ON o.superseded_by = n.id WHERE n.batch_id = %(batch)s AND o.id <> n.id",
            params,
        )
        # Keys taken over by a decided review go back; where the next one has taken them since, that one holds them.
        stage.run(
            "CREATE TEMP TABLE released ON COMMIT DROP AS SELECT o.id, n.match_key, n.released_by "
            "FROM registry_source_record n JOIN registry_source_record o ON o.released_by = n.id "
            "WHERE n.batch_id = %(batch)s",
            params,
        )
        stage.run(
            "DELETE FROM registry_review_assignment a USING registry_source_record r "
            "WHERE a.record_id = r.id AND r.batch_id = %(batch)s",
            params,
        )
        filing.forget_batch(batch_id)
        # Residences point at the records that state them; they are computed again below.
        stage.run("DELETE FROM registry_source_record WHERE batch_id = %(batch)s", params)
        stage.run(
            "UPDATE registry_source_record r SET superseded_by = x.superseded_by FROM reinstated x WHERE r.id = x.id",
        )
        requests.reopen()
        stage.run(
            "UPDATE registry_source_record r SET released_by = x.released_by, "
            "match_key = CASE WHEN x.released_by IS NULL THEN x.match_key ELSE r.match_key END "
            "FROM released x WHERE r.id = x.id",
        )
        stage.run("DROP TABLE reinstated, released")
        stage.run(
            "CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT a.person_id FROM affected a WHERE NOT EXISTS "
            "(SELECT FROM registry_source_record r WHERE r.person_id = a.person_id AND r.state = 'linked')"
        )
        stage.run("ANALYZE gone")
        filing.forget_people("gone")
        derive.forget("gone")
        derive.forget_ties("gone")
        stage.run("DELETE FROM registry_residence r USING gone g WHERE r.person_id = g.person_id")
        stage.run("DELETE FROM registry_person p USING gone g WHERE p.id = g.person_id")
        stage.run("DELETE FROM affected a USING gone g WHERE a.person_id = g.person_id")
        golden.recompute(created_at=clock.now())
        derive.recompute()
        households.recompute()
        stage.analyze(touched)
        stage.run(
            "DELETE FROM registry_household h WHERE h.batch_id = %(batch)s AND NOT EXISTS "
            "(SELECT FROM registry_source_record r WHERE r.household_id = h.id)",
            params,
        )
        dwellings.forget(batch_id)
    return touched
