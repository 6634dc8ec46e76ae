"""What changes to rights check first: scope, delegation, nobody's own rights, the last administrator."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from django.db import connections
from django.db.models import Q

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import ScopedQuerySet

from .. import offices, rules, separation
from ..errors import BeyondOwn, LastAdministrator, OfficesApart, OwnGrants, WidensOwn
from ..models import Account, Appointment, Post, Unit

ADMINISTRATORS_LOCK = 0x61646D696E  # "admin"; no other lock has it: nobody waits for an import to close an account
Row = TypeVar("Row", Account, Post, Unit)


def _one(rows: ScopedQuerySet[Row], actor: Actor, row_id: uuid.UUID, permission: str, lock: bool) -> Row:
    found = rows.restrict(actor, permission).filter(id=row_id)
    row = (found.select_for_update() if lock else found).first()
    if row is None:
        raise NotFound()
    return row


def unit(actor: Actor, unit_id: uuid.UUID, permission: str, *, lock: bool = False) -> Unit:
    """The unit, if it lies where the actor holds `permission`. Raises NotFound."""
    return _one(Unit.objects.all(), actor, unit_id, permission, lock)


def units(actor: Actor, unit_ids: Iterable[uuid.UUID], permission: str) -> dict[uuid.UUID, str]:
    """The area of each unit, all of which lie where the actor holds `permission`. Raises NotFound."""
    wanted = set(unit_ids)
    found = dict(Unit.objects.restrict(actor, permission).filter(id__in=wanted).values_list("id", "area_code"))
    if len(found) != len(wanted):
        raise NotFound()
    return found


def account(actor: Actor, account_id: uuid.UUID, permission: str, *, lock: bool = False) -> Account:
    """The account, if its unit lies where the actor holds `permission`. Raises NotFound."""
    return _one(Account.objects.all(), actor, account_id, permission, lock)


def post(actor: Actor, post_id: uuid.UUID, permission: str, *, lock: bool = False) -> Post:
    """The post, if its unit lies where the actor holds `permission`. Raises NotFound."""
    return _one(Post.objects.all(), actor, post_id, permission, lock)


def current(prefix: str = "") -> Q:
    """The condition that a dated row holds today or later."""
    return Q(**{f"{prefix}until__isnull": True}) | Q(**{f"{prefix}until__gt": clock.today()})


def opened_by(posts: Iterable[uuid.UUID] = (), who: uuid.UUID | None = None) -> frozenset[rules.Holding]:
    """Everything these posts, or the posts of an account, open today or later, in whatever area. One query."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT permission, area FROM access_holdings(%s, %s::uuid[], %s)", [who, list(posts), clock.now()]
        )
        return frozenset(cursor.fetchall())


def own_posts(actor: Actor) -> frozenset[uuid.UUID]:
    """The posts the actor holds, now or later."""
    if actor.kind != "staff":
        return frozenset()
    return frozenset(Appointment.objects.filter(current(), account_id=actor.id).values_list("post_id", flat=True))


def not_own_post(actor: Actor, post_id: uuid.UUID) -> None:
    """Raise OwnGrants when the actor holds that post."""
    if post_id in own_posts(actor):
        raise OwnGrants()


def within_own(actor: Actor, wanted: Iterable[rules.Holding]) -> None:
    """Raise BeyondOwn when the actor may not hand out, or stand over, these rights."""
    if missing := rules.beyond(actor, wanted):
        raise BeyondOwn(permission=missing[0][0], area_code=missing[0][1])


def stands_over(actor: Actor, who: Account) -> None:
    """Raise unless the actor may change this account: not itself, and nobody with rights beyond its own.

    Setting the password of an account is having its rights, so it asks the same as granting them, but of who keeps
    accounts whatever their rights (`rules.out_of_reach`).
    """
    if actor.id == str(who.id):
        raise OwnGrants()
    if missing := rules.out_of_reach(actor, opened_by(who=who.id)):
        raise BeyondOwn(permission=missing[0][0], area_code=missing[0][1])


def widens_nothing_own(actor: Actor, heirs: Mapping[str, Collection[str]]) -> None:
    """Raise WidensOwn when areas that go over into others (old code -> new codes) would widen the actor's own rights."""
    if actor.kind == "staff" and (gained := rules.widened(opened_by(who=uuid.UUID(actor.id)), heirs)):
        raise WidensOwn(permission=gained[0], area_code=gained[1])


@contextmanager
def keeping_administrator() -> Iterator[None]:
    """Raise LastAdministrator when the block takes away the last who manages accounts, or roles, in the district."""
    _one_at_a_time()
    before = _administrators()
    yield
    if before and not _administrators():
        raise LastAdministrator()


def _one_at_a_time() -> None:
    """Or two administrators could remove each other, each seeing the other still there."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADMINISTRATORS_LOCK])


@contextmanager
def keeping_apart() -> Iterator[None]:
    """Raise OfficesApart when the block makes one account two of the three administrators, where they are separate.

    Whoever was so before (a district that separates them later) stays until somebody changes it; `linli doctor` names them.
    """
    if not separation.is_on():
        yield
        return
    _one_at_a_time()
    before = clashes()
    yield
    for who, found in clashes().items():
        if new := found - before.get(who, frozenset()):
            raise OfficesApart(_first(new))


def keeps_apart(heirs: Mapping[str, Collection[str]], field: str) -> None:
    """Raise OfficesApart, naming `field`, when areas that go over into others (old code -> new codes) would make one account
    two of the three administrators: rights in areas that become one meet there."""
    if not separation.is_on():
        return
    _one_at_a_time()
    for _, rows in sorted(_held().items()):
        if new := offices.joined(rows, heirs):
            raise OfficesApart(_first(new), field)


def clashes() -> dict[uuid.UUID, frozenset[offices.Clash]]:
    """Every account that is two of the three, or one and works with data. One query, over the whole district."""
    found = {account: offices.clashes(rows) for account, rows in _held().items()}
    return {account: clash for account, clash in found.items() if clash}


def _first(found: Iterable[offices.Clash]) -> offices.Clash:
    return min(found, key=lambda clash: (clash.area, clash.office, clash.other))


def _held() -> dict[uuid.UUID, list[offices.Held]]:
    """Everything held by accounts that are one of the three anywhere, whatever their area."""
    held: dict[uuid.UUID, list[offices.Held]] = defaultdict(list)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT account, permission, area, since, until FROM access_offices(%s::text[], %s)",
            [list(offices.MARKS), clock.now()],
        )
        for account, *row in cursor.fetchall():
            held[account].append(offices.Held(*row))
    return held


def _administrators() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT access_administrators(%s)", [clock.now()])
        return int(cursor.fetchone()[0])
