"""Assessing every community for a day: asked for, then carried out, as a job or at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from linli.access import changes
from linli.kernel import clock, scope
from linli.kernel.actors import Actor, system
from linli.kernel.errors import FieldProblem, Invalid, Problem, Text
from linli.kernel.faults import worth_retrying
from linli.kernel.ids import uuid7

from .. import communities, rules
from ..permissions import ASSESS
from ..problems import AssessmentWaits, NoCommunities, NoSystem
from ..rules import Reading
from ..systems.models import IndicatorSystem
from ..systems.queries import holding, indicators_of, judged
from ..values.queries import Declared, declared
from .computing import compute
from .models import Assessment, CommunityStanding

log = structlog.get_logger("linli.tiers")
_FUTURE = Text("评估日期不能晚于今天。", "The day of an assessment cannot lie in the future.")
BATCH = 500
ASKING = 370302_10  # of the advisory lock
OPEN = ("waiting", "running")
#: What was asked for longer ago than this was lost with its worker and holds up nothing.
STALE = timedelta(hours=1)


def assessor() -> Actor:
    """The program as it assesses: it sees the whole district, whoever asked."""
    return system("tiers", settings.LINLI_DISTRICT)


def check_assessment(actor: Actor, day: date) -> IndicatorSystem:
    """The system to assess by. Raises Forbidden, Invalid for a day to come, NoSystem, NoCommunities."""
    actor.require(ASSESS, settings.LINLI_DISTRICT)
    if day > clock.today():
        raise Invalid(fields=(FieldProblem("on", "future", _FUTURE),))
    held = holding(day)
    if held is None:
        raise NoSystem(day=str(day))
    if not communities.codes_on(held.kinds, day):
        raise NoCommunities()
    return held


def check_community(actor: Actor, code: str) -> None:
    """Raise NotFound unless a code is that of a community in sight."""
    communities.seen(actor, ASSESS, code, communities.kinds_of(holding(clock.today())))


def ask(actor: Actor, day: date | None = None) -> Assessment:
    """Ask for an assessment; `carry_out` makes it. What was lost with its worker is said to have failed. Raises what
    `check_assessment` does, and AssessmentWaits."""
    day = day or clock.today()
    held = check_assessment(actor, day)
    with transaction.atomic():
        with connection.cursor() as cursor:  # two who ask at one moment would both find nothing under way
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASKING])
        _give_up_lost()
        if _open(day).exists():
            raise AssessmentWaits(day=str(day))
        made = Assessment.objects.create(
            id=uuid7(),
            system=held,
            kinds=held.kinds,
            day=day,
            asked_at=clock.now(),
            asked_by=actor.id,
            asked_by_name=actor.name,
        )
        changes.record(actor, "tiers.assessment.ask", "assessment", made.id, settings.LINLI_DISTRICT, {"day": str(day)})
    return made


def _open(day: date) -> QuerySet[Assessment]:
    """The assessments of a day that are asked for and not done."""
    return Assessment.objects.filter(day=day, state__in=OPEN)


def _give_up_lost() -> None:
    """End what was asked for too long ago, but for what somebody holds at this moment."""
    old = Assessment.objects.filter(state__in=OPEN, asked_at__lte=clock.now() - STALE)
    lost = list(old.select_for_update(skip_locked=True).values_list("id", flat=True))
    if lost:
        Assessment.objects.filter(id__in=lost).update(state="failed", why="lost", finished_at=clock.now())


def carry_out(assessment_id: UUID) -> Assessment | None:
    """Make an assessment that waits; doing it twice changes nothing. One that fails says so and keeps nothing half done;
    what passes, such as a lost connection, leaves it to be made by the next try."""
    with scope.acting(assessor()):
        found = Assessment.objects.select_for_update().filter(id=assessment_id).first()
        if found is None or found.state in ("finished", "failed"):
            return found
        found.state, found.started_at = "running", clock.now()
        found.save(update_fields=["state", "started_at"])
    try:
        with scope.acting(assessor()) as actor:
            return _assess(actor, assessment_id)
    except Exception as error:
        if worth_retrying(error):
            raise  # the queue tries again
        code = error.code if isinstance(error, Problem) else type(error).__name__
        log.error("tiers.assessment_failed", assessment=str(assessment_id), error=code)
        with scope.acting(assessor()):
            mine = Assessment.objects.filter(id=assessment_id, state="running")  # another may have made it meanwhile
            mine.update(state="failed", why=code, finished_at=clock.now())
        raise


def assess(actor: Actor, day: date | None = None) -> Assessment:
    """Ask for an assessment and make it at once: for commands and the night."""
    with scope.acting(actor):
        made = ask(actor, day)
    done = carry_out(made.id)
    assert done is not None
    return done


def assess_today() -> Assessment | None:
    """Today's assessment of the night. One that stands open is made to its end: it may be what a killed worker left."""
    try:
        return assess(assessor())
    except AssessmentWaits:
        with scope.acting(assessor()):
            waiting = _open(clock.today()).order_by("id").values_list("id", flat=True).first()
        return carry_out(waiting) if waiting is not None else None


def _assess(actor: Actor, assessment_id: UUID) -> Assessment:
    found = Assessment.objects.select_related("system").select_for_update(of=("self",)).get(id=assessment_id)
    if found.state != "running":
        return found  # another made it while this one waited
    codes = communities.codes_on(found.kinds, found.day)
    indicators = judged(indicators_of(found.system_id))
    computed, said = compute(actor, found.day), declared(codes, found.day)
    rows = []
    for code in codes:  # as many as a district has communities: some hundreds
        readings = readings_of(computed.values.get(code, {}), said.get(code, {}))
        stood = rules.stand(indicators, readings)
        rows.append(
            CommunityStanding(
                id=uuid7(), assessment=found, area_code=code, people=computed.people.get(code), reached=stood.reached or "",
                next=stood.next or "", met=stood.met, missed=stood.missed, unknown=stood.unknown, of=stood.of, passed=stood.passed,
                contradictions=rules.contradictions(indicators, readings),
                readings=kept(computed.values.get(code, {}), said.get(code, {})),
            )
        )  # fmt: skip
    CommunityStanding.objects.bulk_create(rows, batch_size=BATCH)
    found.state, found.finished_at, found.communities = "finished", clock.now(), len(rows)
    found.failures = dict(computed.failures)
    found.save(update_fields=["state", "finished_at", "communities", "failures"])
    return found


def readings_of(values: Mapping[str, Decimal], said: Mapping[str, Declared]) -> dict[str, Reading]:
    """What is known of a community, by metric."""
    return {
        metric: Reading(values.get(metric), said[metric].value if metric in said else None)
        for metric in (*values, *(each for each in said if each not in values))
    }


def kept(values: Mapping[str, Decimal], said: Mapping[str, Declared]) -> dict[str, list[str | None]]:
    """The same as it is kept with the standing: [computed, declared, day declared]."""
    return {
        metric: [
            str(values[metric]) if metric in values else None,
            str(said[metric].value) if metric in said else None,
            said[metric].as_of.isoformat() if metric in said else None,
        ]
        for metric in sorted({*values, *said})
    }
