"""Windows of counting, and what stands for a source. Pure but for counting in memory."""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

#: Sources remembered at once; beyond it the one that came longest ago is forgotten.
SOURCES = 20_000


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` in `window`, from the first on."""

    most: int
    window: timedelta

    def wait(self, began: datetime, count: int, now: datetime) -> int:
        """Whole seconds until the source may come again, the `count`th having come now; 0: it may."""
        left = (began + self.window - now).total_seconds()
        return max(1, math.ceil(left)) if count > self.most else 0


def network(address: str) -> str:
    """Whom an address belongs to: itself, or for IPv6 the /64 that one line is given."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Refused:
    """Until when sources are refused, remembered by this process: a flood that is refused costs no statement."""

    def __init__(self, most: int = SOURCES) -> None:
        self.most = most
        self._until: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def left(self, who: str, now: datetime) -> int:
        """Whole seconds that a source is still refused."""
        with self._lock:
            until = self._until.get(who)
            if until is None:
                return 0
            if until <= now:
                del self._until[who]
                return 0
        return math.ceil((until - now).total_seconds())

    def remember(self, who: str, until: datetime) -> None:
        """Refuse a source until a moment."""
        with self._lock:
            self._until[who] = until
            self._until.move_to_end(who)
            while len(self._until) > self.most:
                self._until.popitem(last=False)


class Counts:
    """The count of this process alone, for the time in which the database does not answer."""

    def __init__(self, most: int = SOURCES) -> None:
        self.most = most
        self._counted: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def add(self, who: str, window: timedelta, now: datetime) -> tuple[datetime, int]:
        """Count one; since when, and how many."""
        with self._lock:
            began, count = self._counted.pop(who, (now, 0))
            if now - began >= window:
                began, count = now, 0
            self._counted[who] = (began, count + 1)
            while len(self._counted) > self.most:
                self._counted.popitem(last=False)
        return began, count + 1
