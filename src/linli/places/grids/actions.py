"""Changes of grids: checked as a whole, shown with their effect, carried out as one dated action, undone by its reverse."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.db import connection, transaction

from linli.access import changes
from linli.access.actions import checks
from linli.access.reads import common_area
from linli.kernel import area_columns, clock, scope
from linli.kernel.actors import Actor, system
from linli.kernel.area_columns import Counted, Memory, Moves, Placed
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..actions import alone, raise_edition
from ..models import Grid, RegionShape
from ..permissions import EDIT
from . import rules, staffing, states
from .models import GridChange
from .problems import BadBoundaries, GridsChanged, NothingChanges, NotUndoable
from .rules import Plan, Village
from .tiling import Trouble

MEMORY = "places_area_move"
_AHEAD = Text("生效日期不能晚于今天。", "It cannot take effect later than today.")
_BEFORE = Text("生效日期早于所涉网格的启用日期。", "The grids concerned begin later than that.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would come to: the plan with its effect by old and new grid, or the troubles. Nothing is written."""

    stamp: str
    plan: Plan | None = None
    troubles: tuple[Trouble, ...] = ()
    counts: Sequence[Counted] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline a village gets with an import; `before` is None where none was known."""

    code: str
    before: RegionShape | None
    after: RegionShape


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything one change does: plans of villages, outlines, the date, and the change it undoes if it does."""

    kind: str
    plans: Sequence[Plan]
    effective_on: date
    reason: str
    outlines: Sequence[Outline] = ()
    undoes: GridChange | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)


def preview_change(
    actor: Actor, village_code: str, operations: Sequence[rules.Operation], successors: Mapping[str, str]
) -> Preview:
    """What the operations would come to, with people counted by grid. Raises NotFound, Forbidden."""
    village = _village(actor, village_code)
    try:
        plan = rules.plan(village, operations, successors)
    except rules.Refused as refused:
        return Preview(states.stamp(village), troubles=refused.troubles)
    return Preview(states.stamp(village), plan, counts=effect([plan]))


def effect(plans: Sequence[Plan]) -> list[Counted]:
    """What lies in every grid of the villages concerned, by old and new grid."""
    still = {code: (code,) for plan in plans for code in plan.before}
    moves = _moves(plans)
    return area_columns.effect(Moves({**still, **moves.heirs}, moves.placed))


def check_date(plans: Sequence[Plan], effective_on: date) -> None:
    """Raise Invalid for a date ahead of us, or before the grids concerned began."""
    if effective_on > clock.today():
        raise Invalid(fields=(FieldProblem("effective_on", "ahead", _AHEAD),))
    touched = [code for plan in plans for code in (*plan.ended, *plan.redrawn)]
    if Grid.objects.filter(code__in=touched, valid_from__gt=effective_on).exists():
        raise Invalid(fields=(FieldProblem("effective_on", "before_grid", _BEFORE),))


def change_grids(
    actor: Actor,
    village_code: str,
    operations: Sequence[rules.Operation],
    *,
    stamp: str,
    successors: Mapping[str, str] | None = None,
    effective_on: date | None = None,
    reason: str = "",
) -> GridChange:
    """Carry out operations on the grids of a village that `stamp` was given for.

    Raises BadBoundaries with the places, GridsChanged when somebody was first, NothingChanges, Forbidden, NotFound.
    """
    with transaction.atomic():
        alone()
        village = _village(actor, village_code)
        if states.stamp(village) != stamp:
            raise GridsChanged()
        with refusing():
            plan = rules.plan(village, operations, successors or {})
        if not plan.anything:
            raise NothingChanges()
        effective_on = effective_on or clock.today()
        check_date([plan], effective_on)
        return carry_out(actor, Wanted("edit", [plan], effective_on, reason.strip()))


def undo_change(actor: Actor, change_id: uuid.UUID, reason: str = "") -> GridChange:
    """Carry out the reverse: grids as they were, rows back where they came from, later ones by position.

    Raises NotUndoable when a later change rests on it, NotFound, Forbidden.
    """
    with transaction.atomic():
        alone()
        change = (
            GridChange.objects.restrict(actor, EDIT).exclude(kind__in=GridChange.RECODES).filter(id=change_id).first()
        )
        if change is None:
            raise NotFound()
        if change.undone_by or change.undoes or _rested_upon(change):
            raise NotUndoable()
        now = states.villages(change.villages)
        earlier = {e["code"]: states.kept(e) for e in change.before}
        made = {e["code"] for e in change.after} - earlier.keys()
        with refusing():
            plans = [
                rules.back(village, {c: g for c, g in earlier.items() if c[:12] == code}, made)
                for code, village in now.items()
            ]
        outlines = _outlines_back(change)
        done = carry_out(actor, Wanted("undo", plans, clock.today(), reason.strip(), outlines, change))
        GridChange.objects.filter(id=change.id).update(undone_by=done.id)
        return done


def _rested_upon(change: GridChange) -> bool:
    """Whether a later change stands on it, one of a wider area than the actor sees too."""
    with scope.acting(system("places", settings.LINLI_DISTRICT)):
        later = GridChange.objects.filter(id__gt=change.id, undone_by=None, undoes=None)
        return bool(later.filter(villages__overlap=change.villages).exists())


def carry_out(actor: Actor, wanted: Wanted) -> GridChange:
    """Write a checked change: grids, outlines, staff, every room's rows, the memory of it. Inside `alone()`.

    Raises WidensOwn where who asks would see more by it than before, OfficesApart where two administrators became one.
    """
    change_id, undoes = uuid7(), wanted.undoes
    flows = _flows(wanted.plans)
    checks.widens_nothing_own(actor, flows)
    checks.keeps_apart(flows, "plan")
    before, after = _write_grids(wanted)
    for outline in wanted.outlines:
        outline.after.save(force_insert=outline.before is None, force_update=outline.before is not None)
    heirs = {code: plan.heirs[code] for plan in wanted.plans for code in plan.ended}
    over = replace(system("places", settings.LINLI_DISTRICT), request_id=actor.request_id)
    with scope.acting(over):
        # Somebody's rows may be out of the actor's sight; where they go is decided by their grid, not by who asks.
        staffing.hand_over(over, heirs, change_id, undoes.id if undoes else None)
        moved = area_columns.move(
            _moves(wanted.plans), Memory(MEMORY, change_id), Memory(MEMORY, undoes.id) if undoes else None
        )
    codes = [plan.village for plan in wanted.plans] or [o.code for o in wanted.outlines]
    summary = {
        "added": [c for plan in wanted.plans for c in plan.added],
        "ended": [c for plan in wanted.plans for c in plan.ended],
        "redrawn": [c for plan in wanted.plans for c in plan.redrawn],
        "renamed": [c for plan in wanted.plans for c in plan.renamed],
        "outlines": [o.code for o in wanted.outlines],
        **wanted.summary,
    }
    change = GridChange.objects.create(
        id=change_id,
        area_code=common_area(codes),
        villages=sorted({*codes, *(o.code for o in wanted.outlines)}),
        kind=wanted.kind,
        effective_on=wanted.effective_on,
        reason=wanted.reason,
        summary=summary,
        before=before,
        after=after,
        outlines_before=[_keep_outline(o.code, o.before) for o in wanted.outlines],
        outlines_after=[_keep_outline(o.code, o.after) for o in wanted.outlines],
        moved=moved,
        undoes=undoes.id if undoes else None,
        made_at=clock.now(),
        made_by=actor.id,
    )
    raise_edition()
    detail = {**summary, "effective_on": wanted.effective_on.isoformat(), "moved": moved}
    changes.record(actor, f"places.grid.{wanted.kind}", "grid_change", change.id, change.area_code, detail)
    return change


@contextmanager
def refusing() -> Iterator[None]:
    """Say what the rules refused as a problem."""
    try:
        yield
    except rules.Refused as refused:
        raise BadBoundaries(refused.troubles) from None


def _village(actor: Actor, code: str) -> Village:
    actor.require(EDIT, code)
    found = states.villages([code]).get(code)
    if found is None:
        raise NotFound()
    return found


def _write_grids(wanted: Wanted) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    touched = {c for plan in wanted.plans for c in (*plan.added, *plan.ended, *plan.redrawn, *plan.renamed)}
    stored = {g.code: g for g in Grid.objects.filter(code__in=touched)}
    known = {c: g for c, g in stored.items() if g.valid_to is None}
    earlier = {e["code"]: e for e in wanted.undoes.before} if wanted.undoes else {}
    rows = []
    for plan in wanted.plans:
        for code in touched & plan.after.keys():
            since = known[code].valid_from if code in known else wanted.effective_on
            if code in earlier:
                since = date.fromisoformat(earlier[code]["valid_from"]) if earlier[code]["valid_from"] else None
            rows.append(states.row_of(plan.after[code], since))
        for code in plan.ended:
            ended = states.row_of(plan.before[code], known[code].valid_from, wanted.effective_on)
            ended.successor = plan.heirs[code][0]
            rows.append(ended)
    Grid.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "name",
            "kind",
            "geometry",
            "lon",
            "lat",
            "area_m2",
            "synthetic",
            "source",
            "valid_from",
            "valid_to",
            "successor",
        ],
    )
    return states.keep(known[c] for c in sorted(known)), states.keep(r for r in rows if r.valid_to is None)


def _flows(plans: Sequence[Plan]) -> dict[str, tuple[str, ...]]:
    """Where the ground of every grid of the villages concerned goes; what stays goes to itself."""
    return {code: plan.heirs.get(code, (code,)) for plan in plans for code in plan.before}


def _moves(plans: Sequence[Plan]) -> Moves:
    heirs = {old: new for plan in plans for old, new in plan.heirs.items()}
    ground = {old: (*new, *plan.strips.get(old, ())) for plan in plans for old, new in plan.heirs.items()}
    figures = {code: grid.figure for plan in plans for code, grid in plan.after.items()}
    return Moves(heirs, _placed(ground, figures))


def _placed(ground: Mapping[str, tuple[str, ...]], figures: Mapping[str, Any]) -> list[Placed]:
    """Dwellings and compounds whose position (or whose compound's) lies in one of those that get ground of their grid."""
    several = [old for old, new in ground.items() if len(new) > 1]
    if not several:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, d.area_code, coalesce(d.lon, c.lon), coalesce(d.lat, c.lat)
            FROM places_dwelling d LEFT JOIN places_compound c ON c.id = d.compound_id
            WHERE d.area_code = ANY(%(olds)s) AND coalesce(d.lon, c.lon) IS NOT NULL
            UNION ALL
            SELECT id, area_code, lon, lat FROM places_compound WHERE area_code = ANY(%(olds)s) AND lon IS NOT NULL
            """,
            {"olds": several},
        )
        rows = cursor.fetchall()
    if not rows:
        return []
    codes = sorted({code for old in several for code in ground[old]})
    tree = shapely.STRtree([figures[code] for code in codes])
    point, figure = tree.query(shapely.points(np.array([row[2:] for row in rows])), predicate="intersects")
    found: dict[int, str] = {}
    for at, which in sorted(zip(point.tolist(), figure.tolist(), strict=True)):
        if codes[which] in ground[rows[at][1]]:
            found.setdefault(at, codes[which])
    return [Placed(rows[at][0], rows[at][1], code) for at, code in found.items()]


def _keep_outline(code: str, shape: RegionShape | None) -> dict[str, Any]:
    if shape is None:
        return {"code": code, "figure": None}
    return {
        "code": code, "figure": bytes(shape.geometry).hex(), "synthetic": shape.synthetic, "source": shape.source,
    }  # fmt: skip


def _outlines_back(change: GridChange) -> list[Outline]:
    now = {s.code: s for s in RegionShape.objects.filter(code__in=[e["code"] for e in change.outlines_before])}
    back = []
    for entry in change.outlines_before:
        if entry["figure"] is None:
            continue  # there was none; the one that came with the change is better than nothing
        figure = shapely.from_wkb(bytes.fromhex(entry["figure"]))
        after = states.shape_of(entry["code"], figure, entry["synthetic"], entry["source"])
        back.append(Outline(entry["code"], now.get(entry["code"]), after))
    return back
