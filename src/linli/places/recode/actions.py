"""Recodes: checked as a whole, shown with their effect, carried out as one dated action, undone by their reverse."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from linli.access import changes
from linli.access.actions import areas as rights
from linli.access.actions import checks
from linli.access.reads import common_area
from linli.kernel import area_columns, clock, scope
from linli.kernel.actors import Actor, system
from linli.kernel.area_columns import Counted, Memory, Moves
from linli.kernel.errors import NotFound
from linli.kernel.ids import uuid7

from ..actions import alone, raise_edition
from ..grids import staffing
from ..grids.actions import MEMORY
from ..models import Compound, Grid, GridChange, Region
from ..permissions import EDIT
from . import rules, states, write
from .problems import BadRecode, NamesCollide, RecodeNotUndoable, RowsCollide
from .rules import Plan, Wish


@dataclass(frozen=True, slots=True)
class Preview:
    """What a recode would come to: where every code goes, and how much of everything goes with it. Nothing is written."""

    plan: Plan
    counts: Sequence[Counted]


def check_recode(actor: Actor, wish: Wish, effective_on: date | None = None) -> Plan:
    """The plan of a recode that may be carried out now. Raises Forbidden, BadRecode, NamesCollide, WidensOwn,
    OfficesApart."""
    for code in (wish.old, wish.new, common_area([wish.old, wish.new])):
        actor.require(EDIT, code)
    base = states.base(settings.LINLI_DISTRICT)
    try:
        plan = rules.plan(base, wish)
        since = dict(Grid.objects.filter(code__in=list(plan.heirs)).values_list("code", "valid_from"))
        rules.check_date(base, plan, effective_on or clock.today(), clock.today(), since)
    except rules.Refused as refused:
        raise BadRecode(refused) from None
    stays = {wish.new: (wish.new,)} if plan.how == "merge" else {}
    flows = {old: (new,) for old, new in plan.heirs.items()} | stays
    checks.widens_nothing_own(actor, flows)
    checks.keeps_apart(flows, "new")
    if plan.how == "merge" and (names := _twice(wish)):
        raise NamesCollide(names="、".join(names))
    return plan


def preview_recode(actor: Actor, wish: Wish, effective_on: date | None = None) -> Preview:
    """What the recode would come to. Raises what `check_recode` does."""
    plan = check_recode(actor, wish, effective_on)
    with transaction.atomic():
        return Preview(plan, area_columns.effect(_moves(plan.heirs)))


def do_recode(actor: Actor, wish: Wish, effective_on: date | None = None, reason: str = "") -> GridChange:
    """Carry out a recode, in one transaction. Raises what `check_recode` does, and RowsCollide."""
    with transaction.atomic():
        alone()
        plan = check_recode(actor, wish, effective_on)
        effective_on = effective_on or clock.today()
        touched = write.touched(plan)
        kept = states.keep(touched)
        change_id = uuid7()
        with scope.acting(_over(actor)) as over:
            named = [wish.old, wish.new, *plan.heirs]
            before = rights.grants_in(named)
            write.reference(plan, effective_on)
            with _once():
                stays = {wish.new: wish.new} if plan.how == "merge" else {}
                moved = area_columns.move(_moves({**plan.heirs, **stays}), Memory(MEMORY, change_id))
            staffing.retitle(over, [wish.new, *plan.heirs.values()])
            doubles = rights.gone(before)
        summary = {
            "how": plan.how, "old": wish.old, "new": wish.new, "name": plan.short_name, "kind": plan.kind,
            "was": {"name": _name(kept, wish.old), "kind": _kind(kept, wish.old)},
            "heirs": dict(plan.heirs), "fresh": sorted(plan.fresh),
        }  # fmt: skip
        return _record(
            actor, "recode", change_id, plan.villages, (wish.old, wish.new), effective_on, reason, summary, moved,
            areas_before=[*kept, *doubles],
        )  # fmt: skip


def check_undo(actor: Actor, change_id: uuid.UUID) -> GridChange:
    """The recode to be undone. Raises NotFound, RecodeNotUndoable when a later change rests on it."""
    change = GridChange.objects.restrict(actor, EDIT).filter(id=change_id, kind__in=GridChange.RECODES).first()
    if change is None:
        raise NotFound()
    later = GridChange.objects.filter(id__gt=change.id, undone_by=None, undoes=None, villages__overlap=change.villages)
    with scope.acting(_over(actor)):
        resting = later.exists()
    if change.undone_by or change.undoes or resting:
        raise RecodeNotUndoable()
    return change


def undo_recode(actor: Actor, change_id: uuid.UUID, reason: str = "") -> GridChange:
    """Carry out the reverse: every code, name, outline, row and right as it was; what came since goes with its area."""
    with transaction.atomic():
        alone()
        change = check_undo(actor, change_id)
        heirs: dict[str, str] = change.summary["heirs"]
        fresh = set(change.summary["fresh"])
        old, new = change.summary["old"], change.summary["new"]
        undo_id = uuid7()
        # What lay in a village before another joined it stays, but for the rows that are remembered.
        back = {new: was if new in fresh else new for was, new in heirs.items()}
        doubles = [entry for entry in change.areas_before if entry["model"] == "access.grant"]
        kept = [entry for entry in change.areas_before if entry["model"] != "access.grant"]
        with scope.acting(_over(actor)) as over:
            write.back(kept, {was: now for was, now in heirs.items() if now in fresh}, clock.today())
            with _once():
                moved = area_columns.move(_moves(back), Memory(MEMORY, undo_id), Memory(MEMORY, change.id))
            rights.bring_back(doubles, [old, new, *heirs, *heirs.values()])
            staffing.retitle(over, [old, new, *heirs])
        summary = {
            "how": change.summary["how"], "old": new, "new": old, **change.summary["was"],
            "was": {"name": change.summary["name"], "kind": change.summary["kind"]},
            "heirs": back, "fresh": [],
        }  # fmt: skip
        done = _record(
            actor, "recode_undo", undo_id, change.villages, (old, new), clock.today(), reason, summary, moved,
            undoes=change.id,
        )  # fmt: skip
        GridChange.objects.filter(id=change.id).update(undone_by=done.id)
        return done


def _record(
    actor: Actor, kind: str, change_id: uuid.UUID, villages: Sequence[str], codes: tuple[str, str],
    effective_on: date, reason: str, summary: Mapping[str, Any], moved: Mapping[str, int], **more: Any,
) -> GridChange:  # fmt: skip
    change = GridChange.objects.create(
        id=change_id, area_code=common_area(codes), villages=sorted(villages), kind=kind, effective_on=effective_on,
        reason=reason.strip(), summary=summary, moved=moved, made_at=clock.now(), made_by=actor.id, **more,
    )  # fmt: skip
    raise_edition()
    detail = {**summary, "effective_on": effective_on.isoformat(), "moved": moved}
    changes.record(actor, f"places.region.{kind}", "grid_change", change.id, change.area_code, detail)
    return change


@contextmanager
def _once() -> Iterator[None]:
    """Say which rule of once-only stands against it; the transaction is the caller's to roll back."""
    try:
        yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        raise RowsCollide(constraint=getattr(diagnosis, "constraint_name", None) or "") from None


def _over(actor: Actor) -> Actor:
    """Rows go by where they lie, not by what the one who asks may see of them."""
    return replace(system("places", settings.LINLI_DISTRICT), request_id=actor.request_id)


def _moves(heirs: Mapping[str, str]) -> Moves:
    return Moves({old: (new,) for old, new in heirs.items()})


def _twice(wish: Wish) -> list[str]:
    """Names of compounds that both villages have."""
    there = Compound.objects.filter(village_code=wish.new).values("name")
    both = Compound.objects.filter(village_code=wish.old, name__in=there)
    return list(both.order_by("name").values_list("name", flat=True)[:20])


def _name(kept: Sequence[Mapping[str, Any]], code: str) -> str:
    return str(_fields(kept, code)["short_name"])


def _kind(kept: Sequence[Mapping[str, Any]], code: str) -> str:
    return str(_fields(kept, code)["kind"])


def _fields(kept: Sequence[Mapping[str, Any]], code: str) -> Mapping[str, Any]:
    label = Region._meta.label_lower
    return next(entry["fields"] for entry in kept if entry["model"] == label and entry["pk"] == code)
