"""The pictures of a case that stand on its papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linli.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Picture:
    """An image (`suffix` png or jpg) and what is said below it."""

    content: bytes
    suffix: str
    caption: str


def pictures_of(actor: Actor, case_id: UUID, language: str) -> Sequence[Picture]:
    """The images of a case the actor sees, in the order they came. None is kept with a case yet."""
    return ()
