"""The one pager: keyset pages whose cursor is opaque, and counts exact up to a bound."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .errors import Invalid

Row = TypeVar("Row")
EXACT_TO = 10_000
DEFAULT, MOST = 50, 200


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; `exact` is false when there are more than EXACT_TO and `value` is an estimate."""

    value: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of rows, the cursor of the next one or None, and the count if it was asked for."""

    items: Sequence[Row]
    next: str | None
    count: Count | None = None


def encode(key: Sequence[Any]) -> str:
    """A cursor from the sort key of the last row shown."""
    return base64.urlsafe_b64encode(json.dumps(list(key), default=str).encode()).decode().rstrip("=")


def decode(cursor: str | None, length: int) -> list[Any] | None:
    """The sort key of a cursor, or None for the first page. Raises Invalid for a cursor of another list."""
    if not cursor:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise Invalid(reason="cursor") from None
    if not isinstance(key, list) or len(key) != length or any(isinstance(part, list | dict) for part in key):
        raise Invalid(reason="cursor")
    return key


def limit(asked: int | None) -> int:
    """The page size: DEFAULT, never above MOST."""
    return min(max(asked or DEFAULT, 1), MOST)
