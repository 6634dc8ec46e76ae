"""Rows of the demo's cases that go one way: what each step sets, as the engine's actions set it, over columns.

Steps, states and guards come from the engine's table (`case_paths.legs`); a test replays every row through it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
import polars as pl

from linli.cases.categories.models import Category, FilingRule
from linli.cases.clocks.rules import Kind as ClockKind
from linli.cases.engine.rules import BEGIN
from linli.cases.permissions import ACCEPT, CHECK, CLOSE, DISPATCH, HANDLE
from linli.kernel.ids import uuid7_many
from linli.kernel.worktime import WorkCalendar
from linli.kernel.worktime.many import Column, Columns
from linli.project.demo.case_kinds import KINDS, REASONS, RESULTS
from linli.project.demo.case_paths import FILED, SENT, Leg, Way, legs
from linli.project.demo.case_times import NEVER, SECONDS, Pauses, green_until, provisional, runs_out, steps_at
from linli.project.demo.case_year import Spot
from linli.registry.merge import stage

WHO = "system:demo"
PEOPLE = {ACCEPT: "顾怀安", DISPATCH: "程守一", CHECK: "翟长河", CLOSE: "顾怀安", HANDLE: "值班员"}
BY_HAND = (3, "work_day")
#: Steps after which a clock is reckoned anew.
BACK, PAUSING, OPENING = ("rework", "fail_check"), {"ask_reporter": "waiting", "suspend": "suspended"}, "reopen"
SAME_AGAIN = "反映人再次反映，仍由原单位办理"
SOLVED, SATISFIED = 0.94, 0.86
MOMENT = "timestamptz"
CASES = {
    "id": "uuid", "number": "text", "state": "text", "source": "text", "urgent": "boolean", "category_id": "uuid", "rule_id": "uuid",
    "description": "text", "area_code": 'text COLLATE "C"', "place_text": "text", "lon": "float8", "lat": "float8",
    "on_border": "boolean", "occurred_at": MOMENT, "reported_at": MOMENT, "reported_by": "text", "unit_id": "uuid",
    "unit_name": "text", "limit_value": "integer", "clock": "text", "clock_from": MOMENT, "filed_at": MOMENT, "amber_at": MOMENT,
    "due_at": MOMENT, "provisional": "boolean", "paused_at": MOMENT, "suspensions": "integer", "handed_back_at": MOMENT,
    "closed_at": MOMENT, "result": "text", "reworks": "integer", "responded": "boolean", "solved": "boolean",
    "satisfied": "boolean", "version": "integer",
}  # fmt: skip
FLOW = {
    "id": "uuid", "case_id": "uuid", "version": "integer", "at": MOMENT, "action": "text", "kind": "text", "from_state": "text",
    "to_state": "text", "actor": "text", "actor_name": "text", "actor_unit": "text", "reason": "text", "detail": "jsonb",
    "request": "text",
}  # fmt: skip
PAUSES = {"id": "uuid", "case_id": "uuid", "kind": "text", "since": MOMENT, "until": MOMENT, "planned": "date"}
Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Filing:
    """What a case is filed by."""

    category: str
    rule: str | None
    limit: int
    clock: str
    told: str  # what the step tells, as JSON

    @classmethod
    def of(cls, category: Category, rule: FilingRule | None) -> Self:
        """By a rule of the directory, or by hand where it has none."""
        limit, kind = (rule.limit_value, rule.clock) if rule else BY_HAND
        told = {
            "category": category.name, "code": category.code, "limit": limit, "clock": kind,
            "condition": rule.filing_condition if rule else "", "by_hand": rule is None,
        }  # fmt: skip
        return cls(str(category.id), str(rule.id) if rule else None, limit, kind, json.dumps(told, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Offices:
    """Units by name, and the unit of each town."""

    ids: Mapping[str, str]
    own: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Cases that go the same way, as columns. `lying`: after how many steps nobody goes on."""

    ids: np.ndarray
    reported: Column
    spots: Sequence[Spot]
    kinds: Column
    filings: Sequence[Filing]
    sources: np.ndarray
    urgent: np.ndarray
    lying: Column


@dataclass
class Standing:
    """How the cases of a batch stand, column by column, as steps are taken."""

    count: int
    moments: dict[str, Column] = field(default_factory=dict)
    values: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("filed_at", "clock_from", "handed_back_at", "closed_at", "paused_at"):
            self.moments[name] = np.full(self.count, NEVER, dtype=np.int64)
        for name, first in (("state", BEGIN.value), ("unit_name", ""), ("result", "")):
            self.values[name] = np.full(self.count, first, dtype=object)
        for name in ("responded", "solved", "satisfied"):
            self.values[name] = np.full(self.count, None, dtype=object)
        for name in ("reworks", "suspensions"):
            self.values[name] = np.zeros(self.count, dtype=np.int64)

    def put(self, name: str, done: np.ndarray, value: Any) -> None:
        """Set a column where a step was taken."""
        where = self.moments if name in self.moments else self.values
        where[name] = np.where(done, value, where[name])


def rows(
    rng: np.random.Generator, way: Way, batch: Batch, offices: Offices, line: Columns, calendar: WorkCalendar, now: int
) -> Frames:
    """The rows of cases that go one way, as far as the present: cases, steps, pauses."""
    path = legs(way.steps, bool(batch.urgent[0]))
    whole = np.array([each.limit * SECONDS[ClockKind(each.clock)] for each in batch.filings], dtype=np.int64)
    flat = np.array([ClockKind(each.clock) in (ClockKind.URGENT_HOUR, ClockKind.NATURAL_DAY) for each in batch.filings])
    at = steps_at(rng, batch.reported, way.steps, whole, flat, line)
    taken = np.minimum((at <= now).sum(axis=1), batch.lying)
    sent = _units(way, batch, offices)
    answers = _answers(rng, batch)
    standing, pauses, flow = Standing(taken.size), list[tuple[str, Pauses]](), [_reports(batch)]
    sends = 0
    for nth, leg in enumerate(path):
        done, when = taken > nth, at[:, nth]
        units = sent[min(sends, len(sent) - 1)]
        ended = []
        if leg.action.code == OPENING:
            due, _ = _clocks(standing, whole, flat, [stretch for _, stretch in pauses], line)
            ended = _ended(standing, due, offices)
        _set(standing, pauses, leg, done, when, units, answers)
        again = sends > 0 and len(sent) == 1
        until = _planned(when, at[:, nth + 1]) if leg.action.code == "suspend" else []
        flow.append(_steps(batch, leg, nth + 2, done, when, standing, again, units, answers, until, ended))
        sends += leg.action.code in SENT
    due, amber = _clocks(standing, whole, flat, [stretch for _, stretch in pauses], line)
    unsure = np.zeros(taken.size, dtype=bool)
    runs = due != NEVER
    unsure[runs] = provisional(standing.moments["clock_from"][runs], due[runs], flat[runs], calendar)
    return _cases(batch, standing, taken, due, amber, unsure, offices), pl.concat(flow), _stood(batch, pauses, way, at)


def _set(
    here: Standing,
    pauses: list[tuple[str, Pauses]],
    leg: Leg,
    done: np.ndarray,
    when: Column,
    units: np.ndarray,
    answers: Mapping[str, np.ndarray],
) -> None:
    """What a step sets, as the effects of the engine's actions do."""
    code = leg.action.code
    here.put("state", done, leg.after.value)
    if "limit" in leg.action.asks:
        here.put("clock_from", done & (here.moments["clock_from"] == NEVER), when)
    if code in FILED:
        here.put("filed_at", done, when)
    elif code in SENT:
        here.put("unit_name", done, units)
    elif code == "hand_back":
        here.put("handed_back_at", done, when)
        here.put("result", done, RESULTS[code])
    elif code in BACK:
        pauses.append(("feedback", _stretch(done, here.moments["handed_back_at"], when)))
        here.put("handed_back_at", done, NEVER)
        here.put("reworks", done, here.values["reworks"] + 1)
    elif code in PAUSING:
        here.put("paused_at", done, when)
        here.put("suspensions", done & (code == "suspend"), here.values["suspensions"] + 1)
        pauses.append((PAUSING[code], Pauses(np.where(done, when, NEVER), np.full(done.size, NEVER))))
    elif code == "resume":
        kind, open_one = pauses[-1]
        pauses[-1] = (kind, Pauses(open_one.since, np.where(done, when, NEVER)))
        here.put("paused_at", done, NEVER)
    elif code == "close":
        here.put("closed_at", done, when)
    elif code == "rate":
        for name, given in answers.items():
            here.put(name, done, given)
    elif code == OPENING:
        for name in ("closed_at", "handed_back_at"):
            here.put(name, done, NEVER)
        for name in answers:
            here.put(name, done, None)
        here.put("reworks", done, 0)
        here.put("clock_from", done, when)


def _stretch(done: np.ndarray, since: Column, until: Column) -> Pauses:
    return Pauses(np.where(done, since, NEVER), np.where(done, until, NEVER))


def _clocks(
    here: Standing, whole: Column, flat: np.ndarray, pauses: Sequence[Pauses], line: Columns
) -> tuple[Column, Column]:
    """When handling is due and until when it is green; NEVER where no clock began."""
    runs = np.flatnonzero(here.moments["clock_from"] != NEVER)
    due, amber = np.full(here.count, NEVER, dtype=np.int64), np.full(here.count, NEVER, dtype=np.int64)
    of_these = [Pauses(each.since[runs], each.until[runs]) for each in pauses]
    for found, length in ((due, whole[runs]), (amber, green_until(whole[runs]))):
        found[runs] = runs_out(here.moments["clock_from"][runs], length, flat[runs], of_these, line)
    return due, amber


def _ended(here: Standing, due: Column, offices: Offices) -> list[dict[str, Any]]:
    """What the round of each case came to, as the engine keeps it (`effects.round_of`)."""
    moments = {name: here.moments[name] for name in ("clock_from", "handed_back_at", "closed_at")} | {"due_at": due}
    plain = ("unit_name", "result", "reworks", "responded", "solved", "satisfied")
    columns: dict[str, list[Any]] = {
        name: [None if at == NEVER else datetime.fromtimestamp(at, UTC).isoformat() for at in column.tolist()]
        for name, column in moments.items()
    } | {name: here.values[name].tolist() for name in plain}
    columns["unit_id"] = [offices.ids.get(name) for name in columns["unit_name"]]
    fixed = {"extended_by": 0, "exempt": False}
    return [fixed | dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _units(way: Way, batch: Batch, offices: Offices) -> list[np.ndarray]:
    """Whom each dispatch of the way goes to: a case that comes back first went to somebody else."""
    towns = [offices.own[spot.area[:9]] for spot in batch.spots]
    named = [KINDS[kind].office for kind in batch.kinds.tolist()]
    right = [office if office in offices.ids else town for office, town in zip(named, towns, strict=True)]
    spare = next(iter(sorted(offices.ids)))
    wrong = [town if unit != town else spare for unit, town in zip(right, towns, strict=True)]
    if "return_to_dispatcher" in way.steps:
        return [np.array(wrong, dtype=object), np.array(right, dtype=object)]
    return [np.array(right, dtype=object)]


def _answers(rng: np.random.Generator, batch: Batch) -> dict[str, np.ndarray]:
    """What is said of each case at the end; whether somebody was satisfied only where somebody asked for it."""
    count = batch.ids.size
    asked = np.isin(batch.sources, ["resident", "hotline"])
    satisfied = (rng.random(count) < SATISFIED).astype(object)
    satisfied[~asked] = None
    return {
        "responded": np.full(count, True, dtype=object),
        "solved": (rng.random(count) < SOLVED).astype(object),
        "satisfied": satisfied,
    }


# --- rows -----------------------------------------------------------------------------------------------------


def _reports(batch: Batch) -> pl.DataFrame:
    told = [json.dumps({"source": source}) for source in batch.sources.tolist()]
    return pl.DataFrame(
        {"case_id": batch.ids.tolist(), "at": batch.reported, "detail": told},
        schema={"case_id": pl.String, "at": pl.Int64, "detail": pl.String},
    ).select(
        "case_id", pl.lit(1).alias("version"), "at", *_said("report", "forward", "", BEGIN.value, "翟长河", "", ""),
        pl.lit("").alias("actor_unit"), "detail",
    )  # fmt: skip


def _steps(
    batch: Batch,
    leg: Leg,
    version: int,
    done: np.ndarray,
    when: Column,
    here: Standing,
    again: bool,
    units: np.ndarray,
    answers: Mapping[str, np.ndarray],
    until: Sequence[str],
    ended: Sequence[Mapping[str, Any]],
) -> pl.DataFrame:
    """The rows of one step of the way. `again`: it goes to the unit that had it before; `until`: the days a case is put on
    account to; `ended`: what the round came to that a reopening ends."""
    action, mine = leg.action, np.flatnonzero(done)
    told: list[str]
    if "limit" in action.asks:
        told = [batch.filings[each].told for each in mine.tolist()]
        if action.code in SENT:
            told = [
                json.dumps(json.loads(x) | {"unit": u}, ensure_ascii=False)
                for x, u in zip(told, units[mine], strict=True)
            ]
    elif action.code in SENT:
        told = [json.dumps({"unit": unit}, ensure_ascii=False) for unit in units[mine]]
    elif action.code == "rate":
        told = [json.dumps({name: column[each] for name, column in answers.items()}) for each in mine]
    elif action.code == "suspend":
        told = [json.dumps({"until": until[each]}) for each in mine.tolist()]
    elif action.code == OPENING:
        told = [json.dumps({"round": ended[each]}, ensure_ascii=False) for each in mine.tolist()]
    else:
        result = RESULTS.get(action.code)
        told = [json.dumps({"result": result} if result else {}, ensure_ascii=False)] * mine.size
    reason = SAME_AGAIN if action.code == "dispatch" and again else REASONS.get(action.code, "")
    frame = pl.DataFrame(
        {
            "case_id": batch.ids[mine].tolist(), "at": when[mine], "detail": told,
            "actor_unit": here.values["unit_name"][mine].tolist() if action.reach == "unit" else [""] * mine.size,
        },
        schema={"case_id": pl.String, "at": pl.Int64, "detail": pl.String, "actor_unit": pl.String},
    )  # fmt: skip
    said = _said(action.code, action.kind, leg.before.value, leg.after.value, PEOPLE[action.permission], reason, "")
    return frame.select("case_id", pl.lit(version).alias("version"), "at", *said, "actor_unit", "detail")


def _said(action: str, kind: str, before: str, after: str, who: str, reason: str, request: str) -> list[pl.Expr]:
    texts = {
        "action": action, "kind": kind, "from_state": before, "to_state": after, "actor": WHO, "actor_name": who,
        "reason": reason, "request": request,
    }  # fmt: skip
    return [pl.lit(text).alias(name) for name, text in texts.items()]


def _stood(batch: Batch, pauses: Sequence[tuple[str, Pauses]], way: Way, at: np.ndarray) -> pl.DataFrame:
    """The times the clocks stood."""
    parts = []
    for kind, stretch in pauses:
        mine = np.flatnonzero(stretch.since != NEVER)
        days = _planned(stretch.since, at[:, way.steps.index("resume")]) if kind == "suspended" else []
        planned = [days[each] if days else None for each in mine]
        parts.append(
            pl.DataFrame(
                {
                    "case_id": batch.ids[mine].tolist(),
                    "since": stretch.since[mine],
                    "until": stretch.until[mine],
                    "planned": planned,
                },
                schema={"case_id": pl.String, "since": pl.Int64, "until": pl.Int64, "planned": pl.String},
            ).with_columns(kind=pl.lit(kind))
        )
    empty = {"case_id": pl.String, "since": pl.Int64, "until": pl.Int64, "planned": pl.String, "kind": pl.String}
    return pl.concat(parts) if parts else pl.DataFrame(schema=empty)


def _planned(since: Column, until: Column) -> list[str]:
    """The days cases are put on account to: the local days they go on, at the earliest the next."""
    first, last = ((each + 8 * 3600).astype("datetime64[s]").astype("datetime64[D]") for each in (since, until))
    return [str(day) for day in np.maximum(first + 1, last)]


def _cases(
    batch: Batch, here: Standing, taken: Column, due: Column, amber: Column, unsure: np.ndarray, offices: Offices
) -> pl.DataFrame:
    filed = here.moments["clock_from"] != NEVER
    by = [filing if yes else None for filing, yes in zip(batch.filings, filed.tolist(), strict=True)]
    words = [KINDS[kind].words for kind in batch.kinds.tolist()]
    names = here.values["unit_name"].tolist()
    columns: dict[str, Any] = {
        "id": batch.ids.tolist(), "state": here.values["state"].tolist(), "source": batch.sources.tolist(),
        "urgent": batch.urgent.tolist(), "category_id": [filing.category for filing in batch.filings],
        "rule_id": [each.rule if each else None for each in by],
        "description": [each[int(moment) % len(each)] for each, moment in zip(words, batch.reported, strict=True)],
        "area_code": [spot.area for spot in batch.spots], "lon": [spot.lon for spot in batch.spots],
        "lat": [spot.lat for spot in batch.spots], "occurred_at": batch.reported, "reported_at": batch.reported,
        "unit_id": [offices.ids.get(name) for name in names], "unit_name": names,
        "limit_value": [each.limit if each else None for each in by], "clock": [each.clock if each else "" for each in by],
        "amber_at": amber, "due_at": due, "provisional": unsure.tolist(), "version": taken + 1,
        **{name: here.values[name].tolist() for name in ("result", "responded", "solved", "satisfied")},
        **{name: here.values[name] for name in ("reworks", "suspensions")},
        **{name: here.moments[name] for name in ("clock_from", "filed_at", "paused_at", "handed_back_at", "closed_at")},
    }  # fmt: skip
    kinds: dict[str, Any] = {"rule_id": pl.String, "unit_id": pl.String, "limit_value": pl.Int64}
    kinds |= dict.fromkeys(("responded", "solved", "satisfied"), pl.Boolean)
    frame = pl.DataFrame(columns, schema_overrides=kinds)
    day = pl.from_epoch(pl.col("reported_at") + 8 * 3600, time_unit="s").dt.date()
    return frame.with_columns(
        day.alias("day"),
        pl.lit("").alias("place_text"),
        pl.lit(WHO).alias("reported_by"),
        pl.lit(False).alias("on_border"),
    )


def enter(cases: pl.DataFrame, flow: pl.DataFrame, pauses: pl.DataFrame) -> None:
    """Write rows whose moments are seconds since 1970, each table by one statement a slice."""
    for table, columns, frame in (
        ("cases_case", CASES, cases),
        ("cases_flow", FLOW, flow),
        ("cases_pause", PAUSES, pauses),
    ):
        if "id" not in frame.columns:
            frame = frame.with_columns(id=pl.Series(uuid7_many(frame.height), dtype=pl.String))
        moments = [_moment(name) for name, kind in columns.items() if kind == MOMENT]
        for part in frame.with_columns(moments).iter_slices(stage.SLICE):
            stage.enter(table, columns, stage.text_of(columns, part))


def _moment(name: str) -> pl.Expr:
    at = pl.from_epoch(pl.when(pl.col(name) != NEVER).then(pl.col(name)), time_unit="s")
    return at.dt.strftime("%Y-%m-%d %H:%M:%S+00").alias(name)
