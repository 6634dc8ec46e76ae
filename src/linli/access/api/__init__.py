"""The API of access: session, accounts, units, posts, roles, logs. Mount `router` at the root of the API."""

from ninja import Router

from ..calendar import api as calendar
from ..keeping import api as keeping
from . import accounts, factors, filters, logs, posts, review, roles, session, today, units

router = Router()
for part in (session, factors, accounts, units, posts, roles, review, logs, keeping, calendar, filters, today):
    router.add_router("", part.router)

__all__ = ["router"]
