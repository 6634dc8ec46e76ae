"""A town clerk draws up a plan, sets a task, begins it, and makes a task of what a meeting decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from case_steps import beside
from screens import PHONE, TOWN, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
AT = "/tiers/coordination"


@pytest.fixture(scope="module")
def demo(site: str, django_db_blocker: Any) -> Iterator[list[str]]:
    """The demo's plans of the town; the addresses of one of each."""

    def enter() -> list[str]:
        from linli.kernel.scope import acting
        from linli.project.demo.base import demo_actor
        from linli.project.demo.coordination import make_coordination
        from linli.tiers.models import ImplementationPlan, TierMeeting

        assert make_coordination(TOWN) > 0
        with acting(demo_actor()):
            plan = ImplementationPlan.objects.filter(state="running").values_list("id", flat=True)[0]
            meeting = TierMeeting.objects.values_list("id", flat=True)[0]
        return [f"{AT}/plans/{plan}", f"{AT}/meetings/{meeting}"]

    yield beside(django_db_blocker, enter)


@pytest.mark.parametrize(
    ("size", "language", "theme"), [(WIDE, "zh-CN", "light"), (PHONE, "en", "dark")], ids=["wide-zh", "phone-en"]
)
def test_every_page_of_coordination_stands(
    visit: Visits, demo: list[str], size: dict[str, int], language: str, theme: str
) -> None:
    here = visit("kunlun", size=size, language=language, theme=theme)
    views = [f"{AT}?view={view}" for view in ("list", "weeks", "plans", "meetings", "visits")]
    found = []
    for number, path in enumerate((AT, *views, *demo, f"/tiers/communities/{TOWN}002")):
        here.open(path)
        found += look(here, f"coordination-{number}-{'phone' if size == PHONE else 'wide'}-{language}")
    assert found == [] and here.troubles == []


def test_a_plan_is_drawn_up_and_what_a_meeting_decides_is_done(visit: Visits, demo: list[str]) -> None:
    clerk = visit("kunlun")
    clerk.open(f"{AT}?view=plans")
    page = clerk.page
    page.get_by_role("button", name="新建计划").click()
    form = page.get_by_role("dialog", name="新建计划")
    form.get_by_role("button", name="保存").click()
    form.get_by_text("请填写此项。").wait_for()
    form.get_by_label("计划名称").fill("数字门牌实施计划")
    form.get_by_role("button", name="保存").click()
    page.get_by_role("heading", name="数字门牌实施计划").wait_for()
    page.get_by_role("button", name="新建任务").click()
    form = page.get_by_role("dialog", name="新建任务")
    form.get_by_label("任务", exact=True).fill("制作门牌")
    form.get_by_label("责任单位或岗位").fill("王工 138 0013 8000")
    form.get_by_role("button", name="保存").click()
    form.get_by_text("请填写岗位或单位").first.wait_for()
    assert form.get_by_label("任务", exact=True).input_value() == "制作门牌"
    form.get_by_label("责任单位或岗位").fill("镇街智慧办")
    form.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="开始实施").click()
    page.get_by_role("button", name="结束计划").wait_for()
    address = page.url
    page.get_by_role("button", name="编辑", exact=True).click()
    form = page.get_by_role("dialog", name="修改计划")
    form.get_by_label("说明").fill("年底前完成")
    other = visit("stepper")
    other.page.goto(address)
    other.page.get_by_role("button", name="编辑", exact=True).click()
    theirs = other.page.get_by_role("dialog", name="修改计划")
    theirs.get_by_label("计划名称").fill("数字门牌实施计划（二期）")
    theirs.get_by_role("button", name="保存").click()
    other.page.get_by_role("heading", name="数字门牌实施计划（二期）", level=1).wait_for()
    form.get_by_role("button", name="保存").click()
    form.get_by_text("数字门牌实施计划（二期）").last.wait_for()
    assert form.get_by_label("说明").input_value() == "年底前完成", "what was typed stays"
    assert look(clerk, "coordination-quicker") == []
    form.get_by_role("button", name="采用现在的计划名称").click()
    form.get_by_role("button", name="保存").click()
    page.get_by_role("heading", name="数字门牌实施计划（二期）", level=1).wait_for()
    page.get_by_text("年底前完成").wait_for()
    clerk.open(demo[1])
    page.get_by_role("button", name="记录决定").click()
    form = page.get_by_role("dialog", name="记录决定")
    form.get_by_label("决定", exact=True).fill("下周完成门牌安装")
    form.get_by_label("责任单位或岗位").fill("社区居委会")
    form.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="下周完成门牌安装").click()
    drawer = page.get_by_role("dialog", name="下周完成门牌安装")
    drawer.get_by_role("button", name="开始办理").click()
    drawer.get_by_role("button", name="标记完成").wait_for()
    clerk.open(AT)
    page.get_by_role("button", name=re.compile("下周完成门牌安装")).focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="下周完成门牌安装")
    drawer.get_by_role("button", name="标记完成").click()
    page.get_by_role("dialog", name="标记完成").get_by_role("button", name="标记完成").click()
    drawer.wait_for(state="detached")
    page.get_by_label("已完成").get_by_role("button", name=re.compile("下周完成门牌安装")).wait_for()
    assert clerk.troubles == []
