"""The codes on the doors of homes as pictures. A code holds an address of the console and nothing about the home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.places.buildings.rules import natural
from linli.places.permissions import HOMES
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.registry.queries import sql

# Read at an arm's length from a wet or scratched sticker: a quarter of it may be gone (ISO/IEC 18004, level Q).
_LEVEL = "q"


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A home and its code; None where it has none yet."""

    dwelling_id: UUID
    standard: str
    unit: str
    room: str
    code: str | None


def codes_of(actor: Actor, building_id: UUID) -> tuple[str, list[CodeLine]]:
    """The name of a building the actor keeps, and its homes with their codes as they lie along the stairs.

    Whoever reads the codes can print them, so this asks for the right to make them. Raises NotFound.
    """
    params: dict[str, Any] = {"id": building_id}
    held = sql.ranges(sql.held(actor, HOMES), "{0}.area_code", params)
    named = sql.rows(_Named, f"SELECT name FROM places_building b WHERE b.id = %(id)s AND {held.format('b')}", params)
    if not named:
        raise NotFound()
    lines = sql.rows(
        CodeLine,
        "SELECT d.id AS dwelling_id, d.standard, d.unit, d.room, q.code FROM places_dwelling d "
        "LEFT JOIN places_dwelling_code q ON q.dwelling_id = d.id "
        f"WHERE d.building_id = %(id)s AND {held.format('d')} ORDER BY d.id",
        params,
    )
    return named[0].name, sorted(lines, key=lambda line: (natural(line.unit), natural(line.room)))


@dataclass(frozen=True, slots=True)
class _Named:
    name: str


@dataclass(frozen=True, slots=True)
class _Meant:
    dwelling_id: UUID


def meaning_of(actor: Actor, code: str) -> UUID:
    """The home a code stands for. Raises NotFound for a code that was replaced, never was, or means a home elsewhere."""
    params: dict[str, Any] = {"code": code}
    held = sql.ranges(sql.held(actor, VIEW_PLACES), "q.area_code", params)
    found = sql.rows(
        _Meant, f"SELECT dwelling_id FROM places_dwelling_code q WHERE q.code = %(code)s AND {held}", params
    )
    if not found:
        raise NotFound()
    return found[0].dwelling_id


def drawn(url: str) -> tuple[int, str]:
    """A QR code (ISO/IEC 18004) of an address: its size in modules without the quiet zone, and an SVG path of the dark ones."""
    import segno

    matrix = segno.make(url, error=_LEVEL, micro=False, boost_error=False).matrix
    runs: list[str] = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                runs.append(f"M{start} {y}h{x - start}v1H{start}z")
            x += 1
    return len(matrix), "".join(runs)
