"""Reads of the catalogue of forms. It is the district's and holds nobody's data: whoever may fill one sees all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet

from linli.access.models import Unit
from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, Invalid, NotFound
from linli.kernel.paging import Page

from ..permissions import FORM_APPROVE, FORM_MANAGE, LEDGER_FILL
from . import rules
from .models import Form, FormDecision, FormVersion
from .rules import Counts, Other, Status

MOST_COMPARED = 1_000
MOST_VERSIONS = 50
READERS = (LEDGER_FILL, FORM_MANAGE, FORM_APPROVE)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form as lists show it, with what its present version asks."""

    id: UUID
    name: str
    issuer_id: UUID | None
    issuer_name: str
    legal_basis: str
    basis_number: str
    cycle: str
    valid_until: date | None
    note: str
    status: Status
    approval_number: str
    approved_until: date | None
    last_day: date | None
    current: int
    version: int
    subject: str
    counts: Counts
    made_by: str
    made_by_name: str
    made_at: datetime
    changed_by_name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form with all its versions and what was decided, each the latest first."""

    row: FormRow
    current: FormVersion
    versions: tuple[FormVersion, ...]
    decisions: tuple[FormDecision, ...]


def check_reader(actor: Actor) -> None:
    """Raise Forbidden for whoever has nothing to do with forms."""
    if not any(actor.may(permission) for permission in READERS):
        raise Forbidden(permission=LEDGER_FILL)


def forms(
    actor: Actor,
    *,
    status: str | None = None,
    q: str | None = None,
    issuer: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[FormRow]:
    """Forms by name; `q` is a part of name, issuer or basis."""
    check_reader(actor)
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    rows = Form.objects.all()
    if status:
        rows = rows.filter(_in(status, clock.today()))
    if issuer:
        rows = rows.filter(issuer_name=issuer)
    if q and q.strip():
        told = q.strip()
        rows = rows.filter(
            Q(name__icontains=told) | Q(issuer_name__icontains=told) | Q(basis_number__icontains=told)
        )  # fmt: skip
    total = rows[: paging.EXACT_TO + 1].count()
    if after:
        name, following = str(after[0]), _id(after[1])
        rows = rows.filter(Q(name__gt=name) | Q(name=name, id__gt=following))
    found = list(rows.order_by("name", "id")[: size + 1])
    shown = found[:size]
    versions = _current([form.id for form in shown])
    page = [row_of(form, versions[form.id]) for form in shown]
    following_key = paging.encode((shown[-1].name, str(shown[-1].id))) if len(found) > size else None
    return Page(page, following_key, paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def named(actor: Actor, name: str) -> list[FormRow]:
    """The forms of a name, withdrawn ones aside. Two queries."""
    check_reader(actor)
    found = list(
        Form.objects.filter(name=name.strip()).exclude(state=Form.State.WITHDRAWN).order_by("issuer_name", "id")
    )
    versions = _current([form.id for form in found])
    return [row_of(form, versions[form.id]) for form in found]


def _id(text: object) -> UUID:
    """The id in a cursor. Raises Invalid for a cursor of another list."""
    try:
        return UUID(str(text))
    except ValueError:
        raise Invalid(reason="cursor") from None


def _in(status: str, today: date) -> Q:
    """The rows of a status, as `rules.status` computes it."""
    over = Q(valid_until__lt=today)
    lapsed = Q(state=Form.State.APPROVED, approved_until__lt=today)
    if status == "expired":
        return (over & Q(state__in=(Form.State.PROPOSED, Form.State.APPROVED))) | lapsed
    if status in (Form.State.PROPOSED, Form.State.APPROVED):
        return Q(state=status) & (Q(valid_until=None) | ~over) & (Q(approved_until=None) | ~lapsed)
    return Q(state=status)


def _current(form_ids: list[UUID]) -> dict[UUID, FormVersion]:
    """The present version of each form. One query."""
    found = FormVersion.objects.filter(form_id__in=form_ids, number=F("form__current"))
    return {version.form_id: version for version in found}


def row_of(form: Form, version: FormVersion) -> FormRow:
    """A form as lists show it, today."""
    today = clock.today()
    return FormRow(
        id=form.id, name=form.name, issuer_id=form.issuer_id, issuer_name=form.issuer_name,
        legal_basis=form.legal_basis, basis_number=form.basis_number, cycle=form.cycle, valid_until=form.valid_until,
        note=form.note, status=rules.status(form.state, form.approved_until, form.valid_until, today),
        approval_number=form.approval_number, approved_until=form.approved_until,
        last_day=rules.last_day(form.approved_until, form.valid_until) if form.state == "approved" else form.valid_until,
        current=form.current, version=form.version, subject=version.subject, counts=rules.counts(version.asks),
        made_by=form.made_by, made_by_name=form.made_by_name, made_at=form.made_at,
        changed_by_name=form.changed_by_name, changed_at=form.changed_at,
    )  # fmt: skip


def form(actor: Actor, form_id: UUID) -> FormPage:
    """One form. Three queries. Raises Forbidden, NotFound."""
    check_reader(actor)
    found = Form.objects.filter(id=form_id).first()
    if found is None:
        raise NotFound()
    versions = tuple(FormVersion.objects.filter(form_id=form_id).order_by("-number")[:MOST_VERSIONS])
    current = next(version for version in versions if version.number == found.current)
    decisions = tuple(FormDecision.objects.filter(form_id=form_id).order_by("-made_at", "-id")[:MOST_VERSIONS])
    return FormPage(row_of(found, current), current, versions, decisions)


def involved(page: FormPage) -> frozenset[str]:
    """Those who do not decide on a form as it is now."""
    return rules.involved(
        page.row.made_by,
        ((version.made_by, version.made_at) for version in page.versions),
        ((decision.state, decision.made_by, decision.made_at) for decision in page.decisions),
    )


def version(actor: Actor, form_id: UUID, number: int | None = None) -> FormVersion:
    """A version of a form, by default the present one, with its form. Raises Forbidden, NotFound."""
    check_reader(actor)
    asked = Q(number=F("form__current")) if number is None else Q(number=number)
    found = FormVersion.objects.select_related("form").filter(asked, form_id=form_id).first()
    if found is None:
        raise NotFound()
    return found


def in_use(today: date) -> QuerySet[Form]:
    """The forms that are asked for, or wait to be: not refused, withdrawn or past their time."""
    return Form.objects.filter(_in("approved", today) | _in("proposed", today))


def others(own: UUID | None) -> list[Other]:
    """What every form in use asks but `own`, for comparing. One query."""
    found = FormVersion.objects.filter(form__in=in_use(clock.today()), number=F("form__current"))
    if own is not None:
        found = found.exclude(form_id=own)
    listed = found.order_by("form__name", "form_id").values_list(
        "form_id", "form__name", "form__issuer_name", "subject", "asks"
    )  # fmt: skip
    return [Other(i, name, issuer, subject, tuple(asks)) for i, name, issuer, subject, asks in listed[:MOST_COMPARED]]


def issuers(actor: Actor) -> list[tuple[UUID, str]]:
    """The units that may issue forms: the district's offices and departments, by name."""
    check_reader(actor)
    units = Unit.objects.filter(kind__in=("district", "department")).order_by("name", "id")
    return list(units.values_list("id", "name"))
