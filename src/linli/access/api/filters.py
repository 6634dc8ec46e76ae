"""Saved filters of lists: one's own, and those shared in one's unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from linli.kernel.http import actor_of, signed_in

from .. import filter_rules
from ..actions import filters as actions
from ..queries.filters import FilterItem, saved_filters

router = Router(tags=["saved filters"])
ListName = Annotated[str, Field(pattern=filter_rules.LIST)]
Values = dict[str, str]


class SavedFilterOut(Schema):
    """A saved filter; `owner` is who shares it (empty: one's own), `default` whether the list opens with it."""

    id: UUID
    name: str
    values: Values
    shared: bool
    own: bool
    owner: str
    default: bool


class SavedFiltersOut(Schema):
    items: list[SavedFilterOut]


class NewFilter(Schema):
    """Names and numbers of people are refused as values and in the name."""

    list: ListName
    name: str = Field(max_length=100)
    values: Values
    shared: bool = False


class FilterChange(Schema):
    name: str | None = Field(None, max_length=100)
    values: Values | None = None
    shared: bool | None = None


class FilterOrder(Schema):
    list: ListName
    ids: Sequence[UUID] = Field(max_length=100)


class FilterDefault(Schema):
    list: ListName
    id: UUID | None = None


@router.get("/saved-filters", auth=signed_in, response=SavedFiltersOut, summary="常用筛选 / Saved filters of a list")
def list_filters(request: HttpRequest, list: Annotated[ListName, Query()]) -> dict[str, list[FilterItem]]:
    """One's own in their order, then those the unit shares."""
    return {"items": saved_filters(actor_of(request), list)}


@router.post("/saved-filters", auth=signed_in, response={201: SavedFilterOut}, summary="保存筛选 / Save a filter")
def save(request: HttpRequest, given: NewFilter) -> Status[FilterItem]:
    """Keep the values of a list's filters under a name."""
    actor = actor_of(request)
    made = actions.save_filter(actor, given.list, given.name, given.values, given.shared)
    return Status(201, FilterItem(made.id, made.name, made.values, made.shared, True, "", False))


@router.patch("/saved-filters/{uuid:filter_id}", auth=signed_in, response={204: None}, summary="修改 / Change one")
def change(request: HttpRequest, filter_id: UUID, given: FilterChange) -> Status[None]:
    """Rename, share or take back, or give other values; only one's own."""
    actions.change_filter(actor_of(request), filter_id, name=given.name, values=given.values, shared=given.shared)
    return Status(204, None)


@router.delete("/saved-filters/{uuid:filter_id}", auth=signed_in, response={204: None}, summary="删除 / Delete one")
def delete(request: HttpRequest, filter_id: UUID) -> Status[None]:
    """Remove one's own, also for those who use it because it is shared."""
    actions.delete_filter(actor_of(request), filter_id)
    return Status(204, None)


@router.put("/saved-filters/order", auth=signed_in, response={204: None}, summary="排序 / Put in order")
def order(request: HttpRequest, given: FilterOrder) -> Status[None]:
    """The order of one's own filters of a list."""
    actions.order_filters(actor_of(request), given.list, given.ids)
    return Status(204, None)


@router.put(
    "/saved-filters/default", auth=signed_in, response={204: None}, summary="默认筛选 / Filter a list opens with"
)
def default(request: HttpRequest, given: FilterDefault) -> Status[None]:
    """Have a list open with a filter; without an id, with none."""
    actions.open_with(actor_of(request), given.list, given.id)
    return Status(204, None)
