"""From a figure of the evaluation to the very cases it counts, and back to all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from case_steps import beside, reported, step
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]


@pytest.fixture
def filed(site: str, django_db_blocker: Any) -> dict[str, str]:
    """A case of the town, filed and handed over, with its facts drawn: its number and the month of its filing."""

    def enter() -> dict[str, str]:
        from linli.cases.evaluation import facts
        from linli.cases.evaluation.keeper import keeper
        from linli.cases.models import Case
        from linli.kernel import clock
        from linli.kernel.scope import acting

        made = reported("公交站台顶棚漏雨")
        for action in ("file", "dispatch", "take"):
            step(made.id, action)
        with acting(keeper()) as actor:
            facts.draw_all(actor)
            at = Case.objects.get(id=made.id).filed_at
        assert at is not None
        return {"number": made.number, "month": f"{at.astimezone(clock.LOCAL):%Y-%m}"}

    return beside(django_db_blocker, enter)


@pytest.mark.parametrize(
    ("size", "language", "theme", "filing", "cases", "of"),
    [
        (WIDE, "zh-CN", "light", "立案数", "案件", r"共 {n} 条"),
        (PHONE, "en", "dark", "Filed", "Cases", r"{n} in all"),
    ],
    ids=["wide-zh", "phone-en"],
)
def test_a_figure_opens_exactly_the_cases_it_counts(
    visit: Visits,
    filed: dict[str, str],
    size: dict[str, int],
    language: str,
    theme: str,
    filing: str,
    cases: str,
    of: str,
) -> None:
    here = visit("dispatcher", size=size, language=language, theme=theme)
    page: Any = here.page
    here.open(f"/cases/evaluation?month={filed['month']}&group=intake")
    row = page.get_by_role("row", name=re.compile("昆仑镇"))
    figure = row.locator(f"td[data-label='{filing}']").get_by_role("link")
    figure.wait_for()
    assert look(here, f"figures-{size['width']}") == []
    counted = figure.inner_text()
    figure.click()
    page.get_by_role("heading", name=cases, exact=True).wait_for()
    page.get_by_text(of.replace("{n}", counted)).first.wait_for()
    page.get_by_role("link", name=filed["number"]).wait_for()
    assert look(here, f"figures-behind-{size['width']}") == []
    page.get_by_role("status").get_by_role("button").click()
    page.wait_for_url(lambda url: "figure=" not in url)
