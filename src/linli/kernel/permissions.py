"""The catalogue of permissions. Each room declares its own in `permissions.py`; access grants, the API asks."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Text


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing a person may be allowed to do, named `room.subject.verb`."""

    code: str
    label: Text

    @property
    def room(self) -> str:
        return self.code.partition(".")[0]


_declared: dict[str, Permission] = {}


def declare(code: str, zh: str, en: str) -> str:
    """Enter a permission into the catalogue; returns its code. Raises ValueError when the words differ from before."""
    permission = Permission(code, Text(zh, en))
    if _declared.setdefault(code, permission) != permission:
        raise ValueError(f"permission {code} is declared twice, with different words")
    return code


def declared(code: str) -> bool:
    """Whether the catalogue holds `code`."""
    return code in _declared


def label(code: str) -> Text:
    """What `code` allows, in words."""
    return _declared[code].label


def catalogue() -> tuple[Permission, ...]:
    """Every permission of the rooms that are installed, by code."""
    return tuple(_declared[code] for code in sorted(_declared))


def load() -> None:
    """Let every installed room declare its permissions (`<room>/permissions.py`)."""
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("permissions")
