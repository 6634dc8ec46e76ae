"""Area columns: towns, villages and grids by code or by any name people use, never guessed where two would fit."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass

import polars as pl

from linli.places.addresses import Gazetteer

from .codes import word

Look = Callable[[str, str | None], list[str]]


@dataclass(frozen=True, slots=True)
class Resolved:
    """Per row: the area code, codes it may also be ("|" between), and whether what was written is unknown."""

    code: pl.Series
    alternatives: pl.Series
    unknown: pl.Series


COMPOUNDS = {"village_code": pl.String, "compound": pl.String, "grid": pl.String, "from_intake": pl.Boolean}


class Areas:
    """The names and codes of one district. `grids`: code to name; `compounds`: those in one grid (columns COMPOUNDS)."""

    def __init__(
        self, gazetteer: Gazetteer, grids: Dict[str, str] | None = None, compounds: pl.DataFrame | None = None
    ) -> None:
        self.gazetteer = gazetteer
        self.compounds = compounds if compounds is not None else pl.DataFrame(schema=COMPOUNDS)
        self.grids = dict(grids or {})
        self._grids_by_name: dict[str, list[str]] = {}
        for code, name in self.grids.items():
            self._grids_by_name.setdefault(word(name), []).append(code)

    def label(self, code: str) -> str:
        """What to call an area: 昆仑镇聂村, with the grid's name if it has one."""
        name = self.gazetteer.label(code[:12])
        return f"{name}{self.grids.get(code, '')}" if len(code) > 12 else name or code

    def town(self, value: str) -> list[str]:
        """The towns a cell may mean. Codes are read as 统计局 gives them; 12 digits with a zero tail are a town's."""
        text = word(value)
        if text.isdigit():
            code = text[:9]
            return [code] if code in self.gazetteer.towns and text[9:].strip("0") == "" else []
        found = self.gazetteer.town_names.get(text) or self.gazetteer.short_town_names.get(text)
        return [found] if found else []

    def village(self, value: str, town: str | None = None) -> list[str]:
        """The villages a cell may mean, in `town` if that is known."""
        text = word(value)
        if text.isdigit():
            return [text] if text in self.gazetteer.villages else []
        for full, short in self._without_town(text, town):
            named = self.gazetteer.village_names.get(short) or ()
            inside = [n for n in named if n.code.startswith(full)]
            if inside:
                best = min(n.rank for n in inside)
                return [n.code for n in inside if n.rank == best]
        return []

    def _without_town(self, text: str, town: str | None) -> list[tuple[str, str]]:
        ways = [(town or "", text)]
        district = self.gazetteer.district.name
        text = text.removeprefix(district)
        for size, code in (*self.gazetteer.town_names.at(text), *self.gazetteer.short_town_names.at(text)):
            if size < len(text) and (not town or town == code):
                ways.append((code, text[size:]))
        return ways

    def grid(self, value: str, village: str | None = None) -> list[str]:
        """The grids a cell may mean: 15 digits, or a name that is the only one in the village."""
        text = word(value)
        if text.isdigit() and len(text) == 15:
            return [text] if text in self.grids else []
        return [c for c in self._grids_by_name.get(text, []) if c.startswith(village or "")]

    def resolve(self, kind: str, values: pl.Series, inside: pl.Series | None = None, prefer: str = "") -> Resolved:
        """A column of area names or codes; `inside` is the code of the wider area per row. One look per pair.

        Of several areas the only one in `prefer`, the area the table was brought for, is meant.
        """
        frame = pl.DataFrame(
            {
                "value": values,
                "inside": inside
                if inside is not None
                else pl.Series([None], dtype=pl.String).new_from_index(0, values.len()),
            }
        )
        distinct = frame.unique().drop_nulls("value")
        ways: dict[str, Look] = {"town": lambda v, _: self.town(v), "village": self.village, "grid": self.grid}
        look = ways[kind]
        answers = [_preferred(look(value, within), prefer) for value, within in distinct.iter_rows()]
        told = distinct.with_columns(
            pl.Series("code", [a[0] if len(a) == 1 else None for a in answers], dtype=pl.String),
            pl.Series("many", ["|".join(a) if len(a) > 1 else None for a in answers], dtype=pl.String),
            pl.Series("unknown", [not a for a in answers], dtype=pl.Boolean),
        )
        out = frame.join(told, on=["value", "inside"], how="left", nulls_equal=True, maintain_order="left")
        return Resolved(out["code"], out["many"], out["unknown"].fill_null(False))


def _preferred(codes: list[str], prefer: str) -> list[str]:
    near = [code for code in codes if prefer and code.startswith(prefer)]
    return near if len(codes) > 1 and len(near) == 1 else codes
