"""Registering a proposal with its case, mending what was entered, and its proposers' contacts in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from linli.access import changes, reads
from linli.kernel import area_names, areas, clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.masking import mask_phone
from linli.places.models import Region

from ..categories.models import Category
from ..categories.rules import holds
from ..engine import procedure
from ..engine.models import Case, CaseFlow
from ..engine.placing import Place
from ..engine.problems import NotNow, PurposeMissing, TakenMeanwhile
from ..engine.report import PHONE, NewCase, Reportable, do_report
from ..engine.reveal import SHORTEST_PURPOSE
from ..permissions import PROPOSAL_REGISTER, PROPOSAL_REVEAL
from . import acting, rules, seeing
from .models import BODIES, Proposal, ProposalReply, Proposer
from .problems import NumberTaken
from .steps import AMENDED, PROCEDURE

#: The source their cases have: handed down for an answer (交办, inferred).
SOURCE = "superior"
#: The constraint by which a number is there once in a body.
UNIQUE = "proposal_number"
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
BAD_NUMBER = Text(
    "编号为年份加四位序号，如 20240076。", "A number is the year and a serial of four digits, as 20240076."
)
BAD_SESSION = Text("届、次须为 1 至 99。", "Term and session are between 1 and 99.")
BAD_AREA = Text("请选择本区或一个镇街。", "Choose the district or one of its towns.")
BAD_PHONE = Text("不像电话号码。", "This is no phone number.")
PEOPLE = Text("请填写 1 至 30 位建议人。", "Name one to thirty proposers.")
SIGNED = Text("答复已签发，不能再修改提案。", "The reply is signed; the proposal is not changed any more.")


@dataclass(frozen=True, slots=True)
class NewProposer:
    """Somebody who proposed; `shown`: they agreed that the public reads their name."""

    name: str
    contact: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class NewProposal:
    """What is entered of a proposal. `area` None: the whole district."""

    body: str
    number: str
    term: int
    session: int
    title: str
    content: str
    proposers: Sequence[NewProposer]
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Registrable:
    """A proposal that was checked: its number as it is kept, where it lies."""

    given: NewProposal
    number: str
    year: int
    area: str


def register(actor: Actor, given: NewProposal) -> Proposal:
    """Enter a proposal with its case. Raises Invalid, Forbidden, NumberTaken."""
    checked = check_register(actor, given)
    with _numbered_once(checked.number):
        return do_register(actor, checked)


def check_register(actor: Actor, given: NewProposal) -> Registrable:
    """Look at what was entered. Raises Invalid, Forbidden."""
    problems, numbered = [], rules.number_of(given.number)
    if given.body not in BODIES:
        problems.append(FieldProblem("body", "form", NEEDED))
    if numbered is None:
        problems.append(FieldProblem("number", "form", BAD_NUMBER))
    problems += [
        FieldProblem(name, "range", BAD_SESSION) for name in ("term", "session") if not 0 < getattr(given, name) < 100
    ]
    for name, most in (("title", rules.LONGEST_TITLE), ("content", rules.LONGEST_CONTENT)):
        text = getattr(given, name).strip()
        if not text or len(text) > most:
            problems.append(FieldProblem(name, "too_long" if text else "required", LONG if text else NEEDED))
    if not 0 < len(given.proposers) <= rules.MOST_PROPOSERS:
        problems.append(FieldProblem("proposers", "required", PEOPLE))
    for place, each in enumerate(given.proposers):
        problems += _of_proposer(place, each)
    area = given.area or str(settings.LINLI_DISTRICT)
    if area != settings.LINLI_DISTRICT and not _is_town(area):
        problems.append(FieldProblem("area", "unknown", BAD_AREA))
    if problems or numbered is None:
        raise Invalid(fields=tuple(problems))
    actor.require(PROPOSAL_REGISTER, area)
    return Registrable(given, numbered[0], numbered[1], area_names.present([area])[area])


def do_register(actor: Actor, checked: Registrable) -> Proposal:
    """Write a proposal that was checked, and its case; the case is in the directory where its category says so."""
    given, now = checked.given, clock.now()
    title = given.title.strip()
    case = do_report(
        actor, Reportable(NewCase(title, SOURCE), Place(checked.area), category(), now, procedure.of(PROCEDURE))
    )
    proposal = Proposal.objects.create(
        id=uuid7(), case=case, body=given.body, number=checked.number, year=checked.year, term=given.term,
        session=given.session, title=title, content=given.content.strip(), area_code=checked.area, registered_at=now,
        registered_by=actor.id, registered_by_name=actor.name,
    )  # fmt: skip
    _write_proposers(proposal, given.proposers)
    return proposal


def amend(actor: Actor, proposal_id: UUID, version: int, given: NewProposal) -> Proposal:
    """Mend what was entered, until the reply is signed; a contact that is left out stays as it was, and so does who is named.

    Raises NotFound, Forbidden, Invalid, NotNow, NumberTaken, TakenMeanwhile.
    """
    proposal, case = seeing.locked(actor, proposal_id)
    actor.require(PROPOSAL_REGISTER, proposal.area_code)
    checked = check_register(actor, given)
    if case is None:
        raise TakenMeanwhile(who="", version=0)
    if case.version != version:
        raise acting.taken(case)
    if ProposalReply.objects.filter(proposal=proposal, signed_at__isnull=False).exists():
        raise NotNow(reason="signed", fields=(FieldProblem("action", "signed", SIGNED),))
    before = {name: getattr(proposal, name) for name in ("body", "number", "term", "session", "title")}
    proposal.body, proposal.number, proposal.year = given.body, checked.number, checked.year
    proposal.term, proposal.session = given.term, given.session
    proposal.title, proposal.content, proposal.area_code = given.title.strip(), given.content.strip(), checked.area
    with _numbered_once(checked.number):
        proposal.save()
    case.description, case.area_code = proposal.title, checked.area
    _note_amended(actor, case)
    _write_proposers(proposal, given.proposers)
    changes.record(actor, "cases.proposal.amend", "proposal", proposal.id, proposal.area_code, {"before": before})
    return proposal


def reveal_contact(actor: Actor, proposal_id: UUID, proposer_id: UUID, purpose: str) -> str:
    """A proposer's contact in full, for a purpose that is noted. Raises NotFound, Forbidden, PurposeMissing."""
    proposal = seeing.one(actor, proposal_id)
    if not actor.may(PROPOSAL_REVEAL, proposal.area_code):
        reads.note("reveal", "proposal", subject_id=proposal_id, area=proposal.area_code, purpose="refused")
        raise Forbidden(permission=PROPOSAL_REVEAL)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    found = Proposer.objects.filter(proposal=proposal, id=proposer_id, contact__isnull=False).first()
    if found is None or found.contact is None:
        raise NotFound()
    reads.note(
        "reveal", "proposal.contact", subject_id=proposal_id, area=proposal.area_code, count=1, purpose=purpose.strip()
    )
    return secrets.decrypt(bytes(found.contact))


def category() -> Category | None:
    """The category whose cases are proposals, as the directory has it today. One query."""
    today = clock.today()
    found = Category.objects.filter(procedure=PROCEDURE, offered=True).order_by("code")
    return next((each for each in found if holds(each, today) and not each.restricted_to), None)


def _of_proposer(place: int, given: NewProposer) -> list[FieldProblem]:
    name, contact = given.name.strip(), given.contact.strip()
    found = []
    if not name or len(name) > rules.LONGEST_LINE:
        found.append(FieldProblem(f"proposers.{place}.name", "required", LONG if name else NEEDED))
    if contact and not PHONE.fullmatch(contact):
        found.append(FieldProblem(f"proposers.{place}.contact", "form", BAD_PHONE))
    return found


def _note_amended(actor: Actor, case: Case) -> None:
    """The case as it was changed, with its step: whoever looked at it before is told."""
    case.version += 1
    case.save(update_fields=["description", "area_code", "version"])
    CaseFlow.objects.create(
        id=uuid7(), case=case, version=case.version, at=clock.now(), action=AMENDED, kind="forward", from_state=case.state,
        to_state=case.state, actor=actor.id, actor_name=actor.name, actor_unit=actor.unit_name, request=actor.request_id,
    )  # fmt: skip


def _write_proposers(proposal: Proposal, given: Sequence[NewProposer]) -> None:
    """The proposers as given; a contact left empty is the one that was there at the same place under the same name.

    Whether somebody who was there is named stays as it is: that has a door of its own (`consent`), and a form that was opened
    before they took it back must not bring it to life again.
    """
    before = {p.position: (secrets.decrypt(bytes(p.name)), p) for p in Proposer.objects.filter(proposal=proposal)}
    agreed: dict[str, bool] = {}
    for name, old in before.values():
        agreed[name] = agreed.get(name, True) and old.shown
    Proposer.objects.filter(proposal=proposal).delete()
    for at, each in enumerate(given):
        name, contact, masked = each.name.strip(), None, ""
        shown, there = agreed.get(name, each.shown), before.get(at)
        if there and there[0] == name:
            contact, masked, shown = there[1].contact, there[1].masked, there[1].shown
        if typed := each.contact.strip():
            contact, masked = secrets.encrypt(typed), mask_phone(typed) or ""
        Proposer.objects.create(
            id=uuid7(), proposal=proposal, position=at, name=secrets.encrypt(name), contact=contact, masked=masked, shown=shown,
        )  # fmt: skip


def _is_town(code: str) -> bool:
    if not areas.is_code(code) or areas.level(code) != "town":
        return False
    return Region.objects.filter(code=area_names.present([code])[code], valid_to=None).exists()


@contextmanager
def _numbered_once(number: str) -> Iterator[None]:
    """What is written inside is undone where the number is taken, be it by a proposal out of the actor's sight or by one that is
    entered at the same moment: the table alone knows. Raises NumberTaken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != UNIQUE:
            raise
        problem = FieldProblem("number", "taken", NumberTaken.text, {"number": number})
        raise NumberTaken(number=number, fields=(problem,)) from None
