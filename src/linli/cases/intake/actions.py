"""Saying what a source's word for a unit or a category stands for: the only writer of `CaseWord`."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from linli.access import changes
from linli.access.models import Unit
from linli.intake.checking.codes import word
from linli.intake.permissions import BATCH_UPLOAD
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.registry.models import Source

from ..categories.models import Category
from ..permissions import REPORT
from .models import CATEGORY, UNIT, CaseWord
from .writing import LONGEST_WORD

NEEDED = Text("请填写此项。", "Please fill this in.")
UNKNOWN = Text("没有这一项。", "There is no such entry.")
#: What it takes over the whole district to say what a word stands for.
RIGHTS = (BATCH_UPLOAD, REPORT)


def set_word(actor: Actor, source: str, what: str, written: str, target_id: UUID | None) -> None:
    """Remember what a word stands for, or forget it (None). It counts from the next check of a sheet of the source.

    Words of a source mean the same everywhere, so that it takes the rights to bring sheets of cases over the whole district: of a
    town alone nobody says where the cases of another go. Who said it is kept. Raises Forbidden, Invalid.
    """
    check_word(actor, source, what, written, target_id)
    do_set_word(actor, source, what, word(written), target_id)


def may_say(actor: Actor) -> bool:
    """Whether somebody may say what words of a source stand for."""
    return all(actor.may(right, settings.LINLI_DISTRICT) for right in RIGHTS)


def check_word(actor: Actor, source: str, what: str, written: str, target_id: UUID | None) -> None:
    """Raise what keeps a word from being remembered."""
    for right in RIGHTS:
        actor.require(right, settings.LINLI_DISTRICT)
    problems = []
    if not Source.objects.filter(code=source).exists():
        problems.append(FieldProblem("source", "unknown", UNKNOWN))
    if not word(written) or len(written) > LONGEST_WORD:
        problems.append(FieldProblem("written", "required", NEEDED))
    table = {UNIT: Unit, CATEGORY: Category}.get(what)
    if table is None:
        problems.append(FieldProblem("what", "unknown", UNKNOWN))
    elif target_id is not None and not table._default_manager.filter(id=target_id).exists():
        problems.append(FieldProblem("target_id", "unknown", UNKNOWN))
    if problems:
        raise Invalid(fields=tuple(problems))


def do_set_word(actor: Actor, source: str, what: str, written: str, target_id: UUID | None) -> None:
    """Write what was checked."""
    rows = CaseWord.objects.filter(source_code=source, what=what, written=written)
    if target_id is None:
        rows.delete()
    else:
        CaseWord.objects.update_or_create(
            source_code=source,
            what=what,
            written=written,
            defaults={
                "target_id": target_id,
                "set_by": actor.id,
                "set_by_name": actor.name,
                "set_at": clock.now(),
            },
        )
    detail = {"source": source, "what": what, "target": str(target_id or "")}
    changes.record(actor, "cases.word.set", "case_word", written, settings.LINLI_DISTRICT, detail)
