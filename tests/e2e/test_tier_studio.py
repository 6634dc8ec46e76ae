"""The editor of indicators: a keeper revises one, sees what differs, puts the next version in force from a day, and withdraws it before that."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from screens import PHONE, WIDE, Visit
from test_pages import look

import linli.tiers

Visits = Callable[..., Visit]
SHIPPED = Path(linli.tiers.__file__).parent / "data" / "indicators.yaml"
SCREENS = (("phone-en", PHONE, "en", "light"), ("phone-zh", PHONE, "zh-CN", "dark"), ("wide-en", WIDE, "en", "dark"))


def test_indicators_are_revised_and_put_in_force(visit: Visits) -> None:
    here = visit("climber")
    page: Any = here.page
    here.open("/tiers/systems")
    page.get_by_role("button", name="修订为新版本").click()
    page.get_by_role("heading", name=re.compile("^修订稿：")).wait_for()
    assert page.get_by_role("button", name="施行").is_disabled()
    page.get_by_role("button", name=re.compile("^修改：")).first.click()
    form = page.get_by_role("dialog", name=re.compile("修改指标 B01"))
    value = form.get_by_label("数值（%） 1").first
    value.fill("75")
    form.get_by_label("标准值出处 1").fill("附件表1")
    form.get_by_label("指标", exact=True).fill("")
    assert look(here, "studio-indicator") == []
    form.get_by_role("button", name="保存").click()
    form.get_by_role("alert").wait_for()
    assert value.input_value() == "75"
    form.get_by_label("指标", exact=True).fill("千兆光纤入户率")
    form.get_by_role("button", name="保存").click()
    form.wait_for(state="hidden")
    page.get_by_role("cell", name="≥ 75%").first.wait_for()
    page.get_by_text("村委会（村）也参加创建").click()
    page.get_by_role("button", name="保存").click()
    page.get_by_role("cell", name="社区和村").wait_for()
    assert look(here, "studio-revision") == []
    for name, size, language, theme in SCREENS:
        other = visit("climber", size=size, language=language, theme=theme)
        other.open(here.page.url.removeprefix(here.site))
        other.page.get_by_role("button", name=re.compile("^(修改|Change): ?|^修改：")).first.click()
        other.page.get_by_role("dialog").wait_for()
        assert look(other, f"studio-indicator-{name}") == []
        other.page.get_by_role("button", name=re.compile("取消|Cancel")).click()
        other.page.get_by_role("dialog").wait_for(state="hidden")
        assert look(other, f"studio-revision-{name}") == []
    page.get_by_role("button", name="施行").click()
    # From a day to come: the other journeys of this site go on by the version there is.
    page.locator("#publish-from").fill((date.today() + timedelta(days=300)).isoformat())
    page.locator("#publish-from").press("Enter")  # takes the day, and no more
    assert page.get_by_role("dialog").get_by_role("button", name="日期无误，施行").count() == 0
    page.get_by_role("dialog").get_by_role("button", name="施行").click()
    page.get_by_role("dialog").get_by_role(
        "button", name="日期无误，施行"
    ).click()  # a day that far off is asked for again
    page.get_by_text("新版本已施行").wait_for()
    coming = page.get_by_role("button", name=re.compile("第 2 版.*待施行"))
    coming.wait_for()
    page.get_by_text("社区和村").wait_for()
    assert look(here, "studio-systems") == []
    page.get_by_role("button", name="撤回", exact=True).click()
    dialog = page.get_by_role("dialog", name="撤回第 2 版")
    dialog.get_by_label("撤回原因").fill("日期填错")
    assert look(here, "studio-withdraw") == []
    dialog.get_by_role("button", name="撤回", exact=True).click()
    page.get_by_text(re.compile("撤回：日期填错")).wait_for()
    page.get_by_role("button", name=re.compile("第 2 版.*已撤回")).wait_for()
    assert look(here, "studio-withdrawn") == []

    page.get_by_role("button", name="导入指标表").click()
    dialog = page.get_by_role("dialog", name="导入指标表")
    dialog.locator("input[type=file]").set_input_files(SHIPPED)
    dialog.get_by_role("button", name="检查").click()
    dialog.get_by_role("button", name="导入指标表").click()
    dialog.get_by_text(re.compile("取代第 1 版")).wait_for()  # asked for once more before it takes the place of another
    dialog.get_by_role("button", name="确认导入").wait_for()
    assert look(here, "studio-import-asked") == []
    dialog.get_by_role("button", name="取消").click()
    assert page.get_by_role("button", name=re.compile("第 3 版")).count() == 0
