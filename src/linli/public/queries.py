"""What the public doors ask the database: one function each, as a role that has no right on any table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connections

#: The connection of Django's settings that the public doors use.
ALIAS = "public"
#: The functions the role may call; `linli migrate` grants them, `linli doctor` looks that there are no others.
FUNCTIONS = ("public_door(text)",)
# 128 random bits in base64url (places.buildings.home_actions).
_FORM = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who stands for the grid or its village today, with the number given out to residents."""

    duty: str  # chief | lead | worker
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Door:
    """What anybody may know who stands before a door; texts are empty where nothing is known."""

    district: str
    town: str
    village: str
    kind: str  # 居委会 or 村委会 as the region says
    grid: str
    compound: str
    staff: tuple[Contact, ...]


def door(code: str) -> Door | None:
    """What the code on a door says to residents; None for one that is void, never was, or is no code."""
    if not _FORM.fullmatch(code):
        return None
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT public_door(%s)", [code])
        (found,) = cursor.fetchone() or (None,)
    return _read(found) if found else None


def _read(found: Any) -> Door:
    import orjson

    said: dict[str, Any] = orjson.loads(found) if isinstance(found, str | bytes) else found
    staff = tuple(Contact(**entry) for entry in said.pop("staff"))
    return Door(**{name: value or "" for name, value in said.items()}, staff=staff)
