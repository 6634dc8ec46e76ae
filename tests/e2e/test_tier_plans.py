"""The plan studio: the officer asks what a budget can lift, and reads what is chosen and why not elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from screens import PHONE, WIDE, Visit
from test_pages import look
from test_tiers import assess

Visits = Callable[..., Visit]


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

    for name, size, language, theme in (
        ("phone-en", PHONE, "en", "dark"),
        ("phone-zh", PHONE, "zh-CN", "light"),
        ("wide-en", WIDE, "en", "dark"),
    ):
        other = visit("climber", size=size, language=language, theme=theme)
        other.open("/tiers/plans")
        other.page.get_by_role("heading", name="三年三百万（调整）").wait_for()
        assert look(other, f"tier-plans-{name}") == []
