"""A revision is begun from a version, changed indicator by indicator, and put in force as the next version, or dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, NotFound
from linli.kernel.ids import uuid7

from ..permissions import SYSTEM_EDIT
from ..systems import importing
from ..systems.drafts import Finding
from ..systems.keeping import KINDS, VILLAGES
from ..systems.models import IndicatorSystem
from ..systems.queries import indicators_of
from ..systems.reading import read
from ..systems.rows import FIELDS, Row, document, placed, row_of
from . import queries
from .models import SystemRevision
from .problems import RevisionChanged, RevisionFollowsOther, RevisionOver, RevisionSame, RevisionsMany, RevisionUnsound

MOST_OPEN = 20
SHOWN = 100
#: What the reader calls a field, and what the form calls it.
_OURS = {theirs: ours for ours, theirs in FIELDS.items()}


def begin(actor: Actor, base_id: UUID) -> SystemRevision:
    """Begin a revision as a copy of a version. Raises Forbidden, NotFound, RevisionsMany."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        base: IndicatorSystem | None = IndicatorSystem.objects.filter(id=base_id).first()
        if base is None:
            raise NotFound()
        if SystemRevision.objects.filter(state="open").count() >= MOST_OPEN:
            raise RevisionsMany(most=MOST_OPEN)
        now = clock.now()
        made = SystemRevision.objects.create(
            id=uuid7(), base=base, villages=queries.villages_of(base), about=queries.about_of(base),
            indicators=[row_of(each) for each in indicators_of(base.id)], begun_at=now, begun_by=actor.id, begun_by_name=actor.name,
            changed_at=now, changed_by=actor.id, changed_by_name=actor.name,
        )  # fmt: skip
        changes.record(
            actor, "tiers.revision.begin", "revision", made.id, settings.LINLI_DISTRICT, {"base": str(base.id)}
        )
    return made


def change_about(
    actor: Actor, revision_id: UUID, version: int, about: Mapping[str, Any], villages: bool
) -> SystemRevision:
    """Change the facts of the system, and whether villages are assessed. Raises Forbidden, NotFound, RevisionOver, RevisionChanged,
    RevisionUnsound."""
    with transaction.atomic():
        found = _held(actor, revision_id, version)
        _holds([f for f in read(document(about, found.indicators)).findings if f.where == "meta"])
        found.about, found.villages = dict(about), villages
        _save(actor, found, "about", {})
    return found


def put_indicator(actor: Actor, revision_id: UUID, version: int, row: Row) -> SystemRevision:
    """Change an indicator, or enter one of a new code. What does not hold is refused and told. Raises what `change_about` does."""
    with transaction.atomic():
        found = _held(actor, revision_id, version)
        alone = read(document({"title": "-"}, [row])).findings
        _holds([f for f in alone if f.where == row["code"]])
        before = next((each for each in found.indicators if each["code"] == row["code"]), None)
        found.indicators = placed(found.indicators, row)
        changed = sorted(name for name in row if before is None or row[name] != before.get(name))
        _save(actor, found, "indicator", {"code": row["code"], "fields": changed, "new": before is None})
    return found


def remove_indicator(actor: Actor, revision_id: UUID, version: int, code: str) -> SystemRevision:
    """Leave an indicator out of the next version. Raises what `change_about` does, NotFound also where there is none."""
    with transaction.atomic():
        found = _held(actor, revision_id, version)
        left = [each for each in found.indicators if each["code"] != code]
        if len(left) == len(found.indicators):
            raise NotFound()
        found.indicators = left
        _save(actor, found, "remove", {"code": code})
    return found


def publish(actor: Actor, revision_id: UUID, version: int, follows: int, effective_from: date | None) -> SystemRevision:
    """Put a revision in force as the next version from a day on (today); the version before ends there, and what was assessed keeps
    its own. `follows` is the version its differences were seen against. Raises Forbidden, NotFound, RevisionOver, RevisionChanged,
    RevisionFollowsOther, RevisionUnsound, RevisionSame, Invalid, SystemTooEarly, SystemPast."""
    with transaction.atomic():
        found = _held(actor, revision_id, version)
        importing.hold()  # no other version comes between the look and the deed
        last = queries.followed(found)
        if last.version != follows:
            raise RevisionFollowsOther(seen=follows, last=last.version)
        taken = read(document(found.about, found.indicators))
        if taken.system is None:
            _holds(list(taken.findings))
        if queries.same(found):
            raise RevisionSame()
        assert taken.system is not None
        kinds = (*KINDS, *(VILLAGES if found.villages else ()))
        note = str(found.about.get("note", ""))
        made = importing.follow(actor, taken.system, effective_from, kinds=kinds, note=note)
        found.state, found.made = "published", made
        _save(actor, found, "publish", {"system": str(made.id), "from": str(made.effective_from)})
    return found


def drop(actor: Actor, revision_id: UUID, version: int) -> SystemRevision:
    """Give a revision up; what it held stays to be read. Raises Forbidden, NotFound, RevisionOver, RevisionChanged."""
    with transaction.atomic():
        found = _held(actor, revision_id, version)
        found.state = "dropped"
        _save(actor, found, "drop", {})
    return found


def _held(actor: Actor, revision_id: UUID, version: int) -> SystemRevision:
    """An open revision, locked, as the one who saves has seen it."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    rows = SystemRevision.objects.select_for_update(of=("self",)).select_related("base")
    found: SystemRevision | None = rows.filter(id=revision_id).first()
    if found is None:
        raise NotFound()
    if found.state != "open":
        raise RevisionOver()
    if found.version != version:
        raise RevisionChanged(who=found.changed_by_name)
    return found


def _save(actor: Actor, found: SystemRevision, what: str, detail: Mapping[str, Any]) -> None:
    found.version += 1
    found.changed_at, found.changed_by, found.changed_by_name = clock.now(), actor.id, actor.name
    found.save()
    changes.record(actor, f"tiers.revision.{what}", "revision", found.id, settings.LINLI_DISTRICT, detail)


def _holds(findings: list[Finding]) -> None:
    if findings:
        told = tuple(
            FieldProblem(_OURS.get(str(f.params.get("field", "")), f.where or "indicators"), f.code, f.text, f.params)
            for f in findings[:SHOWN]
        )
        raise RevisionUnsound(fields=told, count=len(findings))
