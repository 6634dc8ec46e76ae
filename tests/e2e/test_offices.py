"""What the district's offices do: an administrator opens an account, an auditor reads who saw what."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect
from screens import Visit

Visits = Callable[..., Visit]


def test_an_administrator_opens_an_account_that_must_choose_its_password(visit: Visits) -> None:
    here = visit("manager")
    page = here.page
    here.open("/admin/accounts")
    page.get_by_role("button", name="新建账号").click()
    dialog = page.get_by_role("dialog", name="新建账号")
    dialog.get_by_label("姓名").fill("江新来")
    dialog.get_by_label("用户名").fill("newcomer")
    dialog.get_by_role("combobox", name=re.compile("单位")).click()
    page.get_by_role("option", name="昆仑镇", exact=True).click()
    dialog.get_by_role("button", name="建立账号").click()
    password = dialog.locator("code").inner_text()
    dialog.get_by_role("button", name="关闭", exact=True).last.click()

    new = visit()
    new.sign_in("newcomer", password)
    new.page.get_by_text("这是一次性密码，请先改成自己的密码").wait_for()
    new.page.get_by_label("原密码").fill(password)
    new.page.get_by_label("新密码", exact=True).fill("xin-lai-de-mima-77")
    new.page.get_by_label("再输一遍新密码").fill("xin-lai-de-mima-77")
    new.page.get_by_role("button", name="修改密码").click()
    new.page.get_by_text("密码已修改").wait_for()
    # No post, no rights: the navigation offers nothing of the registry.
    assert new.page.get_by_role("link", name="实有人口").count() == 0


def test_an_auditor_reads_who_saw_what_and_nothing_else(visit: Visits) -> None:
    clerk = visit("kunlun")
    clerk.open("/people")

    here = visit("auditor")
    here.open("/logs/reads")
    here.page.get_by_role("cell", name="用户kunlun").first.wait_for()
    here.picture("read-log")
    here.open("/logs/changes")
    here.page.get_by_role("cell", name="用户与权限").first.wait_for()
    here.open("/people")
    here.page.get_by_role("heading", name="没有查看权限").wait_for()


def test_a_wrong_password_says_how_many_tries_are_left(visit: Visits) -> None:
    here = visit()
    page = here.page
    here.open("/people?sex=1")
    page.wait_for_url(re.compile("/sign-in"))
    page.locator("input[name=username]").fill("analyst")
    page.locator("input[name=password]").fill("wrong-password")
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("alert").filter(has_text="还可再试").wait_for()
    here.sign_in("analyst")


def test_a_town_administrator_brings_somebody_into_office_within_the_town(visit: Visits) -> None:
    here = visit("townadmin")
    page = here.page
    here.open("/admin/accounts")
    page.get_by_role("button", name="新建账号").click()
    dialog = page.get_by_role("dialog", name="新建账号")
    dialog.get_by_label("姓名").fill("谷新人")
    dialog.get_by_label("用户名").fill("towncomer")
    dialog.get_by_role("combobox", name=re.compile("单位")).click()
    page.get_by_role("option", name="昆仑镇", exact=True).click()
    dialog.get_by_role("button", name="建立账号").click()
    dialog.locator("code").wait_for()
    dialog.get_by_role("button", name="关闭", exact=True).last.click()

    here.open("/admin/posts")
    page.get_by_role("button", name="新建岗位").click()
    dialog = page.get_by_role("dialog", name="新建岗位")
    dialog.get_by_label("岗位名称").fill("新信息员")
    dialog.get_by_role("combobox", name=re.compile("单位")).click()
    page.get_by_role("option", name="昆仑镇", exact=True).click()
    dialog.get_by_role("button", name="保存").click()
    drawer = page.get_by_role("dialog", name=re.compile("新信息员"))
    drawer.get_by_role("combobox", name="角色").click()
    # What the town has not itself cannot be chosen.
    closed = page.get_by_role("option", name="区管理员（三员合一）", exact=True)
    expect(closed).to_have_attribute("aria-disabled", "true")
    page.get_by_role("option", name="镇街信息员", exact=True).click()
    drawer.get_by_role("button", name="新增").last.click()
    drawer.get_by_role("listitem").filter(has_text="镇街信息员").wait_for()
    drawer.get_by_role("combobox", name="任命").fill("谷新")
    page.get_by_role("option", name=re.compile("谷新人")).click()
    drawer.get_by_role("button", name="新增").first.click()
    drawer.get_by_role("listitem").filter(has_text="谷新人").wait_for()


def test_the_security_administrator_reviews_who_sees_a_village_and_marks_it(visit: Visits) -> None:
    here = visit("secadmin")
    page = here.page
    here.open("/admin/review?area=370302102")
    page.get_by_role("cell", name=re.compile("用户kunlun")).first.wait_for()
    page.get_by_text("还没有审查记录").wait_for()
    page.get_by_role("button", name="记录审查").click()
    dialog = page.get_by_role("dialog", name="记录审查")
    dialog.get_by_label("说明").fill("逐一核对")
    dialog.get_by_role("button", name="保存").click()
    page.get_by_text(re.compile("用户secadmin 审查")).wait_for()
    here.picture("access-review-marked")
    page.get_by_role("link", name="用户kunlun").click()
    page.get_by_role("dialog", name="用户kunlun").wait_for()
    here.open("/people")
    page.get_by_role("heading", name="没有查看权限").wait_for()
