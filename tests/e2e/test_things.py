"""A department's list of shops through the wizard: told to be about entities, merged, found, opened, seen on the map."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
from screens import Visit
from wizard import take_in

from linli.registry.things.rules import check_character

Visits = Callable[..., Visit]
HEADER = ["企业名称", "统一社会信用代码", "单位类别", "法定代表人", "联系电话", "经营地址", "经度", "纬度"]


def credit(serial: int) -> str:
    """A credit code that passes and is nobody's (region 990302)."""
    body = f"92990302{serial:09d}"
    return body + check_character(body)


def shops(folder: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEADER)
    for serial in range(1, 4):
        book.active.append([f"聂村{serial}号便利店", credit(serial), "个体", "赵小明", f"1007000000{serial}",
                            "昆仑镇聂村12号", "", ""])  # fmt: skip
    path = folder / "shops.xlsx"
    book.save(path)
    return path


def test_a_clerk_takes_in_a_list_of_shops_and_opens_one(visit: Visits, tmp_path: Path) -> None:
    here = visit("kunlun")
    page = here.page
    take_in(here, shops(tmp_path), "市场监管", "法人单位")
    page.get_by_role("link", name="查看法人单位").click()

    page.get_by_role("link", name="聂村2号便利店").wait_for()
    here.picture("entities")
    page.get_by_role("textbox").first.fill("3号便利")
    page.get_by_role("link", name="聂村3号便利店").click()
    page.get_by_role("heading", name="聂村3号便利店").wait_for()
    page.get_by_text(credit(3)).first.wait_for()
    page.locator("button.known").first.focus()
    page.get_by_role("tooltip").filter(has_text="市场监管").wait_for()
    here.picture("entity")
    assert "10070000003" not in page.content()
    page.get_by_role("button", name="查看: 联系电话").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("用途").fill("通知消防检查")
    dialog.get_by_role("button", name="查看").click()
    page.get_by_text("10070000003").first.wait_for()
    page.get_by_role("tab", name="变更").click()
    page.locator("ol.history li").first.wait_for()


def test_things_lie_on_the_map(visit: Visits, tmp_path: Path) -> None:
    here = visit("analyst")
    here.open("/map")
    here.page.wait_for_selector("[data-idle=true]")
    with here.page.expect_response(re.compile(r"/api/entities/map\.geojson")) as answer:
        here.page.get_by_label("法人单位").check()
    assert answer.value.json()["single"] is True
    here.settle()
    here.picture("map-entities")


RENTALS = ["出租房屋地址", "登记备案编号", "出租用途", "房主姓名", "房主电话", "承租人", "租赁到期日期", "下次检查日期"]


def rented(folder: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(RENTALS)
    book.active.append(
        ["昆仑镇聂村21号", "CF-21", "居住", "钱大伟", "10070000021", "孙租客", "2027-05-01", "2024-01-01"]
    )
    path = folder / "rentals.xlsx"
    book.save(path)
    return path


def test_a_rented_home_is_brought_in_corrected_and_inspected(visit: Visits, tmp_path: Path) -> None:
    here = visit("kunlun")
    page = here.page
    take_in(here, rented(tmp_path), "公安户籍", "出租房")
    page.get_by_role("link", name="查看出租房").click()
    page.get_by_role("link", name=re.compile("聂村21号")).click()
    page.get_by_role("heading", name=re.compile("聂村21号")).wait_for()
    here.picture("rental")

    page.get_by_role("button", name="更正").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("承租人数").fill("很多")
    dialog.get_by_label("原因").fill("上门核对")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text("整数").wait_for()  # what is wrong stands beside the field, and nothing typed is lost
    dialog.get_by_label("承租人数").fill("3")
    here.picture("rental-correct")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="hidden")

    page.get_by_role("button", name="登记检查").click()
    dialog = page.get_by_role("dialog", name="登记检查")
    dialog.get_by_label("检查情况").fill("灭火器已更换")
    here.picture("rental-inspect")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="hidden")
    page.get_by_role("tab", name="变更").click()
    page.locator("ol.history li").filter(has_text="灭火器已更换").filter(has_text="现场检查").wait_for()
    page.locator("ol.history li").filter(has_text="上门核对").filter(has_text="承租人数").wait_for()
