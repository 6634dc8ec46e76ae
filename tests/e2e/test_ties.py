"""A child without a guardian is found, gets one with consent, and an old neighbour a tag of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from screens import PHONE, Visit
from test_pages import look
from ugly import number
from wizard import take_in

Visits = Callable[..., Visit]


def ledger(folder: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["姓名", "性别", "出生日期", "现住址"])
    book.active.append(["尤小宝", "男", f"{date.today().year - 6}-01-15", "昆仑镇聂村31号"])
    book.active.append(["尤母", "女", "1990-03-04", "昆仑镇聂村31号"])
    path = folder / "families.xlsx"
    book.save(path)
    return path


def choose(page: Any, dialog: Any, label: str, option: str) -> None:
    """From a list, as by keyboard."""
    dialog.get_by_label(label).press("ArrowDown")
    page.get_by_role("option", name=option).click()


def test_a_child_gets_a_guardian_and_a_tag_is_given(visit: Visits, tmp_path: Path) -> None:
    here = visit("kunlun")
    page = here.page
    take_in(here, ledger(tmp_path), "社区台账")

    here.open("/relations")
    page.get_by_role("link", name="缺监护人的儿童").click()
    page.get_by_role("link", name="尤小宝").click()
    page.get_by_role("tab", name="关系与标签").click()
    page.get_by_text("此人不满十四周岁").wait_for()
    here.picture("guardian-missing")
    page.get_by_role("button", name="登记监护人").click()
    dialog = page.get_by_role("dialog", name="登记人际关系")
    dialog.get_by_label("关系人姓名").fill("尤母")
    choose(page, dialog, "同意方式", "书面")
    dialog.get_by_label("原因").fill("入户核实户口簿")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text("请选择同意方式；反之亦然").wait_for()  # the day of the consent is missing, beside its field
    dialog.get_by_label("监护同意日期").fill("2026-01-10")
    here.picture("relation-dialog")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="hidden")
    page.get_by_text("已同意（书面）").wait_for()
    page.get_by_text("此人不满十四周岁").wait_for(state="hidden")

    page.get_by_role("button", name="添加标签").click()
    dialog = page.get_by_role("dialog", name="添加标签")
    choose(page, dialog, "标签", "最低生活保障对象")
    dialog.get_by_label("原因").fill("民政名单")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="hidden")
    page.get_by_text("社会救助暂行办法").wait_for()
    here.picture("ties")
    page.get_by_role("button", name="收回").click()
    dialog = page.get_by_role("dialog", name=re.compile("结束"))
    dialog.get_by_label("原因").fill("已退出低保")
    dialog.get_by_role("button", name="结束").click()
    page.get_by_text("没有有效的标签").wait_for()

    phone = visit("kunlun", size=PHONE)
    phone.open(page.url.removeprefix(here.site))
    phone.page.get_by_text("已同意（书面）").wait_for()
    phone.picture("ties-phone")


def test_tables_of_guardians_and_of_tags_come_in_and_one_is_undone(visit: Visits, tmp_path: Path) -> None:
    today = date.today()
    child, mother = number(611, today - timedelta(days=6 * 366)), number(612, date(1991, 5, 6))
    elder = number(613, date(1940, 5, 6))

    def table(name: str, *rows: list[str]) -> Path:
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        path = tmp_path / f"{name}.xlsx"
        book.save(path)
        return path

    here = visit("kunlun")
    page = here.page
    near = "昆仑镇聂村33号"
    people = [["訾小贝", child, near], ["訾母", mother, near], ["訾奶奶", elder, near]]
    take_in(here, table("people", ["姓名", "公民身份号码", "现住址"], *people), "社区台账")
    guardians = [["儿童姓名", "儿童身份证号", "关系类别", "与儿童关系", "监护人姓名", "监护人身份证号", "同意日期", "同意方式"],
                 ["訾小贝", child, "监护人", "母亲", "訾母", mother, "2026-01-10", "书面"]]  # fmt: skip
    take_in(here, table("guardians", *guardians), "民政", "人际关系")
    page.get_by_role("link", name="查看人际关系").click()
    page.get_by_role("heading", name="人际关系", exact=True).wait_for()
    page.get_by_role("row", name=re.compile("訾小贝.*訾母")).wait_for()
    assert look(here, "relations-list") == []
    until = today + timedelta(days=90)
    tags = [["姓名", "身份证号", "标签", "起始日期", "截止日期"],
            ["訾奶奶", elder, "独居老人（探访关爱）", today.isoformat(), until.isoformat()]]  # fmt: skip
    take_in(here, table("tags", *tags), "民政", "人员标签")
    batch = page.url.removeprefix(here.site)
    page.get_by_role("link", name="查看人员标签").click()
    page.get_by_role("heading", name="人员标签", exact=True).wait_for()
    row = page.get_by_role("row", name=re.compile("訾奶奶.*独居老人"))
    row.wait_for()
    assert look(here, "tags-list") == []
    row.get_by_role("link", name="訾奶奶").click()
    page.get_by_role("tab", name="关系与标签", selected=True).wait_for()
    page.get_by_text("民发〔2022〕73号").first.wait_for()
    assert look(here, "person-ties") == []
    person = page.url.removeprefix(here.site)

    here.open(batch)
    page.get_by_role("button", name="撤销导入").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销导入").click()
    page.get_by_role("heading", name="已撤销").wait_for()
    here.open(person)
    page.get_by_text("没有有效的标签").wait_for()


def test_the_catalogue_refuses_what_is_sensitive(visit: Visits) -> None:
    here = visit("analyst")
    page = here.page
    here.open("/tags")
    page.get_by_role("button", name="新增标签种类").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("代码").fill("released")
    dialog.get_by_label("中文名称").fill("刑满释放人员")
    dialog.get_by_label("英文名称").fill("Released")
    choose(page, dialog, "给出部门", "公安户籍")
    dialog.get_by_label("法律依据").fill("某某办法第一条")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text("不得以标签登记违法犯罪记录").wait_for()
    here.picture("tag-refused")
