"""What becomes of cases when a category becomes one for restricted readers: they are marked with it. The mark stays though the category
loses its own: whoever keeps the directory opens no case by that. Statements over `cases_case`, which knows categories and not the
other way round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.kernel.actors import system
from linli.kernel.scope import acting

#: A matter is one whatever became of it: what was merged into a case, and what was split from it.
_FAMILY = """
WITH RECURSIVE joined AS (
    SELECT m.case_id AS a, m.main_id AS b FROM cases_merge m WHERE m.undone_at IS NULL
    UNION ALL SELECT m.main_id, m.case_id FROM cases_merge m WHERE m.undone_at IS NULL
    UNION ALL SELECT k.child_id, k.parent_id FROM cases_child k
    UNION ALL SELECT k.parent_id, k.child_id FROM cases_child k
), family AS (
    SELECT c.id, c.id AS root FROM cases_case c WHERE c.id = ANY(%(ids)s)
    UNION
    SELECT j.b, f.root FROM family f JOIN joined j ON j.a = f.id
)
"""
_MARKED = "SELECT c.id FROM cases_case c JOIN cases_category g ON g.id = c.category_id WHERE c.restricted_to = '' AND g.restricted_to <> ''"
_MEMBERS = f"""{_FAMILY}
SELECT c.id, c.restricted_to, coalesce(g.restricted_to, '') AS own, coalesce(m.case_mark, '') AS brought, f.root
FROM (SELECT id, min(root::text) AS root FROM family GROUP BY id) f
JOIN cases_case c ON c.id = f.id LEFT JOIN cases_category g ON g.id = c.category_id
LEFT JOIN cases_merge m ON m.case_id = c.id AND m.undone_at IS NULL ORDER BY c.id
"""
_CARRY = """
UPDATE cases_case c SET restricted_to = m.mark FROM unnest(%(ids)s::uuid[], %(marks)s::text[]) AS m (id, mark)
WHERE c.id = m.id AND c.restricted_to <> m.mark
"""
_FOLLOW = (
    *(
        f"UPDATE {table} s SET restricted_to = m.mark FROM unnest(%(ids)s::uuid[], %(marks)s::text[]) AS m (id, mark) "
        "WHERE s.case_id = m.id AND s.restricted_to <> m.mark"
        for table in ("cases_support", "cases_hand_over")
    ),
    #: Figures are everybody's, so that they count nothing of what is not; what is open again is drawn with its next step.
    "DELETE FROM cases_evaluation_fact f USING unnest(%(ids)s::uuid[], %(marks)s::text[]) AS m (id, mark) "
    "WHERE f.case_id = m.id AND m.mark <> ''",
)


#: A link keeps what its ends have to have once it is undone: the mark of a category stays theirs, whenever it came.
_REMEMBER = tuple(
    f"UPDATE cases_merge m SET {column} = g.restricted_to FROM cases_case c JOIN cases_category g ON g.id = c.category_id "
    f"WHERE c.id = m.{end} AND m.{end} = ANY(%(ids)s) AND m.undone_at IS NULL AND g.restricted_to NOT IN ('', m.{column})"
    for column, end in (("case_mark", "case_id"), ("main_mark", "main_id"))
)


@dataclass(frozen=True, slots=True)
class Member:
    """A case of a family: the mark it has, that of its category, and the one it had before it was merged into another. `root`: by
    what families are told apart."""

    id: UUID
    mark: str
    own: str
    brought: str
    root: str


def mark_cases() -> int:
    """Mark the cases whose category is for restricted readers and that are not marked yet; returns how many. By index: such
    categories are few."""
    with acting(system("cases", settings.LINLI_DISTRICT)), connection.cursor() as cursor:
        cursor.execute(_MARKED)
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        level(ids)
    return len(ids)


def level(ids: list[UUID], *, filed: bool = False) -> dict[UUID, str]:
    """Give cases, and those they are joined to or split from, one mark: each that of its own category, the others what it has or what
    the family has. `filed`: a reader gave the case its category just now, so that a mark goes that no category of the family has.
    Returns the marks. As the program: some of them may be out of the actor's sight."""
    return _carry([(each, each.own or ("" if filed else each.mark)) for each in family(ids)])


def part(was: dict[UUID, str]) -> None:
    """Give cases that are one matter no more the marks they have each with its own: that of a category stays, and what a case had
    when it was joined (`was`, and what still hangs on each); what it had from the other goes. Nothing is marked by it anew."""
    done: set[UUID] = set()
    for id_ in was:
        if id_ not in done:
            members = family([id_])
            done |= {each.id for each in members}
            _carry([(each, each.own or (each.mark and was.get(each.id, each.brought))) for each in members])


def family(ids: list[UUID]) -> list[Member]:
    """Cases with all that they are joined to or split from, whoever sees them. One query."""
    with acting(system("cases", settings.LINLI_DISTRICT)), connection.cursor() as cursor:
        cursor.execute(_MEMBERS, {"ids": ids})
        return [Member(*row) for row in cursor.fetchall()]


def _carry(own: list[tuple[Member, str]]) -> dict[UUID, str]:
    """Write the marks of families: each case what it has by itself, the others the first of these in theirs."""
    kept = {member.root: mark for member, mark in reversed(own) if mark}
    found = {member.id: mark or kept.get(member.root, "") for member, mark in own}
    params: dict[str, Any] = {"ids": list(found), "marks": list(found.values())}
    with acting(system("cases", settings.LINLI_DISTRICT)), connection.cursor() as cursor:
        for statement in (_CARRY, *_FOLLOW, *_REMEMBER):
            cursor.execute(statement, params)
    return found
