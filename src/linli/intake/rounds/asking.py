"""The rows of a round as one SQL table, with what of each is asked for: for figures by area, pages to complete, freezing.

Everybody is in one return only: rows are chosen over the whole area of the round and lie where a list of that area shows
them. So the program reads them as itself; who may see which is said by the areas a caller gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import polars as pl
from django.conf import settings
from django.db import connection

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.paging import Count
from linli.kernel.scope import acting
from linli.registry.quality.rules import RECENT_DAYS
from linli.registry.queries import sql

from ..ledgers import custom
from ..ledgers.binding import Binding, from_json
from ..ledgers.columns import AREAS, HOUSEHOLDS, PEOPLE, RENTALS, Bindable
from ..ledgers.condition_text import from_text
from ..ledgers.rows import AREA, DATED, SOURCE, Piece, Shown, Wanted, statement_of
from . import rules
from .asked import Asked, asked_of, columns_of
from .models import Round

KEY, LABEL = "#key", "#label"
BLANKS, STALE = "#blanks", "#stale"  # how many values of a row were, when it was taken
_KEYS = {PEOPLE: ("p.id", "p.name"), HOUSEHOLDS: ("h.id", "coalesce(p.name, h.head_name)"),
         RENTALS: ("x.id", "x.name"), AREAS: ("v.code", "NULL::text")}  # fmt: skip
_FACTS = ("x_area", "x_source", "x_dated", "x_others", "x_clear")


def keeper(actor: Actor | None = None) -> Actor:
    """The program over the district, on behalf of somebody where one is named."""
    over = system("rounds", settings.LINLI_DISTRICT)
    return replace(over, id=actor.id, name=actor.name, request_id=actor.request_id) if actor else over


@dataclass(frozen=True, slots=True)
class AskedCell:
    """A fact of a row that can be answered. `raw` is the value as it is typed, nothing for numbers; `need` says why it is
    asked for, if it is."""

    asked: Asked
    filled: bool
    raw: str | None
    shown: str | None
    dated: date | None
    need: rules.Need | None


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A person of a return with the form's columns filled in, numbers masked, and what is asked of them. `version` grows
    with what is stated in custom fields too, `person_version` is that of the person alone."""

    person_id: UUID
    version: int
    person_version: int
    label: str
    area_code: str
    order: str
    values: dict[str, str | None]
    cells: tuple[AskedCell, ...]

    @property
    def place(self) -> tuple[str, str, UUID]:
        """Where it stands in the list."""
        return self.area_code, self.order, self.person_id

    @property
    def stale(self) -> tuple[AskedCell, ...]:
        """What "nothing changed" confirms."""
        return tuple(c for c in self.cells if c.need == "stale")


@dataclass(frozen=True, slots=True)
class Taken:
    """All rows of an area as they are frozen: texts, in full, one column each."""

    frame: pl.DataFrame
    fields: tuple[str, ...]


@dataclass
class Asking:
    """The rows of one round."""

    round: Round
    language: str = "zh-CN"
    today: date = field(default_factory=clock.today)

    @cached_property
    def binding(self) -> Binding:
        """What fills the form."""
        return from_json(self.round.binding)

    @cached_property
    def columns(self) -> tuple[Bindable, ...]:
        """The form's columns."""
        return columns_of(self.binding, self.round.columns)

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """The facts that are asked for."""
        return asked_of(self.columns, self.round.subject, self.round.fresh_days)

    def wanted(self, columns: Sequence[Bindable], masked: bool) -> Wanted:
        """The order for rows with some columns."""
        return Wanted(
            self.round.subject, tuple(columns), self.round.area_code, from_text(self.binding.where), self.round.as_of,
            masked, self.language,
        )  # fmt: skip

    def table(self, columns: Sequence[Bindable], extras: Sequence[str], masked: bool) -> tuple[str, dict[str, Any]]:
        """`(…) AS x (…)`: the facts, a column `f0` … for each of `columns`, the key, label and order, and `e0` … for
        `extras`; `c0` … are source and day of each custom field. To be read as the keeper."""
        key, label = _KEYS[self.round.subject]
        order = "a.name_key" if self.round.subject == PEOPLE else label
        more = (key, label, order, *extras)
        asked = self.wanted([*columns, *(Bindable(f"#{i}", "", "", text) for i, text in enumerate(more))], masked)
        statement = statement_of(keeper(), asked)
        names = [*_FACTS, *(f"f{i}" for i in range(len(columns))), "x_key", "x_label", "x_order"]
        names += [f"e{i}" for i in range(len(extras))] + [f"c{i}" for i in range(2 * len(custom.aliases(columns)))]
        return f"(SELECT {statement.select} {statement.source}) AS x ({', '.join(names)})", statement.params

    def _needs(self) -> tuple[list[str], list[str], list[str]]:
        """Extras for every fact (is it there, when was it stated, when confirmed), and the conditions over them that it is
        blank, and that it is stale: `rules.need` in SQL."""
        extras, blank, stale = [], [], []
        for number, fact in enumerate(self.asked):
            has, dated, confirmed = (f"e{number * 3 + n}" for n in range(3))
            extras += [fact.has, "NULL::date" if fact.days is None else fact.dated, fact.confirmed]
            since = f"(%(x_today)s::date - {fact.days or RECENT_DAYS})"
            unsaid = f"({confirmed} IS NULL OR {confirmed} < {since})"
            blank.append(f"(NOT {has} AND {unsaid})")
            stale.append(
                "false" if fact.days is None else f"({has} AND ({dated} IS NULL OR {dated} < {since}) AND {unsaid})"
            )
        return extras, blank, stale

    def figures(self, place: str | None = None) -> tuple[str, dict[str, Any]]:
        """A statement of figures by return, or of one: place, rows, blanks, stale, waiting."""
        extras, blank, stale = self._needs()
        table, params = self.table([b for b in self.columns if b.custom], extras, True)
        params["x_today"] = self.today
        blanks, stales = _sum(blank), _sum(stale)
        near = sql.ranges([place], "x_area", params, mark="xp_") if place else "true"
        return (
            f"SELECT left(y.x_area, 12) AS place, count(*) AS rows, sum(y.b) AS blanks, sum(y.s) AS stale, "
            f"count(*) FILTER (WHERE y.b + y.s > 0) AS waiting "
            f"FROM (SELECT x_area, {blanks} AS b, {stales} AS s FROM {table} WHERE {near}) y GROUP BY 1",
            params,
        )

    def page(
        self, place: str, held: Sequence[str], *, every: bool = False, after: Sequence[Any] | None = None,
        most: int | None = None, person: UUID | None = None,
    ) -> list[AskedRow]:  # fmt: skip
        """People of a return in the areas held: those of whom something is asked, or `every` one, after a key. Of other
        rows nothing is asked."""
        if self.round.subject != PEOPLE:
            return []
        where, params, table, blank, stale, shown = self._asked_table(place, held)
        if person is not None:
            where.append("x_key = %(x_person)s")
            params["x_person"] = person
        elif not every:
            where.append(_any(blank + stale))
        if after:
            where.append("(x_area, x_order, x_key) > (%(x_after)s, %(x_name)s, %(x_id)s::uuid)")
            params |= {"x_after": str(after[0]), "x_name": str(after[1]), "x_id": str(after[2])}
        bound = f" LIMIT {int(most)}" if most else ""
        with acting(keeper()), connection.cursor() as cursor:
            told = [
                *self._values(shown),
                "x_key",
                "x_label",
                "x_order",
                *(f"e{i}" for i in range(4 * len(self.asked) + 2)),
            ]
            cursor.execute(
                f"SELECT {', '.join([*told, *blank, *stale])} FROM {table} WHERE {' AND '.join(where)} "
                f"ORDER BY x_area, x_order, x_key{bound}",
                params,
            )
            found = cursor.fetchall()
            return self._rows(found, shown) if found else []

    def count(self, place: str, held: Sequence[str]) -> Count:
        """Of how many people of a return in the areas held something is asked."""
        if self.round.subject != PEOPLE:
            return Count(0)
        where, params, table, blank, stale, _ = self._asked_table(place, held)
        with acting(keeper()):
            return sql.count(f"SELECT 1 FROM {table} WHERE {' AND '.join([*where, _any(blank + stale)])}", params)

    def _asked_table(
        self, place: str, held: Sequence[str]
    ) -> tuple[list[str], dict[str, Any], str, list[str], list[str], tuple[Bindable, ...]]:
        extras, blank, stale = self._needs()
        shown = tuple({b.name: b for b in (*self.columns, *(a.shown_by for a in self.asked))}.values())
        table, params = self.table(shown, [*extras, *(a.raw for a in self.asked), "p.version", self._stated()], True)
        params["x_today"] = self.today
        where = [f"left(x_area, 12) = %(x_place)s AND {sql.ranges([place], 'x_area', params, mark='xp_')}"]
        where.append(sql.ranges(held, "x_area", params, mark="xh_"))
        params["x_place"] = place
        return where, params, table, blank, stale, shown

    def _stated(self) -> str:
        """How many statements there are in the custom fields that are asked for: a person's version does not tell of them."""
        ids = ", ".join(f"'{fact.custom}'" for fact in self.asked if fact.custom)
        counted = f"SELECT count(*) FROM registry_custom_value v WHERE v.person_id = p.id AND v.field_id IN ({ids})"
        return f"({counted})" if ids else "0"

    def _values(self, columns: Sequence[Bindable]) -> list[str]:
        """The names of what `Shown` takes: facts, values, and what is told of custom ones."""
        more = range(2 * len(custom.aliases(columns)))
        return [*_FACTS, *(f"f{i}" for i in range(len(columns))), *(f"c{i}" for i in more)]

    def _rows(self, found: Sequence[tuple[Any, ...]], shown: tuple[Bindable, ...]) -> list[AskedRow]:
        width, facts = len(self._values(shown)), len(self.asked)
        values = Shown(keeper(), self.wanted(shown, True)).piece([row[:width] for row in found]).values
        told = values.select(pl.all().cast(pl.String)).rows(named=True)
        rows = []
        for row, texts in zip(found, told, strict=True):
            key, label, order = row[width : width + 3]
            rest = row[width + 3 :]
            raw, (version, stated) = rest[facts * 3 : facts * 4], rest[facts * 4 : facts * 4 + 2]
            needs = rest[facts * 4 + 2 :]
            cells = tuple(
                AskedCell(
                    asked=fact,
                    filled=rest[n * 3],
                    raw=raw[n],
                    shown=texts[fact.shown_by.name],
                    dated=rest[n * 3 + 1],
                    need="blank" if needs[n] else "stale" if needs[facts + n] else None,
                )
                for n, fact in enumerate(self.asked)
            )
            rows.append(AskedRow(key, version + stated, version, label or "", row[0], order, texts, cells))
        return rows

    def take(self, place: str) -> Taken:
        """All rows of a return in full, as texts, in the order of lists; to be read within the keeper's transaction."""
        extras, blank, stale = self._needs()
        table, params = self.table(self.columns, extras, False)
        params["x_today"] = self.today
        near = f"left(x_area, 12) = %(x_place)s AND {sql.ranges([place], 'x_area', params, mark='xp_')}"
        params["x_place"] = place
        width = len(self._values(self.columns))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(self._values(self.columns))}, x_key::text, x_label, "
                f"{_sum(blank)}, {_sum(stale)} FROM {table} WHERE {near} ORDER BY x_area, x_order, x_key",
                params,
            )
            found = cursor.fetchall()
        shown = Shown(keeper(), self.wanted(self.columns, False))
        piece: Piece | None = shown.piece([row[:width] for row in found]) if found else None
        fields = tuple(b.name for b in self.columns)
        columns: dict[str, Any] = {KEY: [r[width] for r in found], LABEL: [r[width + 1] for r in found]}
        for name in (AREA, SOURCE, DATED):
            columns[name] = piece.facts[name].cast(pl.String) if piece else []
        columns |= {BLANKS: [str(r[width + 2]) for r in found], STALE: [str(r[width + 3]) for r in found]}
        for name in fields:
            columns[name] = piece.values[name].cast(pl.String) if piece else []
        frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
        return Taken(frame, fields)


def _sum(conditions: Sequence[str]) -> str:
    return " + ".join(f"({c})::int" for c in conditions) or "0"


def _any(conditions: Sequence[str]) -> str:
    return f"({' OR '.join(conditions)})" if conditions else "false"
