"""Good practice: a community's clerk writes a card and hands it in, the district publishes it, a town comes to it from a gap and
takes it over as a draft of a plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from screens import Visit
from test_pages import look
from test_tiers import CODE, INDICATOR

Visits = Callable[..., Visit]
TITLE, METRIC = "千兆进户，一次敲门", "家庭千兆光纤网络覆盖率"


def picture() -> bytes:
    from PIL import Image

    target = BytesIO()
    Image.linear_gradient("L").resize((800, 600)).save(target, "PNG")
    return target.getvalue()


def test_a_card_is_written_handed_in_published_found_by_its_gap_and_taken_over(visit: Visits) -> None:
    writer = visit("lingzi")
    page: Any = writer.page
    writer.open("/tiers/practice?area=370302104001")
    page.get_by_role("button", name="编写案例").click()
    dialog = page.get_by_role("dialog", name="编写案例")
    dialog.get_by_label("标题").fill(TITLE)
    dialog.get_by_label("要解决的问题").fill("老楼没有光纤。")
    dialog.get_by_label("做法").fill("三家运营商一次施工。")
    dialog.get_by_label("联系岗位").fill("王某 13805330000")
    dialog.get_by_role("button", name="加一项指标数据").click()
    dialog.get_by_role("combobox", name="指标数据").fill(METRIC)
    page.get_by_role("option", name=re.compile(METRIC)).click()
    dialog.get_by_role("textbox", name="填写：之前").fill("40")
    dialog.get_by_role("button", name="保存草稿").click()
    dialog.get_by_text("只写单位和岗位").wait_for()
    assert dialog.get_by_label("标题").input_value() == TITLE
    dialog.get_by_label("联系岗位").fill("社区网格长")
    dialog.get_by_role("button", name="保存草稿").click()
    page.get_by_role("heading", name=TITLE, level=1).wait_for()
    page.get_by_label("照片文件").set_input_files({"name": "楼道.png", "mimeType": "image/png", "buffer": picture()})
    page.get_by_role("textbox", name="照片说明").fill("楼道布线")
    page.get_by_role("button", name="添加照片").click()
    page.get_by_role("img", name="楼道布线").wait_for()
    page.get_by_role("button", name="提交发布").click()
    page.get_by_role("tooltip").get_by_role("button", name="提交发布").click()
    page.get_by_text("等待区里发布").first.wait_for()
    assert look(writer, "practice-handed-in") == []

    officer = visit("climber")
    page = officer.page
    officer.open("/tiers/practice?state=submitted")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("heading", name=TITLE, level=1).wait_for()
    page.get_by_role("button", name="退回").wait_for()
    page.get_by_role("button", name="发布").click()
    page.get_by_role("tooltip").get_by_role("button", name="发布").click()
    page.get_by_role("button", name="撤下").wait_for()

    clerk = visit("kunlun")
    page = clerk.page
    clerk.open(f"/tiers/communities/{CODE}?tier=basic")
    page.locator(f"#indicator-{INDICATOR}").get_by_role("link", name=re.compile("别处怎么做到的")).click()
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("heading", name=TITLE, level=1).wait_for()
    page.get_by_text("案例作者填写，未经评估").wait_for()
    page.get_by_role("button", name="用到我的社区").click()
    page.get_by_label("建到").first.click()
    page.locator("button.choose", has_text="昆仑社区").click()
    assert look(clerk, "practice-copy") == []
    page.get_by_role("button", name="建立计划草稿").click()
    page.get_by_role("link", name="打开计划").click()
    page.get_by_role("heading", name=TITLE, level=1).wait_for()
    page.get_by_text("由案例或方案生成的草稿").wait_for()
    assert look(clerk, "practice-plan") == []
    assert writer.troubles == officer.troubles == clerk.troubles == []
