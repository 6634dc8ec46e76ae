"""An application for a tier, in the browser: planned by the district, assessed by the community, checked by the town, published."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
COMMUNITY = "昆仑社区"


def step(here: Visit, name: str) -> None:
    """Take a step of the procedure as it is offered."""
    here.page.get_by_role("button", name=name, exact=True).click()
    dialog = here.page.get_by_role("dialog", name=name)
    dialog.get_by_role("button", name=name, exact=True).click()
    dialog.wait_for(state="detached")
    here.settle()


def judge(here: Visit, key: str, reason: str = "") -> None:
    """By keyboard: give every row that is shown the same verdict, with a reason where one is asked for."""
    rows = here.page.locator("#verdicts tbody tr")
    for i in range(rows.count()):
        rows.nth(i).locator('[role=radio][tabindex="0"]').focus()
        here.page.keyboard.press(key)
        words = rows.nth(i).locator("textarea")
        if reason and words.get_attribute("aria-required") == "true":
            here.page.keyboard.press("Enter")
            here.page.keyboard.type(reason)


def only(here: Visit, which: str) -> None:
    """Show some of the rows."""
    here.page.locator("#verdicts").get_by_role("combobox", name="只看").press("Enter")
    here.page.get_by_role("option", name=which).click()


def save(here: Visit) -> None:
    """Save what is typed and wait until nothing is waiting."""
    here.page.get_by_role("button", name="保存判定").click()
    here.page.get_by_role("button", name="保存判定").wait_for(state="detached")
    here.settle()


def test_an_application_goes_from_the_community_over_the_town_to_the_district(visit: Visits) -> None:
    officer = visit("climber")
    page: Any = officer.page
    officer.open("/tiers/applications")
    page.get_by_role("button", name="新建年度计划").first.click()
    dialog = page.get_by_role("dialog", name="新建年度计划")
    days, notice = dialog.get_by_label("镇街核查截止"), dialog.get_by_label("通知文号")
    right = days.input_value()
    days.fill(right[:4] + "-01-15")
    days.press("Tab")
    notice.fill("淄川数发〔2026〕3号")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text(re.compile("先后相接")).first.wait_for()
    assert (days.input_value(), notice.input_value()) == (right[:4] + "-01-15", "淄川数发〔2026〕3号")
    assert look(officer, "applying-year-refused") == []
    days.fill(right)
    days.press("Tab")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="detached")

    page.get_by_role("button", name="列入计划").first.click()
    dialog = page.get_by_role("dialog", name="列入计划")
    dialog.get_by_text("全部社区", exact=True).click()
    dialog.get_by_label("社区名称").fill(COMMUNITY)
    dialog.get_by_role("checkbox", name=re.compile(COMMUNITY)).check()
    assert look(officer, "applying-plan") == []
    dialog.get_by_role("button", name="列入计划").click()
    dialog.wait_for(state="detached")
    page.get_by_role("link", name=COMMUNITY, exact=True).click()
    page.get_by_role("heading", name=re.compile(f"^{COMMUNITY}")).wait_for()
    path = page.url.removeprefix(officer.site)

    clerk = visit("steward")
    clerk.open("/tiers/applications?queue=mine")
    clerk.page.get_by_role("link", name=COMMUNITY, exact=True).click()
    step(clerk, "开始自评")
    filled = clerk.page.get_by_role("button", name=re.compile("未改的 .+都确认"))
    if filled.count():
        filled.click()
    only(clerk, "还没判定的")
    judge(clerk, "1")
    clerk.page.get_by_text(re.compile("项判定没有保存")).wait_for()
    clerk.page.reload()
    clerk.settle()
    clerk.page.get_by_text(re.compile("项判定没有保存")).wait_for()
    save(clerk)
    more = clerk.page.get_by_role("button", name=re.compile("一起列入|^新增整改：|^为 .* 新增整改"))
    if more.count():
        more.last.click()
        dialog = clerk.page.get_by_role("dialog", name="新增整改")
        dialog.get_by_label("整改措施").fill("按要求补齐设施并更新台账")
        dialog.get_by_label("责任岗位或单位").fill("社区居委会")
        due = dialog.get_by_label("完成期限")
        due.fill(clerk.page.evaluate("new Date(Date.now() + 30 * 864e5).toISOString().slice(0, 10)"))
        due.press("Tab")
        dialog.get_by_role("button", name="保存").click()
        dialog.wait_for(state="detached", timeout=60_000)
    assert look(clerk, "applying-self") == []
    step(clerk, "提交镇街核查")

    town, quicker = visit("kunlun"), visit("stepper")
    town.open(path)
    quicker.open(path)
    for here, key, reason in ((quicker, "2", "现场没有见到设备"), (town, "3", "本社区不适用")):
        here.page.locator("#asked-B01 [role=radio]").first.focus()
        here.page.keyboard.press(key)
        here.page.keyboard.press("Enter")
        here.page.keyboard.type(reason)
    save(quicker)
    town.page.get_by_role("button", name="保存判定").click()
    town.page.locator("#asked-B01").get_by_text(re.compile("现场没有见到设备")).wait_for()
    assert town.page.locator("#asked-B01 textarea").input_value() == "本社区不适用"
    assert look(town, "applying-overtaken") == []
    town.page.locator("#asked-B01").get_by_role("button", name="用对方的").click()
    town.page.get_by_role("button", name="未填的沿用自评").click()
    only(town, "还没判定的")
    judge(town, "1", "现场核实")
    save(town)
    step(town, "核查通过，报区验收")

    officer.open(path)
    page.get_by_role("button", name="未填的沿用镇街意见").click()
    only(officer, "未达到的")
    judge(officer, "1", "验收时已补齐")
    save(officer)
    page.get_by_text(re.compile("现在不能办理")).click()
    page.get_by_text("请先登记验收组。").wait_for()
    group = page.locator("section.card", has=page.get_by_role("heading", name="验收组"))
    group.get_by_role("button", name="编辑").click()
    dialog = page.get_by_role("dialog", name="验收组")
    for what, words in (("姓名", "赵建国"), ("单位", "区大数据局"), ("职务", "组长")):
        dialog.get_by_label(f"第 1 人{what}").fill(words)
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="detached")
    group.get_by_role("button", name="记现场验收").click()
    dialog = page.get_by_role("dialog", name="记现场验收")
    dialog.get_by_label("现场情况").fill("查看平台和台账")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="detached")
    officer.settle()
    step(officer, "验收通过")
    step(officer, "公示")
    page.get_by_text(re.compile("公示中")).wait_for()
    assert page.get_by_role("button", name="上报", exact=True).count() == 0

    for name, size, language, theme in (
        ("phone-en", PHONE, "en", "dark"),
        ("phone-zh", PHONE, "zh-CN", "light"),
        ("wide-en", WIDE, "en", "dark"),
    ):
        other = visit("climber", size=size, language=language, theme=theme)
        for at, where in (
            ("list", "/tiers/applications"),
            ("one", path),
            ("community", "/tiers/communities/370302102006"),
        ):
            other.open(where)
            other.page.get_by_role("link", name=COMMUNITY, exact=True).or_(
                other.page.get_by_role("link", name=re.compile("2026"))
            ).first.wait_for()
            assert look(other, f"applying-{at}-{name}") == []
