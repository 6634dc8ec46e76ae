"""The people whom changed rules may concern, slice by slice in the order of their ids, in the table `affected`.

Only who is known from two sources, one of them of the changed rules, can change.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from linli.registry.merge import stage

SLICE = 10_000
# By the index over people: each slice reads on from where the last one ended.
_SLICE = """
CREATE TEMP TABLE affected ON COMMIT DROP AS
SELECT DISTINCT r.person_id FROM registry_source_record r
WHERE r.person_id > %(after)s AND r.source_code = ANY(%(sources)s) AND r.superseded_by IS NULL AND r.state = 'linked'
  AND EXISTS (SELECT FROM registry_source_record o WHERE o.person_id = r.person_id AND o.superseded_by IS NULL
              AND o.state = 'linked' AND o.source_code <> r.source_code)
ORDER BY r.person_id LIMIT %(most)s
"""
BEFORE_ALL = UUID(int=0)


def take(sources: Sequence[str], after: UUID | None, most: int = SLICE) -> tuple[int, UUID | None]:
    """Fill `affected` with the next people; answers how many and the last of them."""
    stage.run("DROP TABLE IF EXISTS pg_temp.affected")
    stage.run(_SLICE, {"after": after or BEFORE_ALL, "sources": list(sources), "most": most})
    stage.run("ANALYZE affected")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), (SELECT person_id FROM affected ORDER BY person_id DESC LIMIT 1) FROM affected"
        )
        count, last = cursor.fetchone() or (0, None)
    return int(count), last
