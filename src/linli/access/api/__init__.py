"""The API of access: session, accounts, units, posts, roles, logs. Mount `router` at the root of the API."""

from ninja import Router

from ..keeping import api as keeping
from . import accounts, factors, logs, posts, review, roles, session, units

router = Router()
for part in (session, factors, accounts, units, posts, roles, review, logs, keeping):
    router.add_router("", part.router)

__all__ = ["router"]
