"""Imports beyond one file: several at once, folders that are picked up, what changed since, and the shared mappings."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
HEADER = ["姓名", "公民身份号码", "联系电话", "现住址", "婚姻状况"]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(serial: int) -> str:
    """An identity number that passes its check and is nobody's."""
    first = f"99030219800517{serial:03d}"
    return first + "10X98765432"[sum(int(c) * w for c, w in zip(first, WEIGHTS, strict=True)) % 11]


def name(serial: int) -> str:
    return "周小" + "".join("零一二三四五六七八九"[int(digit)] for digit in str(serial))


def person(serial: int, marital: str = "未婚", village: str = "聂村") -> list[str]:
    return [name(serial), number(serial), f"1007{serial:07d}", f"昆仑镇{village}3号楼2单元{serial}01", marital]


def table(folder: Path, file: str, rows: list[list[str]], header: list[str] = HEADER) -> Path:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (header, *rows):
        sheet.append(row)
    path = folder / file
    book.save(path)
    return path


def begin(here: Visit, *paths: Path) -> None:
    """To the page of columns."""
    page = here.page
    here.open("/intake/new")
    page.set_input_files("input[type=file]", [str(path) for path in paths])
    page.get_by_role("combobox", name=re.compile("数据来源")).click()
    page.get_by_role("option", name="社区台账").click()
    page.get_by_role("button", name="上传并对列").click()
    page.get_by_role("heading", name="每一列是什么").wait_for()
    here.settle()


def merge(here: Visit) -> None:
    """From the page of columns into the base; where nothing is wrong, what a merge would bring is shown at once."""
    page = here.page
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("button", name="合并", exact=True).first.click()
    page.get_by_role("dialog").get_by_role("button", name="合并", exact=True).click()
    page.get_by_role("heading", name=re.compile("已合并入库|没有任何改动")).wait_for()
    here.settle()


def test_several_files_at_once_are_one_batch(visit: Visits, tmp_path: Path) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/intake/new")
    first = table(tmp_path, "聂村.xlsx", [person(201), person(202)])
    second = table(tmp_path, "宋家坊.xlsx", [person(203, village="聂村")])
    page.set_input_files("input[type=file]", [str(first), str(second)])
    page.get_by_text("2 个文件，作为一批").wait_for()
    here.picture("upload-several")
    begin(here, first, second)
    page.get_by_role("heading", name="聂村 +1.zip").wait_for()
    for file in ("聂村.xlsx", "宋家坊.xlsx"):
        page.get_by_text(re.compile(re.escape(file))).first.wait_for()
    here.picture("columns-several")
    merge(here)
    page.get_by_text("3", exact=True).first.wait_for()


def test_what_changed_since_the_last_delivery_is_found_filtered_and_taken_out(visit: Visits, tmp_path: Path) -> None:
    here = visit("kunlun")
    page = here.page
    begin(here, table(tmp_path, "一季度.xlsx", [person(i) for i in (301, 302, 303)]))
    merge(here)
    begin(here, table(tmp_path, "二季度.xlsx", [person(301), person(302, "已婚"), person(304, village="宋家坊村")]))
    merge(here)
    page.get_by_role("button", name="与以前的批次比较").click()
    dialog = page.get_by_role("dialog", name="与以前的批次比较")
    dialog.locator(".el-select").click()
    page.get_by_role("option", name=re.compile("一季度")).click()
    here.picture("compare-choose")
    dialog.get_by_role("button", name="开始比较").click()
    page.get_by_role("heading", name="批次比较").wait_for()
    page.get_by_role("cell", name=re.compile(name(302))).wait_for(timeout=60_000)  # a job of the worker
    here.settle()
    assert "未婚" in page.locator("del").all_inner_texts() and "已婚" in page.locator("ins").all_inner_texts()
    assert number(302) not in page.content()
    here.picture("compare-result")
    page.locator(".el-select", has=page.get_by_role("combobox", name="结果")).click()
    page.get_by_role("option", name="不再出现").click()
    page.wait_for_url(lambda url: "outcome=gone" in url)
    page.get_by_role("cell", name=re.compile(name(303))).wait_for()
    page.get_by_role("cell", name=re.compile(name(302))).wait_for(state="detached")
    page.get_by_role("button", name="导出").click()
    page.get_by_role("dialog").get_by_label(re.compile("用途")).fill("季度核对")
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button", name="导出").click()
    download.value.save_as(tmp_path / "comparison.xlsx")
    sheet: Any = openpyxl.load_workbook(tmp_path / "comparison.xlsx").active
    assert [row[1].value for row in sheet.iter_rows(min_row=3)] == [name(303)]
    address = page.url.removeprefix(here.site).partition("?")[0]
    found = []
    for size, language, theme in ((WIDE, "en", "dark"), (PHONE, "zh-CN", "light"), (PHONE, "en", "dark")):
        there = visit("kunlun", size=size, language=language, theme=theme)
        there.open(address)
        there.page.get_by_text(re.compile(name(302))).first.wait_for()
        found += look(there, f"comparison-{size['width']}-{language}-{theme}")
    assert not found, "\n".join(found)


def test_a_mapping_is_kept_offered_to_another_town_and_retired(visit: Visits, tmp_path: Path) -> None:
    odd = ["人名", "身份号", "手机", "住哪儿", "婚"]
    here = visit("kunlun")
    page = here.page
    begin(here, table(tmp_path, "综治.xlsx", [person(401)], odd))
    for column, field in (("人名", "姓名"), ("婚", "婚姻状况")):
        page.get_by_role("combobox", name=f"“{column}”对应的字段").click()
        options = page.get_by_role("listbox", name=f"“{column}”对应的字段")
        options.get_by_role("option", name=field, exact=True).click()
    page.get_by_role("button", name="存入列对应库").click()
    dialog = page.get_by_role("dialog", name="存入列对应库")
    dialog.get_by_label("名称").fill("综治台账")
    dialog.get_by_role("button", name="保存").click()
    page.get_by_text("已存入“综治台账”").wait_for()

    there = visit("lingzi")
    begin(there, table(tmp_path, "综治二.xlsx", [person(402, village="")], odd))
    there.page.get_by_role("button", name="套用“综治台账”").click()
    there.page.get_by_role("combobox", name="“婚”对应的字段").wait_for()
    there.page.get_by_text("已套用").wait_for()
    there.picture("mapping-offered")
    there.open("/intake/mappings")
    there.page.get_by_role("button", name="综治台账").click()
    there.page.get_by_role("dialog").get_by_role("row", name=re.compile("婚姻状况|婚")).first.wait_for()
    there.picture("mapping-seen")
    assert there.page.get_by_role("button", name="停用").count() == 0  # another town's

    here.open("/intake/mappings")
    with page.expect_download() as download:
        page.get_by_role("row", name=re.compile("综治台账")).get_by_role("button", name="导出").click()
    download.value.save_as(tmp_path / "mapping.json")
    told = json.loads((tmp_path / "mapping.json").read_text("utf-8"))
    assert told["columns"]["婚"] == "marital" and not told["constants"]
    here.picture("mappings")
    page.get_by_role("row", name=re.compile("综治台账")).get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    page.get_by_text("还没有存过列对应").wait_for()


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The server's pick-up folder; server and worker run in this process."""
    settings.LINLI_PICKUP_DIR = tmp_path / "pickup"
    (tmp_path / "pickup" / "社区月报").mkdir(parents=True)
    return tmp_path / "pickup" / "社区月报"


def look_now() -> None:
    """What the worker does every minute, without waiting for it. On a thread: Playwright's loop is on this one."""

    def run() -> None:
        from django.db import connections

        from linli.intake.pickup import look

        try:
            look()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_a_folder_is_picked_up_and_its_file_becomes_a_batch(visit: Visits, folder: Path, tmp_path: Path) -> None:
    here = visit("analyst")
    page = here.page
    here.open("/intake/pickups")
    page.get_by_role("button", name="新增接收目录").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").first.click()
    page.get_by_role("option", name="社区台账").click()
    dialog.get_by_label("目录").fill("../别处")
    dialog.get_by_label("文件名规则").fill("*.xlsx")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_role("alert").wait_for()  # outside the folder of the server
    here.picture("pickup-refused")
    dialog.get_by_label("目录").fill("社区月报")
    dialog.get_by_role("button", name="保存").click()
    page.get_by_text("社区月报/*.xlsx").wait_for()
    path = table(folder, "十一月.xlsx", [person(501), person(502)])
    long_ago = path.stat().st_mtime - 3600
    os.utime(path, (long_ago, long_ago))
    look_now()
    here.open("/intake/pickups")
    page.get_by_text(re.compile("上次|看过")).first.wait_for()
    here.picture("pickups")
    here.open("/intake")
    page.get_by_role("link", name="十一月.xlsx").click()
    page.get_by_role("heading", name="十一月.xlsx").wait_for()
    page.get_by_text(re.compile("已比对|检查中|待对列|已检查")).first.wait_for()
    here.open("/intake/pickups")
    page.get_by_role("row", name=re.compile("社区月报")).get_by_role("button", name="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    page.get_by_text("社区月报/*.xlsx").wait_for(state="detached")
    assert path.exists()


def test_compounds_come_in_from_a_map_file(visit: Visits) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/compounds")
    page.get_by_role("button", name="从地图文件导入").click()
    dialog = page.get_by_role("dialog", name="从地图文件导入小区")
    point = {
        "type": "Feature",
        "properties": {"name": "杭州花园"},
        "geometry": {"type": "Point", "coordinates": [120, 30]},
    }
    content = json.dumps({"type": "FeatureCollection", "features": [point]}).encode()
    dialog.locator("input[type=file]").set_input_files(
        {"name": "c.geojson", "mimeType": "application/geo+json", "buffer": content}
    )
    dialog.get_by_text("请按测绘单位说明选择").click()
    page.get_by_role("option", name=re.compile("CGCS2000")).click()
    dialog.get_by_role("button", name="检查并预览").click()
    dialog.get_by_text("杭州花园 不在任何网格内").wait_for()
    here.picture("map-file-refused")
    assert dialog.get_by_role("button", name="导入", exact=True).count() == 0
