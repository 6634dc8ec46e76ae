"""Objections (异议): of the public to what is published, of the community to a verdict; and the answers to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Received:
    """An objection of the public as it was taken in; `again`: the same form was sent before, and nothing was added."""

    id: UUID
    at: datetime
    again: bool


def object_publicly(application_id: UUID, text: str, contact: str, token: str) -> Received:
    """Take an objection of anybody to an application under publication, until its last day.

    `token` is that of the form (at least 16 letters, made by the page): sent twice it is one objection. `contact` may be empty; it is
    kept encrypted. Opens its own transaction as the program. Raises NotFound (not published), PublicationOver (after the last day),
    Invalid, TooManyObjections.
    """
    raise NotImplementedError
