"""Units that work on one case together, on its page: support asked for and given, a note of supervision, child cases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from screens import PHONE, TOWN, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]


@pytest.fixture
def case(site: str, django_db_blocker: Any) -> str:
    """A case that the town's unit handles, with a note of supervision."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as beside:  # Playwright's loop must not be around the ORM
        return beside.submit(_enter).result()


def _enter() -> str:
    import staff
    from django.db import connections

    from linli.access.models import Account, Unit
    from linli.cases.cooperation.supervising import Note, supervise
    from linli.cases.engine.act import Given, act
    from linli.cases.engine.report import NewCase, report
    from linli.cases.models import Category
    from linli.kernel import clock
    from linli.kernel.scope import acting
    from linli.places.models import Region

    with acting(staff.OPERATOR) as actor:
        village = Region.objects.filter(level="village", parent_code=TOWN, valid_to=None).order_by("code")[0].code
        made = report(
            actor, NewCase("泉子路路面塌陷，旁边的燃气管线裸露", "collector", area=village, place_text="泉子路 8 号")
        )
        category = Category.objects.get(code="01001", kind="component")
        act(actor, made.id, "file", Given(1, category_id=category.id, limit_value=2, clock="work_day"))
        act(actor, made.id, "dispatch", Given(2, unit_id=Unit.objects.get(area_code=TOWN, kind="town").id))
        supervise(actor, made.id, Note("priority", "涉及燃气安全，请尽快围挡", clock.today()))
        handler = staff.actor(Account.objects.get(username="handler"))
    with acting(handler) as actor:
        act(actor, made.id, "take", Given(4))
    connections.close_all()
    return str(made.id)


def test_a_lead_asks_a_department_which_answers_and_the_note_is_answered(visit: Visits, case: str) -> None:
    here = visit("handler")
    page: Any = here.page
    here.open(f"/cases/{case}")
    page.get_by_role("button", name="请单位协办", exact=True).click()
    dialog = page.get_by_role("dialog", name="请单位协办")
    dialog.get_by_label("协办单位").click()
    page.get_by_role("option", name="淄川区", exact=True).click()
    dialog.get_by_label("需要协办什么").fill("请提供燃气管线图")
    dialog.get_by_role("button", name="请单位协办").click()
    dialog.get_by_text("请写明原因").wait_for()  # a lead says why
    dialog.get_by_label("原因（主办单位必填）").fill("管线不归本单位管理")
    assert look(here, "cooperation-ask") == []
    dialog.get_by_role("button", name="请单位协办").click()
    page.get_by_text("请提供燃气管线图").first.wait_for()
    page.get_by_role("button", name="答复督办", exact=True).click()
    dialog = page.get_by_role("dialog", name="答复督办")
    dialog.get_by_label("办理情况").fill("已围挡")
    dialog.get_by_role("button", name="答复督办").click()
    page.get_by_text("已答复", exact=True).wait_for()
    # The department finds it among what others ask of it.
    there = visit("civil")
    other: Any = there.page
    there.open("/cases?queue=supporting")
    other.get_by_text("泉子路路面塌陷").first.wait_for()
    there.open(f"/cases/{case}")
    other.get_by_role("button", name="答复协办", exact=True).click()
    dialog = other.get_by_role("dialog", name="答复协办")
    dialog.get_by_label("协办情况").fill("管线图已送达")
    dialog.get_by_role("button", name="答复协办").click()
    other.get_by_text("管线图已送达").first.wait_for()
    assert look(there, "cooperation-given") == []


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [(WIDE, "en", "dark"), (PHONE, "zh-CN", "light")],
    ids=["wide-en-dark", "phone-zh-light"],
)
def test_the_pages_of_cooperation_fit_every_screen(
    visit: Visits, case: str, size: dict[str, int], language: str, theme: str
) -> None:
    found = []
    for who, path, name in (
        ("handler", "/cases/supervision", "notes"),
        ("dispatcher", "/cases/supervision?view=units", "units"),
        ("handler", f"/cases/{case}", "lead"),
        ("dispatcher", f"/cases/{case}", "case"),
    ):
        here = visit(who, size=size, language=language, theme=theme)
        here.open(path)
        found += look(here, f"cooperation-{name}-{size['width']}-{language}")
    assert found == []
