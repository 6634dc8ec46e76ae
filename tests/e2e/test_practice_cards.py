"""Good practice as it is read: the library and a card that comes with the program, on a phone and in English."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-CN"), (PHONE, "en"), (WIDE, "en")], ids=["phone-zh", "phone-en", "wide-en"]
)
def test_the_library_is_read_on_a_phone_and_in_english(
    visit: Visits, size: dict[str, int], language: str, request: pytest.FixtureRequest
) -> None:
    here = visit("kunlun", size=size, language=language)
    name = request.node.callspec.id
    here.open("/tiers/practice")
    here.page.get_by_role("link", name="“智慧公孙”让社区生活更美好").wait_for()
    assert look(here, f"practice-library-{name}") == []
    here.page.get_by_role("link", name="“智慧公孙”让社区生活更美好").click()
    here.page.get_by_text(re.compile("来源未说明|The source does not say")).first.wait_for()
    assert look(here, f"practice-card-{name}") == []
