"""Who reads matters of restricted readers (限定人员, `Category.restricted_to`): the first of the two fences, of which `kernel.rls.read_by`
is the second. They are seen where they lie by who holds the right of their mark (`permissions.READERS`), by who handles for their
unit with that right, and by nobody else.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.kernel.scoped import within
from linli.registry.queries import sql

from ..permissions import READERS, VIEW
from .models import Case


def reads(actor: Actor, mark: str, area_code: str) -> bool:
    """Whether `actor` reads what has `mark` in an area."""
    return not mark or actor.may(READERS[mark], area_code)


def may_use(actor: Actor, mark: str, area_code: str) -> bool:
    """Whether `actor` may report or file under a category of `mark` there: a person alone, no public door and no program."""
    return not mark or (actor.kind == "staff" and reads(actor, mark, area_code))


def marks_of(actor: Actor) -> list[str]:
    """The marks whose categories `actor` may choose somewhere."""
    return [mark for mark, right in READERS.items() if actor.kind == "staff" and actor.may(right)]


def oversees(actor: Actor, case: Case) -> bool:
    """Whether `actor` sees a case for the area it lies in, and so all that is written about it."""
    if case.restricted_to:
        return reads(actor, case.restricted_to, case.area_code)
    return actor.may(VIEW, case.area_code)


def by_area(
    actor: Actor, permission: str, inside: tuple[str, ...], params: dict[str, Any], name: str = "", marked: bool = True
) -> list[str]:
    """What is seen by area with `permission` (inside some areas, where given), as SQL over `cases_case c`: what is for everybody by
    who sees cases, what is restricted by its readers. Adds to `params`; `name` tells those of several conditions
    apart; `marked` False leaves out all that is about restricted readers."""
    found, held = [], areas.intersect(actor.areas_for(VIEW), actor.areas_for(permission))
    held = areas.intersect(held, inside) if inside else held
    if held:
        found.append(sql.ranges(held, "c.area_code", params, name) + (" AND c.restricted_to = ''" if marked else ""))
    theirs = []
    for serial, (mark, right) in enumerate(READERS.items() if marked else ()):
        held = actor.areas_for(right)
        held = areas.intersect(held, actor.areas_for(permission)) if permission != VIEW else held
        held = areas.intersect(held, inside) if inside else held
        if held:
            theirs.append(
                f"c.restricted_to = '{mark}' AND {sql.ranges(held, 'c.area_code', params, f'{name}m{serial}')}"
            )
    if theirs:
        found.append(f"c.restricted_to <> '' AND ({' OR '.join(theirs)})")
    return found


def readable(actor: Actor, params: dict[str, Any]) -> str:
    """The SQL condition on cases `c`, which are seen by unit, that their mark does not keep them from `actor`. Adds to `params`."""
    if not actor.readers:
        return "c.restricted_to = ''"
    params["readers"] = list(actor.readers)
    marked = " OR ".join(
        f"({each} || ':' || c.area_code) ^@ ANY(%(readers)s::text[])" for each in ("c.restricted_to", "'*'")
    )
    return f"(c.restricted_to = '' OR {marked})"


def looked_up(actor: Actor) -> Q:
    """`readable` for looking cases up."""
    found = Q(restricted_to="")
    for mark, right in READERS.items():
        if held := actor.areas_for(right):
            found |= Q(restricted_to=mark) & within(held)
    return found


def looked_up_by_area(actor: Actor) -> list[Q]:
    """`by_area` for looking cases up."""
    found = [Q(restricted_to="") & within(held)] if (held := actor.areas_for(VIEW)) else []
    marked = [
        Q(restricted_to=mark) & within(held) for mark, right in READERS.items() if (held := actor.areas_for(right))
    ]
    return found + marked
