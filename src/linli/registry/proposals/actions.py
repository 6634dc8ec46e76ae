"""Deciding on a proposal: one person (they are joined, which can be undone) or two (remembered); and giving one to somebody."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import polars as pl

from linli.access import changes as change_log
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.registry.actions.elevated import on_behalf_of
from linli.registry.matching.filing import note_facts
from linli.registry.matching.models import MatchProposal
from linli.registry.models import Person
from linli.registry.permissions import JOIN, VIEW
from linli.registry.problems import AlreadyDecided, ChangedMeanwhile
from linli.registry.regrouping.actions import check_person, check_reason, join_people
from linli.registry.regrouping.models import Regrouping
from linli.registry.reviewing.actions import may_decide

Decision = Literal["same", "apart"]
State = MatchProposal.State
_CANNOT = Text("此人不能合并这两人。", "They may not join these two.")


def decide(
    actor: Actor,
    proposal_id: UUID,
    decision: Decision,
    reason: str,
    version: int | None = None,
    other_version: int | None = None,
) -> Regrouping | None:
    """Say of two people that they are one, or that they are not. Returns the join that was made.

    The one with a number stays, else the one entered first. `version` and `other_version` are those looked at, of the
    first and the second; without them those of now. Raises NotFound, Forbidden, ReasonMissing, AlreadyDecided,
    ChangedMeanwhile, and what keeps two from being joined.
    """
    seen = MatchProposal.objects.filter(id=proposal_id, record_id=None).first()
    if seen is None or seen.other_id is None:
        raise NotFound()
    for each in (seen.person_id, seen.other_id):
        check_person(actor, each)
    reason = check_reason(reason)
    with on_behalf_of(actor):
        found = MatchProposal.objects.select_for_update().filter(id=proposal_id).first()
        if found is None:  # one of them was taken back or joined meanwhile
            raise NotFound()
        if found.state != State.OPEN:
            raise AlreadyDecided()
        versions = {seen.person_id: version, seen.other_id: other_version}
        people = {p.id: p for p in Person.objects.select_for_update().filter(id__in=versions)}
        for each, looked_at in versions.items():
            if each not in people or looked_at not in (None, people[each].version):
                raise ChangedMeanwhile(version=people[each].version if each in people else 0)
        found.decided_at, found.decided_by, found.reason = clock.now(), actor.id, reason
        found.state = State.JOINED if decision == "same" else State.APART
        found.assigned_to = None
        found.save()
        ids = {"id": found.id, "person_id": seen.person_id, "other_id": seen.other_id}
        note_facts(pl.DataFrame({name: [str(each)] for name, each in ids.items()}))
        if decision == "apart":
            first = people[seen.person_id]
            change_log.record(
                actor, "registry.proposal.apart", "person", first.id, first.area_code, {"other": str(seen.other_id)}
            )
            return None
        kept, gone = sorted(people.values(), key=lambda p: (p.id_hash is None, p.recorded_at, p.id))
        return join_people(actor, kept.id, gone.id, reason, kept.version, gone.version)


def assign(actor: Actor, proposal_id: UUID, account_id: UUID | None) -> None:
    """Give an open pair to an account that may decide on it, or let it go (None).

    Raises NotFound, Forbidden, AlreadyDecided, Invalid for somebody who may not.
    """
    seen = MatchProposal.objects.filter(id=proposal_id, record_id=None).first()
    if seen is None or seen.other_id is None:
        raise NotFound()
    places = [check_person(actor, each).area_code for each in (seen.person_id, seen.other_id)]
    if seen.state != State.OPEN:
        raise AlreadyDecided()
    if account_id is not None and not all(may_decide(account_id, at, right) for at in places for right in (JOIN, VIEW)):
        raise Invalid(fields=(FieldProblem("account_id", "cannot", _CANNOT),))
    with on_behalf_of(actor):
        MatchProposal.objects.filter(id=proposal_id, state=State.OPEN).update(
            assigned_to=str(account_id) if account_id else None
        )
