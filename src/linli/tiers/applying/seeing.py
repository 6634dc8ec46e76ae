"""Who sees an application: from within who applies, checks or accepts where it lies; others its public record, while it is one."""

from __future__ import annotations

from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import within

from ..permissions import ACCEPT, APPLY, CHECK, VIEW
from .models import Application
from .table import PUBLIC, Body

#: The right by which each body acts.
RIGHTS: dict[Body, str] = {"community": APPLY, "town": CHECK, "district": ACCEPT}
#: By which somebody sees an application from within.
WITHIN = (APPLY, CHECK, ACCEPT)
#: With one of these, what was published of others is seen too.
READERS = (VIEW, *WITHIN)


def may(actor: Actor, bodies: tuple[Body, ...], area_code: str) -> bool:
    """Whether an actor acts as one of the bodies for an area."""
    return any(actor.may(RIGHTS[body], area_code) for body in bodies)


def sees_within(actor: Actor, area_code: str) -> bool:
    """Whether an actor sees all of an application there."""
    return any(actor.may(right, area_code) for right in WITHIN)


def held(actor: Actor, rights: tuple[str, ...] = WITHIN, under: str | None = None) -> tuple[str, ...]:
    """The areas in which an actor holds one of `rights`, inside `under` if it is given."""
    own = areas.minimal(area for right in rights for area in actor.areas_for(right))
    return areas.intersect(own, area_names.going_by(under)) if under else own


def inside(actor: Actor, rights: tuple[str, ...] = WITHIN, under: str | None = None) -> QuerySet[Application]:
    """`restrict` for what is seen from within, or with one of `rights`."""
    found = held(actor, rights, under)
    rows: QuerySet[Application] = Application.objects.all()
    return rows.filter(within(found)) if found else rows.none()


def seen(actor: Actor, under: str | None = None) -> QuerySet[Application]:
    """`restrict` for all that is seen: from within, and anywhere what was published and neither refused, withdrawn nor taken back."""
    if not any(actor.may(right) for right in READERS):
        return Application.objects.none()
    published = Q(published_from__isnull=False, state__in=sorted(PUBLIC))
    if under is not None:
        published &= reduce(or_, (within((code,)) for code in area_names.going_by(under)), Q(pk__in=()))
    own = held(actor, WITHIN, under)
    return Application.objects.filter(within(own) | published if own else published)


def one(actor: Actor, application_id: UUID) -> Application:
    """An application in sight, with its plan year. Raises NotFound. One query."""
    found = seen(actor).select_related("plan_year__system").filter(id=application_id).first()
    if found is None:
        raise NotFound()
    return found


def locked(actor: Actor, application_id: UUID) -> Application:
    """An application seen from within, locked for the rest of the transaction, with its plan year. Raises NotFound."""
    rows = inside(actor).select_related("plan_year__system").select_for_update(of=("self",))
    found = rows.filter(id=application_id).first()
    if found is None:
        raise NotFound()
    return found
