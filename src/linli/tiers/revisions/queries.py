"""Reads of revisions: those that are open, one with what it changes against the version it would follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from ..permissions import SYSTEM_EDIT
from ..systems.drafts import Finding
from ..systems.importing import CODE, next_version
from ..systems.keeping import VILLAGES
from ..systems.models import IndicatorSystem
from ..systems.queries import indicators_of, standing
from ..systems.reading import read
from ..systems.rows import ABOUT_FIELDS, Change, Row, changes_between, document, row_of
from .models import SystemRevision

#: What a change of the system itself has for a code of an indicator.
ITSELF = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What a revision has that the last version has not, what it leaves out, what it changes."""

    added: Sequence[Row]
    removed: Sequence[Row]
    changed: Sequence[Change]


@dataclass(frozen=True, slots=True)
class RevisionDetail:
    """A revision, the version it would follow, the number it would have, the differences to that one, and what does not hold yet."""

    revision: SystemRevision
    follows: IndicatorSystem
    becomes: int
    compared: Compared
    findings: Sequence[Finding]


def revisions(actor: Actor) -> list[SystemRevision]:
    """The open revisions, the last begun first; a few. One query."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    rows = SystemRevision.objects.filter(state="open").select_related("base", "made").order_by("-id")
    return list(rows.defer("indicators"))


def revision(actor: Actor, revision_id: UUID) -> RevisionDetail:
    """One revision. Raises NotFound. Five queries."""
    actor.require(SYSTEM_EDIT, settings.LINLI_DISTRICT)
    found = SystemRevision.objects.select_related("base", "made").filter(id=revision_id).first()
    if found is None:
        raise NotFound()
    before = followed(found)
    findings = read(document(found.about, found.indicators)).findings if found.state == "open" else ()
    becomes = next_version() if found.made is None else found.made.version
    return RevisionDetail(found, before, becomes, compared(found, before), findings)


def followed(found: SystemRevision) -> IndicatorSystem:
    """The version a revision would follow: the last one that was not withdrawn, or, once it is over, the one it was begun from. One query at most."""
    if found.state != "open":
        return found.base
    return standing().filter(code=CODE).order_by("-version").first() or found.base


def compared(found: SystemRevision, before: IndicatorSystem) -> Compared:
    """What a revision changes against a version. Two queries."""
    old = {each.code: row_of(each) for each in indicators_of(before.id)}
    new: dict[str, Row] = {row["code"]: row for row in found.indicators}
    return Compared(
        [row for code, row in new.items() if code not in old],
        [row for code, row in old.items() if code not in new],
        [*_of_itself(found, before), *changes_between(old, new)],
    )


def same(found: SystemRevision) -> bool:
    """Whether a revision says what the last version says. Three queries."""
    before = followed(found)
    differs = compared(found, before)
    return not (differs.added or differs.removed or differs.changed)


def _of_itself(found: SystemRevision, before: IndicatorSystem) -> list[Change]:
    old = {**about_of(before), "kinds": _kinds(villages_of(before))}
    new = {**found.about, "kinds": _kinds(found.villages)}
    return [
        Change(ITSELF, field, _text(old.get(field)), _text(new.get(field)))
        for field in (*ABOUT_FIELDS, "kinds")
        if _text(old.get(field)) != _text(new.get(field))
    ]


def about_of(system: IndicatorSystem) -> dict[str, Any]:
    """The facts of a version as a revision keeps them. Its note is about that version alone: the next one begins without."""
    issued: date | None = system.issued_on
    return {
        "title": system.title, "authority": system.authority, "document": system.document,
        "issued_on": issued.isoformat() if issued else None, "source": system.source, "note": "",
    }  # fmt: skip


def villages_of(system: IndicatorSystem) -> bool:
    """Whether a version assesses villages beside communities."""
    return any(kind in system.kinds for kind in VILLAGES)


def _kinds(villages: bool) -> str:
    return "villages" if villages else "communities"


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
