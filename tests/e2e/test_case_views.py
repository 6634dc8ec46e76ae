"""The queues of cases: chosen and handed over together, the same cases as a board and on the map, by keyboard as well."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from screens import PHONE, TOWN, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
UNIT = "昆仑镇"


@pytest.fixture
def cases(site: str, django_db_blocker: Any) -> list[str]:
    """The numbers of three cases with a place: two filed and one only reported. Whatever the other journeys left."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as beside:  # Playwright's loop must not be around the ORM
        return beside.submit(_enter).result()


def _enter() -> list[str]:
    import staff
    from django.db import connections

    from linli.cases.engine.act import Given, act
    from linli.cases.engine.report import NewCase, report
    from linli.cases.models import Case, Category
    from linli.kernel.scope import acting
    from linli.places.models import Region

    with acting(staff.OPERATOR) as actor:
        village = Region.objects.filter(level="village", parent_code=TOWN, valid_to=None).order_by("code")[0].code
        made = [report(actor, NewCase(f"东街路口井盖缺失（{n}）", "resident", area=village)) for n in range(3)]
        category = Category.objects.get(code="01001", kind="component")
        for case in made[:2]:
            act(actor, case.id, "file", Given(1, category_id=category.id, limit_value=2, clock="work_day"))
        for n, case in enumerate(made):
            Case.objects.filter(id=case.id).update(lon=117.88 + n / 100, lat=36.50 + n / 100)
    connections.close_all()
    return [case.number for case in made]


def test_a_dispatcher_hands_two_cases_over_together_and_is_told_why_the_third_is_not(
    visit: Visits, cases: list[str]
) -> None:
    here = visit("dispatcher")
    page: Any = here.page
    here.open("/cases")
    for number in cases:
        page.get_by_role("checkbox", name=f"选择案件 {number}").check()
    page.get_by_text("已选 3 件").wait_for()
    assert look(here, "cases-chosen") == []
    page.get_by_role("button", name=re.compile("^派遣")).click()
    dialog = page.get_by_role("dialog", name="批量办理：派遣")
    dialog.get_by_text("其中 1 件现在的状态不适用").wait_for()
    dialog.get_by_role("button", name="派遣", exact=True).click()
    dialog.get_by_text("必填").wait_for()
    dialog.get_by_role("combobox", name="处置单位").fill(UNIT)
    page.get_by_role("option", name=re.compile(UNIT)).first.click()
    dialog.get_by_role("button", name="派遣", exact=True).click()
    dialog.get_by_text("已办理 2 件").wait_for()
    dialog.get_by_text("未办理 1 件").wait_for()
    dialog.get_by_role("link", name=cases[2]).wait_for()
    assert look(here, "cases-batch-result") == []
    dialog.get_by_role("button", name="关闭", exact=True).last.click()
    # What was refused is still chosen; what was done is not, and shows its new state.
    page.get_by_text("已选 1 件").wait_for()
    assert page.get_by_role("checkbox", name=f"选择案件 {cases[2]}").is_checked()
    assert not page.get_by_role("checkbox", name=f"选择案件 {cases[0]}").is_checked()
    page.get_by_role("row", name=re.compile(cases[0])).get_by_text("待接收").wait_for()


def test_the_board_and_the_map_hold_what_the_filters_in_the_address_leave(visit: Visits, cases: list[str]) -> None:
    here = visit("dispatcher")
    page: Any = here.page
    here.open("/cases?open=true")
    page.get_by_text("看板", exact=True).click()
    filing = page.get_by_role("region", name="信息采集")
    filing.get_by_text(cases[2][6:]).wait_for()
    page.get_by_role("region", name="任务派遣").get_by_text(cases[0][6:]).wait_for()
    assert "view=board" in page.url and "open=true" in page.url
    assert look(here, "cases-board") == []
    page.get_by_text("地图", exact=True).first.click()
    page.get_by_role("application").wait_for()
    page.get_by_text("未计时").wait_for()
    assert "view=map" in page.url and look(here, "cases-map") == []
    page.reload()
    here.settle()
    page.get_by_role("application").wait_for()
    page.get_by_role("button", name="清除筛选").click()
    page.wait_for_url(lambda url: "open=true" not in url and "view=map" in url)


@pytest.mark.parametrize(
    ("size", "language", "theme"), [(PHONE, "en", "light"), (WIDE, "en", "dark"), (PHONE, "zh-CN", "dark")],
    ids=["phone-en", "wide-en-dark", "phone-zh-dark"],
)  # fmt: skip
def test_the_views_fit_and_are_accessible(
    visit: Visits, cases: list[str], size: dict[str, int], language: str, theme: str, request: pytest.FixtureRequest
) -> None:
    here = visit("dispatcher", size=size, language=language, theme=theme)
    for view in ("list", "board", "map"):
        here.open(f"/cases?view={view}")
        here.page.get_by_role("application" if view == "map" else "link").first.wait_for()
        assert look(here, f"cases-{view}-{request.node.callspec.id}") == []


def test_a_case_is_reported_with_the_keyboard_alone(visit: Visits) -> None:
    here = visit("acceptor")
    page: Any = here.page
    here.open("/cases/new")
    keys = page.keyboard
    page.locator("#case-what:focus").wait_for()  # one begins to write at once
    keys.type("东街路口雨水篦子破损，行人绊倒")
    keys.press("Tab")
    page.locator("#case-area:focus").wait_for()
    keys.press("Enter")
    page.locator(".el-popover input:focus").wait_for()  # opened by a key, one types on in it
    keys.type("聂村")
    keys.press("ArrowDown")  # at once: what was typed is meant, not the list that still stands there
    keys.press("Enter")
    page.locator("#case-area:focus").wait_for()
    page.locator("#case-area", has_text="聂村").wait_for()
    keys.press("Tab")
    keys.type("东街5号门前")
    assert page.locator("#case-place").input_value() == "东街5号门前"
    keys.press("Control+Enter")
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))
    page.get_by_text("东街路口雨水篦子破损").first.wait_for()


def test_the_case_file_is_downloaded_for_a_purpose(visit: Visits, cases: list[str]) -> None:
    here = visit("dispatcher")
    page: Any = here.page
    here.open("/cases")
    page.get_by_role("link", name=cases[0]).click()
    page.get_by_role("button", name="案卷（PDF）").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("用途").fill("现场核对")
    with page.expect_download() as taken:
        dialog.get_by_role("button", name="下载", exact=True).click()
    assert taken.value.suggested_filename == f"{cases[0]}-案卷.pdf"
    assert look(here, "case-with-papers") == []
