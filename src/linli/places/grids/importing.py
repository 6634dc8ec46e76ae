"""Bringing in true boundaries: previewed with their effect, then one dated change that can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from django.conf import settings
from django.db import transaction

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.area_columns import Counted
from linli.kernel.coordinates import Datum
from linli.kernel.errors import FieldProblem, Invalid, Text

from ..actions import alone
from ..models import Region, RegionShape
from ..permissions import EDIT
from ..shapefile import Unreadable
from . import boundaries, states, tiling
from .actions import Outline, Wanted, carry_out, check_date, effect, refusing
from .boundaries import Ground, Outcome
from .models import GridChange
from .problems import FileUnreadable, NothingChanges
from .rules import Plan, Refused
from .tiling import Trouble

_SOURCE = Text("请写明边界的来源。", "Please say where the boundaries come from.")


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a file would change; nothing is written."""

    plans: Sequence[Plan] = ()
    outlines: Sequence[str] = ()
    troubles: tuple[Trouble, ...] = ()
    counts: Sequence[Counted] = ()


def preview_boundaries(actor: Actor, content: bytes, datum: Datum, source: str, drawn: bool = False) -> ImportPreview:
    """What the boundaries of a file would change, or every trouble with its place. Raises FileUnreadable, Forbidden."""
    try:
        found, _ = _outcome(actor, content, datum, source, drawn)
    except Refused as refused:
        return ImportPreview(troubles=refused.troubles)
    return ImportPreview(found.plans, sorted(found.outlines), counts=effect(found.plans))


def import_boundaries(
    actor: Actor,
    content: bytes,
    *,
    datum: Datum,
    source: str,
    drawn: bool = False,
    effective_on: date | None = None,
    reason: str = "",
) -> GridChange:
    """Take the boundaries of a file as those that hold. `drawn`: they are 示意, too.

    Raises FileUnreadable, BadBoundaries with the places, NothingChanges, Forbidden in a village the actor may not edit.
    """
    if not source.strip():
        raise Invalid(fields=(FieldProblem("source", "required", _SOURCE),))
    with transaction.atomic():
        alone()
        with refusing():
            found, ground = _outcome(actor, content, datum, source.strip(), drawn)
        outlines = _outlines(found, ground, source.strip())
        if not found.plans and not outlines:
            raise NothingChanges()
        effective_on = effective_on or clock.today()
        check_date(found.plans, effective_on)
        wanted = Wanted(
            "import",
            found.plans,
            effective_on,
            reason.strip(),
            outlines,
            summary={"source": source.strip(), "datum": datum.value},
        )
        return carry_out(actor, wanted)


def _outcome(actor: Actor, content: bytes, datum: Datum, source: str, drawn: bool) -> tuple[Outcome, Ground]:
    try:
        given = boundaries.read(content, datum)
    except Unreadable as error:
        raise FileUnreadable(str(error)) from None
    ground = _ground()
    right = boundaries.check(given, datum, ground)
    for village in {b.village for b in right}:
        actor.require(EDIT, village)
    found = boundaries.outcome(right, ground, source.strip(), drawn)
    for code in {*found.outlines, *(plan.village for plan in found.plans)}:
        actor.require(EDIT, code)
    return found, ground


def _ground() -> Ground:
    """Everything known of the district's villages. Five queries."""
    codes = Region.objects.filter(level="village", valid_to=None).values_list("code", flat=True)
    shapes = {s.code: s for s in RegionShape.objects.defer("geometry").filter(code__in=list(codes))}
    whole = RegionShape.objects.filter(code=settings.LINLI_DISTRICT).values_list("geometry", flat=True).first()
    return Ground(
        states.villages(codes),
        frozenset(code for code, shape in shapes.items() if shape.synthetic),
        shapely.from_wkb(bytes(whole)) if whole is not None else None,
    )


def _outlines(found: Outcome, ground: Ground, source: str) -> list[Outline]:
    """Outlines that differ from those known, and those of the towns around them where a town's is drawn."""
    towns = {code[:9] for code in found.outlines}
    stored = {s.code: s for s in RegionShape.objects.filter(code__in=[*found.outlines, *towns])}
    wanted = {
        code: states.shape_of(code, figure, synthetic, _kept_source(stored.get(code), source) if synthetic else source)
        for code, (figure, synthetic) in found.outlines.items()
    }
    for town in towns:
        if town in stored and stored[town].synthetic:
            inside = {c: v.outline for c, v in ground.villages.items() if c.startswith(town) and v.outline is not None}
            inside |= {c: figure for c, (figure, _) in found.outlines.items() if c.startswith(town)}
            wanted[town] = states.shape_of(town, tiling.union(inside.values()), True, stored[town].source)
    return [
        Outline(code, stored.get(code), shape)
        for code, shape in sorted(wanted.items())
        if code not in stored or _differs(stored[code], shape)
    ]


def _kept_source(stored: RegionShape | None, source: str) -> str:
    return stored.source if stored is not None else source


def _differs(stored: RegionShape, wanted: RegionShape) -> bool:
    return (bytes(stored.geometry), stored.synthetic, stored.source) != (
        bytes(wanted.geometry),
        wanted.synthetic,
        wanted.source,
    )
