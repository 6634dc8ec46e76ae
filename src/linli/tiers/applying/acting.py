"""Taking a step of an application: lock it, ask the table and the guards, write what the step sets, and the step itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.places.models import Region

from .. import rules as ladder
from ..papers import keeping
from ..recognitions.models import Recognition
from . import guards, judging, rules, seeing, steps, table
from .models import (
    AcceptanceMember,
    Application,
    ApplicationGap,
    IndicatorVerdict,
    Objection,
    SiteVisit,
    StandingWarning,
)
from .problems import ApplicationNotNow
from .table import STAGES, Action
from .verdicts import prefill
from .years import AHEAD, BAD_UNTIL, LONG, NEEDED, deadlines

REASON = Text("请写明理由（至少 4 个字）。", "Give the reason (at least 4 characters).")
BAD_ON = Text("日期不能晚于今天、早于上一环节。", "The day is no later than today, nor before the step before it.")
BAD_CENTS = Text("奖补金额须大于 0，且不超过 {most} 元。", "An award is more than 0 and at most {most} yuan.")
BAD_PUBLICATION = Text(
    "公示期须不少于 {least} 天、不超过 {most} 天。", "It is published for at least {least} and at most {most} days."
)
SHORTEST_REASON = 4


@dataclass(frozen=True, slots=True)
class Given:
    """What a step is taken with; `version` is the application's as it was read, the rest as the step asks for it. `cents`: of a yuan."""

    version: int
    reason: str = ""
    document: str = ""
    authority: str = ""
    on: date | None = None
    cents: int | None = None
    until: date | None = None


def act(actor: Actor, application_id: UUID, name: str, given: Given) -> Application:
    """Take a step. Raises NotFound, Forbidden, ApplicationTaken, ApplicationNotNow, Invalid."""
    action = table.ACTIONS.get(name)
    if action is None:
        raise NotFound()
    with transaction.atomic():
        found = seeing.locked(actor, application_id)
        check_act(actor, found, action, given)
        return do_act(actor, found, action, given)


def check_act(actor: Actor, found: Application, action: Action, given: Given) -> None:
    """Whether a step may be taken. Raises Forbidden, ApplicationTaken, ApplicationNotNow, Invalid."""
    if not seeing.may(actor, action.bodies, found.area_code):
        raise Forbidden(permission=seeing.RIGHTS[action.bodies[0]])
    if found.version != given.version:
        raise steps.taken(found)
    why = table.why_not(action, found.state, found.marks) or guards.missing(action.name, facts(found))  # type: ignore[arg-type]
    if why is not None:
        raise ApplicationNotNow(why=why.zh, why_en=why.en, fields=(FieldProblem("action", "not_now", why),))
    if problems := [problem for need in action.asks for problem in _NEEDS[need](found, action, given)]:
        raise Invalid(fields=tuple(problems))
    if len(given.reason) > rules.LONGEST_TEXT:
        raise Invalid(fields=(FieldProblem("reason", "too_long", LONG),))


def do_act(actor: Actor, found: Application, action: Action, given: Given) -> Application:
    """Write a step that was checked: what it sets, the state it leads to, the step."""
    before = found.state
    state, marks = table.after(action, found.state, found.marks)  # type: ignore[arg-type]
    if action.name in _EFFECTS:
        _EFFECTS[action.name](actor, found, given)
    found.state, found.marks = state, sorted(marks)
    found.due_on = rules.due_on(state, deadlines(found))
    found.version, found.updated_at = found.version + 1, clock.now()
    found.save()
    if state not in ("recognised", "rechecking"):
        StandingWarning.objects.filter(application=found, gone_at=None).update(gone_at=clock.now())
    steps.write(actor, [(found, action.name, before, given.reason.strip())])
    keeping.issue(actor, found, action.name)
    changes.record(
        actor,
        f"tiers.application.{action.name}",
        "application",
        found.id,
        found.area_code,
        {"from": before, "to": state},
    )
    return found


def facts(found: Application) -> guards.Facts:
    """What the guards ask of an application. Seven queries."""
    asked = judging.asked_of(found.plan_year.system_id)[found.tier].codes
    given: dict[str, dict[str, str]] = {stage: {} for stage in STAGES}
    rows = IndicatorVerdict.objects.filter(application=found, indicator__in=asked)
    for stage, indicator, verdict in rows.values_list("stage", "indicator", "verdict"):
        given[stage][indicator] = verdict
    mended = set(ApplicationGap.objects.filter(application=found).values_list("indicator", flat=True))
    return guards.Facts(
        today=clock.today(),
        unjudged={stage: len(asked) - len(given[stage]) for stage in STAGES},
        gapless=sum(verdict == "missed" and code not in mended for code, verdict in given["self"].items()),
        missed=sum(verdict == "missed" for verdict in given["district"].values()),
        members=AcceptanceMember.objects.filter(application=found).count(),
        visits=SiteVisit.objects.filter(application=found).count(),
        open_objections=Objection.objects.filter(application=found, answered_at=None).count(),
        published_until=found.published_until,
    )


# --- what is asked of a step ----------------------------------------------------------------------------------


def _reason(found: Application, action: Action, given: Given) -> list[FieldProblem]:
    return [] if len(given.reason.strip()) >= SHORTEST_REASON else [FieldProblem("reason", "required", REASON)]


def _line(name: str) -> Callable[[Application, Action, Given], list[FieldProblem]]:
    def check(found: Application, action: Action, given: Given) -> list[FieldProblem]:
        text = getattr(given, name).strip()
        if text and len(text) <= rules.LONGEST_LINE:
            return []
        return [FieldProblem(name, "too_long" if text else "required", LONG if text else NEEDED)]

    return check


def _on(found: Application, action: Action, given: Given) -> list[FieldProblem]:
    """A day of the past, not before that of the step before."""
    if given.on is None:
        return [FieldProblem("on", "required", NEEDED)]
    after = {"report": found.published_until, "award": found.decided_on}.get(action.name, found.reported_on)
    if given.on > clock.today() or (after is not None and given.on < after):
        return [FieldProblem("on", "range", BAD_ON)]
    return []


def _cents(found: Application, action: Action, given: Given) -> list[FieldProblem]:
    most = rules.MOST_CENTS[found.tier]
    if given.cents is None:
        return [FieldProblem("cents", "required", NEEDED)]
    return [] if 0 < given.cents <= most else [FieldProblem("cents", "range", BAD_CENTS, {"most": f"{most // 100:,}"})]


def _until(found: Application, action: Action, given: Given) -> list[FieldProblem]:
    """Of a publication the last day, which need not be given; of a re-check the day by which it is done."""
    today = clock.today()
    if action.name == "publish":
        least, most = found.plan_year.publication_days, rules.MOST_PUBLICATION_DAYS
        if given.until is None or rules.last_day(today, least) <= given.until <= rules.last_day(today, most):
            return []
        return [FieldProblem("until", "range", BAD_PUBLICATION, {"least": least, "most": most})]
    if given.until is None:
        return [FieldProblem("until", "required", NEEDED)]
    return [] if today < given.until <= today + AHEAD else [FieldProblem("until", "range", BAD_UNTIL)]


_NEEDS: dict[str, Callable[[Application, Action, Given], list[FieldProblem]]] = {
    "reason": _reason, "document": _line("document"), "authority": _line("authority"), "on": _on, "cents": _cents, "until": _until,
}  # fmt: skip


# --- what a step sets -----------------------------------------------------------------------------------------


def _begin(actor: Actor, found: Application, given: Given) -> None:
    prefill(actor, found)


def _pass_acceptance(actor: Actor, found: Application, given: Given) -> None:
    found.accepted_on = clock.today()


def _unaccept(actor: Actor, found: Application, given: Given) -> None:
    found.accepted_on = None


def _publish(actor: Actor, found: Application, given: Given) -> None:
    found.published_from = clock.today()
    found.published_until = given.until or rules.last_day(clock.today(), found.plan_year.publication_days)


def _report(actor: Actor, found: Application, given: Given) -> None:
    found.report_document, found.reported_on = given.document.strip(), given.on


def _decide(outcome: str, told: str) -> Callable[[Actor, Application, Given], None]:
    def decide(actor: Actor, found: Application, given: Given) -> None:
        found.outcome, found.decision_document = outcome, given.document.strip()
        found.decided_by, found.decided_on = given.authority.strip(), given.on
        recognise(actor, found, told, found.decided_by, found.decided_on or clock.today(), found.decision_document)
        if outcome == "recognised":
            supersede(found)

    return decide


def _award(actor: Actor, found: Application, given: Given) -> None:
    found.award_cents, found.awarded_on, found.award_document = given.cents, given.on, given.document.strip()


def _open_recheck(actor: Actor, found: Application, given: Given) -> None:
    found.recheck_by = given.until


def _rechecked(told: str) -> Callable[[Actor, Application, Given], None]:
    def recheck(actor: Actor, found: Application, given: Given) -> None:
        found.rechecked_on, found.recheck_by = clock.today(), None
        authority = actor.unit_name or _name_of(found.area_code[:6])
        recognise(actor, found, told, authority, clock.today(), f"{found.plan_year.title}：复核")

    return recheck


def supersede(found: Application) -> None:
    """Applications of before for the same or a lower tier say no more which tier the community has: their re-check is over, and so
    are their warnings. Three queries."""
    lower = ladder.TIERS[: ladder.rank(found.tier)]  # type: ignore[arg-type]
    rows = Application.objects.filter(area_code=found.area_code, tier__in=lower, state__in=("recognised", "rechecking"))
    older = list(rows.exclude(id=found.id).exclude(marks__contains=["superseded"]).select_for_update())
    for each in older:
        each.state, each.due_on, each.recheck_by = "recognised", None, None
        each.marks, each.updated_at = sorted({*each.marks, "superseded"}), clock.now()
    Application.objects.bulk_update(older, ["state", "due_on", "recheck_by", "marks", "updated_at"])
    StandingWarning.objects.filter(application__in=older, gone_at=None).update(gone_at=clock.now())


def recognise(actor: Actor, found: Application, outcome: str, authority: str, on: date, source: str) -> None:
    """Write a statement about the community's tier: official, with its document, authority and day; of a demo it is marked so."""
    Recognition.objects.create(
        id=uuid7(), key=f"application:{found.id}:{found.version + 1}", scope="community", area_code=found.area_code,
        about=_name_of(found.area_code), tier=found.tier, outcome=outcome, year=on.year, authority=authority, said_on=on,
        source=source, certainty="synthetic" if found.synthetic else "official", note=found.plan_year.title,
        recorded_at=clock.now(), recorded_by=actor.id,
    )  # fmt: skip


def _name_of(code: str) -> str:
    current = Q(valid_to=None)
    name = Region.objects.filter(current, code=code).values_list("short_name", flat=True).first()
    return name or code


_EFFECTS: dict[str, Callable[[Actor, Application, Given], None]] = {
    "begin": _begin, "pass_acceptance": _pass_acceptance, "return_to_town": _unaccept, "fail_acceptance": _unaccept,
    "publish": _publish, "report": _report, "recognise": _decide("recognised", "reached"), "refuse": _decide("refused", "missed"),
    "award": _award, "open_recheck": _open_recheck, "keep": _rechecked("rechecked"), "lapse": _rechecked("lapsed"),
}  # fmt: skip
