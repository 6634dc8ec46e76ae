"""Answers to what a return asks: entered into the base as corrections by hand, or confirmed as they stand, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection

from linli.access import changes as change_log
from linli.access import reads
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.actions.people import check_edit, edit_person
from linli.registry.custom.actions import FieldValue, check_values, do_state_values
from linli.registry.custom.queries import held_in_use
from linli.registry.merge.run import lock
from linli.registry.models import Person
from linli.registry.permissions import EDIT
from linli.registry.problems import ChangedMeanwhile

from ...ledgers import custom
from .. import rules
from ..asking import AskedRow, Asking, keeper
from ..desks import seen
from ..models import Return, Round, RoundAnswer
from ..problems import Closed, NotAsked, WrongState
from .rounds import measure

FILLED = Text("此项已有内容，如有变化请填写新内容。", "There is a value here; if it has changed, enter the new one.")


def check_answer(
    actor: Actor, return_id: UUID, person_id: UUID, given: Mapping[str, str | None], version: int, confirm: bool
) -> tuple[Return, Round, AskedRow]:
    """The row that is answered, as it is now. Raises what keeps the answer from being taken; writes nothing."""
    with acting(keeper()):
        owner = Return.objects.filter(id=return_id).select_related("round").first()
        if any((value or "").strip() for value in given.values()):
            lock()  # before the person, as whoever corrects people by other ways does: nobody waits in a ring
        # Who answers or corrects the same person meanwhile waits, and is then told that there is something new.
        Person.objects.select_for_update(no_key=True).filter(id=person_id).first()
    held = seen(actor, owner) if owner else ()
    if owner is None or not held:
        raise NotFound()
    round_ = owner.round
    found = Asking(round_, actor.language).page(owner.area_code, held, person=person_id)
    if not found:
        raise NotFound()
    if round_.state != Round.State.OPEN:
        raise Closed()
    if owner.state not in rules.AT_WORK:
        raise WrongState()
    (row,) = found
    actor.require(EDIT, row.area_code)
    if row.version != version:
        raise ChangedMeanwhile(version=row.version)
    cells = {cell.asked.name: cell for cell in row.cells}
    if not given.keys() <= cells.keys() or not (given or (confirm and confirmed_by(actor, row))):
        raise NotAsked()
    emptied = [name for name, value in given.items() if not (value or "").strip() and cells[name].filled]
    if emptied:
        raise Invalid(fields=tuple(FieldProblem(name, "filled", FILLED) for name in emptied))
    return owner, round_, row


def answer(
    actor: Actor, return_id: UUID, person_id: UUID, given: Mapping[str, str | None], version: int, *, confirm: bool
) -> AskedRow | None:
    """Answer a row: `given` are values by field (None: there is none), `confirm` says that the stale ones not given are
    as they stand. Returns the row as it is now, None when it is no longer listed.

    Raises NotFound, Forbidden, Closed, WrongState, NotAsked, ChangedMeanwhile, or Invalid field by field.
    """
    owner, round_, row = check_answer(actor, return_id, person_id, given, version, confirm)
    entered = {name: value.strip() for name, value in given.items() if value and value.strip()}
    kinds = dict.fromkeys(entered, RoundAnswer.Kind.GIVEN)
    kinds |= {name: RoundAnswer.Kind.NONE for name in given if name not in entered}
    if confirm:
        kinds |= {c: RoundAnswer.Kind.CONFIRMED for c in confirmed_by(actor, row) if c not in given}
    asked = {cell.asked.name: cell.asked for cell in row.cells}
    own = {name: value for name, value in entered.items() if asked[name].custom is None}
    stated = {
        name: FieldValue(person_id, field, entered[name])
        for name, fact in asked.items()
        if (field := fact.custom) and name in entered
    }
    reason = reason_of(round_)
    _check_values(actor, row, own, stated, reason)
    if own:
        edit_person(actor, person_id, own, reason, row.person_version)
    if stated:
        do_state_values(actor, list(stated.values()), reason=reason, origin=f"round:{round_.id}")
    said = {str(kind): sorted(n for n, k in kinds.items() if k is kind) for kind in sorted(set(kinds.values()))}
    change_log.record(
        actor, "intake.return.answer", "person", person_id, row.area_code, {"return": str(owner.id)} | said
    )
    with acting(keeper(actor)):
        records = _records(row, [name for name, kind in kinds.items() if kind is not RoundAnswer.Kind.NONE])
        now = clock.now()
        RoundAnswer.objects.bulk_create(
            RoundAnswer(
                id=uuid7(), owner_id=owner.id, area_code=row.area_code, person_id=person_id, field=name, kind=kind,
                record_id=records.get(name), stated_on=clock.today(), made_by=actor.id, made_at=now,
            )
            for name, kind in kinds.items()
        )  # fmt: skip
        if Return.objects.select_for_update(no_key=True).filter(id=owner.id, state__in=rules.AT_WORK).first() is None:
            raise WrongState()  # sent meanwhile: all of it is taken back, and the page keeps what was typed
        measure(round_, owner)
    again = Asking(round_, actor.language).page(owner.area_code, seen(actor, owner), person=person_id)
    reads.note("list", "return.rows", subject_id=owner.id, area=row.area_code, count=len(again))
    return again[0] if again else None


def _check_values(
    actor: Actor, row: AskedRow, own: Mapping[str, str | None], stated: Mapping[str, FieldValue], reason: str
) -> None:
    """Whether all values hold, those of the person and those of custom fields. Raises Invalid with every field to mend,
    and what else keeps the person from being corrected."""
    problems: tuple[FieldProblem, ...] = ()
    try:
        if own:
            check_edit(actor, row.person_id, own, reason, row.person_version)
    except Invalid as wrong:
        problems += tuple(wrong.fields)
    try:
        check_values(list(stated.values()), held_in_use({said.field_id for said in stated.values()}))
    except Invalid as wrong:
        names = {f"values.{serial}": name for serial, name in enumerate(stated)}
        problems += tuple(replace(problem, field=names[problem.field]) for problem in wrong.fields)
    if problems:
        raise Invalid(fields=problems)


def confirmed_by(actor: Actor, row: AskedRow) -> tuple[str, ...]:
    """What "nothing changed" confirms: the stale values that were shown, not those other offices keep to themselves. One
    query, if any is custom."""
    kept = custom.withheld(actor, [c.asked.shown_by for c in row.stale])
    return tuple(c.asked.name for c in row.stale if c.asked.shown_by.name not in kept)


def reason_of(round_: Round) -> str:
    """What the base says a value was entered for."""
    return f"报送：{round_.form_name} {round_.period}"


def _records(row: AskedRow, names: list[str]) -> dict[str, UUID]:
    """The statement each fact rests on now; of a custom one the statement of its value. One query."""
    facts = {c.asked.name: c.asked for c in row.cells if c.asked.name in names and c.asked.record}
    if not facts:
        return {}
    params: dict[str, Any] = {"person": row.person_id}
    joins = custom.joins([fact.shown_by for fact in facts.values()], params)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(fact.record for fact in facts.values())} FROM registry_person p {joins} "
            "WHERE p.id = %(person)s",
            params,
        )
        found = cursor.fetchone()
    return dict(zip(facts, found, strict=True)) if found else {}
