"""Bindings and what they can name, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from linli.kernel.actors import Actor
from linli.registry.models import TagKind

from . import custom
from .binding import Binding, held_nowhere
from .columns import BY_SUBJECT, HOUSEHOLDS, PEOPLE, SUBJECTS, TAGGED


def subjects(language: str) -> list[dict[str, str]]:
    """What the rows of a ledger can be."""
    return [{"name": name, "label": en if language.startswith("en") else zh} for name, (zh, en) in SUBJECTS.items()]


def fields(subject: str, language: str, actor: Actor) -> list[dict[str, str]]:
    """Everything a column can be bound to, with the catalogue's tags and the custom fields the actor may be told. Two
    queries at the most."""
    found = [{"name": b.name, "label": b.label(language)} for b in BY_SUBJECT[subject]]
    if subject in (PEOPLE, HOUSEHOLDS):
        english = language.startswith("en")
        for kind in TagKind.objects.filter(active=True).order_by("code"):
            label = f"Tag: {kind.name_en or kind.name_zh}" if english else f"标签：{kind.name_zh}"
            found.append({"name": f"{TAGGED}{kind.code}", "label": label})
        for field in custom.offered(actor):
            label = field.name_en if english and field.name_en else field.name_zh
            found.append(
                {"name": custom.name_of(field.id), "label": f"{label} ({field.measure})" if field.measure else label}
            )
    return found


def columns(names: Iterable[str], binding: Binding) -> list[dict[str, Any]]:
    """A template's columns with what fills them."""
    return [
        {
            "name": name,
            "field": binding.columns.get(name),
            "state": "bound"
            if binding.columns.get(name)
            else "not_held"
            if held_nowhere(name, binding.subject)
            else "unbound",
        }
        for name in names
    ]
