"""Writing the record of a mediation: the unit that has the case, and nobody else; each change is in the change log."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from linli.access import changes
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, Invalid, NotFound
from linli.kernel.ids import uuid7

from ..engine import sight
from ..engine.models import Case, CaseFlow
from ..engine.problems import TakenMeanwhile
from ..permissions import HANDLE
from .models import Mediation
from .problems import NotHere
from .rounds import round_of
from .rules import FOLLOWED_IN, RECORDED_IN, FollowUp, Record, problems_of, problems_of_follow_up

PROCEDURE = "mediation"


@dataclass(frozen=True, slots=True)
class May:
    """What somebody may do with the record of a case as it stands."""

    record: bool = False
    follow_up: bool = False
    reveal: bool = False


def may(actor: Actor, case: Case) -> May:
    """Who handles the case for its unit mediates it: they write the record and see it in full."""
    if case.procedure != PROCEDURE or case.unit_id is None or sight.unit_of(actor) != str(case.unit_id):
        return May()
    return May(case.state in RECORDED_IN, case.state in FOLLOWED_IN, True)


def keep(actor: Actor, case_id: UUID, record: Record, version: int | None) -> Mediation:
    """Write the record of a case's round, anew or in place of what it said at `version` (None: there was none). Raises NotFound,
    Forbidden, NotHere, TakenMeanwhile, Invalid."""
    case, at, found = _locked(actor, case_id, version)
    _check(case, may(actor, case).record, actor)
    problems = problems_of(record, clock.now())
    if problems:
        raise Invalid(fields=tuple(problems))
    assert record.held_at is not None  # or it would be among the problems
    row = found or Mediation(id=uuid7(), case=case, round=at, version=0)
    row.kind, row.organisation, row.place = record.kind, record.organisation.strip(), record.place.strip()
    row.mediators = [name.strip() for name in record.mediators]
    row.held_at, row.agreed = record.held_at, record.agreed
    row.parties = secrets.encrypt(json.dumps([asdict(party) for party in record.parties], ensure_ascii=False))
    row.party_count = len(record.parties)
    row.summary = secrets.encrypt(record.summary.strip())
    row.form = record.form if record.agreed else ""
    row.agreement = secrets.encrypt(record.agreement.strip()) if record.agreed else None
    row.fulfil_by = record.fulfil_by if record.agreed else None
    row.referred_to = record.referred_to if record.agreed is False else ""
    row.fulfilled, row.followed_on, row.note = "", None, None  # an agreement that was written anew is followed up anew
    return _saved(actor, case, row, "cases.mediation.record")


def follow_up(actor: Actor, case_id: UUID, given: FollowUp, version: int) -> Mediation:
    """Write whether the parties kept what they agreed. Raises NotFound, Forbidden, NotHere, TakenMeanwhile, Invalid."""
    case, _, row = _locked(actor, case_id, version)
    _check(case, may(actor, case).follow_up, actor)
    if row is None:
        raise NotFound()
    held = row.held_at.astimezone(clock.LOCAL).date()
    problems = problems_of_follow_up(given, row.agreed, held, clock.today())
    if problems:
        raise Invalid(fields=tuple(problems))
    row.fulfilled, row.followed_on = given.fulfilled, given.on
    row.note = secrets.encrypt(given.note.strip()) if given.note.strip() else None
    return _saved(actor, case, row, "cases.mediation.follow_up")


def _locked(actor: Actor, case_id: UUID, version: int | None) -> tuple[Case, int, Mediation | None]:
    """A case, its round and the record of that."""
    case = sight.locked(actor, case_id)
    at = round_of(case)
    found = Mediation.objects.filter(case_id=case.id, round=at).first()
    if found is not None and found.version != version:
        raise TakenMeanwhile(who=found.changed_by_name, version=found.version)
    if found is None and version is not None:  # of a round that ended meanwhile
        last = CaseFlow.objects.filter(case_id=case.id).order_by("version").last()
        raise TakenMeanwhile(who=last.actor_name if last else "", version=0)
    return case, at, found


def _check(case: Case, allowed: bool, actor: Actor) -> None:
    if case.unit_id is None or sight.unit_of(actor) != str(case.unit_id):
        raise Forbidden(permission=HANDLE)
    if not allowed:
        raise NotHere()


def _saved(actor: Actor, case: Case, row: Mediation, what: str) -> Mediation:
    row.version, row.changed_at, row.changed_by, row.changed_by_name = (
        row.version + 1,
        clock.now(),
        actor.id,
        actor.name,
    )
    row.save()
    changes.record(
        actor, what, "case", case.id, case.area_code,
        {"kind": row.kind, "agreed": row.agreed, "fulfilled": row.fulfilled, "version": row.version},
    )  # fmt: skip
    return row
