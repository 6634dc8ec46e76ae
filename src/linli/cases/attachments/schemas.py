"""What the API of photos and files takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from .rules import LONGEST_NAME, Purpose


class AttachmentIn(Schema):
    """A file that is about to be sent in parts. `size` in bytes."""

    name: str = Field(max_length=LONGEST_NAME)
    size: int = Field(ge=1)
    purpose: Purpose = "document"


class AttachmentShownIn(Schema):
    """Whether who reported sees the picture."""

    shown: bool


class AttachmentOut(Schema):
    """A photo or file, or one on its way: then `received` says where to go on.

    `scan`: "off" where this installation scans for no viruses. `taken_at`, `lon`, `lat`: what the photo told of itself.
    `shown`: who reported sees it on the page of their number; `may_show`: whoever asks may decide that.
    """

    id: UUID
    purpose: Purpose
    name: str
    kind: str
    size: int
    received: int
    ready: bool
    image: bool
    width: int | None
    height: int | None
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    sha256: str
    scan: Literal["", "off", "clean"]
    added_name: str
    added_at: datetime
    mine: bool
    shown: bool
    may_show: bool
    part_size: int
