"""The main job, as a town's clerk does it: an ugly file in, its errors back, the people found, and all undone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import ugly
from playwright.sync_api import expect
from screens import PASSWORD, Visit

Visits = Callable[..., Visit]


def import_ledger(here: Visit, folder: Path, *, merge: bool = True) -> str:
    """Take the ledger through the wizard; the address of the batch."""
    page = here.page
    here.open("/intake/new")
    page.set_input_files("input[type=file]", str(ugly.ledger(folder)))
    page.get_by_role("combobox", name=re.compile("数据来源")).click()
    page.get_by_role("option", name="社区台账").click()
    page.get_by_role("button", name="上传并对列").click()
    page.get_by_role("heading", name="每一列是什么").wait_for()
    batch = page.url.removeprefix(here.site)
    page.get_by_role("button", name="开始检查").click()
    page.get_by_text("有错误的行", exact=True).wait_for()
    here.settle()
    if merge:
        page.get_by_role("button", name="看合并会带来什么").click()
        page.get_by_role("button", name="跳过有错的行，合并其余").click()
        page.get_by_role("dialog").get_by_role("button", name="跳过有错的行，合并其余").click()
        page.get_by_role("heading", name="已合并入库").wait_for()
        here.settle()
    return batch


def test_a_clerk_takes_in_an_ugly_file_finds_a_person_and_undoes_it(visit: Visits, tmp_path: Path) -> None:
    here = visit("kunlun")
    page = here.page
    batch = import_ledger(here, tmp_path, merge=False)

    # Each bad row is named with its reason, by kind and down to the cell.
    for reason in ("校验", "Excel", "没有姓名"):
        page.get_by_role("button", name=re.compile(reason)).first.wait_for()
    page.get_by_role("button", name=re.compile("没有姓名")).click()
    page.get_by_role("cell", name="47", exact=True).wait_for()  # the row as the user's own file numbers it
    here.picture("wizard-findings")

    # The errors workbook is the user's own file with the bad cells coloured and commented.
    with page.expect_download() as download:
        page.get_by_role("button", name="下载标好错误的工作簿").click()
    download.value.save_as(tmp_path / "errors.xlsx")
    marked = openpyxl.load_workbook(tmp_path / "errors.xlsx")["花名册"]
    assert marked["A1"].value == ugly.TITLE
    comments = [cell.comment.text for row in marked.iter_rows() for cell in row if cell.comment]
    assert len(comments) >= 3 and any("Excel" in c for c in comments)

    # Merge what is good.
    page.get_by_role("button", name="看合并会带来什么").click()
    here.picture("wizard-match")
    page.get_by_role("button", name="跳过有错的行，合并其余").click()
    page.get_by_role("dialog").get_by_role("button", name="跳过有错的行，合并其余").click()
    page.get_by_role("heading", name="已合并入库").wait_for()
    page.locator("main").get_by_text("40", exact=True).first.wait_for()
    here.picture("wizard-done")

    # Find the person by pinyin initials from anywhere; the words never reach the address.
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="搜索人员、地点、单位和页面").fill("zqs")
    found = page.get_by_role("option", name=re.compile(ugly.SOUGHT[0]))
    found.wait_for()
    assert "zqs" not in page.url
    found.click()
    page.get_by_role("heading", name=ugly.SOUGHT[0]).wait_for()

    # Every value says where it came from, to the keyboard as well.
    page.locator("button.known").first.focus()
    page.get_by_role("tooltip").filter(has_text="社区台账").wait_for()
    here.picture("person")

    # A number in full asks for its purpose.
    assert ugly.SOUGHT[1] not in page.content()
    page.get_by_role("button", name="查看: 联系电话").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="查看").click()
    dialog.get_by_text("请至少写 4 个字").wait_for()
    dialog.get_by_label("用途").fill("核对独居老人")
    dialog.get_by_role("button", name="查看").click()
    page.get_by_text(ugly.SOUGHT[1]).first.wait_for()

    # And back to before.
    here.open(batch)
    page.get_by_role("button", name="撤销导入").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销导入").click()
    page.get_by_role("heading", name="已撤销").wait_for()
    here.open("/people")
    page.get_by_role("textbox", name="姓名、首字母、号码或后四位、住址").fill(ugly.SOUGHT[0])
    page.get_by_text("没有符合条件的记录").wait_for()


def test_another_town_sees_nothing_of_it(visit: Visits, tmp_path: Path) -> None:
    clerk = visit("kunlun")
    batch = import_ledger(clerk, tmp_path)
    clerk.open("/people")
    clerk.page.get_by_role("textbox", name="姓名、首字母、号码或后四位、住址").fill(ugly.SOUGHT[0])
    clerk.page.get_by_role("link", name=ugly.SOUGHT[0]).click()
    clerk.page.get_by_role("heading", name=ugly.SOUGHT[0]).wait_for()
    person = clerk.page.url.removeprefix(clerk.site)

    other = visit("lingzi")
    other.open("/people")
    other.page.get_by_text("辖区内还没有人口数据").wait_for()
    other.page.get_by_role("textbox", name="姓名、首字母、号码或后四位、住址").fill(ugly.SOUGHT[0])
    other.page.get_by_text("没有符合条件的记录").wait_for()
    for path in (person, batch):
        other.open(path)
        other.page.get_by_role("heading", name="没有这个页面").wait_for()

    # The first clerk corrects a fact; undo now says what rests on the import.
    page = clerk.page
    page.get_by_role("button", name="修改", exact=True).click()
    page.get_by_label("服务处所").fill("聂村幸福院")
    page.get_by_role("textbox", name=re.compile("^\\*?原因")).fill("本人到场说明")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("tab", name="变更").click()
    page.get_by_role("tabpanel", name="变更").get_by_text("聂村幸福院").wait_for()
    clerk.open(batch)
    page.get_by_role("button", name="撤销导入").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销导入").click()
    page.get_by_role("heading", name="现在不能撤销").wait_for()


def test_two_people_changing_the_same_person_are_asked(visit: Visits) -> None:
    """Runs after the journey above has left people behind."""
    first, second = visit("kunlun"), visit("kunlun")
    for here in (first, second):
        here.open("/people")
        here.page.get_by_role("textbox", name="姓名、首字母、号码或后四位、住址").fill(ugly.SOUGHT[0])
        here.page.get_by_role("link", name=ugly.SOUGHT[0]).click()
        here.page.get_by_role("button", name="修改", exact=True).click()
    for here, job in ((first, "教师"), (second, "医生")):
        here.page.get_by_label("职业").fill(job)
        here.page.get_by_role("textbox", name=re.compile("^\\*?原因")).fill("本人到场说明")
        here.page.get_by_role("button", name="保存").click()
        if here is first:
            here.page.get_by_role("button", name=re.compile(job)).wait_for()  # saved, before the other tries
    clash = second.page.get_by_role("alert").filter(has_text="别人也修改了这里")
    clash.wait_for()
    for job in ("教师", "医生"):
        clash.get_by_text(job).wait_for()
    assert second.page.get_by_label("职业").input_value() == "医生"  # nothing typed is lost
    second.page.get_by_role("button", name="保存").click()
    second.page.get_by_role("button", name=re.compile("医生")).wait_for()


def test_a_move_to_another_town_is_asked_for_and_approved(visit: Visits, tmp_path: Path) -> None:
    """Runs after the journeys above have left people behind. Neither town learns more than it may."""
    other = visit("lingzi")
    page = other.page
    other.open("/intake/new")
    page.set_input_files("input[type=file]", str(ugly.moved(tmp_path)))
    page.get_by_role("combobox", name=re.compile("数据来源")).click()
    page.get_by_role("option", name="社区台账").click()
    page.get_by_role("button", name="上传并对列").click()
    page.get_by_role("button", name="开始检查").click()
    page.get_by_role("heading", name="可以合并").wait_for()
    page.get_by_role("button", name="合并", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="合并", exact=True).click()
    page.get_by_role("heading", name="已合并入库").wait_for()
    other.open("/transfers")
    page.get_by_role("cell", name=ugly.SOUGHT[0]).wait_for()
    page.get_by_text("辖区外，不可见").wait_for()
    assert not page.get_by_text("昆仑镇").count()

    clerk = visit("kunlun")
    clerk.open("/transfers")
    clerk.picture("transfers")
    clerk.page.get_by_role("button", name="同意迁入").click()
    clerk.page.get_by_role("dialog").get_by_role("button", name="同意迁入").click()
    clerk.page.get_by_text("没有待办理的迁入请求").wait_for()

    other.open("/people")
    page.get_by_role("link", name=ugly.SOUGHT[0]).wait_for()


def test_a_session_that_ends_costs_nothing_typed(visit: Visits) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/people/new")
    page.get_by_label("姓名").fill("施未完")
    page.context.clear_cookies(name="linli_session")
    page.get_by_role("link", name="家庭户").focus()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="搜索人员、地点、单位和页面").fill("sww")
    again = page.get_by_role("dialog", name="登录已失效")
    again.wait_for()
    here.picture("session-renewal")
    again.locator("input[name=password]").fill(PASSWORD)
    again.get_by_role("button", name="登录", exact=True).click()
    again.wait_for(state="hidden")
    page.keyboard.press("Escape")
    assert page.get_by_label("姓名").input_value() == "施未完"


def test_what_is_typed_outlives_a_look_at_another_page_and_a_lost_network(visit: Visits) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/people/new")
    page.get_by_label("姓名").fill("施未完")
    page.get_by_role("button", name="登记人员").click()
    page.get_by_text("请选到村居或网格").wait_for()
    page.get_by_role("button", name=re.compile("^所属辖区")).click()
    page.get_by_role("button", name="聂村", exact=True).click()
    page.get_by_label("原因").fill("本人到场出示身份证")
    page.context.set_offline(True)
    page.get_by_role("button", name="登记人员").click()
    page.get_by_text("连不上服务器").wait_for()
    page.context.set_offline(False)

    page.get_by_role("link", name="家庭户", exact=True).click()
    page.get_by_role("heading", name="家庭户").wait_for()
    page.get_by_role("link", name="实有人口", exact=True).click()
    page.get_by_role("link", name="登记人员").click()
    page.get_by_text("接着上次没有提交的内容").wait_for()
    assert (page.get_by_label("姓名").input_value(), page.get_by_label("原因").input_value()) == (
        "施未完",
        "本人到场出示身份证",
    )
    page.get_by_role("button", name="重新填写").click()
    expect(page.get_by_label("姓名")).to_have_value("")


def test_a_file_that_is_no_table_says_so_once_and_leads_to_another(visit: Visits, tmp_path: Path) -> None:
    here = visit("kunlun")
    page = here.page
    (tmp_path / "空.csv").write_bytes(b"")
    (tmp_path / "通知.pdf").write_bytes(b"%PDF-1.7 ...")
    (tmp_path / "名册.xlsx").write_bytes(b"%PDF-1.7 ...")
    here.open("/intake/new")
    for name, words in (("空.csv", "这个文件是空的"), ("通知.pdf", "只能导入 Excel")):
        page.set_input_files("input[type=file]", str(tmp_path / name))
        page.get_by_role("alert").filter(has_text=words).wait_for()
    page.set_input_files("input[type=file]", str(tmp_path / "名册.xlsx"))
    page.get_by_role("combobox", name=re.compile("数据来源")).click()
    page.get_by_role("option", name="社区台账").click()
    page.get_by_role("button", name="上传并对列").click()
    page.get_by_role("alert").filter(has_text="看起来是").wait_for()
    here.settle()
    assert page.get_by_role("alert").count() == 1
    page.get_by_role("link", name="换一份文件").click()
    page.get_by_role("heading", name="导入表格").wait_for()


def test_ctrl_k_can_be_typed_into_at_once_and_enter_waits_for_the_answer(visit: Visits) -> None:
    page = visit("kunlun").page
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").wait_for()
    page.locator("[role=combobox]:focus").wait_for()
    page.keyboard.type("导入")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="导入批次").wait_for()
