"""The rows of a ledger from the base, in pieces: values as they are shown, masked where they must be, with what they
come from. Everything is read through the areas the actor holds, as the lists are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID, uuid4

import polars as pl
from django.db import connection

from linli.kernel import areas, clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.masking import masked_column
from linli.registry.permissions import TAG_VIEW, VIEW
from linli.registry.queries import sql
from linli.registry.queries.codes import labels, sources
from linli.registry.ties.queries import LIVE

from . import custom
from .columns import AREAS, HOUSEHOLDS, PEOPLE, PERMISSION, RENTALS, REVEALS, SEALED, TAGGED, Bindable
from .conditions import EVERYBODY, Condition
from .problems import ConditionInvalid
from .selecting import FLAGS, Where, check_tags, listed, understood

PIECE = 20_000
AREA, SOURCE, DATED, OTHERS = "#area", "#source", "#dated", "#others"
YES = {"zh": ("是", "否"), "en": ("Yes", "No")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What rows a ledger asks for. `masked`: numbers are masked for whoever takes it. `on`: the day ages count at.
    `written`: the language of what stands in cells, where a form has one of its own."""

    subject: str
    columns: tuple[Bindable, ...]
    area: str
    condition: Condition = EVERYBODY
    on: date | None = None
    masked: bool = False
    language: str = "zh"
    written: str = ""

    @property
    def day(self) -> date:
        return self.on or clock.today()


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows: `values` has a column for each field asked for, `facts` the area, source and date of each row, and
    `clear` tells the rows whose numbers stand in full. `stated`: source and date of each value of a custom field."""

    values: pl.DataFrame
    facts: pl.DataFrame
    clear: pl.Series
    stated: Mapping[str, pl.DataFrame] = field(default_factory=dict)


_JOINS = {
    PEOPLE: {
        "home": "LEFT JOIN places_dwelling d ON d.id = p.dwelling_id",
        "compound": "LEFT JOIN places_compound c ON c.id = d.compound_id",
        "household": "LEFT JOIN registry_household h ON h.id = p.household_id",
        "guardian": (
            "LEFT JOIN LATERAL (SELECT r.other_name, r.phone, r.kinship FROM registry_relation r WHERE r.person_id = p.id "
            "AND r.kind = 'guardian' AND (r.ended_on IS NULL OR r.ended_on > %(today)s) "
            "ORDER BY r.recorded_at DESC, r.id LIMIT 1) g ON true"
        ),
    },
    RENTALS: {
        "home": "LEFT JOIN places_dwelling d ON d.id = x.dwelling_id",
        "compound": "LEFT JOIN places_compound c ON c.id = d.compound_id",
    },
}
_RECORD = "LEFT JOIN registry_source_record m ON m.id = p.main_record"
_HEAD = (
    "LEFT JOIN LATERAL (SELECT q.* FROM registry_person q WHERE q.household_id = h.id AND {seen} "
    "ORDER BY q.relation_to_head IS DISTINCT FROM '0', q.birth, q.id LIMIT 1) p ON true "
    "CROSS JOIN LATERAL (SELECT h.area_code) a"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """The rows as SQL: five facts of each (area, source, its day, what comes from elsewhere, whether numbers stand in
    full), then a column `f0`, `f1` … for each field asked for."""

    select: str
    source: str
    order: str
    params: dict[str, Any]


def held_areas(actor: Actor, subject: str, area: str) -> tuple[str, ...]:
    """The areas of which rows may be taken out."""
    return sql.held(actor, PERMISSION[subject], area)


def statement_of(actor: Actor, wanted: Wanted) -> Statement:
    """The statement that reads the rows. Raises ConditionInvalid, TagsWithheld."""
    held = held_areas(actor, wanted.subject, wanted.area)
    params: dict[str, Any] = {"on": wanted.day, "today": clock.today()}
    condition = understood(actor, wanted.condition)
    check_tags(actor, condition, wanted.area)
    if wanted.subject == RENTALS and condition != EVERYBODY:
        raise ConditionInvalid(
            at=1, why_zh="出租房台账不按人员条件筛选", why_en="rented homes are not chosen by people"
        )
    where = Where(actor, params, wanted.day).sql(condition)
    joins = {join: "" for b in wanted.columns for join in b.joins}
    told = [f"{_expression(actor, b, params)} AS f{i}" for i, b in enumerate(wanted.columns)]
    told += [f"{alias}.source_code, {alias}.observed_on" for alias in custom.aliases(wanted.columns).values()]
    joins |= {"custom": custom.joins(wanted.columns, params)}
    make = {PEOPLE: _people, HOUSEHOLDS: _households, RENTALS: _rentals, AREAS: _areas}[wanted.subject]
    reveal = sql.ranges(sql.held(actor, REVEALS[wanted.subject], wanted.area), "{at}", params, mark="see_")
    return make(actor, held, params, where, joins, told, "false" if wanted.masked else reveal)


def _expression(actor: Actor, b: Bindable, params: dict[str, Any]) -> str:
    text = b.sql.replace("{lives_alone}", FLAGS["lives_alone"])
    if b.custom is not None:
        return text.replace("{custom}", custom.alias(b.custom))
    if "{tags}" in text or b.name.startswith(TAGGED):
        held = sql.ranges(sql.held(actor, TAG_VIEW), "t.area_code", params, mark="tag_")
        rows = (
            "FROM registry_tag t JOIN registry_tag_kind k ON k.code = t.kind "
            f"WHERE t.person_id = p.id AND {held} AND {LIVE}"
        )
        if b.name.startswith(TAGGED):
            name = f"kind{len(params)}"
            params[name] = b.name.removeprefix(TAGGED)
            return f"EXISTS (SELECT {rows} AND t.kind = %({name})s)"
        return f"(SELECT string_agg(k.name_zh, '、' ORDER BY k.name_zh) {rows})"
    return text


def _people(
    actor: Actor, held: tuple[str, ...], params: dict[str, Any], where: str, joins: dict[str, str], told: list[str],
    reveal: str,
) -> Statement:  # fmt: skip
    extra = " ".join(_JOINS[PEOPLE].get(join, "") for join in _ordered(joins)) + joins["custom"]
    facts = [
        "a.area_code",
        "m.source_code",
        "m.observed_on",
        "p.field_records::text",
        f"({reveal.format(at='a.area_code')})",
    ]
    return Statement(
        ", ".join(facts + told),
        f"FROM registry_person_area a JOIN registry_person p ON p.id = a.person_id {_RECORD} {extra} "
        f"WHERE {listed(actor, held, params)} AND {where}",
        "a.area_code, a.name_key, a.person_id",
        params,
    )


def _households(
    actor: Actor, held: tuple[str, ...], params: dict[str, Any], where: str, joins: dict[str, str], told: list[str],
    reveal: str,
) -> Statement:  # fmt: skip
    extra = " ".join(_JOINS[PEOPLE].get(join, "") for join in _ordered(joins) if join != "household")
    extra += joins["custom"]
    facts = [
        "h.area_code",
        "m.source_code",
        "m.observed_on",
        "p.field_records::text",
        f"EXISTS (SELECT FROM registry_person_area w WHERE w.person_id = p.id AND {reveal.format(at='w.area_code')})",
    ]
    # The database's fence is as wide as all the actor may do; a member may be of an area where people may not be seen.
    visible = sql.ranges(sql.held(actor, VIEW), "w.area_code", params, mark="own_")
    if actor.kind == "system":  # a round's rows go to whoever sees the household's own village, and maybe no more
        visible += " AND w.area_code ^@ left(h.area_code, 12)"
    seen = f"EXISTS (SELECT FROM registry_person_area w WHERE w.person_id = {{id}} AND {visible})"
    head = _HEAD.format(seen=seen.format(id="q.id"))
    inner = (
        f"EXISTS (SELECT FROM registry_person p CROSS JOIN LATERAL (SELECT h.area_code) a "
        f"WHERE p.household_id = h.id AND {seen.format(id='p.id')} AND {where})"
    )
    counted = "(SELECT h0.*, (SELECT count(*) FROM registry_person s WHERE s.household_id = h0.id) AS members FROM registry_household h0)"
    return Statement(
        ", ".join(facts + told),
        f"FROM {counted} h {head} {_RECORD} {extra} WHERE {sql.ranges(held, 'h.area_code', params)} AND {inner}",
        "h.area_code, p.name_key, h.id",
        params,
    )


def _rentals(
    actor: Actor, held: tuple[str, ...], params: dict[str, Any], where: str, joins: dict[str, str], told: list[str],
    reveal: str,
) -> Statement:  # fmt: skip
    extra = " ".join(_JOINS[RENTALS].get(join, "") for join in _ordered(joins))
    facts = ["x.area_code", "r.source_code", "r.observed_on", "NULL::text", f"({reveal.format(at='x.area_code')})"]
    return Statement(
        ", ".join(facts + told),
        "FROM registry_rental x LEFT JOIN registry_thing_record r ON r.id = x.main_record "
        f"{extra} WHERE {sql.ranges(held, 'x.area_code', params)}",
        "x.area_code, x.name_key, x.id",
        params,
    )


def _areas(
    actor: Actor, held: tuple[str, ...], params: dict[str, Any], where: str, joins: dict[str, str], told: list[str],
    reveal: str,
) -> Statement:  # fmt: skip
    """Villages in the areas held, with nobody too. A person counts in every village in which a list shows them."""
    villages = sql.ranges([code[:12] for code in held], "v.code", params, mark="v_")
    facts = ["v.code", "NULL::text", "NULL::date", "NULL::text", "true"]
    return Statement(
        ", ".join(facts + told),
        "FROM places_region v LEFT JOIN registry_person_area a ON a.area_code >= v.code AND a.area_code < v.code || '~' "
        f"AND {sql.ranges(held, 'a.area_code', params, mark='h_')} "
        f"LEFT JOIN registry_person p ON p.id = a.person_id AND {where} "
        f"WHERE v.level = 'village' AND v.valid_to IS NULL AND {villages} GROUP BY v.code",
        "v.code",
        params,
    )


def _ordered(joins: dict[str, str]) -> list[str]:
    """A compound is found by its home."""
    return [j for j in ("home", "compound", "household", "guardian") if j in joins]


def total(actor: Actor, wanted: Wanted) -> int:
    """How many rows there are, exactly."""
    if not held_areas(actor, wanted.subject, wanted.area):
        return 0
    bare = Wanted(wanted.subject, (), wanted.area, wanted.condition, wanted.on)
    statement = statement_of(actor, bare)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 {statement.source}) x", statement.params)
        (found,) = cursor.fetchone() or (0,)
    return int(found)


def pieces(actor: Actor, wanted: Wanted, size: int = PIECE) -> Iterator[Piece]:
    """The rows in their order, slice by slice, within the open transaction."""
    if not held_areas(actor, wanted.subject, wanted.area):
        return
    statement = statement_of(actor, wanted)
    shown = Shown(actor, wanted)
    query = f"SELECT {statement.select} {statement.source} ORDER BY {statement.order}"
    connection.ensure_connection()
    with connection.connection.cursor(name=f"ledger_{uuid4().hex}") as cursor:
        cursor.itersize = size
        cursor.execute(query, statement.params)
        while rows := cursor.fetchmany(size):
            yield shown.piece(rows)


class Supply(Protocol):
    """Where the rows of a ledger come from."""

    def total(self, wanted: Wanted) -> int:
        """How many rows there are."""

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """The rows in their order, with the columns asked for."""


@dataclass(frozen=True, slots=True)
class Live:
    """The base as it is now."""

    actor: Actor

    def total(self, wanted: Wanted) -> int:
        return total(self.actor, wanted)

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        return pieces(self.actor, wanted)


class Shown:
    """Turns rows of the database into what stands in cells."""

    def __init__(self, actor: Actor, wanted: Wanted) -> None:
        self._wanted = wanted
        self._written = wanted.written or wanted.language
        self._said = labels(self._written)
        self._sources = {
            s.code: (s.name_en or s.name) if wanted.language.startswith("en") else s.name for s in sources()
        }
        self._names: dict[str, str] = {}

    def piece(self, rows: Sequence[tuple[Any, ...]]) -> Piece:
        columns = list(zip(*rows, strict=True))
        area, source, dated, others, clear = columns[:5]
        told = pl.Series([bool(c) for c in clear], dtype=pl.Boolean)
        wanted, rest = self._wanted.columns, columns[5:]
        values = [self._column(b, column, told) for b, column in zip(wanted, rest, strict=False)]
        stated = {
            name: pl.DataFrame(
                {SOURCE: [self._sources.get(s, s) for s in rest[at]], DATED: rest[at + 1]},
                schema={SOURCE: pl.String, DATED: pl.Date},
            )
            for at, name in zip(range(len(wanted), len(rest), 2), custom.aliases(wanted), strict=True)
        }
        facts = pl.DataFrame(
            {AREA: area, SOURCE: [self._sources.get(s, s) for s in source], DATED: dated, OTHERS: others},
            schema={AREA: pl.String, SOURCE: pl.String, DATED: pl.Date, OTHERS: pl.String},
        )
        frame = pl.DataFrame({b.name: v for b, v in zip(self._wanted.columns, values, strict=True)})
        return Piece(frame, facts, told, stated)

    def _column(self, b: Bindable, column: Sequence[Any], clear: pl.Series) -> pl.Series:
        match b.render:
            case "number":
                return pl.Series(b.name, column, dtype=pl.Int64)
            case "decimal":
                return pl.Series(b.name, column, dtype=pl.Float64)
            case "date":
                return pl.Series(b.name, column, dtype=pl.Date)
            case "serial":
                return pl.Series(b.name, [None] * len(column), dtype=pl.Int64)
            case "flag":
                yes, no = YES["en" if self._written.startswith("en") else "zh"]
                return pl.Series(b.name, [None if v is None else yes if v else no for v in column], dtype=pl.String)
            case render if render in SEALED:
                plain = pl.Series(
                    b.name, [None if v is None else secrets.decrypt(bytes(v)) for v in column], dtype=pl.String
                )
                if clear.all():
                    return plain
                hidden = masked_column(plain, b.render)
                return pl.select(pl.when(clear).then(plain).otherwise(hidden).alias(b.name)).to_series()
            case "code":
                said, listed_as = self._said, b.code_list or ""
                return pl.Series(b.name, [said.get((listed_as, v), v) if v else None for v in column], dtype=pl.String)
            case "area":
                missing = {v for v in column if v} - self._names.keys()
                self._names |= names_of(missing) if missing else {}
                return pl.Series(b.name, [self._names[v] if v else None for v in column], dtype=pl.String)
            case _:
                return pl.Series(b.name, [None if v is None else str(v) for v in column], dtype=pl.String)


def exceptions(frame: pl.DataFrame) -> pl.DataFrame:
    """Facts whose source is not the row's main one: row (from 0), field, record."""
    texts = frame[OTHERS]
    rows = texts.is_not_null().arg_true()
    if not rows.len():
        return pl.DataFrame(schema={"row": pl.Int64, "field": pl.String, "record": pl.String})
    import json

    found = [
        (int(row), name, record)
        for row, text in zip(rows, texts.gather(rows), strict=True)
        for name, record in json.loads(text).items()
    ]
    return pl.DataFrame(found, schema={"row": pl.Int64, "field": pl.String, "record": pl.String}, orient="row")


def records(ids: Sequence[str], language: str) -> pl.DataFrame:
    """Source and date of records: record, source, dated. Those outside of what the actor sees are left out."""
    names = {s.code: (s.name_en or s.name) if language.startswith("en") else s.name for s in sources()}
    found: list[tuple[str, str, date]] = []
    with connection.cursor() as cursor:
        for start in range(0, len(ids), 50_000):
            wanted = [UUID(i) for i in ids[start : start + 50_000]]
            cursor.execute(
                "SELECT id, source_code, observed_on FROM registry_source_record WHERE id = ANY(%s)", [wanted]
            )
            found += [(str(i), names.get(s, s), d) for i, s, d in cursor.fetchall()]
    return pl.DataFrame(found, schema={"record": pl.String, "source": pl.String, "dated": pl.Date}, orient="row")


def within(code: str, area: str) -> bool:
    """Whether a row's area lies in that of a sheet."""
    return areas.contains(area, code)
