"""A rule of routing tried on last month's cases and saved, and the case that names it; two dispatchers at one case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from case_steps import beside, category, reported, step
from screens import Visit
from test_pages import look

Visits = Callable[..., Visit]
CODE, WHY = "06025", "河道保洁由镇街负责"


@pytest.fixture
def river(site: str, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """A case of last month that no rule fits, by id and number; the rules saved meanwhile go again."""

    def enter() -> dict[str, str]:
        made = reported("河面漂着一片垃圾", category_id=category(CODE, "matter").id)
        return {"id": str(made.id), "number": made.number}

    def clear() -> None:
        import staff

        from linli.cases.models import RoutingRule
        from linli.kernel.scope import acting

        with acting(staff.OPERATOR):
            RoutingRule.objects.filter(basis=WHY).delete()

    yield beside(django_db_blocker, enter)
    beside(django_db_blocker, clear)


def test_a_rule_is_tried_on_last_months_cases_saved_and_named_on_the_next_case(
    visit: Visits, river: dict[str, str], django_db_blocker: Any
) -> None:
    here = visit("analyst")
    page: Any = here.page
    here.open("/settings/routing")
    page.get_by_role("button", name="新增规则").click()
    dialog = page.get_by_role("dialog", name="新增派遣规则")
    dialog.get_by_role("combobox", name="大类或分类").fill(CODE)
    page.get_by_role("option", name=re.compile(CODE)).first.click()
    dialog.get_by_role("button", name="放入草稿").click()
    dialog.get_by_text("请选择单位。").wait_for()  # nothing is guessed, and what was chosen is kept
    dialog.locator(".el-select", has=page.locator("#routing-target")).click()
    page.get_by_role("option", name="属地镇街").click()
    dialog.get_by_label("依据").fill(WHY)
    assert look(here, "routing-rule") == []
    dialog.get_by_role("button", name="放入草稿").click()
    assert page.get_by_role("button", name="保存规则").is_disabled()  # it is tried first
    page.get_by_role("button", name="试算近一月案件").click()
    tried = page.locator("section", has=page.get_by_role("heading", name="试算结果"))
    changed = tried.get_by_role("row", name=re.compile("没有规则适用.*昆仑镇"))
    changed.get_by_role("button", name=re.compile("查看案件")).click()
    page.get_by_role("dialog").get_by_role("link", name=river["number"]).wait_for()
    assert look(here, "routing-tried") == []
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.get_by_role("textbox", name="依据或文号").fill("镇街职责清单第三条")
    page.get_by_role("button", name="保存规则").click()
    page.get_by_text("规则已保存").wait_for()
    page.get_by_role("cell", name=re.compile(WHY)).wait_for()

    # The case reported next says by which rule and why; the one before says nothing of a rule that was not there.
    later = beside(django_db_blocker, lambda: str(reported("河道里有死鱼", category_id=category(CODE, "matter").id).id))
    reader = visit("dispatcher")
    reader.open(f"/cases/{later}")
    reader.page.get_by_text(WHY).wait_for()
    reader.page.get_by_text(re.compile(r"按第 \d+ 条派遣规则.*派往昆仑镇")).wait_for()
    reader.open(f"/cases/{river['id']}")
    reader.page.get_by_role("heading", name=river["number"]).wait_for()
    assert reader.page.get_by_text(WHY).count() == 0


@pytest.fixture
def waiting(site: str, django_db_blocker: Any) -> str:
    """A case that waits for a dispatcher."""

    def enter() -> str:
        made = reported("桥头护栏断了一截")
        step(made.id, "file")
        return str(made.id)

    return beside(django_db_blocker, enter)


def test_of_two_dispatchers_at_once_one_wins_and_the_other_is_told_who_and_loses_no_word(
    visit: Visits, waiting: str
) -> None:
    slow, quick = visit("dispatcher"), visit("second")
    for here in (slow, quick):
        here.open(f"/cases/{waiting}")
        here.page.get_by_role("button", name="派遣", exact=True).click()
        dialog = here.page.get_by_role("dialog", name="派遣")
        dialog.get_by_role("combobox", name="处置单位").fill("昆仑镇")
        here.page.get_by_role("option", name="昆仑镇", exact=True).click()
    typed = "护栏断口朝向学校门口，请今天先围挡"
    own = slow.page.get_by_role("dialog", name="派遣")
    own.get_by_role("textbox", name=re.compile("说明")).fill(typed)
    quick.page.get_by_role("dialog", name="派遣").get_by_role("button", name="派遣", exact=True).click()
    quick.page.get_by_text("待接收").first.wait_for()
    own.get_by_role("button", name="派遣", exact=True).click()
    own.get_by_role("alert").filter(has_text="用户second").wait_for()
    assert own.get_by_role("textbox", name=re.compile("说明")).input_value() == typed
    slow.page.get_by_text("待接收").first.wait_for()  # behind the dialog stands the case as it is now
    assert look(slow, "case-taken-meanwhile") == []
