"""Entering forms and further versions of them, and deciding which may be asked for; each change is in the log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from linli.access import changes
from linli.access.models import Unit
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.texts import check_printable, shown, unprintable
from linli.messages.actions import notify
from linli.registry.problems import ReasonMissing

from .. import notices
from ..ledgers import binding as bindings
from ..ledgers import custom
from ..ledgers.binding import Binding
from ..permissions import FORM_APPROVE, FORM_MANAGE
from . import rules
from .inspecting import Inspection, inspect
from .models import Form, FormDecision, FormVersion
from .problems import FormChanged, FormState, FormTaken, NotInUse, OwnForm, TemplateGone, TemplateNamesPeople
from .rules import FormFacts

State = Form.State
FILES_OF = "form"  # whose the kept files are
_NO_UNIT = Text("没有这个单位。", "There is no such unit.")


def check_form(actor: Actor, facts: FormFacts, issuer_id: UUID | None = None) -> FormFacts:
    """The description as it would be kept. Raises Forbidden, Invalid with what is to be mended."""
    actor.require(FORM_MANAGE, settings.LINLI_DISTRICT)
    problems: tuple[FieldProblem, ...] = ()
    if issuer_id is not None:
        unit = Unit.objects.filter(id=issuer_id).first()
        if unit is None:
            problems = (FieldProblem("issuer_id", "unknown", _NO_UNIT),)
        else:
            facts = replace(facts, issuer_name=unit.name)
    if found := problems + rules.check_facts(facts, clock.today()):
        raise Invalid(fields=found)
    return replace(
        facts, name=facts.name.strip(), issuer_name=facts.issuer_name.strip(), legal_basis=facts.legal_basis.strip(),
        basis_number=facts.basis_number.strip(), note=facts.note.strip(),
    )  # fmt: skip


def register_form(
    actor: Actor,
    facts: FormFacts,
    path: Path,
    filename: str,
    binding: Any = None,
    issuer_id: UUID | None = None,
    names_confirmed: bool = False,
) -> Form:
    """Enter a form with its template at `path`; it waits for approval. `binding` in the documented form, else proposed.
    `names_confirmed`: what looks like names of people in the template was said to be examples.

    Raises Forbidden, Invalid, FormTaken, TemplateNamesPeople, kinds of UnreadableFile and LedgerProblem; nothing is kept then.
    """
    facts = check_form(actor, facts, issuer_id)
    seen = _confirmed(_seen(actor, path, filename, binding), names_confirmed)
    now = clock.now()
    with _once(facts):
        form: Form = Form.objects.create(
            id=uuid7(), name=facts.name, issuer_id=issuer_id, issuer_name=facts.issuer_name,
            legal_basis=facts.legal_basis, basis_number=facts.basis_number, cycle=facts.cycle,
            valid_until=facts.valid_until, note=facts.note, made_by=actor.id, made_by_name=actor.name, made_at=now,
            changed_by_name=actor.name, changed_at=now,
        )  # fmt: skip
    _add_version(actor, form, seen, path, filename, "")
    _decided(actor, form, State.PROPOSED)
    _log(actor, "register", form, _names(seen))
    return form


def change_form(
    actor: Actor, form_id: UUID, facts: FormFacts, version: int, issuer_id: UUID | None = None
) -> Form:  # fmt: skip
    """Change what is said of a form. Approved as what it said before, it waits anew when its issuer, basis or cycle is
    another or its time is to be longer; waiting or refused, whoever changes it hands it in.

    Raises Forbidden, NotFound, Invalid, FormChanged, FormState, FormTaken.
    """
    facts = check_form(actor, facts, issuer_id)
    form = _locked(form_id, version)
    _in(form, State.PROPOSED, State.APPROVED, State.REFUSED)
    before = FormFacts(
        form.name, form.issuer_name, form.legal_basis, form.cycle, form.basis_number, form.valid_until
    )  # fmt: skip
    form.name, form.issuer_id, form.issuer_name = facts.name, issuer_id, facts.issuer_name
    form.legal_basis, form.basis_number, form.cycle = facts.legal_basis, facts.basis_number, facts.cycle
    form.valid_until, form.note = facts.valid_until, facts.note
    if form.state != State.APPROVED or rules.needs_approval(before, facts):
        _propose(actor, form)
    with _once(facts):
        _save(actor, form)
    _log(actor, "change", form)
    return form


def add_version(
    actor: Actor,
    form_id: UUID,
    version: int,
    path: Path,
    filename: str,
    binding: Any = None,
    note: str = "",
    names_confirmed: bool = False,
) -> FormVersion:
    """Keep another template as the form's next version; the earlier ones stay. One that asks for more than was approved
    waits for approval. Raises what `register_form` does, FormChanged, FormState."""
    actor.require(FORM_MANAGE, settings.LINLI_DISTRICT)
    check_printable(note=note, lines=True)
    seen = _confirmed(_seen(actor, path, filename, binding, form_id), names_confirmed)
    form = _locked(form_id, version)
    _in(form, State.PROPOSED, State.APPROVED, State.REFUSED)
    return _next(actor, form, seen, path, filename, note)


def bind_version(actor: Actor, form_id: UUID, version: int, binding: Any, note: str = "") -> FormVersion:
    """Fill the present template otherwise: the same workbook becomes the next version. Raises as `add_version` does,
    and TemplateGone."""
    actor.require(FORM_MANAGE, settings.LINLI_DISTRICT)
    check_printable(note=note, lines=True)
    form = _locked(form_id, version)
    _in(form, State.PROPOSED, State.APPROVED, State.REFUSED)
    now = FormVersion.objects.get(form_id=form.id, number=form.current)
    try:
        with files.opened(now.file_id, ".xlsx") as path:
            seen = _seen(actor, path, now.filename, binding, form_id)
            return _next(actor, form, seen, path, now.filename, note)
    except NotFound:
        raise TemplateGone() from None


def _next(actor: Actor, form: Form, seen: Inspection, path: Path, filename: str, note: str) -> FormVersion:
    before = FormVersion.objects.get(form_id=form.id, number=form.current)
    fields = custom.resolved(seen.binding.subject, filter(None, seen.binding.columns.values()))
    more = rules.asks_more(
        bindings.from_json(before.binding), before.layout["columns"], seen.binding, seen.template.names,
        {name: (field.zh, field.en) for name, field in fields.items()},
    )  # fmt: skip
    form.current += 1
    if more and form.state == State.APPROVED:
        _propose(actor, form)
    _save(actor, form)
    made = _add_version(actor, form, seen, path, filename, note)
    _log(actor, "version", form, {"number": made.number} | _names(seen))
    return made


def _seen(actor: Actor, path: Path, filename: str, binding: Any, own: UUID | None = None) -> Inspection:
    given: Binding | None = bindings.from_json(binding) if binding is not None else None
    if given and (found := unprintable(given.constants.items(), lines=True)):
        raise Invalid(fields=tuple(replace(one, field=f"binding.constants.{one.field}") for one in found))
    return inspect(actor, path, filename, actor.language, given=given, own=own)


def _confirmed(seen: Inspection, confirmed: bool) -> Inspection:
    """Raise TemplateNamesPeople for a template with what looks like names of people, until somebody answers for them."""
    if seen.named is not None and not confirmed:
        raise TemplateNamesPeople(sheet=seen.named.sheet, cell=seen.named.cell, cells=seen.named.cells)
    return seen


def _names(seen: Inspection) -> dict[str, Any]:
    """For the log: how many names were answered for."""
    return {"names_confirmed": seen.named.cells} if seen.named is not None else {}


def _add_version(actor: Actor, form: Form, seen: Inspection, path: Path, filename: str, note: str) -> FormVersion:
    file_id = uuid7()
    with path.open("rb") as content:
        size, digest = files.keep_until_commit(content, file_id, FILES_OF)
    try:
        made: FormVersion = FormVersion.objects.create(
            id=uuid7(), form_id=form.id, number=form.current, file_id=file_id, filename=shown(filename)[-200:], size=size,
            sha256=digest, subject=seen.binding.subject, layout=seen.layout(), binding=seen.binding.to_json(),
            asks=list(seen.asks), note=note.strip()[: rules.LONGEST_NOTE], made_by=actor.id, made_by_name=actor.name,
            made_at=clock.now(),
        )  # fmt: skip
    except BaseException:
        files.settle(FILES_OF, file_id, wanted=False)
        raise
    return made


def clear_files() -> None:
    """Remove templates whose version was never committed: what follows the upload failed, or its process was killed."""
    left = files.unsettled(FILES_OF)
    known = set(FormVersion.objects.filter(file_id__in=left).values_list("file_id", flat=True)) if left else set()
    for file_id in left:
        files.settle(FILES_OF, file_id, wanted=file_id in known)


# Approval (准入审批)


def approve_form(
    actor: Actor, form_id: UUID, version: int, number: str = "", until: date | None = None, reason: str = ""
) -> Form:
    """Let a form be asked for, until the end of a day if one is given. Whoever entered or changed it does not decide.

    Raises Forbidden, NotFound, Invalid, FormChanged, FormState, OwnForm.
    """
    check_printable(reason=reason, lines=True)
    if found := rules.check_approval(number, until, clock.today()):
        raise Invalid(fields=found)
    form = _to_decide(actor, form_id, version)
    form.state, form.approval_number, form.approved_until = State.APPROVED, number.strip()[:60], until
    _save(actor, form, changed=False)
    decision = _decided(actor, form, State.APPROVED, number, until, reason)
    _tell_its_makers(form, notices.FORM_APPROVED, decision)
    _log(actor, "approve", form)
    return form


def refuse_form(actor: Actor, form_id: UUID, version: int, reason: str) -> Form:
    """Do not let a form be asked for, and say why. Raises as `approve_form` does, and ReasonMissing."""
    reason = _reason(reason)
    form = _to_decide(actor, form_id, version)
    form.state = State.REFUSED
    _save(actor, form, changed=False)
    decision = _decided(actor, form, State.REFUSED, reason=reason)
    _tell_its_makers(form, notices.FORM_RETURNED, decision)
    _log(actor, "refuse", form)
    return form


def withdraw_form(actor: Actor, form_id: UUID, version: int, reason: str) -> Form:
    """Ask for a form no more; what was asked stays. By who keeps forms or who approves them.

    Raises Forbidden, NotFound, ReasonMissing, FormChanged, FormState.
    """
    if not actor.may(FORM_APPROVE, settings.LINLI_DISTRICT):
        actor.require(FORM_MANAGE, settings.LINLI_DISTRICT)
    reason = _reason(reason)
    form = _locked(form_id, version)
    _in(form, State.PROPOSED, State.APPROVED, State.REFUSED)
    form.state = State.WITHDRAWN
    _save(actor, form, changed=False)
    _decided(actor, form, State.WITHDRAWN, reason=reason)
    _log(actor, "withdraw", form)
    return form


def propose_form(actor: Actor, form_id: UUID, version: int) -> Form:
    """Hand a form in for approval again: one that was refused, withdrawn, or whose time is over (`valid_until` has been
    set anew). Raises Forbidden, NotFound, FormChanged, FormState, FormTaken."""
    actor.require(FORM_MANAGE, settings.LINLI_DISTRICT)
    form = _locked(form_id, version)
    now = rules.status(form.state, form.approved_until, form.valid_until, clock.today())
    if now not in ("refused", "withdrawn", "expired") or _over(form.valid_until):
        raise _wrong_state(form)
    _propose(actor, form)
    with _once(FormFacts(form.name, form.issuer_name, form.legal_basis, form.cycle)):
        _save(actor, form)
    _log(actor, "propose", form)
    return form


def check_in_use(form: Form, today: date | None = None) -> None:
    """Raise NotInUse for a form that may not be asked for now: whoever opens a new round asks this first."""
    now = rules.status(form.state, form.approved_until, form.valid_until, today or clock.today())
    if now != "approved":
        said = rules.STATUS_NAMES[now]
        latest = FormDecision.objects.filter(form_id=form.id).order_by("-made_at", "-id").first()
        last = rules.last_day(form.approved_until, form.valid_until)
        why = (
            latest.reason
            if latest and now in ("refused", "withdrawn")
            else last.isoformat()
            if last and now == "expired"
            else ""
        )
        raise NotInUse(name=form.name, status_zh=said.zh, status_en=said.en.lower(), why_zh=why, why_en=why)


def _over(day: date | None) -> bool:
    return day is not None and day < clock.today()


def _reason(reason: str) -> str:
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise ReasonMissing()
    check_printable(reason=reason, lines=True)
    return reason.strip()[: rules.LONGEST_NOTE]


def _to_decide(actor: Actor, form_id: UUID, version: int) -> Form:
    actor.require(FORM_APPROVE, settings.LINLI_DISTRICT)
    form = _locked(form_id, version)
    if rules.status(form.state, form.approved_until, form.valid_until, clock.today()) != "proposed":
        raise _wrong_state(form)
    versions = FormVersion.objects.filter(form_id=form.id).values_list("made_by", "made_at")
    decisions = FormDecision.objects.filter(form_id=form.id).values_list("state", "made_by", "made_at")
    if actor.id in rules.involved(form.made_by, versions, decisions):
        raise OwnForm()
    return form


def _locked(form_id: UUID, version: int) -> Form:
    """A form held to the end of the transaction, as it was looked at. Raises NotFound, FormChanged."""
    form: Form | None = Form.objects.select_for_update().filter(id=form_id).first()
    if form is None:
        raise NotFound()
    if form.version != version:
        raise FormChanged(by=form.changed_by_name)
    return form


def _in(form: Form, *states: str) -> None:
    if form.state not in states:
        raise _wrong_state(form)


def _wrong_state(form: Form) -> FormState:
    now = rules.status(form.state, form.approved_until, form.valid_until, clock.today())
    said = rules.STATUS_NAMES[now]
    return FormState(status_zh=said.zh, status_en=said.en.lower())


def _propose(actor: Actor, form: Form) -> None:
    form.state, form.approval_number, form.approved_until = State.PROPOSED, "", None
    _decided(actor, form, State.PROPOSED)


def _save(actor: Actor, form: Form, changed: bool = True) -> None:
    """Keep a form under its next version; who decided on it did not change it, and is named in the decision."""
    form.version += 1
    form.changed_by_name = actor.name
    if changed:
        form.changed_at = clock.now()
    form.save()


@contextmanager
def _once(facts: FormFacts) -> Iterator[None]:
    """Raise FormTaken where the issuer has a form of the name, also when somebody entered it just now."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise FormTaken(name=facts.name, issuer=facts.issuer_name) from None


def _decided(
    actor: Actor, form: Form, state: str, number: str = "", until: date | None = None, reason: str = ""
) -> FormDecision:
    made: FormDecision = FormDecision.objects.create(
        id=uuid7(), form_id=form.id, state=state, number=number.strip()[:60], until=until,
        reason=reason.strip()[: rules.LONGEST_NOTE], made_by=actor.id, made_by_name=actor.name, made_at=clock.now(),
    )  # fmt: skip
    return made


def _tell_its_makers(form: Form, kind: str, decision: FormDecision) -> None:
    """Who entered the form and who made its current version hear what was decided."""
    makers = FormVersion.objects.filter(form_id=form.id, number=form.current).values_list("made_by", flat=True)
    notify([form.made_by, *makers], kind, f"{kind}:{decision.id}", {"form": form.name}, f"/ledgers/{form.id}")


def _log(actor: Actor, what: str, form: Form, more: dict[str, Any] | None = None) -> None:
    said = {"name": form.name, "state": form.state} | (more or {})
    changes.record(actor, f"intake.form.{what}", "form", form.id, settings.LINLI_DISTRICT, said)
