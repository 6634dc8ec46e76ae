"""Kinds of tables that rooms above the intake bring: their fields, how departments head them, how their rows are checked.

A room names its module here when the program starts (`bring`); it is imported with `intake.kinds`, where it declares what it
has, so that nobody pays for it who takes in no table.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import fields
from .findings import KINDS as FINDINGS
from .findings import FindingKind

if TYPE_CHECKING:
    import polars as pl

    from .checking.collect import Collector
    from .checking.columns import Columns
    from .checking.context import CheckContext
    from .mapping import Mapping

    #: A slice of rows to its canonical columns, among them `row`, `key` and `area_code`.
    Check = Callable[[Columns, Mapping, CheckContext, Collector], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Declared:
    """What the intake has to know of a kind of table before its rows go anywhere.

    `words`: header names (as `suggest.word_of` gives them) to field and weight; a field of "" is known and left out. `groups`:
    new groups of fields with both names. `told_of`: the field whose cell tells that a row comes again; `again`: the finding it
    makes. `findings`: those only this kind has.
    """

    name: str
    targets: tuple[fields.Target, ...]
    words: Dict[str, tuple[str, float]]
    check: Check
    told_of: str
    again: str
    groups: Dict[str, tuple[str, str]] = field(default_factory=dict)
    findings: Dict[str, FindingKind] = field(default_factory=dict)


BY_NAME: dict[str, Declared] = {}
_modules: list[str] = []


def bring(module: str) -> None:
    """Name a module that declares kinds when it is imported."""
    if module not in _modules:
        _modules.append(module)


def load() -> None:
    """Import what was named."""
    for module in _modules:
        importlib.import_module(module)


def declare(kind: Declared) -> None:
    """Make a kind's fields, header names and findings known."""
    BY_NAME[kind.name] = kind
    fields.BY_KIND[kind.name] = kind.targets
    fields.NAMES[kind.name] = frozenset(target.name for target in kind.targets)
    for target in kind.targets:
        fields.BY_NAME.setdefault(target.name, target)
    fields.GROUPS.update(kind.groups)
    FINDINGS.update(kind.findings)
