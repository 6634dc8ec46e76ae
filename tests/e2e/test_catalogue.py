"""A department's form: looked at, its new field declared, handed in, approved by somebody else, filled and taken."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import house
import openpyxl
import pytest
from playwright.sync_api import expect
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
HEAD = ["序号", "姓名", "性别", "身份证号", "联系电话", "轮椅需求"]
NAME, OTHER = "高龄津贴发放台账", "残联2024-03"


@pytest.fixture(scope="module", autouse=True)
def people(site: str, django_db_blocker: Any) -> None:
    """The people of a building are there."""
    house.apart(django_db_blocker, house.build)


def template(folder: Path, name: str, *head: str) -> Path:
    """A form as a department makes it: a title over the header, empty lines below."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "花名册"
    page.append([name])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(head))
    page.append(list(head))
    for _ in range(3):
        page.append([None] * len(head))
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


def choose(page: Any, within: Any, label: str, option: str) -> None:
    """From a list, as by keyboard."""
    within.get_by_label(label, exact=True).press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()


def hand_in(here: Visit, name: str, office: str) -> None:
    """What is said of a form, and handed in."""
    page = here.page
    page.get_by_label("报表名称").fill(name)
    choose(page, page, "发布单位", "其他单位（在此没有账号）")
    page.get_by_label("单位名称").fill(office)
    choose(page, page, "报送周期", "每季度")
    page.get_by_label("依据文件").fill("淄川区高龄津贴发放办法")
    page.get_by_role("button", name="登记并送审").click()
    page.get_by_role("heading", name=name, level=1).wait_for()


def test_a_form_is_looked_at_handed_in_approved_filled_and_taken(visit: Visits, tmp_path: Path) -> None:
    here = visit("civil")
    page = here.page
    here.open("/ledgers/new")
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"no workbook at all")
    page.get_by_label("选择模板").set_input_files(template(tmp_path, "另一份", *HEAD[:3]))
    page.get_by_text("共 2 项").wait_for()
    page.get_by_label("选择模板").set_input_files(template(tmp_path, OTHER, *HEAD[:5]))
    page.get_by_text(re.compile("^共 4 项：4 项底座已有，0 项新增")).wait_for()
    assert page.get_by_label("报表名称").input_value() == OTHER, "the name follows the file while nobody typed one"
    hand_in(here, OTHER, "区残联")

    here.open("/ledgers/new")
    page.get_by_label("报表名称").fill(NAME)
    page.get_by_label("选择模板").set_input_files(broken)
    page.get_by_role("alert").filter(has_text="模板须是 .xlsx 工作簿").wait_for()
    assert page.get_by_label("报表名称").input_value() == NAME, "what was typed stays"
    page.get_by_label("选择模板").set_input_files(template(tmp_path, NAME, *HEAD))
    # Other journeys may have left a form that shares as much.
    page.get_by_text(re.compile("^共 5 项：4 项底座已有，1 项新增；其中 4 项“.+”也在要")).wait_for()
    page.get_by_role("link", name=OTHER).wait_for()
    page.get_by_text("内容基本相同").first.wait_for()

    # What the base does not hold becomes a field: what may not be one is told, and what was typed stays.
    page.get_by_role("button", name="新增数据项").click()
    dialog = page.get_by_role("dialog", name="新增数据项")
    expect(dialog.get_by_label("名称", exact=True)).to_have_value("轮椅需求")
    dialog.get_by_label("名称", exact=True).fill("吸毒史")
    choose(page, dialog, "类型", "是/否")
    choose(page, dialog, "归口单位", "其他单位（在此没有账号）")
    dialog.get_by_label("单位名称").fill("区残联")
    dialog.get_by_role("button", name="新增数据项").click()
    dialog.get_by_text("不得登记").first.wait_for()
    dialog.get_by_label("名称", exact=True).fill("轮椅需求")
    assert look(here, "catalogue-field") == []
    dialog.get_by_role("button", name="新增数据项").click()
    dialog.wait_for(state="hidden")
    page.get_by_text(re.compile("^共 5 项：5 项底座已有，0 项新增；其中 4 项“.+”也在要")).wait_for()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(here, f"catalogue-register-{size['width']}") == []
    page.set_viewport_size(WIDE)
    page.get_by_role("button", name="登记并送审").click()
    page.get_by_text("请写明依据文件").wait_for()
    hand_in(here, NAME, "区民政局")
    page.get_by_text("待审批").first.wait_for()

    office = visit("approver")
    office.open("/ledgers")
    office.page.get_by_role("row", name=re.compile(NAME)).get_by_role("link", name="去审批").click()
    office.page.get_by_role("button", name="准入审批").click()
    dialog = office.page.get_by_role("dialog", name="准入审批")
    dialog.get_by_label("准入编号").fill("淄准〔2026〕1号")
    assert look(office, "catalogue-decide") == []
    dialog.get_by_role("button", name="准入", exact=True).click()
    office.page.get_by_text("已准入").first.wait_for()

    clerk = visit("kunlun")
    page = clerk.page
    clerk.open("/ledgers")
    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("button", name="生成台账").click()
    dialog = page.get_by_role("dialog", name="生成台账")
    dialog.get_by_label("用途").fill("报送四季度高龄津贴")
    dialog.get_by_role("button", name="生成台账").click()
    files = page.get_by_role("region", name="我生成的文件")
    files.get_by_text("已完成").wait_for()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(clerk, f"catalogue-form-{size['width']}") == []
    page.set_viewport_size(WIDE)
    with page.expect_download() as taking:
        files.get_by_role("button", name="下载").click()
    filled = openpyxl.load_workbook(io.BytesIO(Path(taking.value.path()).read_bytes()))["花名册"]
    names = {row[1] for row in filled.iter_rows(min_row=3, values_only=True)}
    assert set(house.HOMES.values()) <= names
    clerk.open("/")
    page.get_by_role("link", name=re.compile("消息，未读 [1-9]")).click()
    done = page.get_by_role("link", name=re.compile(f"台账“{NAME}”（昆仑镇）已生成"))
    with page.expect_response(lambda r: "/api/notices" in r.url and r.request.method == "POST"):
        done.click()
    page.get_by_role("heading", name=NAME, level=1).wait_for()
    with page.expect_response(lambda r: "/api/notices?" in r.url and "unread=true" in r.url):
        clerk.open("/notices?unread=true")
    done.wait_for(state="detached")
    clerk.open("/ledgers")
    page.get_by_role("row", name=re.compile(NAME)).get_by_text("已准入").wait_for()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(clerk, f"catalogue-{size['width']}") == []


def test_what_a_field_holds_is_stated_on_the_persons_page_with_its_source(visit: Visits) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/people")
    page.get_by_role("textbox", name="姓名、首字母、号码或后四位、住址").fill("慕容六")
    page.get_by_role("link", name="慕容六", exact=True).click()
    facts = page.get_by_role("region", name="其他信息")
    facts.get_by_role("button", name="登记一项").click()
    dialog = page.get_by_role("dialog", name="其他信息")
    choose(page, dialog, "数据项", "轮椅需求")
    choose(page, dialog, "内容", "是")
    dialog.get_by_role("button", name="保存").click()
    dialog.get_by_text("请写明原因").wait_for()
    dialog.get_by_label("原因").fill("入户核实")
    dialog.get_by_role("button", name="保存").click()
    facts.get_by_text("人工更正").wait_for()
    expect(facts.get_by_role("definition").first).to_have_text(re.compile("^是"))
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(here, f"catalogue-person-{size['width']}") == []
