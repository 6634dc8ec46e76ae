"""Orders of the hotline into the base: a new number is a case, a known one that says something else is told in its case.

Everything a report by hand gets, a case of an order gets as well: number, first step, suggestion from its words, and by which
rule it goes where.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from linli.intake.kinds import Way
from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.areas import contains
from linli.kernel.outbox import actions as outbox
from linli.kernel.scope import acting
from linli.kernel.worktime import moment_of, seconds_of
from linli.registry.merge import stage
from linli.registry.merge.run import lock

from ..categories.models import Category
from ..engine import procedure
from ..engine.models import Case
from ..engine.states import STEP
from ..routing import deciding as routing
from ..suggesting.directory import directory
from ..suggesting.holding import held
from ..suggesting.models import Suggestion
from ..suggesting.queries import LOOKED_AT
from ..suggesting.rules import Offers, offered
from .models import ORDER
from .origins import known
from .writing import CASES, FLOW, ORIGINS, Hand, enter, fingerprints, numbered, sealed, unknown_words

#: What of an order is compared with what it said before, each part of several columns.
PARTS = {
    "text": ("text",), "place": ("place_text", "area_code", "lon", "lat"), "due": ("due_said",), "category": ("category_text",),
    "unit": ("unit_text",), "urgent": ("urgent",), "reporter": ("reporter", "phone", "confidential"), "at": ("case_at",),
}  # fmt: skip
#: The step in which an order said something else than before.
CHANGED = "order_changed"
SOURCE = "hotline"
CHANGES = {
    "case_id": "uuid", "row": "integer", "batch_id": "uuid", "told": "jsonb", "due_at": "timestamptz", "amber_at": "timestamptz",
    "unit_id": "uuid", "unit_text": "text", "category_text": "text", "confidential": "boolean", "fresh": "boolean",
    "text": "text", "place_text": "text", "area_code": 'text COLLATE "C"', "lon": "float8", "lat": "float8", "urgent": "boolean",
    "category_id": "uuid", "reporter_name": "bytea", "reporter_phone": "bytea", "occurred_at": "timestamptz",
}  # fmt: skip
#: Nobody has done anything with it yet: the case becomes what the order says now. Otherwise people decide what to make of it.
_RENEW = """
UPDATE cases_case c SET description = x.text, place_text = x.place_text, area_code = x.area_code, lon = x.lon, lat = x.lat,
    urgent = x.urgent, category_id = coalesce(x.category_id, c.category_id), reporter_name = x.reporter_name,
    reporter_phone = x.reporter_phone, occurred_at = coalesce(x.occurred_at, c.occurred_at), due_at = x.due_at, amber_at = x.amber_at
FROM order_changes x WHERE x.case_id = c.id AND x.fresh
"""
_ON = "UPDATE cases_case c SET version = c.version + 1 FROM order_changes x WHERE x.case_id = c.id"
_ORIGIN = """
UPDATE cases_origin o SET told = x.told, due_at = x.due_at, unit_id = x.unit_id, unit_text = x.unit_text,
    category_text = x.category_text, confidential = x.confidential,
    version = CASE WHEN x.fresh THEN o.version + 1 ELSE o.version END
FROM order_changes x WHERE x.case_id = o.case_id
"""


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many rows have which outcome. `left`: known already as something else or in another area, and left as it is. `unknown`: words for units and
    categories that stand for nothing yet, with how many rows have each; `in_review` is always 0, since numbers are exact."""

    rows: int
    new: int
    updated: int
    unchanged: int
    left: int = 0
    in_review: int = 0
    unknown: dict[str, list[list[object]]] = field(default_factory=dict)


def match(way: Way) -> CaseCounts:
    """Foretell a merge without writing."""
    with acting(system("matching", way.district)):
        return counts(_resolved(way))


def merge(way: Way) -> CaseCounts:
    """Make a case of each new order and tell the changes of known ones. Repeating a sheet changes nothing."""
    hand = Hand(way.uploader, way.district, way.batch_id)
    with acting(hand.over):
        lock()
        way.report("match", 0.0)
        found = _resolved(way)
        way.report("write", 0.0)
        _enter_new(hand, way, found.filter(pl.col("outcome") == "new"))
        way.report("write", 0.9)
        _enter_changes(hand, way, found.filter(pl.col("outcome") == "updated"))
        way.report("write", 1.0)
    return counts(found)


def counts(found: pl.DataFrame) -> CaseCounts:
    """The outcomes of resolved rows."""
    told = dict(found.group_by("outcome").len().iter_rows())
    numbers = {name: told.get(name, 0) for name in ("new", "updated", "unchanged", "left")}
    return CaseCounts(rows=found.height, **numbers, unknown=unknown_words(found))


def _resolved(way: Way) -> pl.DataFrame:
    """Rows in their order with what the base has of their number, and what becomes of them.

    Rows were checked before; a case of their number that came, or went to another area, since is none of theirs to change."""
    frame = pl.concat(list(way.rows), how="diagonal_relaxed")
    frame = frame.with_columns(fingerprints(frame, PARTS).alias("told_now"))
    frame = frame.join(known(frame["key"], way.source), on="key", how="left", maintain_order="left")
    theirs = [area is None or any(contains(each, area) for each in way.areas) for area in frame["known_area"].to_list()]
    changed = [_changed(now, before) for now, before in frame.select("told_now", "told").iter_rows()]
    return frame.with_columns(pl.Series("changed", changed, dtype=pl.List(pl.String))).with_columns(
        outcome=pl.when(pl.col("case_id").is_null()).then(pl.lit("new"))
        .when((pl.col("known_kind") != ORDER) | ~pl.Series(theirs, dtype=pl.Boolean)).then(pl.lit("left"))
        .when(pl.col("changed").list.len() == 0).then(pl.lit("unchanged"))
        .otherwise(pl.lit("updated"))
    )  # fmt: skip


def _changed(now: str, before: str | None) -> list[str]:
    """Which parts say something else."""
    if before is None:
        return []
    one, other = json.loads(now), json.loads(before)
    return [part for part in PARTS if one[part] != other.get(part)]


# --- new ones ---------------------------------------------------------------------------------------------------


def _enter_new(hand: Hand, way: Way, frame: pl.DataFrame) -> None:
    if not frame.height:
        return
    now = seconds_of(clock.now())
    frame = numbered(frame.with_columns(reported_at=pl.lit(now)), "reported_at")
    told = _suggested(frame)
    frame = frame.drop("state")  # of a known order
    frame = _with_clock(_with_way(_urgent(sealed(_with_sure(frame, told)))), now)
    cases = frame.with_columns(
        pl.lit(SOURCE).alias("source"), pl.lit(hand.actor.id).alias("reported_by"),
        pl.lit(1).alias("version"), pl.lit(None, pl.String).alias("unit_id"),
        pl.min_horizontal(pl.col("case_at").fill_null(now), pl.lit(now)).alias("occurred_at"),
        description=pl.col("text"), due_at=pl.col("due"),
    )  # fmt: skip
    enter("cases_case", CASES, cases, lambda share: way.report("write", 0.5 * share))
    enter("cases_flow", FLOW, _steps(hand, frame, now))
    enter("cases_origin", ORIGINS, _origins(way, frame, now))
    way.report("write", 0.6)
    Suggestion.objects.bulk_create(told.values(), batch_size=2_000)
    way.report("write", 0.7)
    routing.decide_many(Case.objects.filter(id__in=frame["id"].to_list()).select_related("category"))


def _suggested(frame: pl.DataFrame) -> dict[str, Suggestion]:
    """What the words of each case suggest, by its id. Nothing where there is no model."""
    model = held()
    if model is None:
        return {}
    here, now, found = directory(), clock.now(), {}
    for case_id, text, category in frame.select("id", "text", "category_id").iter_rows():
        guesses = [(g.label, g.probability) for g in model.model.suggest(text, LOOKED_AT)]
        offers: Offers[Category] = offered(guesses, here.of_label, model.threshold)
        if offers.first is not None:
            found[case_id] = _suggestion(case_id, model.version_id, offers, category, now)
    return found


def _suggestion(case_id: str, version: Any, offers: Offers[Category], category: str | None, now: Any) -> Suggestion:
    first, second = offers.first, offers.second
    assert first is not None
    taken = ""
    if category:
        ids = (str(first.category.id), str(second.category.id) if second else "")
        taken = "first" if category == ids[0] else "second" if category == ids[1] else "other"
    return Suggestion(
        case_id=case_id, version_id=version, first_id=first.category.id, first_probability=first.probability,
        second_id=second.category.id if second else None, second_probability=second.probability if second else None,
        sure=offers.sure, suggested_at=now, taken=taken, decided_at=now if category else None,
    )  # fmt: skip


def _with_sure(frame: pl.DataFrame, told: dict[str, Suggestion]) -> pl.DataFrame:
    """Where the sheet's own category is not known, the suggested one if it is sure: as it is filled in for whoever reports by
    hand. Whoever files the case decides."""
    sure = {case_id: str(each.first_id) for case_id, each in told.items() if each.sure}
    ids = frame["id"].replace_strict(list(sure), list(sure.values()), default=None, return_dtype=pl.String)
    return frame.with_columns(category_id=pl.col("category_id").fill_null(ids))


def _urgent(frame: pl.DataFrame) -> pl.DataFrame:
    """A category that is dispatched first makes a case urgent."""
    first = [str(i) for i in Category.objects.filter(dispatch_first=True).values_list("id", flat=True)]
    return frame.with_columns(urgent=pl.col("urgent") | pl.col("category_id").is_in(first).fill_null(False))


def _with_way(frame: pl.DataFrame) -> pl.DataFrame:
    """The procedure each case takes by its category, else by its door; where it begins, and whether it is urgent of itself."""
    codes = {str(id_): code for id_, code in Category.objects.values_list("id", "procedure")}
    ways = [procedure.of(procedure.default_for(codes.get(each, ""), SOURCE)) for each in frame["category_id"].to_list()]
    return frame.with_columns(
        pl.Series("procedure", [way.code for way in ways], dtype=pl.String),
        pl.Series("state", [way.begin.value for way in ways], dtype=pl.String),
        urgent=pl.col("urgent") | pl.Series([way.urgent for way in ways], dtype=pl.Boolean),
    )


def _with_clock(frame: pl.DataFrame, now: int) -> pl.DataFrame:
    """Until it is filed a case is due when the hotline says, and nearly due when four fifths of that time are used."""
    start = pl.min_horizontal(pl.coalesce("case_at", pl.lit(now)), "due")
    return frame.with_columns(amber_at=start + (pl.col("due") - start) * 4 // 5)


def _steps(hand: Hand, frame: pl.DataFrame, now: int) -> pl.DataFrame:
    told = pl.struct(source=pl.lit(SOURCE), order=pl.col("key"), row=pl.col("row")).struct.json_encode()
    return frame.select(
        pl.col("id").alias("case_id"), *hand.signs(), pl.lit(1).alias("version"), pl.lit(now).alias("at"),
        pl.lit("report").alias("action"), pl.lit("forward").alias("kind"), pl.lit("").alias("from_state"),
        pl.col("state").alias("to_state"), pl.lit("").alias("reason"), told.alias("detail"),
    )  # fmt: skip


def _origins(way: Way, frame: pl.DataFrame, now: int) -> pl.DataFrame:
    return frame.select(
        pl.col("id").alias("case_id"), pl.lit(ORDER).alias("kind"), pl.lit(way.source).alias("source_code"),
        pl.col("key").alias("number"), pl.lit(str(way.batch_id)).alias("batch_id"), "row", pl.col("told_now").alias("told"),
        pl.col("due").alias("due_at"), "unit_id", pl.col("unit_text").fill_null(""), pl.col("category_text").fill_null(""),
        "confidential", pl.lit(1).alias("version"), pl.lit(now).alias("taken_at"),
    )  # fmt: skip


# --- changed ones -----------------------------------------------------------------------------------------------


def _enter_changes(hand: Hand, way: Way, frame: pl.DataFrame) -> None:
    """The case of an order nobody has touched becomes what the order says now; into any other the change is written as a step."""
    if not frame.height:
        return
    now = seconds_of(clock.now())
    frame = _with_clock(_urgent(sealed(_held(frame))), now).with_columns(fresh=pl.col("version") == pl.col("left_at"))
    rows = frame.with_columns(
        batch_id=pl.lit(str(way.batch_id)), told=pl.col("told_now"), unit_text=pl.col("unit_text").fill_null(""),
        category_text=pl.col("category_text").fill_null(""),
        **{name: _at(column).alias(name) for name, column in (("due_at", "due"), ("amber_at", "amber_at"), ("occurred_at", "case_at"))},
    )  # fmt: skip
    stage.create("order_changes", CHANGES)
    stage.fill("order_changes", CHANGES, rows)
    enter("cases_flow", FLOW, _told(hand, frame, now))
    for statement in (_RENEW, _ON, _ORIGIN):
        stage.run(statement)
    changed = (
        Case.objects.filter(id__in=frame["case_id"].to_list()).order_by("id").values_list("id", "version", "unit_id")
    )
    outbox.put_all(STEP, ((i, {"action": CHANGED, "version": at, "unit": str(unit or "")}) for i, at, unit in changed))


def _held(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with state and version of their cases as they are by now, which nobody changes until this is written: while the
    sheet was compared and its new orders entered, people went on working."""
    held = Case.objects.filter(id__in=frame["case_id"].to_list()).select_for_update().order_by("id")
    there = {str(id_): (state, version) for id_, state, version in held.values_list("id", "state", "version")}
    stand = [there[case_id] for case_id in frame["case_id"].to_list()]
    return frame.with_columns(
        pl.Series("state", [state for state, _ in stand], dtype=pl.String),
        pl.Series("version", [version for _, version in stand], dtype=pl.Int64),
    )


def _at(column: str) -> pl.Expr:
    return pl.from_epoch(pl.col(column).cast(pl.Int64), time_unit="s").dt.strftime("%Y-%m-%d %H:%M:%S+00")


def _told(hand: Hand, frame: pl.DataFrame, now: int) -> pl.DataFrame:
    """A step for each: which parts changed, and where the case keeps its own words, what the order says now. Nothing of who."""
    details: Sequence[str] = [
        json.dumps({"changed": parts, "order": key, **({"due": moment_of(due).isoformat()} if due and "due" in parts else {})})
        for parts, key, due in frame.select("changed", "key", "due").iter_rows()
    ]  # fmt: skip
    said = pl.when(~pl.col("fresh") & pl.col("changed").list.contains("text")).then("text").otherwise(pl.lit(""))
    return frame.with_columns(
        *hand.signs(), pl.Series("detail", details), (pl.col("version") + 1).alias("version"), pl.lit(now).alias("at"),
        action=pl.lit(CHANGED), kind=pl.lit("forward"), from_state=pl.col("state"), to_state=pl.col("state"), reason=said,
    )  # fmt: skip
