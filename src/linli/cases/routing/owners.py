"""Who owns, keeps or answers for the component a case is about: the nearest of its class around the case's position.

GB/T 47678.5 gives a component's 主管部门, 权属单位 and 养护单位; a case names no component, so the nearest of the class in the same
grid counts, within `NEAR` metres (inferred: twice the poorest accuracy that components are surveyed to).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from ..categories.models import Category
from ..categories.rules import CategoryKey, lender
from ..engine.models import Case

NEAR = 20.0
METRES_OF_DEGREE = 111_320.0
#: What a case is about, where that is a component: its own class, or the one a matter ("…异常") is about.
CLASS = "CASE WHEN g.kind = 'component' OR (g.kind = 'matter' AND left(g.code, 2) <= '05') THEN g.code END"
#: The names and codes of the nearest component of class `k.class` around `c`, as one sorted text; a LATERAL of `c` and `k`.
NEAREST = f"""
SELECT (SELECT string_agg(DISTINCT o, chr(31) ORDER BY o) FROM unnest(ARRAY[
           r.department_code, r.department_name, r.owner_code, r.owner_name, r.keeper_code, r.keeper_name]) o
        WHERE o <> '') AS owners
FROM registry_component r
WHERE r.area_code = c.area_code AND r.component_class = k.class
  AND ((r.lon - c.lon) * cos(radians(c.lat))) ^ 2 + (r.lat - c.lat) ^ 2 <= ({NEAR} / {METRES_OF_DEGREE}) ^ 2
ORDER BY ((r.lon - c.lon) * cos(radians(c.lat))) ^ 2 + (r.lat - c.lat) ^ 2, r.id
LIMIT 1
"""
_ONE = f"""
SELECT n.owners FROM (VALUES (%s::text, %s::float8, %s::float8)) c(area_code, lon, lat), (VALUES (%s::text)) k(class),
    LATERAL ({NEAREST}) n
"""

_MANY = f"""
SELECT c.id, n.owners FROM cases_case c JOIN cases_category g ON g.id = c.category_id,
    LATERAL (SELECT {CLASS} AS class) k, LATERAL ({NEAREST}) n
WHERE c.id = ANY(%s::uuid[]) AND n.owners IS NOT NULL
"""


def owners_of(case: Case, category: Category | None) -> frozenset[str]:
    """What the component of a case belongs to goes by; nothing where it is about none or has no position. One query."""
    if category is None or case.lon is None or case.lat is None or not about_component(category):
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [case.area_code, case.lon, case.lat, category.code])
        row: Any = cursor.fetchone()
    return split(row[0]) if row else frozenset()


def owners_of_many(ids: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """The same of many cases; those with nothing to tell are left out. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [list(ids)])
        return {case_id: split(owners) for case_id, owners in cursor.fetchall()}


def about_component(category: Category) -> bool:
    """Whether cases of a category are about a component."""
    return (
        category.kind == "component"
        or lender(CategoryKey(category.standard_ref, category.kind, category.code)) is not None
    )


def split(owners: str | None) -> frozenset[str]:
    """The names and codes in a text as `NEAREST` answers it."""
    return frozenset((owners or "").split("\x1f")) - {""}
