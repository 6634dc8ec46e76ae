"""What people outside do: report, answer, rate, object, be left alone; and what a unit answers them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.masking import mask_phone
from linli.kernel.scope import acting
from linli.messages.actions import MAIL, MOBILE

from ..attachments.actions import NewFile, attach
from ..engine import sight
from ..engine.act import NO_RATING, act
from ..engine.effects import Given
from ..engine.models import Case
from ..engine.problems import NotNow, TakenMeanwhile
from ..engine.report import NewCase, report
from ..engine.states import State
from ..permissions import ACCEPT, CLOSE
from . import contacts, rules
from .desk import desk, reporter_in, reporting
from .joined import going_on_in, reporters_of
from .models import CaseAnswer, Reporter
from .problems import NotForYouNow, StaleForm, UnknownNumber

MOST_PHOTOS = 4
LONGEST_PUBLIC_ANSWER = 1000
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
BAD_MAIL = Text("请填写正确的邮箱地址。", "Please give an e-mail address.")
NO_WAY = Text("接收通知需要手机号或邮箱。", "To be told, give a mobile number or an e-mail address.")
MANY = Text("最多 {most} 张照片。", "{most} photos at most.")


@dataclass(frozen=True, slots=True)
class PublicReport:
    """What somebody reports from outside. `photos`: name and content. `tell`: whether they want to be told how it goes; `via`:
    the door it comes through; `content`: a keyed hash of what an app sent."""

    description: str
    place_text: str = ""
    area: str | None = None
    lon: float | None = None
    lat: float | None = None
    phone: str = ""
    email: str = ""
    tell: bool = False
    language: str = "zh-CN"
    photos: Sequence[tuple[str, bytes]] = field(default_factory=tuple)
    name: str = ""
    category_id: UUID | None = None
    via: str = "page"
    content: bytes | None = None


def issue() -> str:
    """A mark for a form that is given out: sent twice, it is one report."""
    return issue_for(uuid.uuid4().hex)


def issue_for(mark: str) -> str:
    """The form of a mark of 32 hexadecimal letters that nobody else can know: the same one is the same report."""
    return mark + _seal(mark)


def number_of_form(form: str) -> str:
    """The tracking number that a report by this form has. Raises StaleForm."""
    mark, seal = form[:32], form[32:]
    if not compare_digest(_seal(mark).encode(), seal.encode()):
        raise StaleForm()
    return rules.number_of(secrets.fingerprint("tracking", f"form:{mark}"))


def receive(given: PublicReport, form: str) -> str:
    """Enter a report and return its tracking number; the same number for the same form sent again, which adds nothing.

    The number follows from the form's mark by a secret of ours, so that it need not be kept to be told again. A report that
    returns is committed. Raises StaleForm, Invalid, OutsideDistrict and what photos may raise.
    """
    number = number_of_form(form)
    channel, contact = check_contact(given)
    if len(given.photos) > MOST_PHOTOS:
        raise Invalid(fields=(FieldProblem("photos", "too_many", MANY, {"most": MOST_PHOTOS}),))
    try:
        with acting(desk()):
            if not Reporter.objects.filter(tracking=hashed(number)).exists():
                _enter(given, number, channel, contact)
    except IntegrityError:  # the same form, sent twice at the same moment: the other one was first
        with acting(desk()):
            if not Reporter.objects.filter(tracking=hashed(number)).exists():
                raise
    return number


def entered(number: str) -> Reporter:
    """The reporter of a tracking number, with their case. Raises UnknownNumber."""
    with acting(desk()):
        found = Reporter.objects.select_related("case").filter(tracking=hashed(number)).first()
    if found is None:
        raise UnknownNumber()
    return found


def check_contact(given: PublicReport) -> tuple[str, str]:
    """The way and the address to tell a reporter by; two empty texts where they do not want to be told. Raises Invalid."""
    phone, email = "".join(given.phone.split()), given.email.strip()
    if email and not MAIL.fullmatch(email):
        raise Invalid(fields=(FieldProblem("email", "form", BAD_MAIL),))
    if not given.tell:
        return "", ""
    if MOBILE.fullmatch(phone):
        return "sms", phone
    if email:
        return "email", email
    raise Invalid(fields=(FieldProblem("tell", "required", NO_WAY),))


def _enter(given: PublicReport, number: str, channel: str, contact: str) -> None:
    reporter_id = uuid7()
    actor = reporting(reporter_id)
    case = report(
        actor,
        NewCase(
            given.description, "resident", given.place_text, given.area, given.lon, given.lat, given.category_id,
            reporter_name=given.name, reporter_phone=given.phone,
        ),
    )  # fmt: skip
    Reporter.objects.create(
        id=reporter_id, case=case, tracking=hashed(number), via=given.via, language=given.language, channel=channel,
        contact=secrets.encrypt(contact) if contact else None, contact_hash=contacts.hash_of(contact) if contact else None,
        masked=masked(channel, contact), content=given.content, created_at=clock.now(),
    )  # fmt: skip
    for name, content in given.photos:
        attach(actor, case, NewFile(name, len(content), "report"), content)


def hashed(number: str) -> bytes:
    """What a tracking number is kept and found by."""
    return secrets.fingerprint("tracking", number)


def _seal(mark: str) -> str:
    return secrets.fingerprint("tracking", f"issued:{mark}").hex()


def masked(channel: str, contact: str) -> str:
    """An address as it may be shown."""
    if channel == "sms":
        return mask_phone(contact) or ""
    name, _, host = contact.rpartition("@")
    return f"{name[:1]}***@{host}" if contact else ""


# --- with a number --------------------------------------------------------------------------------------------


def answer(number: str, text: str) -> None:
    """Answer what the unit asked: the case goes on. Raises UnknownNumber, Invalid, NotForYouNow."""
    _step(number, "answer", "resume", reason=_said(text, "answer"))


def rate(number: str, responded: bool | None, solved: bool | None, satisfied: bool | None) -> None:
    """Rate how it went: 响应, 解决, 满意. Sent twice it counts once. Whose report was joined to another rates for themselves,
    which is kept apart from the rating of that case. Raises UnknownNumber, Invalid, NotForYouNow."""
    _step(number, "rate", "rate", responded=responded, solved=solved, satisfied=satisfied)


def object_to(number: str, text: str) -> None:
    """Have a closed case taken up again, with the reason; the dispatcher gives it to another unit, or says why to the same.

    Raises UnknownNumber, Invalid, NotForYouNow.
    """
    _step(number, "object", "reopen", reason=_said(text, "reason"))


def _step(number: str, wish: str, code: str, **given: Any) -> None:
    with acting(desk()):
        reporter = Reporter.objects.select_for_update().filter(tracking=hashed(number)).first()
        if reporter is None:
            raise UnknownNumber()
        case, elsewhere = going_on_in(Case.objects.get(id=reporter.case_id))
        if not getattr(may_in(case, reporter, elsewhere), wish):
            raise NotForYouNow()
        if elsewhere and wish == "rate":
            _rate_apart(reporter, given)
            return
        try:
            act(reporter_in(case, reporter.id), case.id, code, Given(case.version, **given))
        except (TakenMeanwhile, NotNow, Forbidden):  # whose words name staff
            raise NotForYouNow() from None
        if wish == "object":
            reporter.objections += 1
            reporter.save(update_fields=["objections"])


def may_in(case: Case, reporter: Reporter, elsewhere: bool) -> rules.May:
    """What a reporter may do in a case: their own, or the one that theirs was joined to."""
    state, now = State(case.state), clock.now()
    if elsewhere:
        return rules.may_joined(state, case.closed_at, reporter.objections, reporter.rated_at, now, case.transferred)
    return rules.may(state, case.closed_at, reporter.objections, now, case.transferred)


def _rate_apart(reporter: Reporter, given: dict[str, bool | None]) -> None:
    if all(value is None for value in given.values()):
        raise Invalid(fields=(FieldProblem("solved", "required", NO_RATING),))
    reporter.responded, reporter.solved, reporter.satisfied = given["responded"], given["solved"], given["satisfied"]
    reporter.rated_at = clock.now()
    reporter.save(update_fields=["responded", "solved", "satisfied", "rated_at"])


def stop(number: str) -> None:
    """Send this reporter nothing any more, and forget where to. Raises UnknownNumber."""
    with acting(desk()):
        told = Reporter.objects.filter(tracking=hashed(number))
        if not told.update(stopped_at=clock.now(), contact=None, contact_hash=None, masked=""):
            raise UnknownNumber()


def _said(text: str, field_name: str) -> str:
    said = text.strip()
    if len(said) < 2:
        raise Invalid(fields=(FieldProblem(field_name, "required", NEEDED),))
    if len(said) > rules.LONGEST_ANSWER:
        raise Invalid(fields=(FieldProblem(field_name, "too_long", LONG),))
    return said


# --- of the unit ----------------------------------------------------------------------------------------------


def may_answer(actor: Actor, case: Case) -> bool:
    """Whether somebody answers the public in a case: for its unit, or as who accepts or closes cases there."""
    own = case.unit_id is not None and sight.unit_of(actor) == str(case.unit_id)
    return own or actor.may(ACCEPT, case.area_code) or actor.may(CLOSE, case.area_code)


def publish(actor: Actor, case_id: UUID, text: str) -> CaseAnswer:
    """Answer the public in a case: by its unit, or who accepts or closes cases there. Raises NotFound, Forbidden, Invalid."""
    case = sight.one(actor, case_id)
    if not may_answer(actor, case):
        raise Forbidden(permission=CLOSE)
    if not reporters_of([case.id]).exists():
        raise NotFound()
    said = text.strip()
    if not said or len(said) > LONGEST_PUBLIC_ANSWER:
        raise Invalid(fields=(FieldProblem("text", "required" if not said else "too_long", LONG if said else NEEDED),))
    return CaseAnswer.objects.create(
        id=uuid7(), case=case, text=said, unit_name=actor.unit_name, by=actor.id, by_name=actor.name, at=clock.now()
    )
