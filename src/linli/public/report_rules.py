"""How much may come through the pages for reports: from one network, and at once. Pure but for counting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

#: Reports from one network in so many seconds: a village behind one address can report, a flood cannot.
REPORTS = (20, 600.0)
#: Objections to one result from one browser, and to all results from one network, in a day: what one visitor means to say fits in few,
#: and a list that holds 200 takes more than one of them to fill.
OBJECTIONS_HERE, OBJECTIONS_A_DAY = (3, 86_400.0), (20, 86_400.0)
#: Looks at cases, and what is sent from their pages.
LOOKS = (60, 60.0)
#: Small pictures of the cases that are looked at.
PICTURES = (600, 60.0)
#: Reports that are written at once in this process, and how long others wait for one of them to be done.
AT_ONCE, PATIENCE = 4, 5.0
PHOTO_MB = 10
#: The largest body: four photos and the words. One without photos is read even when it is refused, so that its words stay.
MOST_BODY, WORDS_BODY = 4 * PHOTO_MB * 1024 * 1024 + 256 * 1024, 64 * 1024


class Gate:
    """Lets so many in at once; others wait a moment, and are told when there is no room."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._places, self.patience = BoundedSemaphore(at_once), patience

    @contextmanager
    def entered(self) -> Iterator[bool]:
        """Whether there is room; leaves it again at the end of the block."""
        let_in = self._places.acquire(timeout=self.patience)
        try:
            yield let_in
        finally:
            if let_in:
                self._places.release()
