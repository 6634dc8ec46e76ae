"""三员分立: system, security and audit administrator are three people, and none of them reads people. Pure.

GB/T 22239-2019, 8.1.5 (third level, 安全管理中心) names the three: 系统管理 (8.1.5.1: users and resources), 审计管理 (8.1.5.2:
logs), 安全管理 (8.1.5.3: authorising subjects). That each is another person, and that none holds data of the business, is
how inspections read it; which of our permissions belongs to whom is our reading (inferred).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from linli.kernel import areas
from linli.kernel.errors import Text

SYSTEM, SECURITY, AUDIT, PEOPLE = "system", "security", "audit", "people"
NAMES: Final = {
    SYSTEM: Text("系统管理员", "System administrator"),
    SECURITY: Text("安全管理员", "Security administrator"),
    AUDIT: Text("审计管理员", "Audit administrator"),
    PEOPLE: Text("业务数据权限", "Rights over data"),
}
#: The permission that makes somebody the administrator of an area: without bounds of one's own rights. A town that
#: manages its own accounts within what it has (`access.account.edit` and `access.grant.edit`) is none of the three.
MARKS: Final = {"access.account.keep": SYSTEM, "access.role.edit": SECURITY, "access.log.view": AUDIT}
#: What each of them does, which the other two may not.
DUTIES: Final = {
    "access.account.keep": SYSTEM,
    "access.account.edit": SYSTEM,
    "access.role.edit": SECURITY,
    "access.grant.edit": SECURITY,
    "access.factor.reset": SECURITY,
    "access.retention.edit": SECURITY,
    "access.log.view": AUDIT,
}
#: Rooms whose permissions show nothing about people. What is not named here counts as data.
ROOMS_WITHOUT_PEOPLE: Final = frozenset({"access", "messages", "places", "project"})
BUILTIN: Final = {SYSTEM: "system_admin", SECURITY: "security_admin", AUDIT: "auditor"}


@dataclass(frozen=True, slots=True)
class Held:
    """A permission an account holds in an area from `since` to the day before `until` (None: open)."""

    permission: str
    area: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Clash:
    """In `area` somebody is the administrator `office` and holds `other` beside it: another office, or data."""

    office: str
    other: str
    area: str


def duty(permission: str) -> str | None:
    """Whose duty a permission is: of one of the three, of who works with data, or nobody's in particular."""
    if permission in DUTIES:
        return DUTIES[permission]
    return None if permission.partition(".")[0] in ROOMS_WITHOUT_PEOPLE else PEOPLE


def clashes(held: Iterable[Held]) -> frozenset[Clash]:
    """Where one account would be two of the three, or one of them and work with data, on any one day."""
    rows = [(row, duty(row.permission)) for row in held]
    offices = [(row, MARKS[row.permission]) for row, _ in rows if row.permission in MARKS]
    return frozenset(
        Clash(office, other, max(mark.area, row.area, key=len))
        for mark, office in offices
        for row, other in rows
        if other is not None and other != office and _share_ground(mark, row) and _share_a_day(mark, row)
    )


def carried(held: Iterable[Held], heirs: Mapping[str, Collection[str]]) -> list[Held]:
    """What is held once areas have gone over into others (`heirs`: old code -> new codes); other areas stay."""
    return [replace(row, area=new) for row in held for new in heirs.get(row.area, (row.area,))]


def joined(held: Iterable[Held], heirs: Mapping[str, Collection[str]]) -> frozenset[Clash]:
    """The clashes that areas going over into others would bring: those of before under their new codes are not among them."""
    held = list(held)
    before = {replace(clash, area=new) for clash in clashes(held) for new in heirs.get(clash.area, (clash.area,))}
    return clashes(carried(held, heirs)) - before


def _share_ground(one: Held, other: Held) -> bool:
    return areas.contains(one.area, other.area) or areas.contains(other.area, one.area)


def _share_a_day(one: Held, other: Held) -> bool:
    begins, ends = max(one.since, other.since), [u for u in (one.until, other.until) if u is not None]
    return not ends or begins < min(ends)
