"""Entering rules of survivorship, withdrawing planned ones, and computing people anew in slices that can be gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access import changes as change_log
from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.merge import derive, golden, households
from linli.registry.merge.priorities import GENERAL, Rule, own_priorities, priorities
from linli.registry.merge.run import lock
from linli.registry.models import FieldPriority
from linli.registry.permissions import SURVIVORSHIP
from linli.registry.problems import ReasonMissing

from . import jobs, rules, slicing
from .models import RuleChange
from .problems import NotPlanned, StillRunning

State = RuleChange.State
SHORTEST_REASON = 2
_PLANNED = Text(
    "这一天已有计划中的修改，请先撤回它，或另选日期。",
    "A change planned for this day says something of this already; withdraw it first, or choose another day.",
)


def check_rules(actor: Actor, wanted: Sequence[Rule], valid_from: date) -> None:
    """Whether `actor` may enter these rules: over the district only, since they hold for everybody. Raises Forbidden,
    Invalid."""
    actor.require(SURVIVORSHIP, settings.LINLI_DISTRICT)
    if problems := rules.check(wanted, valid_from, own_priorities().keys(), clock.today()):
        raise Invalid(fields=problems)
    _check_unplanned(wanted, valid_from)


def _check_unplanned(wanted: Sequence[Rule], valid_from: date) -> None:
    """Whether no planned change holds one of these rules on that day: of a day there is one, and withdrawing either change
    would take it from both. Raises Invalid."""
    planned = RuleChange.objects.filter(state=State.PLANNED, valid_from=valid_from).values("id")
    held = set(
        FieldPriority.objects.filter(valid_from=valid_from, change_id__in=planned).values_list("field", "source_id")
    )
    names = [f"{rule.field}.{rule.source}" for rule in wanted if (rule.field, rule.source) in held]
    if names:
        raise Invalid(fields=tuple(FieldProblem(name, "planned", _PLANNED) for name in names))


@transaction.atomic
def enter_rules(actor: Actor, wanted: Sequence[Rule], valid_from: date, reason: str) -> RuleChange:
    """Enter rules from a day on; those of today have people computed anew at once, by a job.

    Raises Forbidden, Invalid, ReasonMissing, StillRunning.
    """
    check_rules(actor, wanted, valid_from)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    lock()
    if RuleChange.objects.filter(state=State.RUNNING).exists():
        raise StillRunning()
    _check_unplanned(wanted, valid_from)  # again: meanwhile somebody else may have planned it
    before = priorities(valid_from)
    change = RuleChange.objects.create(
        id=uuid7(), valid_from=valid_from, reason=reason.strip(), made_at=clock.now(), made_by=actor.id,
        state=State.PLANNED if valid_from > clock.today() else State.RUNNING,
        rules=[
            {
                "field": r.field, "source": r.source, "priority": r.priority,
                "before": before.of(r.field, r.source) if r.field != GENERAL else before.general.get(r.source),
            }
            for r in wanted
        ],
    )  # fmt: skip
    for rule in wanted:
        FieldPriority.objects.update_or_create(
            field=rule.field, source_id=rule.source, valid_from=valid_from,
            defaults={"priority": rule.priority, "change_id": change.id},
            create_defaults={"id": uuid7(), "priority": rule.priority, "change_id": change.id},
        )  # fmt: skip
    _record(actor, "registry.survivorship.enter", change)
    if change.state == State.RUNNING:
        jobs.enqueue(change.id)
    return change


@transaction.atomic
def withdraw(actor: Actor, change_id: UUID) -> None:
    """Take rules back whose day has not come. Raises Forbidden, NotFound, NotPlanned."""
    actor.require(SURVIVORSHIP, settings.LINLI_DISTRICT)
    change = RuleChange.objects.select_for_update().filter(id=change_id).first()
    if change is None:
        raise NotFound()
    if change.state != State.PLANNED or change.valid_from <= clock.today():
        raise NotPlanned()  # they hold from midnight, before the run of that day begins
    FieldPriority.objects.filter(change_id=change.id).delete()
    change.state, change.withdrawn_at, change.withdrawn_by = State.WITHDRAWN, clock.now(), actor.id
    change.save()
    _record(actor, "registry.survivorship.withdraw", change)


def begin_due() -> list[UUID]:
    """Begin changes whose day has come, one after the other; answers those that are to be carried out."""
    with acting(system("survivorship", settings.LINLI_DISTRICT)):
        due = RuleChange.objects.filter(state=State.PLANNED, valid_from__lte=clock.today())
        due.update(state=State.RUNNING)
        return list(RuleChange.objects.filter(state=State.RUNNING).order_by("made_at").values_list("id", flat=True))


def carry_out(change_id: UUID, most: int = slicing.SLICE) -> None:
    """Compute anew all whom a change concerns, slice by slice, each a transaction of its own under the lock of merges.

    Killed at any moment, the next call goes on where the last finished slice ended; done twice, it changes nothing.
    """
    while _carry_slice(change_id, most):
        pass


def _carry_slice(change_id: UUID, most: int) -> bool:
    """One slice; answers whether there may be more."""
    with acting(system("survivorship", settings.LINLI_DISTRICT)):
        lock()
        change = RuleChange.objects.select_for_update().filter(id=change_id, state=State.RUNNING).first()
        if change is None:
            return False
        count, last = slicing.take(sorted({rule["source"] for rule in change.rules}), change.reached, most)
        if count:
            households.note_affected()
            change.changed += golden.recompute(created_at=clock.now())
            derive.recompute()
            households.recompute()
            change.people += count
            change.reached = last
        else:
            change.state, change.finished_at = State.DONE, clock.now()
        change.save()
        return bool(count)


def _record(actor: Actor, action: str, change: RuleChange) -> None:
    detail = {"valid_from": change.valid_from.isoformat(), "rules": len(change.rules)}
    change_log.record(actor, action, "rule_change", change.id, settings.LINLI_DISTRICT, detail)
