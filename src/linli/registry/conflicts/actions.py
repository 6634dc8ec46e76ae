"""Deciding a conflict: the statement found right is stated by hand, which counts most from then on."""

from __future__ import annotations

from uuid import UUID

from linli.access import changes as change_log
from linli.kernel import secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.registry.actions.elevated import on_behalf_of
from linli.registry.actions.people import check_edit, edit_person
from linli.registry.models import SourceRecord
from linli.registry.permissions import VIEW
from linli.registry.problems import AlreadyDecided
from linli.registry.queries.person import visible_areas

from .models import Conflict


def decide(actor: Actor, conflict_id: UUID, record_id: UUID, reason: str, version: int) -> None:
    """Say which statement is right. It has to be one that the actor may see.

    Raises NotFound, Forbidden, ReasonMissing, AlreadyDecided, ChangedMeanwhile, and Invalid where the number has become
    somebody else's.
    """
    seen = Conflict.objects.filter(id=conflict_id).first()
    if seen is None:
        raise NotFound()
    visible_areas(actor, seen.person_id)
    if seen.state != Conflict.State.OPEN:
        raise AlreadyDecided()
    record = (
        SourceRecord.objects.restrict(actor, VIEW)
        .filter(id=record_id, person_id=seen.person_id, superseded_by=None)
        .first()
    )
    changes = _stated(seen.field, record) if record else {}
    if record is None or not changes:
        raise NotFound()
    check_edit(actor, seen.person_id, changes, reason, version)
    with on_behalf_of(actor):
        conflict = Conflict.objects.select_for_update().filter(id=conflict_id).first()
        if conflict is None or conflict.state != Conflict.State.OPEN:
            raise AlreadyDecided()
        edit_person(actor, conflict.person_id, changes, reason, version)
        Conflict.objects.filter(id=conflict_id).update(record_id=record_id)
        change_log.record(
            actor, "registry.conflict.decide", "person", conflict.person_id, conflict.area_code,
            {"field": conflict.field, "source": record.source_code},
        )  # fmt: skip


def _stated(field: str, record: SourceRecord) -> dict[str, str | None]:
    """The field as one would type it; empty where the record does not state it."""
    if field == "id_number":
        if record.id_number is None:
            return {}
        return {"id_number": secrets.decrypt(bytes(record.id_number)), "id_kind": record.id_kind}
    value = getattr(record, field)
    return {} if value is None else {field: value.isoformat() if field == "birth" else value}
