"""Sending a return up, accepting it, giving it back: each one step by the table of transitions, with what it freezes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import polars as pl
from django.db import connection

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, NotFound, Problem
from linli.kernel.scope import acting
from linli.kernel.texts import check_printable
from linli.registry.actions.workbook import MOST_ROWS

from ...ledgers.problems import TooManyRows
from ...ledgers.rows import AREA
from ...permissions import ROUND_CHECK, ROUND_SUBMIT
from .. import differences, freezing, lineage, rules
from ..asking import BLANKS, KEY, STALE, Asking, Taken, keeper
from ..desks import case_of
from ..models import FrozenPart, Return, ReturnStep, ReturnVersion, Round
from ..problems import BelowWaiting, Closed, ReasonWanted, SentOn, WrongState
from ..rules import Deed, State, Transition
from .rounds import measure


def do(actor: Actor, return_id: UUID, deed: Deed, reason: str = "") -> Return:
    """Take one step with a return. Submitting freezes what it holds, in the same transaction as the step.

    Raises Invalid, NotFound, Forbidden, Closed, WrongState, BelowWaiting, SentOn, ReasonWanted, TooManyRows.
    """
    check_printable(reason=reason, lines=True)
    with acting(keeper(actor)):
        owner, round_, below, above = _locked(return_id)
        decided = rules.decide(deed, case_of(actor, owner, round_, below, above), reason)
        if not isinstance(decided, Transition):
            raise _problem(decided, deed, below)
        now = clock.now()
        if deed is Deed.SUBMIT:
            measure(round_, owner)
            owner.version = freeze(actor, owner, round_, below).number
        if deed is not Deed.SUBMIT:  # what is given back stands accepted no more
            owner.accepted = owner.version if deed is Deed.ACCEPT else None
        owner.state = decided.after
        owner.changed_at = now
        owner.save(update_fields=["state", "version", "accepted", "changed_at"])
        ReturnStep.objects.create(
            owner=owner,
            deed=deed,
            before=decided.before,
            after=decided.after,
            version=owner.version,
            reason=reason.strip()[: rules.LONGEST_REASON],
            made_by=actor.id,
            made_by_name=actor.name,
            made_at=now,
        )
        if deed is Deed.RETURN:
            measure(round_, owner)
        changes.record(actor, f"intake.return.{deed}", "return", owner.id, owner.area_code, {"version": owner.version})
    return owner


def _problem(refused: rules.Refused, deed: Deed, below: Sequence[Return]) -> Problem:
    match refused:
        case "desk":
            return Forbidden(permission=ROUND_SUBMIT if deed is Deed.SUBMIT else ROUND_CHECK)
        case "closed":
            return Closed()
        case "below":
            return BelowWaiting(count=sum(one.state != State.ACCEPTED for one in below))
        case "above":
            return SentOn()
        case "reason":
            return ReasonWanted()
        case "state":
            return WrongState()


def _locked(return_id: UUID) -> tuple[Return, Round, list[Return], Return | None]:
    """A return with those it depends on. The one above is locked first: two people who act at two levels, or twice at
    one, come one after the other and never wait for each other in a ring."""
    found = Return.objects.filter(id=return_id).first()
    if found is None:
        raise NotFound()
    same = Return.objects.select_for_update().filter(round_id=found.round_id)
    above = same.filter(area_code=found.receiver_code).order_by("id").first()
    owner = same.get(id=return_id)
    with connection.cursor() as cursor:  # closing the round waits for the step, other steps do not
        cursor.execute("SELECT FROM intake_round WHERE id = %s FOR KEY SHARE", [found.round_id])
    round_ = Round.objects.get(id=found.round_id)
    owner.round = round_
    return owner, round_, lineage.reporting_to(owner), above


def freeze(actor: Actor, owner: Return, round_: Round, below: Sequence[Return]) -> ReturnVersion:
    """Keep what a return holds as its next version. Raises TooManyRows."""
    parts = lineage.versions_below(below)
    taken = Asking(round_).take(owner.area_code)
    whole = freezing.together([taken.frame, freezing.of_versions(parts, taken.fields)], taken.fields)
    left_out = freezing.counted_before(whole)
    whole = freezing.without(whole, left_out)
    if taken.frame.height > MOST_ROWS:  # a town's own; what its villages sent was counted with each
        raise TooManyRows(rows=taken.frame.height, most=MOST_ROWS)
    oldest, newest = freezing.days(whole)
    last = lineage.last_version(owner)
    made = ReturnVersion.objects.create(
        owner=owner,
        area_code=owner.area_code,
        number=owner.version + 1,
        fields=list(taken.fields),
        rows=whole.height,
        own_rows=taken.frame.height,
        blanks=freezing.total(whole, BLANKS),
        stale=freezing.total(whole, STALE),
        oldest=oldest,
        newest=newest,
        sha256=freezing.digest(taken.frame, [part.sha256 for part in parts], left_out),
        parts=[part.id for part in parts],
        left_out=left_out,
        since_round=_counts(lineage.accepted_before(owner), whole, taken),
        since_returned=_counts(last, whole, taken),
        made_by=actor.id,
        made_by_name=actor.name,
        made_at=clock.now(),
    )
    FrozenPart.objects.bulk_create(
        FrozenPart(version_id=made.id, number=number, sealed=sealed)
        for number, sealed in enumerate(freezing.packed(taken.frame))
    )
    return made


def _counts(earlier: ReturnVersion | None, whole: pl.DataFrame, taken: Taken) -> dict[str, int] | None:
    if earlier is None:
        return None
    before, now = freezing.who_now(freezing.all_rows(earlier)), freezing.who_now(whole)
    return differences.compare(before, now, KEY, (AREA, KEY), taken.fields).counts
