"""Preparing, carrying out and undoing bulk edits. A new statement by hand for each row, one transaction, one undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access import changes as change_log
from linli.access import reads
from linli.kernel import area_names, areas, clock
from linli.kernel.actors import Actor, system
from linli.kernel.errors import Forbidden, Invalid, NotFound
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.places.buildings.many_actions import grid_in_use
from linli.places.permissions import HOMES
from linli.registry.merge import undo_people
from linli.registry.merge.run import lock
from linli.registry.permissions import BULK, EDIT
from linli.registry.problems import ReasonMissing
from linli.registry.queries.codes import code_sets
from linli.registry.queries.homes import DwellingFilter, homes_matching
from linli.registry.queries.people import PersonFilter, people_matching
from linli.registry.regrouping.queries import living_ones

from . import homes, people, rules
from .models import BulkEdit, BulkEditRow
from .problems import AlreadyDone, NotDone, NothingChosen, NothingToChange, TooManyChosen

State, Outcome = BulkEdit.State, BulkEditRow.Outcome
# What was prepared and not carried out within a day is looked at afresh; its rows go an hour later, so that they are
# never taken from an edit that is being carried out.
PREPARED_FOR, LEFT_FOR = timedelta(days=1), timedelta(days=1, hours=1)
_SHORTEST_REASON = 2
Chosen = Sequence[UUID] | PersonFilter | DwellingFilter


def check_edit(actor: Actor, kind: str, changes: Mapping[str, str | None]) -> None:
    """Whether such a change may be prepared at all. Raises Forbidden, Invalid."""
    actor.require(BULK)
    problems = rules.check(kind, changes, code_sets(), clock.today())
    if problems:
        raise Invalid(fields=problems)
    _check_grid(actor, kind, changes.get(rules.GRID))


def _check_grid(actor: Actor, kind: str, grid: str | None) -> None:
    """Raise Invalid for a grid that is not in use, or into which the actor may put nobody: what they may not change there
    they do not move there either."""
    if not grid:
        return
    if not grid_in_use(grid):
        raise Invalid(fields=(rules.no_grid(),))
    part = people if kind == BulkEdit.PERSON else homes
    if not any(areas.contains(area, grid) for area in part.editable(actor)):
        raise Invalid(fields=(rules.foreign_grid(),))


@transaction.atomic
def prepare_edit(actor: Actor, kind: str, changes: Mapping[str, str | None], chosen: Chosen) -> BulkEdit:
    """Fix the rows of an edit with what would become of each; nothing else is written.

    `chosen` are ids, or the filter of a list whose rows are all meant. Raises TooManyChosen, NothingChosen, Invalid,
    Forbidden.
    """
    check_edit(actor, kind, changes)
    ids = _ids(actor, kind, chosen)
    edit = BulkEdit(
        id=uuid7(), area_code=reads.common_area(actor.areas_for(BULK)) or settings.LINLI_DISTRICT, kind=kind,
        changes=dict(changes), chosen=0, made_at=clock.now(), made_by=actor.id,
    )  # fmt: skip
    part = people if kind == BulkEdit.PERSON else homes
    edit.chosen = part.note_rows(actor, edit, ids)
    if not edit.chosen:
        raise NothingChosen()
    concerned = _areas(edit, Outcome.CHANGE)
    edit.area_code = reads.common_area(concerned) or edit.area_code
    edit.save(force_insert=True)
    with acting(_over(actor, edit)):
        _forget_old()
    reads.note("list", kind, area=edit.area_code, count=edit.chosen)
    return edit


def carry_out(actor: Actor, edit_id: UUID, reason: str) -> BulkEdit:
    """Carry out what the actor has prepared. Rows somebody changed meanwhile are left and marked.

    Raises NotFound (also for one that was prepared more than a day ago), AlreadyDone, NothingToChange, ReasonMissing,
    Invalid for a grid that has ended meanwhile or is no longer the actor's to fill.
    """
    edit = BulkEdit.objects.filter(id=edit_id, made_by=actor.id).first()
    if edit is None:
        raise NotFound()
    actor.require(BULK)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ReasonMissing()
    with acting(_over(actor, edit)):
        lock()
        edit = _held(edit_id)
        if edit.state != State.PREPARED:
            raise AlreadyDone()
        if edit.made_at < clock.now() - PREPARED_FOR:
            raise NotFound()
        _check_grid(actor, edit.kind, edit.changes.get(rules.GRID))
        edit.reason = reason.strip()
        part = people if edit.kind == BulkEdit.PERSON else homes
        wanted = BulkEditRow.objects.filter(edit_id=edit.id, outcome=Outcome.CHANGE).count()
        if not wanted:
            raise NothingToChange()
        edit.changed = part.carry_out(actor, edit)
        edit.meanwhile = wanted - edit.changed
        edit.state, edit.done_at = State.DONE, clock.now()
        edit.save()
        _record(actor, "registry.bulk.edit", edit)
    return edit


def undo_edit(actor: Actor, edit_id: UUID, reason: str) -> BulkEdit:
    """Take an edit back as a whole. Raises NotFound, NotDone, Forbidden, ReasonMissing; RestedUpon or ChangedSince where
    somebody has changed one of its rows again."""
    edit = BulkEdit.objects.filter(id=edit_id).exclude(state=State.PREPARED).first()
    if edit is None or not (edit.made_by == actor.id or actor.may(BULK, edit.area_code)):
        raise NotFound()
    actor.require(BULK)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise ReasonMissing()
    with acting(_over(actor, edit)):
        lock()
        edit = _held(edit_id)
        if edit.state != State.DONE:
            raise NotDone()
        _require_all(actor, EDIT if edit.kind == BulkEdit.PERSON else HOMES, edit)
        if edit.kind == BulkEdit.PERSON:
            undo_people(edit.id, actor, settings.LINLI_DISTRICT)
        else:
            homes.take_back(edit)
        edit.state, edit.undone_at, edit.undone_by = State.UNDONE, clock.now(), actor.id
        edit.undo_reason = reason.strip()
        edit.save()
        _record(actor, "registry.bulk.undo", edit)
    return edit


def _ids(actor: Actor, kind: str, chosen: Chosen) -> list[UUID]:
    if isinstance(chosen, PersonFilter):
        ids = people_matching(actor, chosen, rules.MOST)
    elif isinstance(chosen, DwellingFilter):
        ids = homes_matching(actor, chosen, rules.MOST)
    else:
        ids = living_ones(chosen) if kind == BulkEdit.PERSON else list(dict.fromkeys(chosen))
    if len(ids) > rules.MOST:
        raise TooManyChosen(most=rules.MOST)
    return ids


def _held(edit_id: UUID) -> BulkEdit:
    """An edit as it is now, held to the end of the transaction. Raises NotFound."""
    edit: BulkEdit | None = BulkEdit.objects.select_for_update().filter(id=edit_id).first()
    if edit is None:
        raise NotFound()
    return edit


def _require_all(actor: Actor, permission: str, edit: BulkEdit) -> None:
    """Raise Forbidden where a row was changed outside the actor's areas, also where they see nothing any more. Asked over
    the district; areas that got another code since go by that."""
    for code in _areas(edit, Outcome.CHANGED):
        if not (actor.may(permission, code) or any(actor.may(permission, c) for c in area_names.going_by(code))):
            raise Forbidden(permission=permission)


def _areas(edit: BulkEdit, outcome: str) -> list[str]:
    rows = BulkEditRow.objects.filter(edit_id=edit.id, outcome=outcome)
    return list(rows.order_by("area_code").values_list("area_code", flat=True).distinct())


def _forget_old() -> None:
    old = BulkEdit.objects.filter(state=State.PREPARED, made_at__lt=clock.now() - LEFT_FOR)
    BulkEditRow.objects.filter(edit_id__in=old.values("id")).delete()
    old.delete()


def _record(actor: Actor, action: str, edit: BulkEdit) -> None:
    detail = {"kind": edit.kind, "fields": sorted(edit.changes), "count": edit.changed}
    change_log.record(actor, action, "bulk_edit", edit.id, edit.area_code, detail)


def _over(actor: Actor, edit: BulkEdit) -> Actor:
    """The district on behalf of the actor: a golden record may rest on statements out of their sight."""
    return replace(
        actor, kind="system", grants=system("registry", settings.LINLI_DISTRICT).grants, request_id=str(edit.id)
    )
