"""What a round takes from the catalogue of forms when it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F

from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text

from ..catalogue import queries as catalogue
from ..catalogue.actions import check_in_use
from ..catalogue.models import FormVersion

SEVERAL = Text("有几张表用这个名称，请写编号。", "Several forms have this name: give the id.")


@dataclass(frozen=True, slots=True)
class AskedForm:
    """A version of a form as a round keeps it."""

    form_id: UUID
    form_version_id: UUID
    form_number: int
    form_name: str
    issuer_name: str
    subject: str
    columns: list[str]
    binding: dict[str, Any]
    template_id: UUID
    template_name: str
    template_sha256: str


def called(actor: Actor, text: str) -> UUID:
    """The form of an id, or of a name in the catalogue. Raises NotFound, Invalid where several have the name."""
    try:
        return UUID(text)
    except ValueError:
        found = catalogue.named(actor, text)
    if len(found) > 1:
        raise Invalid(fields=(FieldProblem("form", "several", SEVERAL),))
    if not found:
        raise NotFound()
    return found[0].id


def usable(form_id: UUID) -> AskedForm:
    """A form that may be asked for now, with its present template. Raises NotFound, NotInUse."""
    found = FormVersion.objects.select_related("form").filter(form_id=form_id, number=F("form__current")).first()
    if found is None:
        raise NotFound()
    form = found.form
    check_in_use(form)
    return AskedForm(
        form_id=form.id,
        form_version_id=found.id,
        form_number=found.number,
        form_name=form.name,
        issuer_name=form.issuer_name,
        subject=found.subject,
        columns=found.layout["columns"],
        binding=found.binding,
        template_id=found.file_id,
        template_name=found.filename,
        template_sha256=found.sha256,
    )
