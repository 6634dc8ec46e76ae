"""An extension asked for and decided, and a look on the spot given to somebody, on the pages where that happens."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from screens import PHONE, TOWN, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]


@pytest.fixture
def cases(site: str, django_db_blocker: Any) -> dict[str, str]:
    """A case that is handled, with an extension a colleague has reviewed, and one whose result was handed back; by name."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as beside:  # Playwright's loop must not be around the ORM
        return beside.submit(_enter).result()


def _enter() -> dict[str, str]:
    import staff
    from django.db import connections

    from linli.access.models import Account, Unit
    from linli.cases.engine.act import Given, act
    from linli.cases.engine.report import NewCase, report
    from linli.cases.models import Category
    from linli.kernel.scope import acting
    from linli.places.models import Region

    with acting(staff.OPERATOR):
        accounts = {name: Account.objects.get(username=name) for name in ("handler", "townadmin")}
    handler, colleague = (staff.actor(accounts[name]) for name in ("handler", "townadmin"))
    made: dict[str, str] = {}
    for name in ("extended", "handed_back"):
        with acting(staff.OPERATOR) as actor:
            village = Region.objects.filter(level="village", parent_code=TOWN, valid_to=None).order_by("code")[0].code
            case = report(
                actor, NewCase("南坪路井盖破损，等配件", "resident", area=village, place_text="南坪路 12 号门前")
            )
            category = Category.objects.get(code="01001", kind="component")
            act(actor, case.id, "file", Given(1, category_id=category.id, limit_value=2, clock="work_day"))
            act(actor, case.id, "dispatch", Given(2, unit_id=Unit.objects.get(area_code=TOWN, kind="town").id))
        with acting(handler) as actor:
            act(actor, case.id, "take", Given(3))
            if name == "extended":
                act(actor, case.id, "ask_extension", Given(4, amount=1, reason="等待配件到货"))
            else:
                act(actor, case.id, "hand_back", Given(4, result="已更换井盖"))
        made[name] = str(case.id)
    with acting(colleague) as actor:
        act(actor, UUID(made["extended"]), "endorse_extension", Given(5))
    connections.close_all()
    return made


def test_a_dispatcher_grants_an_extension_and_names_who_checks_a_result(visit: Visits, cases: dict[str, str]) -> None:
    here = visit("dispatcher")
    page: Any = here.page
    here.open("/cases/adjustments")
    page.get_by_text("等待配件到货").first.wait_for()
    assert look(here, "cases-adjustments") == []
    here.open(f"/cases/{cases['extended']}")
    page.get_by_text("待派遣员审核").wait_for()
    page.get_by_role("button", name="批准延期", exact=True).click()
    page.get_by_role("dialog", name="批准延期").get_by_role("button", name="批准延期").click()
    page.get_by_text("2 工作日 + 延期 1 工作日").wait_for()
    assert look(here, "cases-extended") == []
    here.open(f"/cases/{cases['handed_back']}")
    page.get_by_role("button", name="派核查", exact=True).click()
    dialog = page.get_by_role("dialog", name="派核查")
    dialog.get_by_text("需要现场照片").click()
    assert look(here, "cases-give-check") == []
    dialog.get_by_role("button", name="派核查").click()
    page.get_by_role("heading", name="核实与核查").wait_for()
    assert look(here, "cases-tasks-card") == []


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [(WIDE, "en", "dark"), (PHONE, "zh-CN", "light")],
    ids=["wide-en-dark", "phone-zh-light"],
)
def test_the_lists_of_case_work_fit_every_screen(
    visit: Visits, cases: dict[str, str], size: dict[str, int], language: str, theme: str
) -> None:
    found = []
    for who, path, name in (
        ("dispatcher", "/cases/adjustments?view=all", "adjustments"),
        ("townadmin", "/cases/field-tasks?view=all", "tasks"),
        ("dispatcher", f"/cases/{cases['extended']}", "case"),
    ):
        here = visit(who, size=size, language=language, theme=theme)
        here.open(path)
        # Which of the two views one looks at is no filter that could be cleared.
        assert here.page.get_by_role("button", name=re.compile("清除筛选|Clear filters")).count() == 0
        found += look(here, f"work-{name}-{size['width']}-{language}")
    assert found == []
