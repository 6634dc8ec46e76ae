"""The change log's pen: written in the transaction of the change itself, so that the two stand or fall together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7

from .models import ChangeLog


def record(
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: object,
    area_code: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Record that `actor` did `action` (`room.noun.verb`). `detail` holds no data about residents and no secret."""
    ChangeLog.objects.create(
        id=uuid7(),
        at=clock.now(),
        actor=actor.id,
        room=action.partition(".")[0],
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        area_code=area_code,
        detail=dict(detail or {}),
        request=actor.request_id,
    )
