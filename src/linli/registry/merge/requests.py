"""迁入 requests of a merge: one open request per person and village, carrying the newest statement.

A request that a newer statement replaces is withdrawn, with the record that did it: an approval takes in what the
withdrawn ones carry too (another source's statement is no less true), and an undo opens them again.
"""

from __future__ import annotations

from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor

from . import stage

# The rows that ask, and the last of those that ask the same: it opens the request, the others are carried by it.
_ASKED = """
CREATE TEMP TABLE asked ON COMMIT DROP AS
SELECT s.transfer_id, s.person_id, s.record_id, s.row, p.area_code AS from_area, s.area_code AS to_area,
       last_value(s.record_id) OVER (PARTITION BY s.person_id, left(s.area_code, 12) ORDER BY s.observed_on, s.row
           ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS last_record
FROM stage s JOIN registry_person p ON p.id = s.person_id
WHERE s.outcome = 'transfer'
"""
# Open requests whose own statement comes anew, wherever to, and those for the same person and village.
_REPLACED = """
CREATE TEMP TABLE replaced ON COMMIT DROP AS
SELECT DISTINCT ON (id) id, record_id, by_record, same_key
FROM (
    SELECT t.id, t.record_id, s.record_id AS by_record, true AS same_key
    FROM registry_transfer t JOIN registry_source_record r ON r.id = t.record_id
    JOIN stage s ON s.match_key = r.match_key AND s.person_id = t.person_id
    WHERE t.state = 'open' AND r.source_code = %(source)s AND s.outcome IN ('update', 'transfer')
    UNION ALL
    SELECT t.id, t.record_id, a.last_record, false
    FROM registry_transfer t JOIN asked a
      ON a.person_id = t.person_id AND left(a.to_area, 12) = left(t.to_area, 12)
    WHERE t.state = 'open'
) newer
ORDER BY id, same_key DESC, by_record DESC
"""


def open_requests(source: str, batch_id: UUID | None, uploader: Actor) -> int:
    """Open a 迁入 request for whomever the base holds only outside the uploader's areas; returns how many rows ask."""
    stage.run("DROP TABLE IF EXISTS pg_temp.asked, pg_temp.replaced")
    stage.run(_ASKED)
    stage.run(_REPLACED, {"source": source})
    stage.run(
        "UPDATE registry_source_record r SET superseded_by = x.by_record FROM replaced x "
        "WHERE r.id = x.record_id AND x.same_key"
    )
    stage.run(
        "UPDATE registry_transfer t SET state = 'withdrawn', replaced_by = x.by_record FROM replaced x WHERE t.id = x.id"
    )
    return stage.run(
        """
        INSERT INTO registry_transfer
            (id, person_id, record_id, batch_id, row, from_area, to_area, state, opened_at, opened_by, replaced_by)
        SELECT transfer_id, person_id, record_id, %(batch)s, row, from_area, to_area,
               CASE WHEN record_id = last_record THEN 'open' ELSE 'withdrawn' END, %(now)s, %(by)s,
               CASE WHEN record_id <> last_record THEN last_record END
        FROM asked
        """,
        {"batch": batch_id, "now": clock.now(), "by": uploader.id},
    )


def note_reopening(batch_id: UUID) -> None:
    """Collect the requests that records of a batch have replaced, and by which later record they stay replaced."""
    stage.run("DROP TABLE IF EXISTS pg_temp.reopened")
    stage.run(
        """
        CREATE TEMP TABLE reopened ON COMMIT DROP AS
        SELECT t.id, t.record_id, CASE WHEN last.id IS NULL THEN own.replaced_by ELSE last.replaced_by END AS replaced_by
        FROM registry_transfer t
        JOIN registry_source_record n ON n.id = t.replaced_by AND n.batch_id = %(batch)s
        LEFT JOIN registry_transfer own ON own.record_id = n.id
        LEFT JOIN registry_transfer last ON last.record_id = own.replaced_by AND last.batch_id = %(batch)s
        WHERE t.batch_id IS DISTINCT FROM %(batch)s
        """,
        {"batch": batch_id},
    )


def reopen() -> None:
    """Open again what a batch that is gone has replaced; what somebody asked for since stays asked once."""
    stage.run("UPDATE registry_transfer t SET replaced_by = x.replaced_by FROM reopened x WHERE t.id = x.id")
    stage.run(
        """
        UPDATE registry_transfer t SET state = 'open' FROM reopened x
        WHERE t.id = x.id AND x.replaced_by IS NULL AND NOT EXISTS (
            SELECT FROM registry_transfer o WHERE o.state = 'open' AND o.person_id = t.person_id
             AND left(o.to_area, 12) = left(t.to_area, 12))
        """
    )
    stage.run(
        """
        UPDATE registry_source_record r SET state = 'transfer' FROM reopened x JOIN registry_transfer t USING (id)
        WHERE r.id = x.record_id AND t.state = 'open' AND r.state = 'rejected'
        """
    )
    stage.run("DROP TABLE reopened")
