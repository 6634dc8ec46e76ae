"""Saved filters: each account keeps its own, and may show them to its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from .. import filter_rules
from ..models import ListDefault, SavedFilter


class FilterExists(Conflict):
    """The account has a filter of that name on the list."""

    code = "access.filter_exists"
    text = Text("已有同名的常用筛选“{name}”。", "There is a saved filter “{name}” already.")


class FilterShelfFull(Conflict):
    """As many filters as one account keeps for a list."""

    code = "access.filters_full"
    text = Text(
        "每个列表最多保存 {most} 个常用筛选，请先删除不用的。",
        "A list holds {most} saved filters at most; delete some first.",
    )


@transaction.atomic
def save_filter(
    actor: Actor, list_name: str, name: str, values: Mapping[str, str], shared: bool = False
) -> SavedFilter:
    """Keep the values of a list's filters under a name, after those there are. Raises Invalid, FilterExists, FilterShelfFull."""
    _refuse(name, values)
    own = SavedFilter.objects.filter(account_id=_account(actor), list=list_name)
    if own.count() >= filter_rules.MOST_FILTERS:
        raise FilterShelfFull(most=filter_rules.MOST_FILTERS)
    last = own.aggregate(last=Max("position"))["last"]
    try:
        with transaction.atomic():
            return SavedFilter.objects.create(
                id=uuid7(), account_id=_account(actor), unit_id=actor.unit_id, list=list_name, name=name.strip(),
                values=dict(values), shared=shared, position=0 if last is None else last + 1, changed_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise FilterExists(name=name.strip()) from error


@transaction.atomic
def change_filter(
    actor: Actor,
    filter_id: UUID,
    *,
    name: str | None = None,
    values: Mapping[str, str] | None = None,
    shared: bool | None = None,
) -> SavedFilter:
    """Change one's own filter; what is None stays. Raises NotFound, Invalid, FilterExists."""
    found = _own(actor, filter_id)
    _refuse(name, values)
    given = {"name": name.strip() if name is not None else None, "values": values, "shared": shared}
    for field, value in given.items():
        if value is not None:
            setattr(found, field, value)
    found.changed_at = clock.now()
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise FilterExists(name=found.name) from error
    return found


@transaction.atomic
def delete_filter(actor: Actor, filter_id: UUID) -> None:
    """Remove one's own filter, also where others open a list with it. Raises NotFound."""
    _own(actor, filter_id).delete()


@transaction.atomic
def order_filters(actor: Actor, list_name: str, ids: Sequence[UUID]) -> None:
    """Put one's own filters of a list in an order; those not named follow. Raises NotFound for one that is not theirs."""
    own = {f.id: f for f in SavedFilter.objects.filter(account_id=_account(actor), list=list_name).order_by("position")}
    if not own.keys() >= set(ids):
        raise NotFound()
    for position, filter_id in enumerate(dict.fromkeys([*ids, *own])):
        own[filter_id].position = position
    SavedFilter.objects.bulk_update(own.values(), ["position"])


@transaction.atomic
def open_with(actor: Actor, list_name: str, filter_id: UUID | None) -> None:
    """Have a list open with a filter in sight, or without any. Raises NotFound."""
    from ..queries.filters import in_sight

    account = _account(actor)
    ListDefault.objects.filter(account_id=account, list=list_name).delete()
    if filter_id is None:
        return
    if not in_sight(actor, list_name).filter(id=filter_id).exists():
        raise NotFound()
    ListDefault.objects.create(id=uuid7(), account_id=account, list=list_name, filter_id=filter_id)


def _account(actor: Actor) -> UUID:
    if actor.kind != "staff":
        raise NotFound()
    return UUID(actor.id)


def _own(actor: Actor, filter_id: UUID) -> SavedFilter:
    found = SavedFilter.objects.select_for_update().filter(id=filter_id, account_id=_account(actor)).first()
    if found is None:
        raise NotFound()
    return found


def _refuse(name: str | None, values: Mapping[str, str] | None) -> None:
    if problems := filter_rules.check(name, values):
        raise Invalid(fields=problems)
