"""Rows that match several people are decided one after the other by keyboard alone."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from screens import PHONE, Visit
from test_pages import look

Visits = Callable[..., Visit]
VILLAGE = "370302102201"


@pytest.fixture
def waiting(site: str) -> None:
    """孙家兴 and 孙家旺, and two rows with the record id of the one and the number of the other."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "registry"))
    from people_frames import clerk, merge, row

    from linli.intake.models import Batch
    from linli.kernel import clock
    from linli.kernel.ids import uuid7
    from linli.kernel.scope import acting

    def state() -> None:
        for serial in (81, 85):
            merge([row(serial, f"孙家兴{serial}", serial, VILLAGE, record_key=f"S{serial}", phone="19900000001")])
            merge([row(serial + 1, f"孙家旺{serial}", serial + 1, VILLAGE, education="70")], "police")
            now = clock.now()
            with acting(clerk()):
                batch = Batch.objects.create(
                    id=uuid7(), area_code=VILLAGE, uploader="x", uploader_name="x", source_code="community",
                    filename="台账.csv", file_size=1, sha256=str(uuid7()), observed_on=date(2026, 1, 1),
                    state="in_review", created_at=now, changed_at=now,
                ).id  # fmt: skip
            stated = row(serial, f"孙家望{serial}", serial + 1, VILLAGE, record_key=f"S{serial}", phone="19900000002")
            merge([stated], batch=batch)
        from django.db import connections

        connections.close_all()

    # Playwright's loop runs on this thread; the ORM wants one without.
    worker = threading.Thread(target=state)
    worker.start()
    worker.join()


def shown(here: Visit) -> str:
    """Go on until one of our rows is looked at: earlier journeys may have left some. Answers its name."""
    article = here.page.locator("article.item")
    for _ in range(50):
        name = article.get_attribute("aria-label") or ""
        if name.startswith("孙家望"):
            return name
        here.page.keyboard.press("l")
    raise AssertionError("not in the queue")


def decided(here: Visit) -> int:
    """One's own count of the day."""
    return int(re.sub(r"\D", "", here.page.get_by_text("今天您已判断").inner_text()))


def test_rows_are_decided_by_keyboard(visit: Visits, waiting: None) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/reviews")
    name, before = shown(here), decided(here)
    assert look(here, "review-queue") == []
    page.keyboard.press("a")
    page.get_by_role("button", name=re.compile("放回")).wait_for()
    page.keyboard.press("1")
    page.get_by_role("article", name=name, exact=True).wait_for(state="detached")
    page.get_by_text(f"今天您已判断 {before + 1} 条").wait_for()
    phone = visit("kunlun", size=PHONE)
    phone.open("/reviews")
    phone.page.locator("article.item").wait_for()
    assert look(phone, "review-queue-phone") == []
    assert shown(here) != name, "the next one is there at once"
    page.keyboard.press("s")
    page.get_by_text(f"今天您已判断 {before + 2} 条").wait_for()
