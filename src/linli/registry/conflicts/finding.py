"""Finding conflicts, set-based: for the people in `affected`, whenever what is stated of them has changed."""

from __future__ import annotations

from uuid import UUID

import polars as pl

from linli.kernel import clock
from linli.kernel.ids import uuid7_many
from linli.registry.codes import MANUAL
from linli.registry.merge import stage
from linli.registry.merge.priorities import priorities

from .models import Conflict
from .rules import ASKED, TRUSTED

_IDS = {"id": "uuid", "person_id": "uuid", "field": "text"}


def recompute() -> None:
    """Open the conflicts there are, and take away open ones there are no more; decided ones stay. After `golden.recompute`.

    A set of values that was decided about is not asked about again.
    """
    known = priorities()
    current = f"r.superseded_by IS NULL AND r.state = 'linked' AND r.source_code <> '{MANUAL}'"
    stated = ", ".join(f"('{field}', {value}, {known.sql(field)} <= {TRUSTED})" for field, value in ASKED.items())
    stage.run("DROP TABLE IF EXISTS pg_temp.wanted_conflict")
    stage.run(
        f"""
        CREATE TEMP TABLE wanted_conflict ON COMMIT DROP AS
        SELECT r.person_id, v.field, md5(string_agg(DISTINCT v.value, '|' ORDER BY v.value)) AS values_key,
               count(DISTINCT v.value) AS distinct_values
        FROM (
            -- Whom several sources speak of: of most people one does.
            SELECT g.person_id FROM golden g JOIN registry_source_record r ON r.person_id = g.person_id
            WHERE g.statements > 1 AND {current} GROUP BY 1 HAVING min(r.source_code) <> max(r.source_code)
        ) a JOIN registry_source_record r ON r.person_id = a.person_id
        CROSS JOIN LATERAL (VALUES {stated}) v (field, value, trusted)
        WHERE {current} AND v.trusted AND v.value IS NOT NULL
        GROUP BY r.person_id, v.field
        HAVING count(DISTINCT v.value) > 1 AND count(DISTINCT r.source_code) > 1
        """
    )
    same = "w.person_id = c.person_id AND w.field = c.field AND w.values_key = c.values_key"
    stage.run(
        "DELETE FROM registry_conflict c USING affected a WHERE c.person_id = a.person_id AND c.state = 'open' "
        f"AND NOT EXISTS (SELECT FROM wanted_conflict w WHERE {same})"
    )
    missing = stage.fetch_slices(
        "SELECT w.person_id, w.field FROM wanted_conflict w "
        f"WHERE NOT EXISTS (SELECT FROM registry_conflict c WHERE {same})",
        {"person_id": pl.String, "field": pl.String},
    )
    if not missing.height:
        return
    stage.create("conflict_id", _IDS)
    stage.fill_slices(
        "conflict_id",
        _IDS,
        (part.with_columns(pl.Series("id", uuid7_many(part.height), pl.String)) for part in missing),
    )
    stage.run(
        """
        INSERT INTO registry_conflict (id, person_id, area_code, field, values_key, distinct_values, state, opened_at,
                                       reason)
        SELECT i.id, w.person_id, p.area_code, w.field, w.values_key, w.distinct_values, 'open', %(now)s, ''
        FROM conflict_id i JOIN wanted_conflict w USING (person_id, field) JOIN registry_person p ON p.id = w.person_id
        """,
        {"now": clock.now()},
    )


def settle(person_id: UUID, fields: list[str], by: str, reason: str) -> int:
    """Say of open conflicts about these fields that somebody has decided, by stating the fields by hand."""
    return Conflict.objects.filter(person_id=person_id, field__in=fields, state=Conflict.State.OPEN).update(
        state=Conflict.State.DECIDED, decided_at=clock.now(), decided_by=by, reason=reason
    )
