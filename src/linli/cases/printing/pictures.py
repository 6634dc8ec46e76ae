"""The pictures of a case that stand on its papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text

from ..attachments.models import Attachment
from ..attachments.queries import content_of, of_case

#: On one paper; of more, the first of what was sent before and after the handling.
MOST = 24
PURPOSES = {
    "report": Text("上报", "Report"), "before": Text("处置前", "Before"), "after": Text("处置后", "After"),
    "document": Text("附件", "Attachment"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Picture:
    """An image (`suffix` png or jpg) and what is said below it."""

    content: bytes
    suffix: str
    caption: str


def pictures_of(actor: Actor, case_id: UUID, language: str) -> tuple[Sequence[Picture], int]:
    """The photos of a case the actor sees in the order they came, at most `MOST`, and how many there are. They are kept as
    JPEG without metadata. Raises NotFound."""
    there = [each for each in of_case(actor, case_id) if each.ready_at and each.kind == "image/jpeg"]
    return [Picture(content_of(each), "jpg", _caption(each, language)) for each in there[:MOST]], len(there)


def _caption(photo: Attachment, language: str) -> str:
    """What it is for, when it was taken, or sent where it does not tell."""
    at = (photo.taken_at or photo.added_at).astimezone(clock.LOCAL)
    return f"{PURPOSES[photo.purpose].say(language)}　{at:%Y-%m-%d %H:%M}"
