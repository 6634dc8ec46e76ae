"""A mediation on the page of its case: its record written, masked, seen in full, followed up; and a report that takes its way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from screens import PHONE, TOWN, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]


@pytest.fixture
def dispute(site: str, django_db_blocker: Any) -> str:
    """A dispute that the unit has taken; the id."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as beside:  # Playwright's loop must not be around the ORM
        return beside.submit(_enter).result()


def _enter() -> str:
    import staff
    from django.db import connections

    from linli.access.models import Account, Unit
    from linli.cases.engine.act import Given, act
    from linli.cases.engine.report import NewCase, report
    from linli.cases.models import Category
    from linli.kernel.scope import acting
    from linli.places.models import Region

    with acting(staff.OPERATOR) as actor:
        handler = Account.objects.get(username="handler")
        village = Region.objects.filter(level="village", parent_code=TOWN, valid_to=None).order_by("code")[0].code
        category = Category.objects.get(code="51002", kind="local")
        case = report(actor, NewCase("两家因墙根排水争执", "visit", area=village, category_id=category.id))
        act(actor, case.id, "file", Given(1, category_id=category.id, limit_value=15, clock="natural_day"))
        act(actor, case.id, "dispatch", Given(2, unit_id=Unit.objects.get(area_code=TOWN, kind="town").id))
    with acting(staff.actor(handler)) as actor:
        act(actor, case.id, "take", Given(3))
    connections.close_all()
    return str(case.id)


def test_a_mediator_writes_the_record_and_sees_the_parties_for_a_purpose(visit: Visits, dispute: str) -> None:
    here = visit("handler")
    page: Any = here.page
    here.open(f"/cases/{dispute}")
    page.get_by_text("矛盾纠纷调解").first.wait_for()
    assert look(here, "mediation-none") == []
    card = page.get_by_role("region", name="调解记录")
    card.get_by_role("button", name="填写").click()
    dialog = page.get_by_role("dialog", name="调解记录")
    held = dialog.get_by_label("调解时间")
    held.fill("2026-01-05 09:00")
    held.press("Enter")
    dialog.get_by_label("调解地点").click()
    dialog.get_by_label("调解地点").fill("村委会调解室")
    dialog.get_by_label("调解员").fill("孙调解、李调解")
    for n, name in (("1", "赵铁柱"), ("2", "钱二")):
        dialog.get_by_role("group", name=f"当事人 {n}").get_by_label("姓名").fill(name)
    dialog.get_by_role("group", name="当事人 1").get_by_label("电话").fill("13711112222")
    assert look(here, "mediation-form") == []
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text("请填写此项。").first.wait_for()  # what it is about was left out, and nothing else is lost
    dialog.get_by_label("纠纷情况").fill("墙根排水冲刷地基")
    page.locator(".el-select", has=page.locator("#med-agreed")).click()
    page.get_by_role("option", name="达成协议", exact=True).click()
    dialog.get_by_label("协议内容").fill("排水管改道，费用各半")
    dialog.get_by_role("button", name="保存").click()
    card.get_by_text("赵**").wait_for()
    assert "13711112222" not in card.inner_text() and "排水管改道" not in card.inner_text()
    card.get_by_role("button", name="查看全文").click()
    asking = page.get_by_role("dialog", name="查看全文")
    asking.get_by_label("用途").fill("核对协议内容")
    asking.get_by_role("button", name="查看全文").click()
    card.get_by_text("排水管改道，费用各半").wait_for()
    assert "13711112222" in card.inner_text()
    assert look(here, "mediation-full") == []
    page.get_by_role("button", name="反馈调解结果", exact=True).click()
    handing = page.get_by_role("dialog", name="反馈调解结果")
    handing.get_by_label("处理结果").fill("已达成协议")
    handing.get_by_role("button", name="反馈调解结果").click()
    card.get_by_role("button", name="登记履行情况").click()
    following = page.get_by_role("dialog", name="登记履行情况")
    following.get_by_role("button", name="保存").click()
    card.get_by_text("已全部履行").wait_for()


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [(WIDE, "en", "dark"), (PHONE, "zh-CN", "light")],
    ids=["wide-en-dark", "phone-zh-light"],
)
def test_pages_of_procedures_fit_every_screen(
    visit: Visits, dispute: str, size: dict[str, int], language: str, theme: str
) -> None:
    here = visit("handler", size=size, language=language, theme=theme)
    here.open(f"/cases/{dispute}")
    found = look(here, f"procedures-case-{size['width']}-{language}")
    write = here.page.get_by_role("button", name="填写" if language == "zh-CN" else "Write it")
    write.click()
    # A click waits until the dialog has come to rest.
    here.page.get_by_role("dialog").get_by_label("调解地点" if language == "zh-CN" else "Place").click()
    found += look(here, f"procedures-record-{size['width']}-{language}")
    new = visit("acceptor", size=size, language=language, theme=theme)
    new.open("/cases/new")
    new.page.locator("#case-procedure").wait_for()
    found += look(new, f"procedures-new-{size['width']}-{language}")
    assert found == []
