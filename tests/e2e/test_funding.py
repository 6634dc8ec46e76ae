"""The keeper of the books posts, undoes and closes, sees what is left of a budget, and loses nothing typed when refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from case_steps import beside
from screens import DISTRICT, PASSWORD, PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
PAGES = ("", "/entries", "/sources", "/contracts", "/operations", "/sustainability")


@pytest.fixture(scope="module")
def books(site: str, django_db_blocker: Any) -> None:
    """The demo's money, and somebody who keeps it."""

    def enter() -> None:
        import staff

        from linli.project.demo.funding import make_funding

        staff.staff("bookkeeper", "bookkeeper", DISTRICT, password=PASSWORD)
        assert make_funding() > 0

    beside(django_db_blocker, enter)


@pytest.mark.parametrize(
    ("size", "language", "theme"), [(WIDE, "zh-CN", "light"), (PHONE, "en", "dark")], ids=["wide-zh", "phone-en"]
)
def test_every_page_of_funding_stands(
    visit: Visits, books: None, size: dict[str, int], language: str, theme: str
) -> None:
    page = visit("bookkeeper", size=size, language=language, theme=theme)
    found = []
    for path in PAGES:
        page.open(f"/funding{path}")
        found += look(page, f"funding{path.replace('/', '-')}-{'phone' if size == PHONE else 'wide'}-{language}")
    assert found == [] and page.troubles == []


def test_an_entry_is_refused_keeps_what_was_typed_is_posted_and_undone(visit: Visits, books: None) -> None:
    keeper = visit("bookkeeper")
    keeper.open("/funding/entries")
    page = keeper.page
    page.get_by_role("button", name="记账").click()
    form = page.get_by_role("dialog", name="记账")
    form.get_by_label("摘要").fill("购置显示屏（演示）")
    form.get_by_role("combobox", name="资金来源").click()
    page.get_by_role("option", name="区财政智慧社区经费（演示）").click()
    form.get_by_role("button", name=re.compile("^区域")).click()
    page.get_by_label("查找镇街、村居、网格").last.fill("昆仑镇")
    page.get_by_role("button", name=re.compile("^昆仑镇")).first.click()
    for line, (account, debit, credit) in enumerate((("1601", "1,200.50", ""), ("1002", "", "1200"))):
        form.get_by_role("combobox", name=f"第 {line + 1} 行科目").click()
        options = page.get_by_role(
            "listbox", name=f"第 {line + 1} 行科目"
        )  # that of the line before may be closing still
        options.get_by_role("option", name=re.compile(account)).click()
        form.get_by_label(f"第 {line + 1} 行借方金额").fill(debit)
        form.get_by_label(f"第 {line + 1} 行贷方金额").fill(credit)
    form.get_by_text("相差 0.50").wait_for()
    form.get_by_role("button", name="记账").click()
    form.get_by_text(re.compile("借贷不平：借方 1,200.50")).wait_for()
    assert form.locator("#entry-text").input_value() == "购置显示屏（演示）"
    form.get_by_label("第 2 行贷方金额").fill("1200.5")
    form.get_by_role("button", name="记账").click()
    drawer = page.get_by_role("dialog", name=re.compile("凭证 "))
    drawer.get_by_text("1,200.50").first.wait_for()
    drawer.get_by_role("button", name="冲销").click()
    asked = page.get_by_role("dialog", name=re.compile("冲销凭证"))
    asked.get_by_label("原因").fill("金额录错")
    asked.get_by_role("button", name="冲销").click()
    drawer.get_by_text("金额录错").wait_for()
    assert keeper.troubles == []
