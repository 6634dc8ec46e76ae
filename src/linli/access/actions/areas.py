"""What happens to grants when areas change: who may act in an area may act in everything that takes it over.

Both are hooks of `kernel.area_columns`, which has staged the heirs in the temporary table `area_heir`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.core import serializers
from django.db import connection

from linli.kernel import clock
from linli.kernel.ids import uuid7

from ..models import Grant
from . import checks

_SUBJECT = "access_grant.target_area"
_LIVE = "(g.until IS NULL OR g.until > %(today)s)"


def open_in_all_heirs() -> None:
    """A column holds one area; where several take over, the grant is repeated for the others. One that goes back to the
    area it came from goes there alone."""
    wanted = list(
        Grant.objects.raw(
            "SELECT g.*, h.new_code AS heir FROM access_grant g JOIN area_heir h ON h.old_code = g.target_area "
            f"AND h.rank > 0 AND h.new_code <> h.old_code AND h.opens WHERE {_LIVE} AND NOT EXISTS "
            "(SELECT FROM area_known k WHERE k.subject = %(subject)s AND k.row_key = g.id::text "
            "AND k.new_code = g.target_area)",
            {"today": clock.today(), "subject": _SUBJECT},
        )
    )
    made = Grant.objects.bulk_create(
        [
            Grant(
                id=uuid7(),
                post_id=g.post_id,
                role_id=g.role_id,
                target_area=str(getattr(g, "heir")),  # noqa: B009
                since=g.since,
                until=g.until,
                area_code=g.area_code,
                granted_by=g.granted_by,
                created_at=clock.now(),
            )
            for g in wanted
        ]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO area_opened SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[])",
            [_SUBJECT, [str(g.id) for g in made], [g.target_area for g in wanted], [g.target_area for g in made]],
        )


def without_doubles() -> None:
    """Where two areas became one, a post that was granted the same in both needs it once."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            DELETE FROM access_grant g USING access_grant o
            WHERE g.target_area IN (SELECT new_code FROM area_heir) AND {_LIVE}
              AND o.post_id = g.post_id AND o.role_id = g.role_id AND o.target_area = g.target_area
              AND o.since = g.since AND o.until IS NOT DISTINCT FROM g.until AND o.id < g.id
            """,
            {"today": clock.today()},
        )


def grants_in(codes: Collection[str]) -> list[dict[str, Any]]:
    """The grants that name one of the areas themselves, as data that `bring_back` understands."""
    rows = Grant.objects.filter(checks.current(), target_area__in=codes).order_by("id")
    kept: list[dict[str, Any]] = json.loads(serializers.serialize("json", rows))
    return kept


def gone(kept: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that are no more: doubles that went when their areas became one."""
    kept = list(kept)
    there = {str(i) for i in Grant.objects.filter(id__in=[e["pk"] for e in kept]).values_list("id", flat=True)}
    return [entry for entry in kept if entry["pk"] not in there]


def bring_back(doubles: Iterable[dict[str, Any]], codes: Collection[str]) -> None:
    """After the areas are two again: the double comes back where its other half still holds; one withdrawn stays so."""
    live = set(Grant.objects.filter(checks.current(), target_area__in=codes).values_list("post_id", "role_id"))
    found = [entry.object for entry in serializers.deserialize("python", doubles)]
    Grant.objects.bulk_create(g for g in found if isinstance(g, Grant) and (g.post_id, g.role_id) in live)
