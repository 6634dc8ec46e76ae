"""Evidence (佐证材料): files that prove an indicator of a community. What a file is, its own bytes say, whatever its name."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access import changes
from linli.cases.attachments import rules as sniffing
from linli.cases.attachments.scanning import scan
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..permissions import DECLARE
from ..problems import EvidenceFull, EvidenceKind
from ..systems.models import Indicator
from .models import Evidence
from .queries import reading

#: Whose the kept files are.
FILES_OF = "tiers"
TAKEN = ("image/jpeg", "image/png", "image/webp", "application/pdf", "docx", "xlsx")
MOST = 50
_EMPTY = Text("文件是空的。", "The file is empty.")
_LARGE = Text("单个文件不能超过 {most} MB。", "A file may have {most} MB at most.")
_INDICATOR = Text("没有编号为“{code}”的指标。", "There is no indicator “{code}”.")


def largest() -> int:
    """The most bytes a file may have."""
    return int(settings.LINLI_ATTACHMENT_MB) * 1024 * 1024


def check_evidence(indicator: str, content: bytes) -> str:
    """The kind of a file that may be taken. Raises Invalid, EvidenceKind."""
    if not Indicator.objects.filter(code=indicator).exists():
        raise Invalid(fields=(FieldProblem("indicator", "unknown", _INDICATOR, {"code": indicator[:20]}),))
    if not content:
        raise Invalid(fields=(FieldProblem("file", "empty", _EMPTY),))
    if len(content) > largest():
        raise Invalid(fields=(FieldProblem("file", "large", _LARGE, {"most": int(settings.LINLI_ATTACHMENT_MB)}),))
    kind = sniffing.sniff(content).kind
    if kind not in TAKEN:
        raise EvidenceKind()
    return str(kind)


def add(actor: Actor, area: str, indicator: str, name: str, content: bytes) -> Evidence:
    """Add a file. Raises Forbidden, Invalid, EvidenceKind, EvidenceFull, and what the scanner refuses."""
    actor.require(DECLARE, area)
    kind = check_evidence(indicator, content)
    with transaction.atomic():
        held = Evidence.objects.filter(area_code=area, indicator=indicator, removed_at=None)
        if held.count() >= MOST:
            raise EvidenceFull(most=MOST)
        scan(content)
        reference = uuid7()
        size, digest = files.keep_until_commit(BytesIO(content), reference, FILES_OF)
        made: Evidence = Evidence.objects.create(
            id=reference, area_code=area, indicator=indicator, name=sniffing.plain_name(name, kind), kind=kind, size=size,
            sha256=digest, added_at=clock.now(), added_by=actor.id, added_by_name=actor.name,
        )  # fmt: skip
        changes.record(actor, "tiers.evidence.add", "evidence", made.id, area, {"indicator": indicator, "kind": kind})
    return made


def remove(actor: Actor, area: str, evidence_id: UUID) -> None:
    """Take a file away; that it was there stays known. Raises Forbidden, NotFound."""
    actor.require(DECLARE, area)
    with transaction.atomic():
        found = Evidence.objects.restrict(actor, DECLARE, area).select_for_update()
        one = found.filter(id=evidence_id, area_code=area, removed_at=None).first()
        if one is None:
            raise NotFound()
        one.removed_at, one.removed_by_name = clock.now(), actor.name
        one.save(update_fields=["removed_at", "removed_by_name"])
        changes.record(actor, "tiers.evidence.remove", "evidence", one.id, area, {"indicator": one.indicator})
        transaction.on_commit(lambda: files.remove(evidence_id))


def listed(actor: Actor, area: str, indicator: str | None = None) -> list[Evidence]:
    """The files of a community, at most MOST for each indicator. One query."""
    rows = Evidence.objects.restrict(actor, reading(actor, area), area).filter(area_code=area, removed_at=None)
    if indicator:
        rows = rows.filter(indicator=indicator)
    return list(rows.order_by("indicator", "id"))


def one(actor: Actor, area: str, evidence_id: UUID) -> Evidence:
    """A file in sight. Raises NotFound."""
    rows = Evidence.objects.restrict(actor, reading(actor, area), area).filter(
        id=evidence_id, area_code=area, removed_at=None
    )
    found = rows.first()
    if found is None:
        raise NotFound()
    return found


def clear_files() -> None:
    """Files whose row was never committed go."""
    for reference in files.unsettled(FILES_OF):
        wanted = Evidence.objects.filter(id=reference, removed_at=None).exists()
        files.settle(FILES_OF, reference, wanted)
