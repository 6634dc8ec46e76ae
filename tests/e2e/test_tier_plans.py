"""The plan studio: the officer asks what a budget can lift, and reads what is chosen and why not elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect
from screens import PHONE, WIDE, Visit
from test_pages import look
from test_tiers import assess

Visits = Callable[..., Visit]
SCREENS = (("phone-en", PHONE, "en", "dark"), ("phone-zh", PHONE, "zh-CN", "light"), ("wide-en", WIDE, "en", "dark"))


def test_a_budget_becomes_a_plan_that_says_why_not(visit: Visits) -> None:
    here = visit("climber")
    page: Any = here.page
    assess(here)
    here.open("/tiers/plans")
    budget = page.locator("#plan-budget")
    budget.fill("0")
    page.get_by_role("button", name="求解").click()
    page.get_by_role("alert").first.wait_for()
    assert float(budget.input_value()) == 0
    assert look(here, "tier-plans-refused") == []
    budget.fill("300")
    page.get_by_label("名称").fill("三年三百万")
    page.get_by_role("button", name="求解").click()
    page.get_by_role("heading", name="三年三百万").wait_for(timeout=120_000)
    page.get_by_role("radiogroup", name="显示哪些社区").get_by_text("未入选").click()
    page.get_by_role("columnheader", name="未入选原因").wait_for()
    assert look(here, "tier-plans") == []

    page.get_by_role("radiogroup", name="显示哪些社区").get_by_text("提升的").click()
    page.get_by_role("button", name=re.compile("^不安排：")).first.click()
    page.get_by_text("锁定 0 处，不安排 1 处").wait_for()
    assert look(here, "tier-plans-chosen") == []
    page.get_by_role("button", name="重新求解").click()
    page.get_by_role("heading", name="三年三百万（调整）").wait_for(timeout=120_000)

    for name, size, language, theme in SCREENS:
        other = visit("climber", size=size, language=language, theme=theme)
        other.open("/tiers/plans")
        other.page.get_by_role("heading", name="三年三百万（调整）").wait_for()
        assert look(other, f"tier-plans-{name}") == []


def solved(here: Visit, title: str) -> None:
    """Wait until a scenario is solved: the page looks for it every second or two, and the solver may be slow beside other programs."""
    here.page.get_by_role("heading", name=title, exact=True, level=2).wait_for(timeout=300_000)
    here.settle()


def test_two_plans_stand_side_by_side_and_a_measure_is_locked(visit: Visits) -> None:
    here = visit("climber")
    page: Any = here.page
    assess(here)
    here.open("/tiers/plans")
    page.get_by_text("按来源和年度填写资金，限定人力").click()
    page.get_by_role("spinbutton", name=re.compile("^区财政 .* 年")).first.fill("200")
    page.get_by_role("button", name="增加来源").click()
    page.get_by_role("spinbutton", name=re.compile("^省奖补 .* 年")).nth(1).fill("120.5")
    page.get_by_text("算出投入与惠及人口曲线（较慢）").click()
    page.get_by_label("名称").fill("两个来源")
    assert look(here, "plans-sources") == []
    page.get_by_role("button", name="求解", exact=True).click()
    solved(here, "两个来源")
    page.get_by_role("heading", name="投入与惠及人口").wait_for()
    assert look(here, "plans-front") == []

    page.get_by_role("button", name=re.compile("^按措施调整：")).first.click()
    dialog = page.get_by_role("dialog", name=re.compile("^按措施调整："))
    dialog.get_by_role("button", name=re.compile("^不安排措施：")).first.click()
    dialog.get_by_role("button", name=re.compile("^锁定措施：")).nth(1).click()
    assert look(here, "plans-measures") == []
    dialog.get_by_role("button", name="完成").click()
    page.get_by_text("锁定 1 处，不安排 1 处").wait_for()
    bar = page.get_by_role("region", name="方案的限定条件")
    expect(bar.get_by_role("combobox", name=re.compile("^最迟年份：锁定"))).to_have_count(1)
    bar.locator(".until").click()
    page.get_by_role("option", name=re.compile("^最迟 .* 年$")).last.click()
    assert look(here, "plans-conditions") == []
    page.get_by_role("button", name="重新求解").click()
    solved(here, "两个来源（调整）")
    expect(bar.get_by_role("listitem")).to_have_count(2)

    page.get_by_label("选来比较：两个来源", exact=True).check()
    page.get_by_label("选来比较：两个来源（调整）").check()
    page.get_by_role("link", name="比较 2 个").click()
    page.get_by_role("heading", name="方案比较", level=1).wait_for()
    page.get_by_role("rowheader", name="投入（万元）").wait_for()
    assert look(here, "plans-compare") == []
    compare = page.url.removeprefix(here.site)
    for name, size, language, theme in SCREENS:
        other = visit("climber", size=size, language=language, theme=theme)
        other.open(compare)
        other.page.get_by_text("两个来源（调整）").first.wait_for()
        assert look(other, f"plans-compare-{name}") == []
