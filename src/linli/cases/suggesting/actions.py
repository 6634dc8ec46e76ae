"""Keeping what was suggested for a case and what people took, and putting another version of the model to use."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from linli.access import changes
from linli.kernel import clock, prepared
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, NotFound, Text

from ..engine.models import Case
from ..permissions import CATEGORY_EDIT
from .models import Suggestion, TextVersion
from .queries import offers_for
from .rules import taken


class FileGone(Conflict):
    """The file of an old version was let go; its figures alone are left."""

    code = "cases.text_version_gone"
    text = Text("这个版本的模型文件已清理，不能再启用。", "The file of this version is gone; it cannot be put to use.")


def suggested(case: Case) -> Suggestion | None:
    """What the words of a new case suggest, to be entered with it; None where there is no model. Two queries."""
    told = offers_for(case.description)
    if told is None or told.offers.first is None:
        return None
    first, second = told.offers.first, told.offers.second
    return Suggestion(
        case_id=case.id, version_id=told.version_id, first_id=first.category.id, first_probability=first.probability,
        second_id=second.category.id if second else None, second_probability=second.probability if second else None,
        sure=told.offers.sure, suggested_at=clock.now(), **_decided(case.category_id, first.category.id, second.category.id if second else None),
    )  # fmt: skip


def decide(case: Case) -> None:
    """A case has got its category from a person: keep whether that was one of those suggested. Two queries at most."""
    found = prepared.row("SELECT first_id, second_id FROM cases_suggestion WHERE case_id = %s", [case.id])
    if found is None or case.category_id is None:
        return
    told = _decided(case.category_id, *found)
    prepared.run(
        "UPDATE cases_suggestion SET taken = %(taken)s, decided_at = %(decided_at)s WHERE case_id = %(case)s",
        {**told, "case": case.id},
    )


def _decided(chosen: UUID | None, first: UUID, second: UUID | None) -> dict[str, object]:
    return {"taken": taken(chosen, first, second), "decided_at": clock.now()} if chosen else {}


def use(actor: Actor, version_id: UUID) -> TextVersion:
    """Put a version of the model to use. Raises Forbidden, NotFound, FileGone."""
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    version = TextVersion.objects.select_for_update().filter(id=version_id).first()
    if version is None:
        raise NotFound()
    if not version.has_file:
        raise FileGone()
    return do_use(actor, version)


def do_use(actor: Actor, version: TextVersion) -> TextVersion:
    """Write that a version is in use from now on, and who said so."""
    if not version.current:
        before = TextVersion.objects.filter(current=True).values_list("id", flat=True).first()
        TextVersion.objects.filter(current=True).update(current=False)
        version.current, version.chosen_at, version.chosen_by_name = True, clock.now(), actor.name
        version.save(update_fields=["current", "chosen_at", "chosen_by_name"])
        detail = {"before": str(before) if before else ""}
        area = settings.LINLI_DISTRICT
        changes.record(actor, "cases.text_version.use", "text_version", version.id, area, detail)
    return version
