"""Who answers for a link to the identity provider: one administrator alone does not become somebody else by it (三员分立)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import oidc_provider as idps
import pytest
import staff
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pyotp import HOTP

from linli.access import rules, totp
from linli.access.models import ChangeLog, Identity, Session
from linli.access.oidc.settings import Provider
from linli.kernel import clock, scope

BACK = "http://127.0.0.1:8370/oidc/callback"
PASSWORD = "Kunlun-7-Hill"
STRONG = "urn:mfa"


@given(st.builds(rules.Link, st.booleans(), st.booleans()), st.booleans(), st.booleans(), st.booleans())
def test_more_belief_never_closes_a_way_and_a_factor_of_ones_own_is_never_passed_over_unproved(
    link: rules.Link, has_factor: bool, strong: bool, apart: bool
) -> None:
    way = rules.by_provider(link, has_factor=has_factor, strong=strong, apart=apart)
    ranks = ("refuse", "code", "open")
    more = rules.by_provider(rules.Link(True, True), has_factor=has_factor, strong=strong, apart=apart)
    assert ranks.index(more) >= ranks.index(way)
    if has_factor and not link.proved:
        assert way == "code"
    if apart and way == "open":
        assert link.believed


@pytest.fixture
def idp(db: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[idps.Idp]:
    """A provider that asks everybody for a second factor, in a district that keeps its administrators apart."""
    settings.ROOT_URLCONF = "linli.project.urls"
    settings.LINLI_THREE_OFFICES = "on"
    monkeypatch.setenv("no_proxy", "*")
    with idps.running() as running:
        settings.LINLI_OIDC = Provider(running.issuer, idps.CLIENT, idps.SECRET, BACK, acr=(STRONG,))
        running.claims = {"acr": STRONG}
        yield running


@pytest.fixture
def system(idp: idps.Idp) -> Client:
    return staff.client(staff.staff("sys", "system_admin", staff.DISTRICT))


@pytest.fixture
def security(idp: idps.Idp) -> Client:
    return staff.client(staff.staff("sec", "security_admin", staff.DISTRICT))


@pytest.fixture
def clerk(idp: idps.Idp) -> Any:
    return staff.staff("clerk", "town_clerk", password=PASSWORD)


def call(browser: Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return browser.generic(method, f"/api{path}", json.dumps(body or {}), content_type="application/json")


def link(admin: Client, account: Any) -> str:
    """Link the subject u-1001, which may be the administrator's own, to an account; the link's id."""
    made = call(admin, "POST", f"/accounts/{account.id}/identities", {"subject": "u-1001"})
    assert made.status_code == 201
    return str(made.json()["id"])


def come(browser: Client, idp: idps.Idp) -> str:
    """Through the provider as u-1001; where that leads."""
    there = browser.get("/oidc/start", {"next": "/people"})["Location"]
    return str(browser.get(idps.back(idp.authorize(there)))["Location"])


def signed_in(browser: Client) -> bool:
    return bool(browser.get("/api/session").json()["signed_in"])


def enrol(account: Any) -> HOTP:
    browser = staff.client(account)
    secret = call(browser, "POST", "/session/second-factor", {"password": PASSWORD}).json()["secret"]
    with clock.frozen(clock.now() - timedelta(minutes=5)):
        code = HOTP(secret).at(totp.step_at(clock.now()))
        assert call(browser, "POST", "/session/second-factor/confirm", {"code": code}).status_code == 200
    return HOTP(secret)


def test_the_system_administrator_does_not_become_a_clerk_by_linking_its_own_subject(
    idp: idps.Idp, system: Client, clerk: Any
) -> None:
    link(system, clerk)
    browser = Client()
    where = come(browser, idp)
    assert idps.query(where)["problem"] == "access.identity_unproved" and not signed_in(browser)
    enrol(clerk)
    assert urlsplit(come(browser, idp)).path == "/sign-in" and not signed_in(browser)
    with scope.acting(staff.OPERATOR):
        assert Identity.objects.get().proved_at is None
        assert not Session.objects.filter(account_id=clerk.id, method="oidc").exists()


def test_the_holder_proves_it_once_with_a_code_and_from_then_on_the_providers_counts(
    idp: idps.Idp, system: Client, clerk: Any
) -> None:
    link(system, clerk)
    phone, browser = enrol(clerk), Client()
    assert urlsplit(come(browser, idp)).path == "/sign-in"
    code = phone.at(totp.step_at(clock.now()))
    assert call(browser, "POST", "/session/second-step", {"code": code}).json()["signed_in"] is True
    listed = call(system, "GET", f"/accounts/{clerk.id}/identities").json()["items"][0]
    assert (listed["proved"], listed["waiting"], listed["vouched_by"]) == (True, False, "")
    assert come(Client(), idp) == "/people"


def test_a_code_proves_no_link_that_was_put_in_its_place_meanwhile(idp: idps.Idp, system: Client, clerk: Any) -> None:
    first = link(system, clerk)
    phone, browser = enrol(clerk), Client()
    come(browser, idp)
    assert call(system, "DELETE", f"/accounts/{clerk.id}/identities/{first}").status_code == 204
    link(system, clerk)
    code = phone.at(totp.step_at(clock.now()))
    answer = call(browser, "POST", "/session/second-step", {"code": code})
    assert answer.json()["code"] == "access.step_expired" and not signed_in(browser)
    with scope.acting(staff.OPERATOR):
        assert Identity.objects.get().proved_at is None


def test_the_security_administrator_answers_for_it_too(
    idp: idps.Idp, system: Client, security: Client, clerk: Any
) -> None:
    one = link(system, clerk)
    path = f"/accounts/{clerk.id}/identities/{one}/vouch"
    assert call(system, "POST", path).status_code == 403, "two hands"
    assert call(security, "POST", f"/accounts/{clerk.id}/identities", {"subject": "u-2"}).status_code == 403
    waiting = security.get("/api/accounts?state=unconfirmed").json()
    assert [row["username"] for row in waiting["items"]] == ["clerk"]
    todos = {t["code"]: t["count"]["value"] for t in security.get("/api/today").json()["items"]}
    assert todos["accounts_unconfirmed"] == 1
    assert security.get(f"/api/accounts/{clerk.id}/identities").json()["items"][0]["waiting"] is True
    assert call(security, "POST", path).status_code == 204
    assert call(security, "POST", path).status_code == 204, "said twice is said once"
    item = security.get(f"/api/accounts/{clerk.id}/identities").json()["items"][0]
    assert (item["vouched_by"], item["waiting"], item["proved"]) == ("用户sec", False, False)
    with scope.acting(staff.OPERATOR):
        assert ChangeLog.objects.filter(action="access.identity.vouch").count() == 1
    browser = Client()
    assert come(browser, idp) == "/people" and signed_in(browser)
    assert not security.get("/api/accounts?state=unconfirmed").json()["items"]
    enrol(clerk)
    assert urlsplit(come(Client(), idp)).path == "/sign-in", "a factor of one's own is asked for all the same, once"


def test_nobody_answers_for_a_link_of_their_own_account(idp: idps.Idp, security: Client) -> None:
    from linli.access.actions import link_identity

    with scope.acting(staff.OPERATOR) as operator:
        own = staff.Account.objects.get(username="sec")
        made = link_identity(operator, own.id, "u-1001")
        Identity.objects.update(vouched_by="")
    assert (
        call(security, "POST", f"/accounts/{own.id}/identities/{made.id}/vouch").json()["code"] == "access.own_grants"
    )


def test_who_may_take_second_factors_off_as_well_needs_no_other(idp: idps.Idp) -> None:
    """A town that manages its own accounts, within what it holds itself."""
    town = staff.client(staff.staff("town", "town_admin", staff.TOWN))
    clerk = staff.staff("grid", "grid_worker", staff.VILLAGE, unit_area=staff.TOWN)
    link(town, clerk)
    assert come(Client(), idp) == "/people"


def test_where_one_administrator_does_everything_a_link_opens_but_is_no_second_factor(
    idp: idps.Idp, clerk: Any, settings: Any
) -> None:
    settings.LINLI_THREE_OFFICES = "off"
    own = ["access.account.view", "access.account.edit", "access.account.keep"]
    link(staff.client(staff.staff("keeper", area=staff.DISTRICT, permissions=own)), clerk)
    settings.LINLI_SECOND_FACTOR = "all"
    browser = Client()
    assert come(browser, idp) == "/people"
    assert browser.get("/api/session").json()["account"]["must_enrol"] is True
