"""Who acts: staff, resident, partner, anonymous, system or operator; always one, and what they may do where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from . import areas
from .errors import Forbidden

Kind = Literal["staff", "resident", "partner", "anonymous", "system", "operator"]
EVERYTHING = "*"
#: A permission named `room.readers.mark` makes its holder one of the restricted readers that `mark` names.
READERS = ".readers."


@dataclass(frozen=True, slots=True)
class Grant:
    """A set of permissions inside one area."""

    area: str
    permissions: frozenset[str]

    def allows(self, permission: str) -> bool:
        return permission in self.permissions or EVERYTHING in self.permissions

    def reads(self) -> frozenset[str]:
        """The marks of restricted rows that the grant lets one read; `*` for all."""
        if EVERYTHING in self.permissions:
            return frozenset({EVERYTHING})
        return frozenset(mark for each in self.permissions if (mark := each.partition(READERS)[2]))


@dataclass(frozen=True, slots=True)
class Actor:
    """One who acts, with everything a decision needs. `id` goes into logs, `name` onto pages and watermarks."""

    kind: Kind
    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    unit_id: str | None = None
    unit_name: str = ""
    language: str = "zh-CN"
    request_id: str = ""
    address: str = ""
    extra: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def areas(self) -> tuple[str, ...]:
        """Every area in which the actor may do anything at all: the scope the database enforces."""
        return areas.minimal(grant.area for grant in self.grants)

    def areas_for(self, permission: str) -> tuple[str, ...]:
        """The areas in which the actor holds `permission`."""
        return areas.minimal(grant.area for grant in self.grants if grant.allows(permission))

    @property
    def readers(self) -> tuple[str, ...]:
        """Which restricted rows the actor reads, as the database is told it: `mark:area` for each mark and area, `*:area` for all."""
        return tuple(sorted({f"{mark}:{grant.area}" for grant in self.grants for mark in grant.reads()}))

    def may(self, permission: str, area_code: str | None = None) -> bool:
        """Whether the actor holds `permission` (anywhere, or in `area_code`)."""
        return any(
            (area_code is None or areas.contains(grant.area, area_code)) and grant.allows(permission)
            for grant in self.grants
        )

    def require(self, permission: str, area_code: str | None = None) -> None:
        """Raise Forbidden unless the actor holds `permission` there."""
        if not self.may(permission, area_code):
            raise Forbidden(permission=permission)


ANONYMOUS = Actor(kind="anonymous", id="anonymous", name="")


def system(name: str, area: str) -> Actor:
    """A named part of the program acting over a whole area, such as matching."""
    return Actor(kind="system", id=f"system:{name}", name=name, grants=(Grant(area, frozenset({EVERYTHING})),))


def operator(login: str, area: str) -> Actor:
    """Whoever runs a command on the server; `login` is the account of the operating system."""
    return Actor(kind="operator", id=f"operator:{login}", name=login, grants=(Grant(area, frozenset({EVERYTHING})),))
