"""Cases that change hands or come back: taken over, recalled, mediated a second time, brought along from an earlier system."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from case_steps import beside, category, reported, step, village
from playwright.sync_api import expect
from screens import DISTRICT, PASSWORD, PHONE, TOWN, Visit
from test_pages import look

Visits = Callable[..., Visit]
AGREED = "排水管改道，费用各半"


def _actor(username: str) -> Any:
    import staff

    from linli.access.models import Account
    from linli.kernel.scope import acting

    with acting(staff.OPERATOR):
        account = Account.objects.get(username=username)
    return staff.actor(account)


def _handled(text: str, **more: Any) -> UUID:
    """A case that the town's unit has taken."""
    case: UUID = reported(text, **more).id
    step(case, "file")
    step(case, "dispatch")
    step(case, "take")
    return case


def test_a_unit_offers_a_case_and_the_other_finds_and_takes_it(
    visit: Visits, site: str, django_db_blocker: Any
) -> None:
    case = beside(django_db_blocker, lambda: _handled("护坡开裂，土石滑落", place_text="东山路 3 号"))
    here = visit("handler")
    page: Any = here.page
    here.open(f"/cases/{case}")
    page.get_by_role("button", name="移交其他单位", exact=True).click()
    dialog = page.get_by_role("dialog", name="移交其他单位")
    dialog.get_by_label("文号（可不填）").fill("昆政函〔2026〕3号")
    send = dialog.get_by_role("button", name="移交其他单位")
    send.click()
    dialog.get_by_text("请选择单位。").wait_for()  # both that are wanting are named at once
    dialog.get_by_text("请填写此项。").wait_for()
    dialog.get_by_label("接收单位").click()
    page.get_by_role("option", name="岭子镇", exact=True).click()
    dialog.get_by_label("原因").fill("无")
    send.click()
    dialog.get_by_text("至少 2 个字").wait_for()
    assert dialog.get_by_label("文号（可不填）").input_value() == "昆政函〔2026〕3号"
    dialog.get_by_label("原因").fill("地块属贵单位管理")
    send.click()
    page.get_by_text("昆仑镇 → 岭子镇").wait_for()

    there = visit("lingzi", size=PHONE)
    other: Any = there.page
    there.open("/cases?queue=supporting")
    other.get_by_role("link", name=re.compile(r"^\d{19}$")).first.click()
    other.get_by_text("昆仑镇请本单位接收本案，尚未答复。").wait_for()
    other.get_by_role("button", name="去答复").click()
    take = other.get_by_role("button", name="接收", exact=True)
    expect(take).to_be_focused()
    assert take.bounding_box()["height"] >= 44
    assert look(there, "hand-over-asked") == []
    take.click()
    other.get_by_role("dialog", name="接收").get_by_role("button", name="接收", exact=True).click()
    other.get_by_role("button", name="反馈结果", exact=True).wait_for()  # it is their own now
    other.get_by_text("昆仑镇请本单位接收本案").wait_for(state="detached")
    here.open(f"/cases/{case}")
    page.get_by_text("没有这个页面").wait_for()


def test_a_dispatcher_takes_a_case_back_and_gives_it_to_another_unit(
    visit: Visits, site: str, django_db_blocker: Any
) -> None:
    case = beside(django_db_blocker, lambda: _handled("灯杆倾斜，压在绿化带上", place_text="文化路 9 号"))
    here = visit("dispatcher")
    page: Any = here.page
    here.open(f"/cases/{case}")
    page.get_by_role("button", name="收回", exact=True).click()
    dialog = page.get_by_role("dialog", name="收回")
    dialog.get_by_role("button", name="收回").click()
    dialog.get_by_text("请写明原因").wait_for()
    expect(dialog.get_by_label("原因")).to_be_focused()
    dialog.get_by_label("原因").fill("派错单位")
    dialog.get_by_role("button", name="收回").click()
    page.get_by_role("button", name="派遣", exact=True).click()
    dialog = page.get_by_role("dialog", name="派遣")
    dialog.get_by_label("处置单位").click()
    page.get_by_role("option", name="岭子镇", exact=True).click()
    dialog.get_by_role("button", name="派遣", exact=True).click()
    page.get_by_text("→ 岭子镇").wait_for()
    gone = visit("handler")
    gone.open(f"/cases/{case}")
    gone.page.get_by_text("没有这个页面").wait_for()


def _mediated_before() -> UUID:
    """A dispute whose agreement was not kept, taken up again; nothing is written of its second round."""
    from linli.cases.mediation.actions import follow_up, keep
    from linli.cases.mediation.rules import FollowUp, Party, Record
    from linli.kernel import clock
    from linli.kernel.scope import acting

    kind = category("51002", "local").id
    case: UUID = reported("两家因墙根排水争执", category_id=kind, procedure="mediation").id
    step(case, "file", category_id=kind, limit_value=15, clock="natural_day")
    step(case, "dispatch")
    step(case, "take")
    parties = (Party("applicant", "赵铁柱", "13711112222"), Party("respondent", "钱二"))
    held = clock.now() - timedelta(minutes=5)
    record = Record(
        "neighbours", ("孙调解",), held, "村委会调解室", "墙根排水", parties, agreed=True, form="oral", agreement=AGREED
    )
    with acting(_actor("handler")) as actor:
        keep(actor, case, record, None)
    step(case, "hand_back", result="已达成协议")
    with acting(_actor("dispatcher")) as actor:
        _act(actor, case, "confirm_result")
    with acting(_actor("handler")) as actor:
        follow_up(actor, case, FollowUp("none", held.astimezone(clock.LOCAL).date(), "未改道"), 1)
    step(case, "close")
    with acting(_actor("acceptor")) as actor:
        _act(actor, case, "reopen", reason="又起争执")
    step(case, "dispatch", reason="仍由其办理")
    step(case, "take")
    return case


def _act(actor: Any, case: UUID, action: str, **given: Any) -> None:
    from linli.cases.engine.act import Given, act
    from linli.cases.models import Case

    act(actor, case, action, Given(Case.objects.get(id=case).version, **given))


def test_what_was_agreed_before_is_seen_for_a_purpose_while_the_new_round_is_written(
    visit: Visits, site: str, django_db_blocker: Any
) -> None:
    case = beside(django_db_blocker, _mediated_before)
    here = visit("handler", size=PHONE)
    page: Any = here.page
    here.open(f"/cases/{case}")
    card = page.get_by_role("region", name="调解记录")
    card.get_by_text(re.compile("^第 1 轮的记录")).click()
    card.get_by_text("赵**").wait_for()
    assert AGREED not in card.inner_text()
    card.get_by_role("button", name="查看全文").click()
    asking = page.get_by_role("dialog", name="查看全文")
    asking.get_by_role("button", name="查看全文").click()
    asking.get_by_text("至少写 4 个字").wait_for()
    asking.get_by_label("用途").fill("核对上次协议")
    asking.get_by_role("button", name="查看全文").click()
    card.get_by_text(AGREED).wait_for()
    assert look(here, "mediation-former") == []
    card.get_by_role("button", name="填写").click()
    dialog = page.get_by_role("dialog", name="调解记录")
    held = dialog.get_by_label("调解时间")
    held.fill("2026-01-05 09:00")
    held.press("Enter")
    dialog.get_by_label("调解地点").fill("村委会")
    dialog.get_by_label("调解员").fill("孙调解")
    dialog.get_by_label("纠纷情况").fill("排水管没有改道")
    dialog.get_by_role("group", name="当事人 1").get_by_label("姓名").fill("赵铁柱")
    dialog.get_by_role("button", name="保存").click()
    # It is said whose name is wanting, and that is where one goes on.
    second = dialog.get_by_role("group", name="当事人 2")
    second.get_by_text("请填写姓名。").wait_for()
    expect(second.get_by_label("姓名")).to_be_focused()
    assert dialog.get_by_text("请填写姓名。").count() == 1
    second.get_by_label("姓名").fill("钱二")
    dialog.get_by_role("button", name="保存").click()
    dialog.wait_for(state="detached")
    card.get_by_text("调解中").wait_for()
    card.get_by_text("排水管没有改道").wait_for(state="detached")  # masked as ever


OLD = {
    "案件编号": "", "案件来源": "网格员巡查", "案件类别": "01001", "问题描述": "", "事发地址": "", "上报时间": "2023-03-01 08:00",
    "立案时间": "2023-03-01 08:30", "派遣时间": "2023-03-01 09:00", "处置完成时间": "2023-03-02 10:00",
    "结案时间": "2023-03-02 16:00", "处置截止时间": "2023-03-03 09:00", "处置单位": "昆仑镇", "处置结果": "已更换井盖",
    "满意度": "满意",
}  # fmt: skip


def _old_cases(folder: Path) -> Path:
    """Two closed cases of an earlier system, in a village of the town; the system as a source, and who brings them in."""
    import staff

    from linli.access.models import Account
    from linli.intake.actions import save_source
    from linli.kernel.scope import acting
    from linli.places.models import Region

    with acting(staff.OPERATOR) as actor:
        save_source(actor, "older", "旧系统", "older")
        known = Account.objects.filter(username="archivist").exists()
    if not known:
        staff.staff("archivist", "analyst", TOWN, password=PASSWORD)
    with acting(staff.OPERATOR):
        where = f"昆仑镇{Region.objects.get(code=village(), valid_to=None).name}3号"
    rows = [
        OLD | {"案件编号": f"OLD-2023-{n}", "问题描述": f"旧案：第 {n} 处井盖缺失", "事发地址": where} for n in (1, 2)
    ]
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (list(OLD), *([*each.values()] for each in rows)):
        sheet.append(row)
    path = folder / "旧案件.xlsx"
    book.save(path)
    return path


def test_closed_cases_of_an_earlier_system_come_in_by_the_wizard_and_say_where_from(
    visit: Visits, django_db_blocker: Any, site: str, tmp_path: Path
) -> None:
    file = beside(django_db_blocker, lambda: _old_cases(tmp_path))
    here = visit("archivist")
    page: Any = here.page
    here.open("/intake/new")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("combobox", name=re.compile("数据来源")).click()
    page.get_by_role("option", name="旧系统", exact=True).click()
    page.get_by_role("button", name="上传并对列").click()
    page.get_by_role("heading", name="每一列是什么").wait_for()
    page.get_by_text("历史案件（已办结）").first.wait_for()
    page.get_by_role("button", name="开始检查").click()
    page.get_by_text("这个填法对应多个类别").first.wait_for()  # of that code there are a component and a matter
    page.get_by_role("button", name="看合并会带来什么").click()
    page.get_by_role("button", name="合并", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="合并", exact=True).click()
    page.get_by_role("heading", name="已合并入库").wait_for()
    assert look(here, "old-cases-merged") == []
    page.get_by_role("link", name="查看案件").click()
    page.get_by_role("heading", name="案件", exact=True, level=1).wait_for()
    page.get_by_text("旧案：第 1 处井盖缺失").first.click()
    page.get_by_role("heading", name="历史案件").wait_for()
    page.get_by_text("OLD-2023-1").wait_for()
    page.get_by_text("已更换井盖").first.wait_for()
    assert look(here, "old-case") == []


@pytest.fixture
def proposal(site: str, django_db_blocker: Any) -> str:
    """A proposal with somebody who is not named in public, and who keeps it; the id."""

    def enter() -> str:
        import staff

        from linli.access.models import Account
        from linli.cases.proposals.register import NewProposal, NewProposer, register
        from linli.kernel.scope import acting

        with acting(staff.OPERATOR):
            known = Account.objects.filter(username="registrar").exists()
        if not known:
            staff.staff("registrar", "proposal_registrar", DISTRICT, password=PASSWORD)
        people = (NewProposer("示例甲", "13955551234", shown=True), NewProposer("示例乙"))
        with acting(_actor("registrar")) as actor:
            made = register(
                actor, NewProposal("cppcc", "20269901", 13, 3, "关于加装充电桩的建议", "车多桩少。", people)
            )
        return str(made.id)

    return beside(django_db_blocker, enter)


def test_consent_to_be_named_is_given_and_taken_back_on_the_page(visit: Visits, proposal: str) -> None:
    here = visit("registrar", size=PHONE)
    page: Any = here.page
    here.open(f"/cases/proposals/{proposal}")
    switch = page.get_by_role("switch", name="同意公开姓名 示例乙")
    assert not switch.is_checked()
    at = page.locator(".consent").nth(1)
    assert at.locator(".el-switch").bounding_box()["height"] >= 44
    at.locator(".el-switch").click()
    page.get_by_text("已登记，姓名可以公开。").wait_for()
    expect(switch).to_be_checked()
    at.locator(".el-switch").click()
    page.get_by_text(re.compile("^已撤回同意")).wait_for()
    expect(switch).not_to_be_checked()
    assert look(here, "proposal-consent") == []
