"""Proposals over HTTP, for staff: lists, one with what can be done with it, its steps, its draft, its letter, its figures."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from linli.access import reads
from linli.kernel import permissions as catalogue
from linli.kernel.errors import Text
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require

from ..engine.rules import Option
from ..engine.states import STATES, State
from ..permissions import (
    HANDLE,
    PROPOSAL_PUBLISH,
    PROPOSAL_REGISTER,
    PROPOSAL_REVEAL,
    PROPOSAL_REVIEW,
    PROPOSAL_SIGN,
    PROPOSAL_VIEW,
)
from . import acting, consent, drafts, figures, paper, public, queries, register, rules, sheet, steps
from .acting import Cohost
from .figures import Counted
from .models import ProposalReply
from .queries import ProposalDetail
from .register import NewProposal, NewProposer
from .schemas import (
    CohostOut,
    CohostsIn,
    ContributionIn,
    HostUnitOut,
    LetterOut,
    MemberProposalChangeIn,
    MemberProposalDetailOut,
    MemberProposalIn,
    MemberProposalOut,
    MemberProposalsQuery,
    ProposalActionOut,
    ProposalCountsOut,
    ProposalDraftIn,
    ProposalFigureOut,
    ProposalFlowOut,
    ProposalReplyOut,
    ProposalsCountedOut,
    ProposalStepIn,
    ProposerContactOut,
    ProposerOut,
    ProposerShownIn,
    PublicAnswerOut,
    RegisteredProposalOut,
    RevealProposerIn,
)  # fmt: skip

router = Router(tags=["proposals"])
SEEN = require(PROPOSAL_VIEW, HANDLE)
STEPPING = require(HANDLE, PROPOSAL_REGISTER, PROPOSAL_REVIEW, PROPOSAL_SIGN, PROPOSAL_PUBLISH)
Year = Annotated[int | None, Query(ge=rules.FIRST_YEAR, le=2099)]
Which = Annotated[Literal["cppcc", "congress"] | None, Query()]
HELPING = Text("协办、分办", "Helping to answer")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/proposals", auth=SEEN, response=PageOut[MemberProposalOut], summary="提案建议列表 / Proposals")
def list_proposals(request: HttpRequest, wanted: Annotated[MemberProposalsQuery, Query()]) -> Any:
    """The proposals in sight: by area, those of the reader's unit, and those it helps to answer."""
    actor, language = actor_of(request), language_of(request)
    page = queries.proposals_page(actor, wanted.wanted(), wanted.cursor, wanted.limit)
    reads.note("list", "proposal", count=len(page.items))
    return PageOut[MemberProposalOut](
        items=[
            MemberProposalOut(
                **{name: getattr(row, name) for name in MemberProposalOut.model_fields if name != "state_name"},
                state_name=_standing(row.state, language),
            )
            for row in page.items
        ],
        next=page.next,
        count=CountOut(value=page.count.value, exact=page.count.exact) if page.count else None,
    )


@router.get("/proposals/counts", auth=SEEN, response=ProposalCountsOut, summary="提案建议统计 / Figures of proposals")
def proposal_counts(request: HttpRequest, year: Year = None, body: Which = None) -> Any:
    """Received, replied, in time, satisfied: by host and by year. Each figure opens its list (`figure`)."""
    actor, language = actor_of(request), language_of(request)
    found = figures.counts(actor, year, body)
    return ProposalCountsOut(
        year=year, years_there=[int(each.key) for each in found.years],
        definitions=[
            ProposalFigureOut(code=f.code, label=f.label.say(language), meaning=f.meaning.say(language)) for f in figures.FIGURES
        ],
        total=_counted(found.total), hosts=[_counted(each) for each in found.hosts], years=[_counted(each) for each in found.years],
    )  # fmt: skip


@router.get("/proposals/counts/report", auth=SEEN, summary="提案建议统计表 / Figures as a workbook")
def proposal_counts_report(request: HttpRequest, year: Year = None, body: Which = None) -> HttpResponse:
    """The figures with what they mean, as a workbook."""
    actor, language = actor_of(request), language_of(request)
    content = sheet.workbook(actor, figures.counts(actor, year, body), language)
    return _file(content, SHEET, f"提案建议办理统计{f'-{year}' if year else ''}.xlsx", "proposals.xlsx")


@router.get("/proposals/units", auth=require(PROPOSAL_REGISTER), response=list[HostUnitOut])
def proposal_units(request: HttpRequest) -> Any:
    """The units in sight, to assign a proposal to."""
    return [HostUnitOut(id=u.id, name=u.name, kind=u.kind) for u in queries.units_to_choose(actor_of(request))]


@router.post(
    "/proposals", auth=require(PROPOSAL_REGISTER), response={201: RegisteredProposalOut}, summary="登记 / Register"
)
def register_proposal(request: HttpRequest, given: MemberProposalIn) -> Any:
    """Enter a proposal, with its case."""
    made = register.register(actor_of(request), _new(given))
    return 201, RegisteredProposalOut(id=made.id, number=made.number)


@router.get(
    "/proposals/{uuid:proposal_id}", auth=SEEN, response=MemberProposalDetailOut, summary="提案建议 / One proposal"
)
def get_proposal(request: HttpRequest, proposal_id: UUID) -> Any:
    """A proposal with its replies, its flow and what can be done with it."""
    found = queries.proposal_detail(actor_of(request), proposal_id)
    reads.note("detail", "proposal", subject_id=proposal_id, area=found.proposal.area_code, count=1)
    return _detail(found, language_of(request))


@router.put(
    "/proposals/{uuid:proposal_id}",
    auth=require(PROPOSAL_REGISTER),
    response=MemberProposalDetailOut,
    summary="修改 / Mend",
)
def amend_proposal(request: HttpRequest, proposal_id: UUID, given: MemberProposalChangeIn) -> Any:
    """Mend what was entered, until the reply is signed."""
    register.amend(actor_of(request), proposal_id, given.version, _new(given))
    return _again(request, proposal_id)


@router.put(
    "/proposals/{uuid:proposal_id}/cohosts", auth=require(PROPOSAL_REGISTER), response=MemberProposalDetailOut,
    summary="协办单位 / Units that help",
)  # fmt: skip
def set_proposal_cohosts(request: HttpRequest, proposal_id: UUID, given: CohostsIn) -> Any:
    """Say which units help the host; what one of them contributed stays."""
    acting.set_cohosts(actor_of(request), proposal_id, [Cohost(c.unit_id, c.role) for c in given.cohosts])
    return _again(request, proposal_id)


@router.put(
    "/proposals/{uuid:proposal_id}/draft",
    auth=require(HANDLE),
    response=MemberProposalDetailOut,
    summary="答复草稿 / Draft",
)
def save_proposal_draft(request: HttpRequest, proposal_id: UUID, given: ProposalDraftIn) -> Any:
    """Keep the draft of the reply. Refused where somebody else saved theirs meanwhile."""
    drafts.save_draft(actor_of(request), proposal_id, drafts.Draft(**given.dict()))
    return _again(request, proposal_id)


@router.put(
    "/proposals/{uuid:proposal_id}/contribution", auth=require(HANDLE), response=MemberProposalDetailOut,
    summary="协办意见 / Contribution",
)  # fmt: skip
def contribute_to_proposal(request: HttpRequest, proposal_id: UUID, given: ContributionIn) -> Any:
    """Say what one's unit contributes to the answer."""
    drafts.contribute(actor_of(request), proposal_id, given.text)
    return _again(request, proposal_id)


@router.post(
    "/proposals/{uuid:proposal_id}/actions/{action}",
    auth=STEPPING,
    response=MemberProposalDetailOut,
    summary="办理 / Step",
)
def take_proposal_step(request: HttpRequest, proposal_id: UUID, action: str, given: ProposalStepIn) -> Any:
    """Take a step. Answers the proposal as it is then."""
    entries = given.dict()
    entries["cohosts"] = None if given.cohosts is None else [Cohost(c.unit_id, c.role) for c in given.cohosts]
    acting.act(actor_of(request), proposal_id, action, acting.Given(**entries))
    return _again(request, proposal_id)


@router.get("/proposals/{uuid:proposal_id}/letter", auth=SEEN, summary="答复函 / The letter")
def proposal_letter(request: HttpRequest, proposal_id: UUID, round: int | None = None) -> HttpResponse:
    """The letter of answer as PDF on A4; before it is signed, as a draft that says so."""
    content, number = paper.letter(actor_of(request), proposal_id, round)
    return _file(content, "application/pdf", f"{number}-答复函.pdf", f"{number}-letter.pdf")


@router.post(
    "/proposals/{uuid:proposal_id}/proposers/{uuid:proposer_id}/reveal", auth=require(PROPOSAL_REVEAL), response=ProposerContactOut,
    summary="查看联系方式 / Contact in full",
)  # fmt: skip
def reveal_proposer(request: HttpRequest, proposal_id: UUID, proposer_id: UUID, given: RevealProposerIn) -> Any:
    """A proposer's contact in full, for a purpose that is noted."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be given again without a note
    value = register.reveal_contact(actor_of(request), proposal_id, proposer_id, given.purpose)
    return ProposerContactOut(value=value)


@router.put(
    "/proposals/{uuid:proposal_id}/proposers/{uuid:proposer_id}/shown", auth=require(PROPOSAL_REGISTER),
    response=MemberProposalDetailOut, summary="公开姓名 / Consent to be named",
)  # fmt: skip
def set_proposer_shown(request: HttpRequest, proposal_id: UUID, proposer_id: UUID, given: ProposerShownIn) -> Any:
    """Say whether a proposer agrees to be named in public: at any time, whatever became of the proposal."""
    consent.set_shown(actor_of(request), proposal_id, proposer_id, given.shown)
    return _again(request, proposal_id)


# --- answers --------------------------------------------------------------------------------------------------


def _new(given: MemberProposalIn) -> NewProposal:
    people = [NewProposer(each.name, each.contact, each.shown) for each in given.proposers]
    return NewProposal(
        given.body, given.number, given.term, given.session, given.title, given.content, people, given.area
    )


def _again(request: HttpRequest, proposal_id: UUID) -> MemberProposalDetailOut:
    return _detail(queries.proposal_detail(actor_of(request), proposal_id), language_of(request))


def _file(content: bytes, kind: str, name: str, plain: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "no-store"
    return answer


def _counted(each: Counted) -> ProposalsCountedOut:
    return ProposalsCountedOut(key=each.key, name=each.name, figures=each.figures)


def _standing(state: str | None, language: str) -> str:
    if state is None:
        return HELPING.say(language)
    return steps.STANDS.get(State(state), STATES[State(state)]).say(language)


def _detail(found: ProposalDetail, language: str) -> MemberProposalDetailOut:
    proposal, case = found.proposal, found.case
    return MemberProposalDetailOut(
        id=proposal.id, case_id=case.id if case else None, case_number=case.number if case else "",
        version=case.version if case else 0, body=cast(Any, proposal.body), kind_name=rules.KINDS[proposal.body].say(language),
        session_name=rules.session_of(proposal.body, found.district, proposal.term, proposal.session).say(language),
        term=proposal.term, session=proposal.session, number=proposal.number, year=proposal.year, title=proposal.title,
        content=proposal.content, area=proposal.area_code, area_name=found.area_name, host_unit_id=proposal.host_unit_id,
        host_name=proposal.host_name, state=State(case.state) if case else None,
        state_name=_standing(case.state if case else None, language), due_at=case.due_at if case else None, round=proposal.round,
        openness=cast(Any, proposal.openness), openness_reason=proposal.openness_reason, published_at=proposal.published_at,
        public_path=f"/proposals/{proposal.body}/{proposal.number}" if proposal.published_at else "",
        registered_at=proposal.registered_at, registered_by_name=proposal.registered_by_name,
        proposers=[ProposerOut(id=p.id, name=p.name, masked=p.masked, shown=p.shown) for p in found.proposers],
        cohosts=[CohostOut(**{name: getattr(c, name) for name in CohostOut.model_fields}) for c in found.cohosts],
        replies=[_reply(each) for each in found.replies], preview=_preview(found, language),
        flow=[
            ProposalFlowOut(
                version=step.version, at=step.at, to_name=_standing(step.to_state, language), actor_name=step.actor_name,
                label=steps.label_of(step.action).say(language),
                actor_unit=step.actor_unit, reason=step.reason,
            )
            for step in found.flow
        ],
        actions=[_option(each, found, language) for each in found.options],
        own_unit_id=cast(Any, found.own_unit), may_draft=found.may_draft, may_contribute=found.may_contribute,
        may_amend=found.may_amend, may_consent=found.may_consent, may_reveal=found.may_reveal,
    )  # fmt: skip


def _reply(reply: ProposalReply) -> ProposalReplyOut:
    timely = rules.in_time(reply.answered_on, reply.due_on) if reply.signed_at and reply.answered_on else None
    fields = {name: getattr(reply, name) for name in ProposalReplyOut.model_fields if name != "in_time"}
    return ProposalReplyOut(**fields, in_time=timely)


def _preview(found: ProposalDetail, language: str) -> PublicAnswerOut | None:
    """The public page of the answer of this round, once there is a text for it."""
    reply = found.reply
    if reply is None or not reply.text.strip():
        return None
    people = [(each.name, each.shown) for each in found.proposers]
    shown = public.shown_of(found.proposal, reply, people, found.district, [c.unit_name for c in found.cohosts])
    letter = LetterOut(**{name: getattr(shown.letter, name) for name in LetterOut.model_fields})
    return PublicAnswerOut(
        session=shown.session.say(language), number=shown.number, title=shown.title, proposers=shown.proposers,
        host=shown.host, cohosts=list(shown.cohosts), answered_on=shown.answered_on, letter=letter, content=list(shown.content),
    )  # fmt: skip


def _option(option: Option, found: ProposalDetail, language: str) -> ProposalActionOut:
    action, why = option.action, None
    if option.refusal is not None:
        told = {"permission": catalogue.label(action.permission).say(language), "unit": found.proposal.host_name}
        why = option.refusal.text.say(language, told)
    return ProposalActionOut(
        code=action.code, label=action.label.say(language), kind=action.kind, main=action.main, refused=why
    )
