"""A template looked at before anybody keeps it: what each column is filled by, what is new, and who asks for it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from django.conf import settings

from linli.kernel.actors import Actor
from linli.registry.custom.models import CustomField

from ..ledgers import binding as bindings
from ..ledgers import bindings_said, custom, selecting, villages
from ..ledgers.binding import Binding
from ..ledgers.columns import CUSTOM
from ..ledgers.condition_text import from_text
from ..ledgers.fill import look
from ..ledgers.problems import Note
from ..ledgers.template import Template
from . import queries, rules
from .holding import Named, check_holds_nobody, names_in
from .rules import Counts, Overlap

ColumnState = Literal["held", "custom", "new", "serial", "constant", "withheld", "retired"]


@dataclass(frozen=True, slots=True)
class InspectedColumn:
    """A column of a template: what fills it, and what that means. `custom` is held in a custom field, `retired` in one
    that is asked no more since a day."""

    name: str
    field: str | None
    label: str
    state: ColumnState
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a template asks for, and what would come of it."""

    template: Template
    binding: Binding
    columns: tuple[InspectedColumn, ...]
    asks: tuple[str, ...]
    counts: Counts
    overlaps: tuple[Overlap, ...]
    labels: Mapping[str, str]
    named: Named | None = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """What whoever looks should know."""
        named = self.named
        names = (
            (Note("intake.ledger.names_people", {"sheet": named.sheet, "cell": named.cell, "cells": named.cells}),)
            if named
            else ()
        )
        return (*names, *self.template.notes, *retired_notes(self.columns))

    def layout(self) -> dict[str, Any]:
        """What of it a version keeps."""
        return {
            "sheets": [layout.sheet for layout in self.template.layouts],
            "columns": list(self.template.names),
            "form": self.template.layouts[0].form,
            "notes": [{"code": note.code, "params": dict(note.params)} for note in self.template.notes],
        }


def inspect(
    actor: Actor,
    path: Path,
    filename: str,
    language: str,
    subject: str | None = None,
    given: Binding | None = None,
    own: UUID | None = None,
) -> Inspection:
    """Look at a template under a binding, else under the one proposed. `own` is the form it is a version of.

    Raises kinds of UnreadableFile and LedgerProblem, TemplateHoldsPeople, BindingInvalid, ConditionInvalid.
    """
    template, proposed = look(path, filename, given.subject if given else subject)
    check_holds_nobody(template)
    if given is None:
        binding = custom.with_custom(proposed, custom.offered(actor))
    else:
        binding = bindings.fit(given, template.names, template.book.sheetnames)
        selecting.understood(actor, from_text(binding.where))
    villages.check_told_apart(template, binding, settings.LINLI_DISTRICT)
    labels = labels_of(binding.subject, language, actor)
    columns = columns_of(actor, template.names, binding, labels, language)
    asks = rules.asks_of(template.names, binding)
    return Inspection(
        template=template,
        binding=binding,
        columns=columns,
        asks=asks,
        counts=rules.counts(asks),
        overlaps=rules.overlaps(binding.subject, asks, queries.others(own)),
        labels=labels,
        named=names_in(template, binding),
    )


def labels_of(subject: str, language: str, actor: Actor) -> dict[str, str]:
    """What everything a column can be bound to is called."""
    return {field["name"]: field["label"] for field in bindings_said.fields(subject, language, actor)}


def columns_of(
    actor: Actor, names: Sequence[str], binding: Binding, labels: Mapping[str, str], language: str
) -> tuple[InspectedColumn, ...]:  # fmt: skip
    """Each column with what fills it."""
    bound = {field for name in names if (field := binding.columns.get(name)) is not None and field not in labels}
    retired = custom.retired(actor, bound)
    return tuple(_column(name, binding, labels, retired, language) for name in names)


def _column(
    name: str, binding: Binding, labels: Mapping[str, str], retired: Mapping[str, CustomField], language: str
) -> InspectedColumn:  # fmt: skip
    field = binding.columns.get(name)
    if field is None:
        constant = binding.constants.get(name)
        return InspectedColumn(name, None, constant or "", "new" if constant is None else "constant")
    if field in retired:
        gone = retired[field]
        label = (language.startswith("en") and gone.name_en) or gone.name_zh
        return InspectedColumn(name, field, label, "retired", custom.retired_on(gone))
    if field not in labels:  # another office's own field
        return InspectedColumn(name, field, "", "withheld")
    state: ColumnState = "serial" if field == "serial" else "custom" if field.startswith(CUSTOM) else "held"
    return InspectedColumn(name, field, labels[field], state)


def retired_notes(columns: Sequence[InspectedColumn]) -> tuple[Note, ...]:
    """That columns are bound to fields which are asked no more, and since when."""
    return tuple(
        Note("intake.ledger.column_retired", {"column": column.name, "day": column.since.isoformat()})
        for column in columns
        if column.since is not None
    )
