"""Telling people of a unit that it is ended, and that its open cases go back to dispatch on that day (`engine.standing`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from linli.access.models import Account
from linli.kernel import clock
from linli.kernel.outbox.consumers import Told
from linli.messages.actions import notify

from .. import notices
from . import queries


def tell_ends(events: Sequence[Told]) -> None:
    """Tell whoever is in a unit, and who handles cases for it, of each day it is to end, or that it is not; once for a decision."""
    for event in events:
        day = str(event.payload["on"])
        to = {str(each) for each in queries.handlers([event.subject], clock.today()).get(event.subject, [])}
        members = Account.objects.filter(unit_id=event.subject, active=True).values_list("id", flat=True)
        params = {"unit": str(event.payload["name"]), "day": f"{date.fromisoformat(day):%Y-%m-%d}" if day else ""}
        kind = notices.UNIT_ENDS if day else notices.UNIT_STAYS
        notify(sorted(to | {str(each) for each in members}), kind, f"cases.unit:{event.id}", params, "/cases")
