"""A clerk saves how they look at a list, the list opens with it, and a colleague of the unit finds what is shared."""

from __future__ import annotations

import re
from collections.abc import Callable

from screens import Visit
from test_pages import look

Visits = Callable[..., Visit]


def test_a_filter_is_saved_opens_the_list_and_is_removed(visit: Visits) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/people?missing=phone")
    page.get_by_role("button", name="常用筛选").click()
    page.get_by_role("button", name="保存当前筛选").click()
    dialog = page.get_by_role("dialog", name="保存为常用筛选")
    dialog.get_by_label("名称").fill("电话 13800138000")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_role("alert").filter(has_text="不要写号码").wait_for()
    dialog.get_by_label("名称").fill("缺电话的人")
    dialog.get_by_text("打开这个列表时默认使用").click()
    assert not look(here, "saved-filter")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="hidden")
    page.get_by_role("button", name="缺电话的人").wait_for()

    # From the navigation the list opens with it; a link that names filters means those.
    page.get_by_role("link", name="家庭户").click()
    page.get_by_role("link", name="实有人口", exact=True).click()
    page.wait_for_url(re.compile("missing=phone"))
    here.open("/people?missing=id")
    page.get_by_role("button", name="常用筛选").wait_for()
    assert "missing=id" in page.url

    page.get_by_role("button", name="常用筛选").click()
    page.get_by_role("button", name="管理").click()
    manage = page.get_by_role("dialog", name="管理常用筛选")
    manage.get_by_role("textbox", name="名称：缺电话的人").fill("没电话")
    manage.get_by_role("textbox", name="名称：缺电话的人").press("Enter")
    manage.get_by_role("textbox", name="名称：没电话").wait_for()
    assert not look(here, "saved-filters-manage")
    manage.get_by_role("button", name="删除：没电话").click()
    manage.get_by_role("alertdialog").get_by_role("button", name="删除").click()
    manage.get_by_role("textbox").wait_for(state="detached")


def test_what_is_to_do_leads_to_its_list(visit: Visits) -> None:
    here = visit("manager")
    page = here.page
    page.locator("#todo").get_by_role("link", name=re.compile("初始密码|没有岗位|网格没有人员")).first.wait_for()
    assert not look(here, "home-manager")
    line = page.locator("#todo").get_by_role("link", name=re.compile("网格没有人员"))
    told = line.locator(".todo-count").inner_text()
    line.click()
    page.wait_for_url(re.compile("/grids"))
    page.get_by_role("table").get_by_text("没有人员").first.wait_for()
    page.locator(".filters .note").get_by_text(re.compile(rf"(^|\D){told}(\D|$)")).wait_for()
