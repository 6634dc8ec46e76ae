"""A second factor from the QR code to the next sign-in, bound by who has no password, and seeing as somebody else."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from house import apart
from pyotp import HOTP
from screens import PASSWORD, PHONE, Visit
from test_pages import look

from linli.access import totp
from linli.kernel import clock

Visits = Callable[..., Visit]


@pytest.fixture
def afterwards(site: str, django_db_blocker: Any) -> Iterator[None]:
    """No second factor is bound or asked for when a test is over: others sign in as these people."""
    yield

    def undo() -> None:
        import staff

        from linli.access.models import Role, SecondFactor
        from linli.kernel.scope import acting

        with acting(staff.OPERATOR):
            SecondFactor.objects.filter(account__username="twofold").delete()
            Role.objects.filter(second_factor=True).update(second_factor=False)

    apart(django_db_blocker, undo)


def test_a_second_factor_is_set_up_and_asked_for(visit: Visits, site: str, afterwards: None) -> None:
    here = visit(size=PHONE)
    here.sign_in("twofold")
    here.open("/account#second-factor")
    page = here.page
    page.get_by_role("button", name="开始绑定").click()
    page.locator("#factor-password").fill(PASSWORD)
    page.get_by_role("button", name="下一步").click()
    page.get_by_alt_text("绑定验证器的二维码").wait_for()
    assert look(here, "second-factor-scan") == []
    secret = page.locator("#second-factor code").inner_text().replace(" ", "")
    page.locator("#factor-code").fill("000000")
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("验证码不正确或已使用过。").wait_for()
    step = totp.step_at(clock.now())
    page.locator("#factor-code").fill(HOTP(secret).at(step))
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="恢复码").wait_for()
    codes = page.locator("#second-factor code").all_inner_texts()
    assert len(codes) == 10
    assert look(here, "second-factor-codes") == []
    page.get_by_role("button", name="已保存好").click()
    page.get_by_text("剩余恢复码 10 个").wait_for()

    again = visit(size=PHONE)
    page = again.page
    page.goto(site + "/sign-in?next=/people")
    page.get_by_label("用户名").fill("twofold")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_role("heading", name="两步验证").wait_for()
    assert look(again, "second-step") == []
    page.locator("input[name=code]").fill(HOTP(secret).at(step))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_text(re.compile("验证码不正确或已使用过")).wait_for()
    page.get_by_role("button", name="手机不在身边？用恢复码").click()
    page.locator("input[name=code]").fill(codes[0].lower())
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/people")


@pytest.fixture
def provider(site: str, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An identity provider beside the site, with which the clerk `linked` signs in, who has no password."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "access"))
    import oidc_provider as idps
    import staff
    from django.conf import settings

    from linli.access.actions import link_identity
    from linli.access.models import Account
    from linli.access.oidc.settings import Provider
    from linli.kernel.scope import acting

    def link() -> None:
        with acting(staff.OPERATOR):
            found = Account.objects.filter(username="linked").first()
        account = found or staff.staff("linked", "town_clerk")
        with acting(staff.OPERATOR):
            link_identity(staff.OPERATOR, account.id, idp.subject)

    monkeypatch.setenv("no_proxy", "*")
    with idps.running() as idp:
        idp.subject = "u-journey"
        there = Provider(idp.issuer, idps.CLIENT, idps.SECRET, f"{site}/oidc/callback")
        monkeypatch.setattr(settings, "LINLI_OIDC", there)
        apart(django_db_blocker, link)
        yield idp


def test_who_has_no_password_proves_anew_who_they_are_before_binding_a_phone(visit: Visits, provider: Any) -> None:
    here = visit(size=PHONE)
    page = here.page
    here.open("/sign-in")
    assert look(here, "sign-in-provider") == []
    page.get_by_role("link", name=re.compile("统一身份认证")).click()
    page.get_by_role("link", name="yes, it is me").click()
    page.wait_for_url(lambda url: url.startswith(here.site) and "/sign-in" not in url)
    here.open("/account#second-factor")
    page.get_by_text("绑定前请在统一认证平台重新验证一次身份").wait_for()
    assert page.get_by_role("button", name="开始绑定").count() == 0
    assert look(here, "prove-anew") == []
    page.get_by_role("link", name="重新验证身份").click()
    page.get_by_role("link", name="yes, it is me").click()
    page.get_by_role("button", name="开始绑定").click()
    page.get_by_alt_text("绑定验证器的二维码").wait_for()
    assert look(here, "proved-anew") == []
    page.get_by_role("button", name="取消").click()
    here.troubles[:] = [trouble for trouble in here.troubles if not trouble.startswith(provider.issuer)]


def test_a_role_that_asks_for_it_leads_to_setting_it_up(visit: Visits, site: str, afterwards: None) -> None:
    manager = visit("manager")
    manager.open("/admin/roles")
    switch = manager.page.get_by_role("switch", name="要求两步验证 部门人员")
    with manager.page.expect_response(lambda r: "/api/roles/" in r.url and r.request.method == "PATCH"):
        manager.page.locator(".el-switch", has=switch).click()
    here = visit()
    here.sign_in("demanded")
    here.page.wait_for_url("**/account#second-factor")
    here.page.get_by_text("您的岗位要求两步验证，请先完成绑定。").wait_for()
    here.page.goto(site + "/map")
    here.page.wait_for_url("**/account#second-factor")


def test_a_helper_sees_the_console_as_a_clerk_and_ends_it(visit: Visits) -> None:
    here = visit("guide")
    here.open("/admin/accounts?q=guided")
    page = here.page
    page.get_by_role("button", name="用户guided").click()
    page.get_by_role("button", name="以其视角查看").click()
    page.locator("#decision-reason").fill("协助查找人员")
    page.get_by_role("button", name="以其视角查看").last.click()
    page.get_by_text("用户guide 正以 用户guided 的视角查看").wait_for()
    here.settle()
    assert look(here, "viewing-as") == []
    here.open("/people")
    page.get_by_text("用户guide 正以 用户guided 的视角查看").wait_for()
    page.get_by_role("button", name="退出查看").click()
    page.get_by_text("用户guide 正以").wait_for(state="detached")
    auditor = visit("auditor")
    auditor.open("/logs/reads")
    auditor.page.get_by_text("以用户guided的视角").first.wait_for()


def test_what_the_provider_said_stands_on_the_sign_in_page(visit: Visits, site: str) -> None:
    here = visit()
    here.open("/sign-in?problem=access.identity_unknown#subject=u-1001")
    here.page.get_by_text("您的统一认证身份还没有关联账号").wait_for()
    here.page.get_by_text("u-1001").wait_for()
