"""Taking a system of indicators in from a file: looked through first; nothing is taken unless everything holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text

from .. import certainties
from ..permissions import SYSTEM_EDIT
from ..problems import SystemEnded, SystemPast, SystemTooEarly, SystemUnreadable, SystemUnsound, SystemWithdrawn
from .drafts import Finding, Read, SystemDraft
from .keeping import KINDS, VILLAGES, keep
from .models import IndicatorSystem
from .queries import standing

LARGEST = 5 * 1024 * 1024
SHOWN = 100
IMPORTING = 370302_11  # of the advisory lock
_LARGE = Text("文件不能超过 {most} MB。", "The file may have {most} MB at most.")
_FAR = Text("生效日期应在 2000 年至 {last} 之间。", "It has to begin between 2000 and {last}.")
#: A version is planned a year ahead at most: a mistyped year would keep every further one out.
FARTHEST = timedelta(days=366)
CODE = "shandong"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file holds."""

    title: str
    indicators: int
    official: int
    inferred: int
    findings: tuple[Finding, ...]


def look(actor: Actor, content: bytes, filename: str) -> Checked:
    """What a file would bring; nothing is written. Raises Forbidden, Invalid, SystemUnreadable."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    found = _read(content, filename)
    if found.system is None:
        return Checked("", 0, 0, 0, found.findings)
    asked = found.system.indicators
    sources = certainties.counted(
        certainties.sure(each.certainty, [b.certainty for b in each.bounds]) for each in asked
    )
    return Checked(found.system.title, sources.of, sources.texts, sources.inferred, found.findings)


def bring(actor: Actor, content: bytes, filename: str, effective_from: date | None = None) -> IndicatorSystem:
    """Take a file in as the next version, which holds from a day on (today); the one before ends there. What was assessed keeps
    its version. Raises Forbidden, Invalid, SystemUnreadable, SystemUnsound, SystemTooEarly, SystemPast."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    found = _read(content, filename)
    if found.system is None:
        told = tuple(FieldProblem(f.where or "file", f.code, f.text, f.params) for f in found.findings[:SHOWN])
        raise SystemUnsound(fields=told, count=len(found.findings))
    return follow(actor, found.system, effective_from)


def follow(
    actor: Actor, draft: SystemDraft, effective_from: date | None, kinds: tuple[str, ...] | None = None, note: str = ""
) -> IndicatorSystem:
    """Make the next version of what was read, which holds from a day on (today); the one before ends there. Whose kinds of areas are
    not told has those of the version before. Raises Forbidden, Invalid, SystemTooEarly, SystemPast."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    since = effective_from or clock.today()
    last = clock.today() + FARTHEST
    if not date(2000, 1, 1) <= since <= last:
        raise Invalid(fields=(FieldProblem("effective_from", "range", _FAR, {"last": str(last)}),))
    with transaction.atomic():
        hold()
        before = standing().select_for_update().filter(code=CODE).order_by("-version").first()
        if before is not None and since <= before.effective_from:
            raise SystemTooEarly(day=str(before.effective_from))
        if before is not None and since < clock.today() and used(before):
            raise SystemPast(version=before.version, today=str(clock.today()))
        if kinds is None:
            kinds = tuple(before.kinds) if before else KINDS
        version = next_version()
        made = keep(actor, draft, CODE, version, since, note=note, kinds=kinds)
        if before is not None:
            before.effective_to = since
            before.save(update_fields=["effective_to"])
        changes.record(
            actor, "tiers.system.import", "system", made.id, settings.LINLI_DISTRICT,
            {"version": version, "from": str(since), "indicators": len(draft.indicators)},
        )  # fmt: skip
    return made


def hold() -> None:
    """Make versions one after another: whoever comes second waits here until the first is through. Inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTING])


def next_version() -> int:
    """The number of the version to come; that of one that was withdrawn is not given again. One query."""
    last: int | None = IndicatorSystem.objects.filter(code=CODE).aggregate(last=Max("version"))["last"]
    return (last or 0) + 1


def used(system: IndicatorSystem) -> bool:
    """Whether anything was assessed by a version, or a year of applications goes by it."""
    from ..applying.models import PlanYear
    from ..assessing.models import Assessment

    return Assessment.objects.filter(system=system).exists() or PlanYear.objects.filter(system=system).exists()


def choose_kinds(actor: Actor, system_id: UUID, villages: bool) -> IndicatorSystem:
    """Say whether villages (村委会) are assessed beside communities, from the next assessment on. Raises Forbidden, NotFound,
    SystemEnded for a version that holds no more, SystemWithdrawn for one that never will."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        found: IndicatorSystem | None = IndicatorSystem.objects.select_for_update().filter(id=system_id).first()
        if found is None:
            raise NotFound()
        if found.withdrawn_at is not None:
            raise SystemWithdrawn(version=found.version)
        if found.effective_to is not None and found.effective_to <= clock.today():
            raise SystemEnded(day=str(found.effective_to))
        found.kinds = [*KINDS, *(VILLAGES if villages else ())]
        found.save(update_fields=["kinds"])
        changes.record(actor, "tiers.system.kinds", "system", found.id, settings.LINLI_DISTRICT, {"villages": villages})
    return found


def _read(content: bytes, filename: str) -> Read:
    """By what the bytes are, whatever the name says."""
    from .reading import read_yaml
    from .workbooks import read_workbook

    if len(content) > LARGEST:
        raise Invalid(fields=(FieldProblem("file", "large", _LARGE, {"most": LARGEST >> 20}),))
    if content[:4] == b"PK\x03\x04":
        return read_workbook(content)
    if b"\x00" in content[:4096] or not filename.lower().endswith((".yaml", ".yml")):
        raise SystemUnreadable()
    return read_yaml(content)
