"""What may go wrong with compounds, buildings and homes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from linli.kernel.errors import Conflict, Text


class PlaceExists(Conflict):
    """There is a compound, building or home of this name here already."""

    code = "places.exists"
    text = Text("这里已有“{name}”，请直接打开它。", "There is a “{name}” here already; open it instead.")


@contextmanager
def once(name: str) -> Iterator[None]:
    """Raise PlaceExists when the database holds what the block writes already, be it out of sight or written just now."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise PlaceExists(name=name) from None


class LeaderEnded(Conflict):
    """The leader has left before."""

    code = "places.leader_ended"
    text = Text("该楼栋长已卸任。", "This leader has left already.")
