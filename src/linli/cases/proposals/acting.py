"""Taking the steps of a proposal: lock it with its case, ask the table, write what the step sets, and the case's own step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.access import changes
from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.clock import LOCAL
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..engine import effects, sight
from ..engine.act import do_step
from ..engine.guards import Doer
from ..engine.models import Case, CaseFlow
from ..engine.problems import NotNow, TakenMeanwhile
from ..engine.rules import LONGEST, Action
from ..permissions import HANDLE, PROPOSAL_PUBLISH, PROPOSAL_REGISTER, PROPOSAL_REVIEW, PROPOSAL_SIGN
from . import rules, seeing, steps
from .door import facts_here
from .models import OPINIONS, Proposal, ProposalCohost, ProposalReply
from .steps import Facts

BY_AREA, BY_UNIT = (PROPOSAL_REGISTER, PROPOSAL_PUBLISH), (HANDLE, PROPOSAL_REVIEW, PROPOSAL_SIGN)
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
BAD_DAY = Text("答复期限须在今天之后、两年以内。", "An answer is due after today and within two years.")
BAD_ANSWERED = Text(
    "答复时间不能晚于今天、早于登记之日。", "The letter's day is no later than today, nor before the registering."
)
BAD_UNIT = Text("没有这个单位，或不在您的可见范围内。", "There is no such unit, or you do not see it.")
HOST_TOO = Text("主办单位不能同时是协办、分办单位。", "The host is not one of those who help it.")
TWICE = Text("同一单位只填一次。", "Name a unit once.")
MANY = Text("协办、分办单位过多。", "These are too many units.")
AHEAD = 731  # days


@dataclass(frozen=True, slots=True)
class Cohost:
    """A unit that helps, and how."""

    unit_id: UUID
    role: str


@dataclass(frozen=True, slots=True)
class Given:
    """What a step is taken with; `version` is the case's as it was looked at, the rest as the step asks for it."""

    version: int
    reason: str = ""
    unit_id: UUID | None = None
    due_on: date | None = None
    cohosts: Sequence[Cohost] | None = None
    document_number: str = ""
    signed_post: str = ""
    signed_name: str = ""
    answered_on: date | None = None
    opinion: str = ""
    attitude: str = ""
    outcome: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Taking:
    """A step that is being taken: in which proposal, with which answer of the round."""

    actor: Actor
    proposal: Proposal
    case: Case
    action: Action
    given: Given
    reply: ProposalReply | None = field(default=None)


def act(actor: Actor, proposal_id: UUID, code: str, given: Given) -> Proposal:
    """Take a step. Raises NotFound, TakenMeanwhile, Forbidden, NotNow, Invalid."""
    action = steps.table().get(code)
    if action is None:
        raise NotFound()
    proposal, case = seeing.locked(actor, proposal_id)
    if case is None:
        raise Forbidden(permission=action.permission)
    reply = ProposalReply.objects.filter(proposal=proposal, round=proposal.round).first()
    taking = Taking(actor, proposal, case, action, given, reply)
    check_step(taking)
    return take_step(taking)


def doer_of(actor: Actor, area_code: str) -> tuple[Doer, frozenset[str]]:
    """What the tables of steps ask about somebody: by area, and by unit."""
    doer = sight.doer(actor, area_code)
    here = frozenset(p for p in BY_AREA if actor.may(p, area_code))
    return replace(doer, permissions=doer.permissions | here), frozenset(p for p in BY_UNIT if actor.may(p))


def facts(proposal: Proposal, reply: ProposalReply | None) -> Facts:
    """What the conditions look at of a proposal."""
    return Facts(
        drafters=frozenset(reply.drafters) if reply and reply.text.strip() else frozenset(),
        published=proposal.published_at is not None,
        answered=bool(reply and reply.signed_at), opinion=reply.opinion if reply else "",
    )  # fmt: skip


def check_step(taking: Taking) -> None:
    """Whether the step can be taken, with what was given."""
    actor, proposal, case, action, given = taking.actor, taking.proposal, taking.case, taking.action, taking.given
    if case.version != given.version:
        raise taken(case)
    doer, held = doer_of(actor, proposal.area_code)
    refused = steps.why_not(action, facts_here(case), facts(proposal, taking.reply), doer, held)
    if refused is not None:
        if refused.code in ("right", "unit"):
            raise Forbidden(permission=action.permission)
        raise NotNow(reason=refused.code, fields=(FieldProblem("action", refused.code, refused.text),))
    problems = []
    if "reason" in action.asks and len(given.reason.strip()) < effects.SHORTEST_REASON:
        problems.append(FieldProblem("reason", "required", effects.REASON))
    if len(given.reason) > LONGEST:
        problems.append(FieldProblem("reason", "too_long", LONG))
    problems += _CHECKS[action.code](taking) if action.code in _CHECKS else []
    if problems:
        raise Invalid(fields=tuple(problems))


def take_step(taking: Taking) -> Proposal:
    """Write a step that was checked, in the proposal and in its case."""
    given, code = taking.given, taking.action.code
    if code in _EFFECTS:
        _EFFECTS[code](taking)
    do_step(taking.actor, taking.case, taking.action, effects.Given(given.version, given.reason, unit_id=given.unit_id))
    proposal = taking.proposal
    proposal.host_unit_id, proposal.host_name = taking.case.unit_id, taking.case.unit_name
    proposal.save()
    return proposal


def set_cohosts(actor: Actor, proposal_id: UUID, cohosts: Sequence[Cohost]) -> Proposal:
    """Say which units help the host. One that goes has contributed nothing yet; what was contributed stays.

    Raises NotFound, Forbidden, Invalid.
    """
    proposal, _ = seeing.locked(actor, proposal_id)
    actor.require(PROPOSAL_REGISTER, proposal.area_code)
    problems = _cohost_problems(actor, proposal, cohosts, proposal.host_unit_id)
    if problems:
        raise Invalid(fields=tuple(problems))
    _write_cohosts(proposal, cohosts)
    proposal.save()
    changes.record(
        actor, "cases.proposal.cohosts", "proposal", proposal.id, proposal.area_code,
        {"units": [str(unit) for unit in proposal.cohost_units]},
    )  # fmt: skip
    return proposal


# --- what is asked of a step ----------------------------------------------------------------------------------


def _check_assign(taking: Taking) -> list[FieldProblem]:
    actor, given = taking.actor, taking.given
    problems, today = [], clock.today()
    if given.unit_id is None:
        problems.append(FieldProblem("unit_id", "required", NEEDED))
    elif not _units(actor).filter(in_use(today), id=given.unit_id).exists():
        problems.append(FieldProblem("unit_id", "unknown", BAD_UNIT))
    if given.due_on is not None and not 0 < (given.due_on - today).days <= AHEAD:
        problems.append(FieldProblem("due_on", "range", BAD_DAY))
    if given.cohosts is not None:
        problems += _cohost_problems(actor, taking.proposal, given.cohosts, given.unit_id)
    return problems


def _units(actor: Actor) -> QuerySet[Unit]:
    return Unit.objects.restrict(actor, PROPOSAL_REGISTER)


def _cohost_problems(
    actor: Actor, proposal: Proposal, cohosts: Sequence[Cohost], host: UUID | None
) -> list[FieldProblem]:
    """What is wrong with the units that are to help. One that has ended stays where it is, and is not named anew."""
    asked = [each.unit_id for each in cohosts]
    if len(asked) > rules.MOST_COHOSTS:
        return [FieldProblem("cohosts", "too_many", MANY)]
    if len(set(asked)) < len(asked):
        return [FieldProblem("cohosts", "twice", TWICE)]
    if host in asked:
        return [FieldProblem("cohosts", "host", HOST_TOO)]
    if any(each.role not in rules.ROLES for each in cohosts):
        return [FieldProblem("cohosts", "form", NEEDED)]
    standing = in_use(clock.today()) | Q(id__in=proposal.cohost_units)
    if _units(actor).filter(standing, id__in=asked).count() < len(asked):
        return [FieldProblem("cohosts", "unknown", BAD_UNIT)]
    return []


def _check_sign(taking: Taking) -> list[FieldProblem]:
    given, today = taking.given, clock.today()
    problems = []
    for name in ("document_number", "signed_post", "signed_name"):
        text = getattr(given, name).strip()
        if not text or len(text) > rules.LONGEST_LINE:
            problems.append(FieldProblem(name, "required", LONG if text else NEEDED))
    earliest = taking.proposal.registered_at.astimezone(LOCAL).date()
    if given.answered_on is not None and not earliest <= given.answered_on <= today:
        problems.append(FieldProblem("answered_on", "range", BAD_ANSWERED))
    return problems


def _check_rate(taking: Taking) -> list[FieldProblem]:
    given = taking.given
    problems = []
    for name in ("opinion", "attitude", "outcome"):
        value = getattr(given, name)
        if value not in (*OPINIONS, "") or (name == "opinion" and not value):
            problems.append(FieldProblem(name, "required", NEEDED))
    if len(given.remark) > LONGEST:
        problems.append(FieldProblem("remark", "too_long", LONG))
    return problems


_CHECKS = {
    steps.ASSIGN: _check_assign, steps.REASSIGN: _check_assign, steps.SIGN: _check_sign, steps.RATE: _check_rate,
}  # fmt: skip


# --- what a step sets -----------------------------------------------------------------------------------------


def _assign(taking: Taking) -> None:
    """The host, who helps it, and by when it is to answer: its clock runs from the first assigning of a round."""
    case, given = taking.case, taking.given
    if given.cohosts is not None:
        _write_cohosts(taking.proposal, given.cohosts)
    elif given.unit_id in taking.proposal.cohost_units:
        kept = ProposalCohost.objects.filter(proposal=taking.proposal).exclude(unit_id=given.unit_id)
        _write_cohosts(taking.proposal, [Cohost(each.unit_id, each.role) for each in kept])
    if case.clock_from is not None and given.due_on is None:
        return
    due_on = given.due_on or rules.due_by(clock.today())
    begun = (case.clock_from or clock.now()).astimezone(LOCAL).date()
    case.limit_value, case.clock, case.clock_from = (due_on - begun).days, "natural_day", case.clock_from or clock.now()
    effects.reckon(case)


def _write_cohosts(proposal: Proposal, cohosts: Sequence[Cohost]) -> None:
    there = {each.unit_id: each for each in ProposalCohost.objects.filter(proposal=proposal)}
    names = dict(Unit.objects.filter(id__in=[each.unit_id for each in cohosts]).values_list("id", "name"))
    wanted = {each.unit_id for each in cohosts}
    gone = [each.id for unit, each in there.items() if unit not in wanted and each.contributed_at is None]
    ProposalCohost.objects.filter(id__in=gone).delete()
    ProposalCohost.objects.bulk_create(
        ProposalCohost(
            id=uuid7(), proposal=proposal, unit_id=each.unit_id, role=each.role, unit_name=names[each.unit_id],
        )
        for each in cohosts if each.unit_id not in there
    )  # fmt: skip
    stay = [(there[each.unit_id], each) for each in cohosts if each.unit_id in there]
    for row, each in stay:
        row.role, row.unit_name = each.role, names[each.unit_id]
    ProposalCohost.objects.bulk_update([row for row, _ in stay], ["role", "unit_name"])
    kept = ProposalCohost.objects.filter(proposal=proposal).order_by("id").values_list("unit_id", flat=True)
    proposal.cohost_units = list(kept)


def _review(taking: Taking) -> None:
    reply = _reply(taking)
    reply.reviewed_at, reply.reviewed_by_name = clock.now(), taking.actor.name
    reply.save()


def _revise(taking: Taking) -> None:
    reply = _reply(taking)
    reply.reviewed_at, reply.reviewed_by_name = None, ""
    reply.save()


def _recall(taking: Taking) -> None:
    """Whoever answers next has their draft reviewed anew."""
    if taking.reply is not None:
        _revise(taking)


def _sign(taking: Taking) -> None:
    """Signed off, the reply stands, and the clock stops."""
    reply, case, given, now = _reply(taking), taking.case, taking.given, clock.now()
    reply.document_number, reply.unit_name = given.document_number.strip(), case.unit_name
    reply.signed_post, reply.signed_name = given.signed_post.strip(), given.signed_name.strip()
    reply.signed_at, reply.signed_by = now, taking.actor.id
    reply.answered_on = given.answered_on or clock.today()
    reply.due_on = case.due_at.astimezone(LOCAL).date() if case.due_at else None
    reply.save()
    case.handed_back_at, case.result = now, f"{reply.document_number} {rules.day_of(reply.answered_on)}"


def _publish(taking: Taking) -> None:
    _show(taking)
    _conclude(taking)


def _conclude_closed(taking: Taking) -> None:
    proposal = taking.proposal
    proposal.openness, proposal.openness_reason = "closed", taking.given.reason.strip()
    proposal.published_at = proposal.published_round = None
    _conclude(taking)


def _conclude(taking: Taking) -> None:
    taking.proposal.concluded_at = clock.now()


def _show(taking: Taking) -> None:
    proposal = taking.proposal
    proposal.openness, proposal.openness_reason = "open", ""
    proposal.published_at, proposal.published_round = clock.now(), proposal.round


def _hide(taking: Taking) -> None:
    proposal = taking.proposal
    proposal.openness, proposal.openness_reason = "closed", taking.given.reason.strip()
    proposal.published_at = proposal.published_round = None


def _rate(taking: Taking) -> None:
    reply, given = _reply(taking), taking.given
    reply.opinion, reply.attitude, reply.outcome = given.opinion, given.attitude, given.outcome
    reply.remark, reply.rated_at, reply.rated_by_name = given.remark.strip(), clock.now(), taking.actor.name
    reply.save()
    taking.case.satisfied = given.opinion != "dissatisfied"


def _rehandle(taking: Taking) -> None:
    """Answered anew: the answer so far stays, and stays published until the next one is."""
    taking.proposal.round, taking.proposal.concluded_at = taking.proposal.round + 1, None


def _reply(taking: Taking) -> ProposalReply:
    assert taking.reply is not None  # no step leads here without a draft
    return taking.reply


_EFFECTS = {
    steps.ASSIGN: _assign, steps.REASSIGN: _assign, steps.REVIEW: _review, steps.REVISE: _revise, steps.SIGN: _sign,
    steps.PUBLISH: _publish, steps.CONCLUDE: _conclude_closed, steps.WITHDRAW: _hide, steps.DISCLOSE: _show,
    steps.RATE: _rate, steps.REHANDLE: _rehandle, steps.RECALL: _recall,
}  # fmt: skip


def taken(case: Case) -> TakenMeanwhile:
    """Somebody did something with the case since it was looked at: who, and what. One query."""
    last = CaseFlow.objects.filter(case_id=case.id).order_by("-version").first()
    who = f"{last.actor_unit} {last.actor_name}".strip() if last else ""
    told = steps.label_of(last.action) if last else steps.REGISTERED
    text = Text(f"{who}：{told.zh}", f"{who}: {told.en}")
    return TakenMeanwhile(who=who, version=case.version, fields=(FieldProblem("version", "taken", text),))
