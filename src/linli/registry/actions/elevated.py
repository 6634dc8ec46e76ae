"""Writing as the system on behalf of somebody: a golden record may rest on statements the actor cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.scope import acting
from linli.registry.merge import derive, golden, households, stage
from linli.registry.merge.run import lock


@contextmanager
def on_behalf_of(actor: Actor) -> Iterator[None]:
    """Act over the district with the actor's name on every trace, one at a time with merges."""
    over = system("registry", settings.LINLI_DISTRICT)
    with acting(Actor(kind="system", id=actor.id, name=actor.name, grants=over.grants, request_id=actor.request_id)):
        lock()
        yield


def recompute(person_ids: list[UUID]) -> int:
    """Compute the golden records of some people anew, with all that follows; returns how many changed."""
    stage.run("DROP TABLE IF EXISTS pg_temp.affected")
    stage.run(
        "CREATE TEMP TABLE affected ON COMMIT DROP AS SELECT unnest(%(ids)s::uuid[]) AS person_id", {"ids": person_ids}
    )
    changed = golden.recompute(created_at=clock.now())
    derive.recompute()
    households.note_affected()
    households.recompute()
    return changed
