"""Issuing papers: what they say when their step is taken is kept, so that a copy printed years later says the same."""

from __future__ import annotations

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7

from ..applying.models import Application
from . import contents
from .document import Document, kept, unkept
from .dossier import dossier
from .kinds import ISSUED, Kind, Offered, papers_of
from .models import KeptPaper


def issue(actor: Actor, application: Application, action: str) -> None:
    """Keep the papers that a step issues, as they are after it; in the transaction of the step. At most 16 queries, none of a step
    that issues nothing."""
    kinds = ISSUED.get(action, ())
    if not kinds:
        return
    found, now = dossier(actor, application.id), clock.now()
    there = {
        each.kind for each in papers_of(found.application, found.steps)
    }  # a refusal that is corrected issues no recognition
    KeptPaper.objects.bulk_create(
        KeptPaper(
            id=uuid7(), application=application, version=application.version, kind=kind, kept_at=now,
            content=kept(contents.document(found, Offered(kind, draft=False), clock.today())),
        )
        for kind in kinds if kind in there
    )  # fmt: skip


def issued(application: Application, kind: Kind, since: int = 0) -> Document | None:
    """The paper as it was issued last; None where nothing was kept then, or what was kept was taken back with the version `since`.
    One query."""
    rows = KeptPaper.objects.filter(
        application=application, kind=kind, version__gt=since, version__lte=application.version
    )
    last = rows.order_by("-version").first()
    return unkept(last.content) if last is not None else None
