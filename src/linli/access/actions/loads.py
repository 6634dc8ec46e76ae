"""Many posts at once, each with a role, an area and a holder: how a district's staff comes in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.ids import uuid7_many

from .. import changes, permissions, rules
from ..errors import OwnGrants, Taken
from ..models import Account, Appointment, Grant, Post, Role
from . import checks


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post of a unit that has a role in an area, and the account that holds it from today."""

    unit_id: uuid.UUID
    title: str
    role: str
    area_code: str
    account_id: uuid.UUID


def create_posts(actor: Actor, new: Sequence[NewPost]) -> None:
    """Make posts with grants and holders, in a few statements whatever the number; all or none.

    Raises NotFound for units, accounts or roles that are not there for the actor, BeyondOwn for rights the actor may
    not hand out, OwnGrants for one that would be the actor's own, OfficesApart, Taken for a title the unit has already.
    """
    if not new:
        return
    units, roles = check_posts(actor, new)
    now, today = clock.now(), clock.today()
    posts, grants, holders = ([uuid.UUID(text) for text in uuid7_many(len(new))] for _ in range(3))
    rows = list(zip(posts, grants, holders, new, strict=True))
    made = Post.objects.bulk_create(
        [
            Post(id=p, unit_id=n.unit_id, title=n.title, area_code=units[n.unit_id], created_at=now)
            for p, _, _, n in rows
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )
    if Post.objects.filter(id__in=[post.id for post in made]).count() != len(new):
        raise Taken(field="title")
    with checks.keeping_apart():
        Grant.objects.bulk_create(
            [
                Grant(id=g, post_id=p, role_id=roles[n.role], target_area=n.area_code, since=today,
                      area_code=units[n.unit_id], granted_by=actor.id, created_at=now)
                for p, g, _, n in rows
            ],
            batch_size=1000,
        )  # fmt: skip
        Appointment.objects.bulk_create(
            [
                Appointment(id=h, account_id=n.account_id, post_id=p, since=today, area_code=units[n.unit_id],
                            created_at=now)
                for p, _, h, n in rows
            ],
            batch_size=1000,
        )  # fmt: skip
    changes.record(actor, "access.post.load", "post", "", min(units.values(), key=len), {"count": len(new)})


def check_posts(actor: Actor, new: Sequence[NewPost]) -> tuple[dict[uuid.UUID, str], dict[str, uuid.UUID]]:
    """The areas of the units and the ids of the roles; raises like `create_posts`."""
    units = checks.units(actor, {entry.unit_id for entry in new}, permissions.ACCOUNT_EDIT)
    checks.units(actor, {entry.unit_id for entry in new}, permissions.GRANT_EDIT)
    accounts = {entry.account_id for entry in new}
    if actor.id in map(str, accounts):
        raise OwnGrants()
    seen = Account.objects.restrict(actor, permissions.GRANT_EDIT).filter(id__in=accounts).count()
    roles = {role.code: role for role in Role.objects.filter(code__in={entry.role for entry in new})}
    if seen != len(accounts) or len(roles) != len({entry.role for entry in new}):
        raise NotFound()
    pairs = {(entry.role, entry.area_code) for entry in new}
    checks.within_own(actor, {h for role, area in pairs for h in rules.holdings(roles[role].permissions, [area])})
    return units, {code: role.id for code, role in roles.items()}
