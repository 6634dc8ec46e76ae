"""Who reported a case, in full: with a purpose, and noted before it is told."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from linli.access import reads
from linli.kernel import secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, NotFound

from ..permissions import REVEAL
from . import sight
from .problems import PurposeMissing

SHORTEST_PURPOSE = 4
Field = Literal["name", "phone"]


def reveal(actor: Actor, case_id: UUID, field: Field, purpose: str) -> str:
    """Name or phone of the reporter in full. Raises NotFound, Forbidden, PurposeMissing."""
    case = sight.one(actor, case_id)
    if not actor.may(REVEAL, case.area_code):
        reads.note("reveal", "case", subject_id=case_id, area=case.area_code, purpose="refused")
        raise Forbidden(permission=REVEAL)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    sealed = case.reporter_name if field == "name" else case.reporter_phone
    if sealed is None:
        raise NotFound()
    reads.note(
        "reveal", f"case.reporter_{field}", subject_id=case_id, area=case.area_code, count=1, purpose=purpose.strip()
    )
    return secrets.decrypt(bytes(sealed))
