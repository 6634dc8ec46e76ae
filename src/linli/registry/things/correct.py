"""Facts of a thing corrected by hand, and inspections recorded: statements like any other, with who, when and why.

A correction outweighs every source until it is corrected again; an inspection counts as the latest one until somebody
inspects again, by hand or in a department's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from linli.access import changes as change_log
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.ids import uuid7
from linli.kernel.scope import current
from linli.registry.actions.elevated import on_behalf_of
from linli.registry.codes import INSPECTION, MANUAL
from linli.registry.permissions import THING_EDIT
from linli.registry.pinyin import keys_of
from linli.registry.problems import ChangedMeanwhile, ReasonMissing
from linli.registry.queries.codes import code_sets
from linli.registry.queries.demo import is_demo

from . import golden
from .kinds import ThingKind
from .merge import collect
from .models import ThingRecord
from .queries import visible
from .typed import check_corrections, check_inspection, typed

SHORTEST_REASON = 2
Corrections = Mapping[str, str | None]


def check_correct(
    kind: ThingKind, actor: Actor, thing_id: UUID, changes: Corrections, reason: str, version: int
) -> None:
    """Whether `actor` may change these facts of a thing now. Raises what keeps them from it; writes nothing."""
    row = visible(kind, actor, thing_id)
    actor.require(THING_EDIT, row["area_code"])
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    if row["version"] != version:
        raise ChangedMeanwhile(version=row["version"])
    if problems := check_corrections(kind, changes, code_sets(), clock.today(), is_demo()):
        raise Invalid(fields=problems)


def correct_thing(
    kind: ThingKind, actor: Actor, thing_id: UUID, changes: Corrections, reason: str, version: int
) -> None:
    """Correct facts by hand; None empties one. What was corrected before and not now stays corrected.

    Raises Invalid with the fields to mend, ChangedMeanwhile when the thing is no longer at `version`, Forbidden,
    NotFound, ReasonMissing.
    """
    check_correct(kind, actor, thing_id, changes, reason, version)
    facts = typed(kind, changes, is_demo())
    phone = facts.get("phone")
    if phone is not None:
        facts["phone"] = "1"
    if "name" in facts:
        facts["name_key"] = keys_of([facts["name"]])[facts["name"]]
    with on_behalf_of(actor):
        area = _still(kind, thing_id, version)
        _state(kind, actor, thing_id, MANUAL, area, clock.today(), facts, reason, phone)
        change_log.record(
            actor, "registry.thing.correct", kind.name, thing_id, area, {"fields": sorted(changes)}
        )  # fmt: skip


def check_inspect(
    kind: ThingKind, actor: Actor, thing_id: UUID, on: date, next_on: date | None, version: int
) -> None:  # fmt: skip
    """Whether `actor` may record this inspection now. Raises what keeps them from it; writes nothing."""
    row = visible(kind, actor, thing_id)
    if kind.due is None:
        raise NotFound()
    actor.require(THING_EDIT, row["area_code"])
    if row["version"] != version:
        raise ChangedMeanwhile(version=row["version"])
    if problems := check_inspection(on, next_on, row["inspected_on"], clock.today()):
        raise Invalid(fields=problems)


def record_inspection(
    kind: ThingKind, actor: Actor, thing_id: UUID, on: date, next_on: date | None, note: str, version: int
) -> None:
    """Record that a thing was inspected on a day, when it is due again, and in a few words what was found.

    Raises Invalid, ChangedMeanwhile, Forbidden, NotFound (also for kinds that are not inspected).
    """
    check_inspect(kind, actor, thing_id, on, next_on, version)
    facts = {"inspected_on": on.isoformat(), "next_inspection_on": next_on.isoformat() if next_on else None}
    with on_behalf_of(actor):
        area = _still(kind, thing_id, version)
        _state(kind, actor, thing_id, INSPECTION, area, on, facts, note, None)
        change_log.record(actor, "registry.thing.inspect", kind.name, thing_id, area, {"on": on.isoformat()})


def _still(kind: ThingKind, thing_id: UUID, version: int) -> str:
    """The area of a thing that is still at `version`; called under the lock of merges."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT area_code, version FROM {kind.table} WHERE id = %s", [thing_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound()
    if row[1] != version:
        raise ChangedMeanwhile(version=row[1])
    return str(row[0])


def _state(
    kind: ThingKind,
    actor: Actor,
    thing_id: UUID,
    source: str,
    area: str,
    on: date,
    facts: Mapping[str, Any],
    reason: str,
    phone: str | None,
) -> None:
    """Keep a statement by hand in the place of the one `source` made before, and compute the thing anew."""
    records = ThingRecord.objects.filter(subject_id=thing_id, superseded_by=None)
    before = records.filter(source_code=source).first()
    key = before.key if before else records.values_list("key", flat=True).order_by("recorded_at", "id")[0]
    said = {**(before.facts if before else {}), **facts}
    record_id = uuid7()
    if before:  # first, so that of one source never more than one statement is current
        ThingRecord.objects.filter(id=before.id).update(superseded_by=record_id)
    sealed = secrets.encrypt(phone) if phone else before.phone if before and "phone" not in facts else None
    ThingRecord.objects.create(
        id=record_id, kind=kind.name, subject_id=thing_id, key=key, source_code=source, area_code=area,
        content_hash=secrets.fingerprint("content", orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()),
        observed_on=on, recorded_at=clock.now(), recorded_by=actor.id, reason=reason.strip() or None,
        request=current().request_id or None, facts=said, phone=sealed,
    )  # fmt: skip
    collect([thing_id])
    golden.recompute(kind, clock.now())
