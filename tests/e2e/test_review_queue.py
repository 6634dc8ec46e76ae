"""Rows that match several people, and two of the base who may be one, are decided one after the other by keyboard alone."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from datetime import date
from itertools import count, cycle
from pathlib import Path

import pytest
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
VILLAGE = "370302102201"
#: Each use has people of its own: what was decided of others is not asked again.
SERIALS, SURNAMES = count(801, 2), cycle("郑吴冯陈褚卫蒋沈")
#: Why a row may be somebody, as it is kept: codes and weights.
WHY = [
    {"comparison": "start", "level": "start", "weight": -17.2},
    {"comparison": "birth", "level": "same", "weight": 14.6},
    {"comparison": "name", "level": "sound", "weight": 4.1},
    {"comparison": "phone", "level": "other", "weight": -1.0},
]


def apart(state: Callable[[], None]) -> None:
    """Playwright's loop runs on this thread; the ORM wants one without."""

    def work() -> None:
        from django.db import connections

        state()
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


@pytest.fixture
def waiting(site: str) -> None:
    """孙家兴 and 孙家旺, and two rows with the record id of the one and the number of the other."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "registry"))
    from people_frames import clerk, merge, row

    from linli.intake.models import Batch
    from linli.kernel import clock
    from linli.kernel.ids import uuid7
    from linli.kernel.scope import acting
    from linli.registry.models import MatchProposal, Person, SourceRecord

    def state() -> None:
        for serial in (next(SERIALS), next(SERIALS)):
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
            with acting(clerk()):
                record = SourceRecord.objects.get(batch_id=batch)
                for person in Person.objects.filter(name__in=(f"孙家兴{serial}", f"孙家旺{serial}")):
                    MatchProposal.objects.create(
                        person_id=person.id, record_id=record.id, probability=0.58, model=0, lines=WHY, opened_at=now
                    )

    apart(state)


@pytest.fixture
def twice(site: str) -> str:
    """郑春生 with a number and 郑春声 without, of one birth and phone at one door: found to be one, in all likelihood.

    Answers how both begin.
    """
    sys.path.insert(0, str(Path(__file__).parents[1] / "registry"))
    from people_frames import clerk, enter, number, row

    from linli.registry.matching.duplicates import find

    start, serial = f"{next(SURNAMES)}春", next(SERIALS)
    birth = date(1930 + serial % 60, 5, 6)
    facts = {"phone": f"19900000{serial}", "birth": birth}
    numbered = {"id_kind": "111", "id_number": number(serial, birth)}

    def state() -> None:
        enter([row(serial, f"{start}生", None, VILLAGE, **facts, **numbered)])
        enter([row(serial, f"{start}声", None, VILLAGE, record_key=f"Z{serial}", **facts)])
        find(clerk(), VILLAGE)

    apart(state)
    return start


def shown(here: Visit, start: str = "孙家望") -> str:
    """Go on until one of ours is looked at: earlier journeys may have left some. Answers its name."""
    article = here.page.locator("article.item")
    for _ in range(50):
        name = article.get_attribute("aria-label") or ""
        if name.startswith(start):
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
    why = page.get_by_role("table", name=re.compile("同一人的可能：58%")).first
    assert [line.strip() for line in why.get_by_role("row").all_inner_texts()[1:]] == [
        "任意两条记录是同一人的可能\t−17.2", "出生日期相同\t+14.6", "姓名同音\t+4.1", "电话不同\t−1.0", "合计\t+0.5"
    ]  # fmt: skip
    page.keyboard.press("w")
    why.wait_for(state="detached")
    page.keyboard.press("w")
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


def test_two_of_the_base_are_said_to_be_one_by_keyboard_and_it_can_be_undone(visit: Visits, twice: str) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/reviews")
    page.get_by_role("tab", name="库中的人").click()
    page.locator("article.item").wait_for()
    name = shown(here, twice)
    page.get_by_role("row", name=re.compile("姓名同音 [+]")).wait_for()
    assert look(here, "pairs") == []
    page.keyboard.press("d")
    page.get_by_role("dialog", name="认定为两个人").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    page.keyboard.press("s")
    page.get_by_role("dialog", name="认定为同一人").get_by_label("原因").press("Enter")
    page.get_by_role("article", name=name, exact=True).wait_for(state="detached")
    page.get_by_role("link", name="查看或撤销").click()
    page.get_by_role("cell", name=re.compile("核对后认定为同一人")).wait_for()
    page.get_by_role("button", name="撤销").wait_for()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_queue_can_be_read_in_the_dark_and_in_english(
    visit: Visits, waiting: None, twice: str, size: dict[str, int]
) -> None:
    here = visit("kunlun", size=size, theme="dark", language="en")
    here.open("/reviews")
    here.page.locator("article.item").wait_for()
    shown(here)
    here.page.get_by_role("rowheader", name=re.compile("same pinyin", re.IGNORECASE)).first.wait_for()
    assert here.page.locator(".lane").first.is_visible() == (size is WIDE), "on a phone the words alone"
    assert look(here, f"review-queue-dark-{size['width']}") == []
    here.open("/reviews?tab=pairs")
    here.page.locator("article.item").wait_for()
    shown(here, twice)
    assert look(here, f"pairs-dark-{size['width']}") == []
