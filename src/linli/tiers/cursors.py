"""Cursors of this room's lists, read strictly: one of another list is refused, and never reaches a statement."""

from __future__ import annotations

from uuid import UUID

from linli.kernel import paging
from linli.kernel.errors import Invalid


def after_id(cursor: str | None) -> UUID | None:
    """The id a page goes on after. Raises Invalid."""
    key = paging.decode(cursor, 1)
    return _id(key[0]) if key else None


def after_year(cursor: str | None) -> tuple[int, UUID] | None:
    """The year and id a page goes on after. Raises Invalid."""
    key = paging.decode(cursor, 2)
    if not key:
        return None
    if not isinstance(key[0], int) or not 0 < key[0] < 10_000:
        raise Invalid(reason="cursor")
    return key[0], _id(key[1])


def _id(part: object) -> UUID:
    try:
        return UUID(str(part))
    except ValueError:
        raise Invalid(reason="cursor") from None
