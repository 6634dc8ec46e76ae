"""Reporting a case: what cannot be is refused in words beside its field and nothing typed is lost; a suggestion is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from case_steps import beside, category
from screens import PHONE, Visit
from test_pages import look

Visits = Callable[..., Visit]
WHAT = "老磨坊旁的水渠护栏断了两根"
CODE = "06036"


@pytest.fixture
def closing(site: str, django_db_blocker: Any) -> Iterator[Callable[[], None]]:
    """Closes a category as of yesterday when it is called; afterwards it is open again."""

    def until(day: Any) -> None:
        import staff

        from linli.cases.models import Category
        from linli.kernel.scope import acting

        with acting(staff.OPERATOR):
            Category.objects.filter(id=category(CODE, "matter").id).update(valid_until=day)

    def close() -> None:
        from linli.kernel import clock

        until(clock.today() - timedelta(days=1))

    yield lambda: beside(django_db_blocker, close)
    beside(django_db_blocker, lambda: until(None))


def test_what_cannot_be_is_refused_beside_its_field_and_nothing_typed_is_lost(
    visit: Visits, closing: Callable[[], None]
) -> None:
    here = visit("acceptor")
    page: Any = here.page
    here.open("/cases/new")
    send = page.get_by_role("button", name="上报案件", exact=True)
    page.get_by_label("问题描述").fill(WHAT)
    send.click()
    page.get_by_text("请在地图上选点、选择村居或网格，或写明能识别的地址。").wait_for()  # no place
    page.get_by_label("发生时间").fill("2099-01-01T08:00")
    send.click()
    page.get_by_text("发生时间不能晚于现在。").first.wait_for()
    page.get_by_label("发生时间").fill("")

    # A point of the map that is in no grid of the district: said at once, before anything is sent.
    page.get_by_role("button", name="在地图上选点").click()
    page.wait_for_selector("[data-idle=true]")
    plan, outside = page.get_by_role("application"), page.get_by_text("这个位置不在本区范围内，本系统不能受理。").first
    late: list[Any] = []
    asked = re.compile("/api/cases/place")
    page.route(asked, lambda route: route.continue_() if late else late.append(route))
    plan.click()
    plan.click(position={"x": 4, "y": 4})
    outside.wait_for()
    with page.expect_response(asked):  # what is answered of a point left meanwhile is not told of this one
        late[0].continue_()
    here.settle()
    outside.wait_for()
    assert look(here, "case-new-outside") == []
    send.click()
    page.get_by_role("alert").filter(has_text="不在本区范围内").first.wait_for()
    page.get_by_role("button", name="不用选点").click()

    # A category that is closed while the page is open.
    page.get_by_role("combobox", name="类别").fill(CODE)
    page.get_by_role("option", name=re.compile(CODE)).first.click()
    page.locator("#case-area").click()
    page.locator(".el-popover input").fill("聂村")
    page.get_by_role("button", name=re.compile("^聂村")).first.click()
    closing()
    send.click()
    page.get_by_text(re.compile("类别已停用|分类已停用|已停用")).first.wait_for()
    assert page.get_by_label("问题描述").input_value() == WHAT
    assert look(here, "case-new-closed") == []

    # Left and come back to, everything is still there; mended, it is taken.
    menu = page.get_by_role("navigation").first
    menu.get_by_role("link", name="案件", exact=True).click()
    page.get_by_role(
        "heading", name="案件", exact=True, level=1
    ).wait_for()  # the navigation has a heading of that name
    menu.get_by_role("link", name="上报案件").click()
    page.get_by_text("接着上次没有提交的内容").wait_for()
    assert page.get_by_label("问题描述").input_value() == WHAT
    page.locator("#case-area", has_text="聂村").wait_for()
    page.get_by_role("combobox", name="类别").fill("06010")
    page.get_by_role("option", name=re.compile("06010")).first.click()
    send.click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))
    page.get_by_text(WHAT).first.wait_for()


FEW = ("54007", "06038", "06013")


@pytest.fixture
def learnt(site: str, django_db_blocker: Any) -> Iterator[None]:
    """A model to suggest by: the first one, where the worker has learnt it already; else one of three categories, for as long."""
    made: list[Any] = []

    def learn() -> None:
        import staff

        from linli.cases.models import TextVersion
        from linli.cases.suggesting import learning
        from linli.kernel.scope import acting

        with acting(staff.OPERATOR):
            if TextVersion.objects.filter(current=True).exists():
                return
        whole = learning.first_lessons
        learning.first_lessons = lambda: tuple(seed for seed in whole() if seed.code in FEW)
        try:
            made.append(learning.learn(staff.OPERATOR, again=True))
        finally:
            learning.first_lessons = whole

    def forget() -> None:
        import staff

        from linli.cases.models import TextVersion
        from linli.cases.suggesting import holding
        from linli.kernel.scope import acting

        with acting(staff.OPERATOR):
            TextVersion.objects.filter(id__in=[version.id for version in made if version]).delete()
        holding.forget()

    beside(django_db_blocker, learn)
    yield
    beside(django_db_blocker, forget)


def test_a_category_is_suggested_while_one_writes_and_taken_with_one_press(visit: Visits, learnt: None) -> None:
    here = visit("guided", size=PHONE)
    page: Any = here.page
    here.open("/cases/new")
    page.get_by_label("问题描述").fill("村口的路灯坏了好几天，晚上一片漆黑，老人出门不敢走")
    chip = page.get_by_role("button", name=re.compile(r"^\d{5} .*%$")).first
    chip.wait_for()
    assert chip.bounding_box()["height"] >= 44
    code = chip.inner_text().split()[0]
    chip.click()
    page.locator("button[aria-pressed='true']", has_text=code).wait_for()
    assert look(here, "case-suggested") == []
    page.get_by_label("地点").fill("小昆仑村村口")
    page.get_by_role("button", name="上报案件", exact=True).click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}$"))
    page.get_by_text("上报时建议：").wait_for()
    page.locator("dd", has_text=re.compile(f"^{code} ")).wait_for()
    assert look(here, "case-with-suggestion") == []
