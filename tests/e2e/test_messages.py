"""A clerk says how they want to be told; an administrator gives a unit's group a robot and takes it away."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]


def test_a_clerk_says_how_to_be_told_and_what_was_typed_wrong_stays(visit: Visits) -> None:
    here = visit("lingzi")
    page = here.page
    here.open("/notices")
    page.get_by_role("button", name="登记 邮箱").click()  # other journeys may have told the unit of a case by now
    page.get_by_label("邮箱地址").fill("clerk@example")
    page.get_by_label("邮箱地址").press("Enter")
    page.get_by_role("alert").filter(has_text="请填写正确的邮箱地址").wait_for()
    assert page.get_by_label("邮箱地址").input_value() == "clerk@example"
    page.get_by_label("邮箱地址").fill("clerk@example.org")
    page.get_by_label("邮箱地址").press("Enter")
    page.get_by_text("c***@example.org").wait_for()
    page.get_by_label("从").fill("20:00")
    page.get_by_text("台账生成失败").click()
    with page.expect_response(lambda r: "/api/notices/ways" in r.url and r.request.method == "PUT"):
        page.get_by_role("button", name="保存").click()  # “已保存” may stand there from the address still
    page.reload()
    page.get_by_text("c***@example.org").wait_for()
    expect(page.get_by_label("从")).to_have_value("20:00")
    expect(page.get_by_label("台账生成失败")).not_to_be_checked()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(here, f"notices-ways-{size['width']}") == []
    page.get_by_role("button", name="删除 邮箱").click()
    page.get_by_text("未登记邮箱").wait_for()


def test_a_group_robot_is_added_and_taken_away_and_its_address_is_not_shown(visit: Visits) -> None:
    here = visit("manager")
    page = here.page
    here.open("/settings/messages")
    page.get_by_role("button", name="添加机器人").click()
    dialog = page.get_by_role("dialog", name="添加机器人")
    dialog.get_by_role("combobox", name="单位").press("ArrowDown")
    page.get_by_role("option", name="昆仑镇").first.click()
    dialog.get_by_label("名称").fill("昆仑工作群")
    dialog.get_by_label("机器人地址").fill("https://example.org/send?key=1")
    dialog.get_by_text("报表被退回").click()
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text("请填写企业微信群机器人的地址").wait_for()
    assert look(here, "messages-robot") == []
    dialog.get_by_label("机器人地址").fill("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=5f1c6f3e")
    dialog.get_by_role("button", name="保存").click()
    page.get_by_role("cell", name="昆仑工作群", exact=True).wait_for()
    assert "5f1c6f3e" not in page.content()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(here, f"messages-{size['width']}") == []
    page.get_by_role("button", name="移除 昆仑工作群").click()
    page.get_by_role("button", name="移除", exact=True).click()
    page.get_by_text("没有群机器人").wait_for()
