"""From outside: reported without an account, followed by its number, a question answered, rated; on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from case_steps import beside, step, village
from screens import PHONE, Visit
from test_pages import AXE

Visits = Callable[..., Visit]
#: A thumb's width; what is written in the midst of a sentence is excused (WCAG 2.2, 2.5.5).
THUMB = 44
SMALL = """least => [...document.querySelectorAll('a,button,input:not([type=hidden]),select,textarea')].filter(e => {
  const box = (e.closest('label') ?? e).getBoundingClientRect()
  return box.height && box.height < least - 0.5
}).map(e => e.outerHTML.slice(0, 80))"""


def seen(here: Visit, name: str) -> list[str]:
    """What axe finds serious, what a thumb would miss, and whether it is wider than the phone."""
    page = here.page
    here.settle()
    here.picture(name)
    found = [f"{name}: too small {each}" for each in page.evaluate(SMALL, THUMB)]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{name}: wider than the screen")
    if AXE.exists():
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        found += [f"{name}: {v['id']}" for v in result["violations"] if v["impact"] in ("serious", "critical")]
    return found


def _case_of(number: str) -> UUID:
    import staff

    from linli.cases.models import Reporter
    from linli.cases.reporters.actions import hashed
    from linli.cases.reporters.rules import typed
    from linli.kernel.scope import acting

    kept = typed(number)
    assert kept, "the number as it is shown is one to be typed"
    with acting(staff.OPERATOR):
        return Reporter.objects.get(tracking=hashed(kept)).case_id


def test_a_resident_reports_follows_answers_and_rates_without_an_account(visit: Visits, django_db_blocker: Any) -> None:
    here = visit(size=PHONE)
    page: Any = here.page
    here.open("/report")
    assert seen(here, "report") == []
    page.get_by_label(re.compile("发生了什么")).fill("东街口的井盖不见了，晚上很危险")
    page.get_by_role("button", name="提交").click()
    # Nowhere: it says so, and what was typed stays.
    page.get_by_text("请按提示修改后再提交").wait_for()
    assert page.get_by_label(re.compile("发生了什么")).input_value() == "东街口的井盖不见了，晚上很危险"
    assert seen(here, "report-refused") == []
    page.get_by_label("村、社区").select_option(beside(django_db_blocker, village))
    page.get_by_role("button", name="提交").click()
    number = page.locator(".number").inner_text()
    assert seen(here, "track") == []
    case = beside(django_db_blocker, lambda: _case_of(number))

    def asked() -> None:
        for action in ("file", "dispatch", "take"):
            step(case, action)
        step(case, "ask_reporter", reason="请问在哪个门口？")

    beside(django_db_blocker, asked)
    # Somewhere else, with nothing but the number.
    again = visit(size=PHONE)
    page = again.page
    again.open("/track")
    page.get_by_label("查询码").fill(number.lower())
    page.get_by_role("button", name="查询").click()
    page.get_by_text("请问在哪个门口？").first.wait_for()
    assert seen(again, "track-question") == []
    page.get_by_label("您的答复").fill("供销社门口")
    page.get_by_role("button", name="提交答复").click()
    page.get_by_text("答复已提交").wait_for()

    def finished() -> None:
        step(case, "hand_back", result="已装上新井盖")
        step(case, "ask_check")
        step(case, "pass_check", result="现场完好")
        step(case, "close")

    beside(django_db_blocker, finished)
    page.reload()
    for question in ("有人及时联系或到场", "问题解决了", "对办理满意"):
        page.get_by_role("group", name=question).get_by_text("是", exact=True).click()
    assert seen(again, "track-rate") == []
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("谢谢您的评价。").wait_for()
    page.get_by_role("heading", name="您的评价").wait_for()
    words = page.locator("body").inner_text()
    assert "用户handler" not in words and "用户acceptor" not in words, "nobody of the staff is named to the outside"
