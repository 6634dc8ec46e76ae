"""Decisions of the public doors without database or clock: how often one address may ask, and in which language."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from linli.kernel.limiting.rules import network

#: A stairwell of people behind one address of a carrier can look; a list of codes cannot be tried.
MOST, WINDOW = 60, 60.0
#: Addresses remembered at once; beyond it the one that came longest ago is forgotten.
ADDRESSES = 20_000


class Limiter:
    """At most `most` looks in `window` seconds from one address, counted in this process: that of the codes on doors has no
    right on any table. All other doors count together (`kernel.limiting`)."""

    def __init__(self, most: int = MOST, window: float = WINDOW, addresses: int = ADDRESSES) -> None:
        self.most, self.window, self.addresses = most, window, addresses
        self._counted: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = Lock()

    def allows(self, address: str, now: float) -> bool:
        """Count a look at `now` (seconds of any steady clock) and say whether it is within the limit."""
        who = network(address)
        with self._lock:
            began, count = self._counted.pop(who, (now, 0))
            if now - began >= self.window:
                began, count = now, 0
            self._counted[who] = (began, count + 1)
            while len(self._counted) > self.addresses:
                self._counted.popitem(last=False)
        return count < self.most


def language(wanted: str | None, accepted: str) -> str:
    """ "zh-CN" or "en": what the address asks for, else the first of the two the browser names, else Chinese."""
    for tag in (wanted or "", *(part.partition(";")[0].strip() for part in accepted.split(","))):
        if tag.lower()[:2] == "en":
            return "en"
        if tag.lower()[:2] == "zh":
            return "zh-CN"
    return "zh-CN"


def dialled(phone: str) -> str:
    """A number as a phone dials it: digits and a leading +."""
    digits = "".join(letter for letter in phone if letter in "0123456789")
    return f"+{digits}" if phone.strip().startswith("+") else digits
