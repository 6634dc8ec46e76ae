"""Code lists and sources, as the pages and checks need them."""

from __future__ import annotations

from linli.registry.models import CodeItem, Source


def code_list(name: str) -> list[CodeItem]:
    """The values of a list in their order; empty for an unknown list."""
    return list(CodeItem.objects.filter(list=name).order_by("position", "code"))


def code_sets() -> dict[str, frozenset[str]]:
    """The codes of every list, for checks."""
    found: dict[str, set[str]] = {}
    for name, code in CodeItem.objects.values_list("list", "code"):
        found.setdefault(name, set()).add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def all_items() -> list[CodeItem]:
    """Every value of every list, for reading labels and their variants in files."""
    return list(CodeItem.objects.order_by("list", "position", "code"))


def labels(language: str) -> dict[tuple[str, str], str]:
    """(list, code) -> label in the language."""
    column = "label_en" if language.startswith("en") else "label_zh"
    return {(name, code): label for name, code, label in CodeItem.objects.values_list("list", "code", column)}


def sources() -> list[Source]:
    """The sources of the district, the weightiest first."""
    return list(Source.objects.order_by("priority", "code"))
