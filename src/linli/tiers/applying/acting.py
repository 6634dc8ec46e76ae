"""Taking a step of an application: lock it, ask the table and the guards, write what the step sets, and the step itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max, Q

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.places.models import Region

from .. import rules as ladder
from ..papers import keeping
from ..recognitions.models import Recognition
from . import correcting, guards, judging, rules, seeing, steps, table
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
from .table import STAGES, Action, Stage
from .verdicts import carry, prefill
from .years import AHEAD, BAD_UNTIL, LONG, NEEDED, deadlines, tiers_now

REASON = Text("请写明理由（至少 4 个字）。", "Give the reason (at least 4 characters).")
BAD_ON = Text(
    "日期不能晚于今天或下一环节，也不能早于上一环节；上报须在公示最后一天之后。",
    "The day is no later than today or the step after it, nor before the step before it; a report comes after the last day of publication.",
)
BAD_CENTS = Text("奖补金额须大于 0，且不超过 {most} 元。", "An award is more than 0 and at most {most} yuan.")
BAD_PUBLICATION = Text(
    "公示期自公示次日起算，须不少于 {least} 天、不超过 {most} 天。",
    "It is published for at least {least} and at most {most} days, counted from the day after it is put up.",
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
    effect = _EFFECTS.get(action.name)
    told = (effect(actor, found, given) if effect else None) or ""
    found.state, found.marks = state, sorted(marks)
    found.due_on = rules.due_on(state, deadlines(found))
    found.version, found.updated_at = found.version + 1, clock.now()
    found.save()
    if state not in table.WATCHED:
        StandingWarning.objects.filter(application=found, gone_at=None).update(gone_at=clock.now())
    steps.write(actor, [(found, action.name, before, given.reason.strip() + told)])
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
    """What the guards ask of an application. Seven queries, one more of one that is refused."""
    asked = judging.asked_of(found.plan_year.system_id)[found.tier].codes
    given: dict[str, dict[str, str]] = {stage: {} for stage in STAGES}
    rows = IndicatorVerdict.objects.filter(application=found, indicator__in=asked)
    judged: dict[str, int] = dict.fromkeys(STAGES, 0)
    for stage, indicator, verdict, prefilled in rows.values_list("stage", "indicator", "verdict", "prefilled"):
        given[stage][indicator] = verdict
        judged[stage] += not prefilled
    mended = set(ApplicationGap.objects.filter(application=found).values_list("indicator", flat=True))
    answered = Q(answered_at__isnull=False)
    objections = Objection.objects.filter(application=found).aggregate(
        open=Count("id", filter=~answered), answered=Count("id", filter=answered)
    )
    return guards.Facts(
        today=clock.today(),
        unjudged={stage: len(asked) - judged[stage] for stage in STAGES},
        gapless=sum(verdict == "missed" and code not in mended for code, verdict in given["self"].items()),
        missed=sum(verdict == "missed" for verdict in given["district"].values()),
        members=AcceptanceMember.objects.filter(application=found).count(),
        visits=SiteVisit.objects.filter(application=found).count(),
        open_objections=objections["open"],
        answered_objections=objections["answered"],
        reported=found.reported_on is not None,
        decided=found.decided_on is not None,
        held=found.state == "refused" and _holds(found),
        published_until=found.published_until,
    )


def _holds(found: Application) -> bool:
    """Whether the community has the tier by now, or a higher one. One query."""
    now = tiers_now([found.area_code]).get(found.area_code)
    return now is not None and ladder.rank(now) >= ladder.rank(found.tier)  # type: ignore[arg-type]


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
    """A day of the past, not before that of the step before nor, where it is corrected, after that of the step after."""
    if given.on is None:
        return [FieldProblem("on", "required", NEEDED)]
    first, last = _between(found, action.name)
    if given.on > clock.today() or (first is not None and given.on < first) or (last is not None and given.on > last):
        return [FieldProblem("on", "range", BAD_ON)]
    return []


def _between(found: Application, action: str) -> tuple[date | None, date | None]:
    """The first and the last day of a step; None where there is no such bound."""
    if action in ("report", "correct_report"):
        over = found.published_until + timedelta(days=1) if found.published_until is not None else None
        return over, found.decided_on
    if action in ("award", "correct_award"):
        return found.decided_on, None
    after = [day for day in (found.awarded_on, found.rechecked_on) if day is not None]
    return found.reported_on, min(after, default=None)


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

#: Returns what the step notes beside its reason.
Effect = Callable[[Actor, Application, Given], str | None]


def _begin(actor: Actor, found: Application, given: Given) -> None:
    prefill(actor, found)


def _again(first: Stage, also: Callable[[Application], str] | None = None) -> Effect:
    """Back to a stage, whose verdicts and those of later ones are to be confirmed."""

    def again(actor: Actor, found: Application, given: Given) -> str:
        found.accepted_on = None
        carry(found, first)
        return also(found) if also else ""

    return again


def _correct(entered: Callable[[Application], str], write: Effect) -> Effect:
    """Write again what was entered of a paper, and note what stood there."""

    def correct(actor: Actor, found: Application, given: Given) -> str:
        before = entered(found)
        write(actor, found, given)
        return correcting.noted(before, entered(found))

    return correct


def _pass_acceptance(actor: Actor, found: Application, given: Given) -> None:
    found.accepted_on = clock.today()


def _unaccept(actor: Actor, found: Application, given: Given) -> None:
    found.accepted_on = None


def _publish(actor: Actor, found: Application, given: Given) -> None:
    found.published_from = clock.today()
    found.published_until = given.until or rules.last_day(clock.today(), found.plan_year.publication_days)


def _report(actor: Actor, found: Application, given: Given) -> None:
    found.report_document, found.reported_on = given.document.strip(), given.on


def _enter_decision(actor: Actor, found: Application, given: Given) -> None:
    found.decision_document, found.decided_by, found.decided_on = (
        given.document.strip(),
        given.authority.strip(),
        given.on,
    )


def _correct_decision(actor: Actor, found: Application, given: Given) -> None:
    _enter_decision(actor, found, given)
    correcting.restate(found)


def _decide(outcome: str, told: str) -> Effect:
    def decide(actor: Actor, found: Application, given: Given) -> None:
        found.outcome = outcome
        _enter_decision(actor, found, given)
        on = found.decided_on or clock.today()
        # A refusal says nothing of the tier the community has: it stays one of its plan year.
        year = _last_year(found) if outcome == "recognised" else found.plan_year.year
        recognise(actor, found, told, found.decided_by, on, found.decision_document, year)
        if outcome == "recognised":
            supersede(actor, found)

    return decide


def _award(actor: Actor, found: Application, given: Given) -> None:
    found.award_cents, found.awarded_on, found.award_document = given.cents, given.on, given.document.strip()


def _open_recheck(actor: Actor, found: Application, given: Given) -> None:
    found.recheck_by = given.until


def _rechecked(told: str) -> Effect:
    def recheck(actor: Actor, found: Application, given: Given) -> None:
        found.rechecked_on, found.recheck_by = clock.today(), None
        authority = actor.unit_name or _name_of(found.area_code[:6])
        source = f"{found.plan_year.title}：复核"
        recognise(actor, found, told, authority, clock.today(), source, _last_year(found))

    return recheck


def _last_year(found: Application) -> int:
    """The year of a statement that comes after what was said of the community up to its day: the plan year, or the last year spoken
    of. One query."""
    rows = Recognition.objects.filter(area_code=found.area_code, scope="community")
    return max(found.plan_year.year, rows.aggregate(last=Max("year"))["last"] or 0)


def supersede(actor: Actor, found: Application) -> None:
    """Applications of before for the same or a lower tier say no more which tier the community has: their re-check is over, and so
    are their warnings. Each gets a step that says so. Five queries, two where there is none."""
    lower = ladder.TIERS[: ladder.rank(found.tier)]  # type: ignore[arg-type]
    rows = Application.objects.filter(area_code=found.area_code, tier__in=lower, state__in=("recognised", "rechecking"))
    older = list(rows.exclude(id=found.id).exclude(marks__contains=["superseded"]).select_for_update())
    stood = [each.state for each in older]
    for each in older:
        each.state, each.due_on, each.recheck_by = "recognised", None, None
        each.marks, each.updated_at = sorted({*each.marks, "superseded"}), clock.now()
        each.version += 1
    Application.objects.bulk_update(older, ["state", "due_on", "recheck_by", "marks", "version", "updated_at"])
    StandingWarning.objects.filter(application__in=older, gone_at=None).update(gone_at=clock.now())
    if older:
        why = found.plan_year.title
        steps.write(actor, [(each, steps.SUPERSEDE, before, why) for each, before in zip(older, stood, strict=True)])
        told = {"applications": [str(each.id) for each in older]}
        changes.record(actor, "tiers.application.supersede", "application", found.id, found.area_code, told)


def recognise(actor: Actor, found: Application, outcome: str, authority: str, on: date, source: str, year: int) -> None:
    """Write a statement about the community's tier in a year: official, with its document, authority and day; of a demo it is marked so."""
    Recognition.objects.create(
        id=uuid7(), key=f"application:{found.id}:{found.version + 1}", scope="community", area_code=found.area_code,
        about=_name_of(found.area_code), tier=found.tier, outcome=outcome, year=year, authority=authority, said_on=on,
        source=source, certainty="synthetic" if found.synthetic else "official", note=found.plan_year.title,
        recorded_at=clock.now(), recorded_by=actor.id,
    )  # fmt: skip


def _name_of(code: str) -> str:
    current = Q(valid_to=None)
    name = Region.objects.filter(current, code=code).values_list("short_name", flat=True).first()
    return name or code


_EFFECTS: dict[str, Effect] = {
    "begin": _begin, "return_to_community": _again("self"), "return_to_town": _again("town"),
    "pass_acceptance": _pass_acceptance, "fail_acceptance": _unaccept,
    "publish": _publish, "report": _report, "recognise": _decide("recognised", "reached"), "refuse": _decide("refused", "missed"),
    "award": _award, "open_recheck": _open_recheck, "keep": _rechecked("rechecked"), "lapse": _rechecked("lapsed"),
    "uphold_objection": _again("district", correcting.take_back), "reopen": _again("district", correcting.undecide),
    "correct_report": _correct(correcting.report_of, _report), "correct_award": _correct(correcting.award_of, _award),
    "correct_decision": _correct(correcting.decision_of, _correct_decision),
}  # fmt: skip
