"""Setting how long data is kept, and destroying what is due: in bounded slices, each committed with what it destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from linli.kernel import clock, retention, scope
from linli.kernel.actors import Actor, system
from linli.kernel.errors import FieldProblem, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.retention import Amount, Kind

from .. import changes
from ..errors import BadRetention, DestructionHeld
from ..models import DeletionCertificate, DestructionRun, RetentionRule
from ..permissions import RETENTION_EDIT, RETENTION_VIEW
from . import certificates, rules
from .rules import Bounds, Rule

SLICE = 2000
#: One certificate after the other (any number will do; it is ours in this database).
CHAIN_LOCK = 370302_06


@dataclass(frozen=True, slots=True)
class Due:
    """What a time would destroy tonight: everything kept since before `before`."""

    days: int
    before: datetime
    amount: Amount


def kind_of(name: str) -> Kind:
    """A kind by name. Raises NotFound."""
    found = retention.of(name)
    if found is None:
        raise NotFound()
    return found


def bounds_of(kind: Kind) -> Bounds:
    """Within what a rule of the kind must stay."""
    return Bounds(kind.default, kind.floor, kind.ceiling)


def rule_of(kind: Kind, on: date) -> Rule:
    """The rule in force for a kind on a day. One query."""
    made = RetentionRule.objects.filter(kind=kind.name).order_by("id")
    return rules.in_force((Rule(*row) for row in made.values_list("id", "days", "effective_on")), bounds_of(kind), on)


def check_rule(actor: Actor, kind: Kind, days: int | None, effective_on: date) -> None:
    """Raise Forbidden, or BadRetention with the field to mend."""
    actor.require(RETENTION_EDIT, settings.LINLI_DISTRICT)
    _refuse(kind, days, effective_on)


def _refuse(kind: Kind, days: int | None, effective_on: date) -> None:
    refused = rules.refusal(days, effective_on, bounds_of(kind), clock.today())
    if refused:
        params = {
            "floor": kind.floor, "ceiling": kind.ceiling, "basis_zh": kind.basis.zh, "basis_en": kind.basis.en,
        }  # fmt: skip
        field = "effective_on" if refused == "past" else "days"
        raise BadRetention(fields=(FieldProblem(field, refused, BadRetention.REASONS[refused], params),))


def preview(actor: Actor, name: str, days: int) -> Due:
    """How much a time would destroy. Raises Forbidden, NotFound, BadRetention; changes nothing."""
    actor.require(RETENTION_VIEW, settings.LINLI_DISTRICT)
    kind = kind_of(name)
    _refuse(kind, days, clock.today())
    before = rules.cutoff(days, clock.today(), clock.LOCAL)
    with scope.acting(overseer()):  # of the whole district, of which whoever asks may see less
        return Due(days, before, kind.amount(before))


def set_rule(
    actor: Actor, name: str, days: int | None, effective_on: date | None = None, reason: str = ""
) -> RetentionRule:
    """Set how long a kind is kept from a day on (today if not said). Raises Forbidden, NotFound, BadRetention."""
    kind, effective_on = kind_of(name), effective_on or clock.today()
    check_rule(actor, kind, days, effective_on)
    rule = RetentionRule.objects.create(
        id=uuid7(), kind=name, days=days, effective_on=effective_on, reason=reason.strip(), made_at=clock.now(),
        made_by=actor.id,
    )  # fmt: skip
    detail = {"kind": name, "days": days, "effective_on": effective_on.isoformat(), "reason": rule.reason}
    changes.record(actor, "access.retention.set", "retention_rule", rule.id, settings.LINLI_DISTRICT, detail)
    return rule


def destroy_due(actor: Actor, kind: Kind, slice_rows: int = SLICE) -> DeletionCertificate | None:
    """Destroy what is due of a kind, slice by slice, each a transaction of its own; None when nothing was.

    Killed at any moment it goes on where it stopped, under the rule and the moment it began with: what has begun is
    finished, so that no day is left half there. Raises DestructionHeld.
    """
    while True:
        with scope.acting(actor):
            run = _run(kind)
            if run is None:
                return None
            done = kind.destroy(run.before, slice_rows, run.cursor)
            _absorb(run, done)
            if not done.more:
                return _finish(actor, run)
            run.save()


def held(kind: Kind) -> Text | None:
    """Why what is due of a kind may not be destroyed now, if so; None too where nothing is due."""
    days = rule_of(kind, clock.today()).days
    if days is None:
        return None
    before = rules.cutoff(days, clock.today(), clock.LOCAL)
    return kind.held(before) if kind.amount(before).rows else None


def _run(kind: Kind) -> DestructionRun | None:
    """The run that is under way, else a new one where a rule is in force. Held to the end of the transaction."""
    found = DestructionRun.objects.select_for_update().filter(kind=kind.name).first()
    if found is not None:
        return found
    rule = rule_of(kind, clock.today())
    if rule.days is None:
        return None
    before = rules.cutoff(rule.days, clock.today(), clock.LOCAL)
    if kind.amount(before).rows == 0:
        return None
    if (why := kind.held(before)) is not None:
        raise DestructionHeld(kind=kind.name, why_zh=why.zh, why_en=why.en)
    return DestructionRun.objects.create(
        id=uuid7(), kind=kind.name, rule_id=rule.id, days=rule.days, before=before, began_at=clock.now()
    )


def _absorb(run: DestructionRun, done: retention.Slice) -> None:
    """Add a slice to what a run has destroyed."""
    times = [at for _, at in done.gone]
    run.rows += len(done.gone)
    run.files += done.files
    run.cursor = done.cursor
    run.oldest = min([*times, run.oldest] if run.oldest else times, default=None)
    run.newest = max([*times, run.newest] if run.newest else times, default=None)
    run.ids_digest = rules.add_ids(bytes(run.ids_digest), run.kind, (each for each, _ in done.gone))


def _finish(actor: Actor, run: DestructionRun) -> DeletionCertificate | None:
    """The certificate of a run that is through, in the transaction of its last slice."""
    run.delete()
    if run.oldest is None or run.newest is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = DeletionCertificate.objects.order_by("-serial").first()
    made = DeletionCertificate(
        id=uuid7(), serial=last.serial + 1 if last else 1, at=clock.now(), kind=run.kind, rule_id=run.rule_id,
        days=run.days, before=run.before, began_at=run.began_at, rows=run.rows, files=run.files, oldest=run.oldest,
        newest=run.newest, ids_digest=run.ids_digest, made_by=actor.id,
        previous=bytes(last.seal) if last else b"",
    )  # fmt: skip
    made.seal = rules.seal(bytes(made.previous), certificates.facts_of(made))
    made.save(force_insert=True)
    detail = {"kind": made.kind, "days": made.days, "rows": made.rows, "serial": made.serial, "seal": made.seal.hex()}
    changes.record(actor, "access.retention.destroy", "certificate", made.id, settings.LINLI_DISTRICT, detail)
    return made


def overseer() -> Actor:
    """Who destroys: the program itself, over the whole district."""
    return system("retention", settings.LINLI_DISTRICT)
