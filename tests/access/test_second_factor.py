"""The second factor: proved before it counts, each code once, asked for by roles or the setting, lost and reset."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import staff
from django.db import connections
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pyotp import HOTP

from linli.access import actions, rules, totp
from linli.access.models import ChangeLog, Role, Session
from linli.kernel import clock, scope

PASSWORD = "Kunlun-7-Hill"
NOW = datetime.fromisoformat("2026-03-02T09:00:05+08:00")
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # "12345678901234567890" in Base32: RFC 6238, appendix B


def call(browser: Client, method: str, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return browser.generic(
        method, f"/api{path}", json.dumps(body or {}), content_type="application/json", headers=headers
    )


def sign_in(browser: Client, username: str = "wang", password: str = PASSWORD) -> Any:
    return call(browser, "POST", "/session", {"username": username, "password": password})


def step(browser: Client, code: str) -> Any:
    return call(browser, "POST", "/session/second-step", {"code": code})


def code_at(secret: str, moment: datetime) -> str:
    return HOTP(secret).at(totp.step_at(moment))


def enrolled(browser: Client, moment: datetime = NOW - timedelta(minutes=10)) -> tuple[str, list[str]]:
    """Set up the second factor of whoever is signed in; returns secret and recovery codes."""
    with clock.frozen(moment):
        begun = call(browser, "POST", "/session/second-factor", {"password": PASSWORD})
        assert begun.status_code == 200, begun.content
        secret = begun.json()["secret"]
        done = call(browser, "POST", "/session/second-factor/confirm", {"code": code_at(secret, moment)})
        assert done.status_code == 200, done.content
    return secret, done.json()["codes"]


@pytest.fixture
def wang(db: str) -> Any:
    return staff.staff("wang", "town_clerk", password=PASSWORD)


@pytest.fixture
def secret(wang: Any) -> str:
    with clock.frozen(NOW - timedelta(minutes=10)):
        browser = staff.client(wang)
    return enrolled(browser)[0]


# --- the codes themselves ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """The last six of the eight digits in RFC 6238, appendix B, SHA-1."""
    moment = datetime.fromtimestamp(seconds, clock.LOCAL)
    assert totp.matching_step(RFC_SECRET, code, moment) == seconds // 30


@given(offset=st.integers(-200, 200))
def test_a_code_holds_for_its_own_step_and_one_beside_it(offset: int) -> None:
    shown = totp.step_at(NOW) + offset // 30
    found = totp.matching_step(RFC_SECRET, HOTP(RFC_SECRET).at(shown), NOW)
    assert (found == shown) == (abs(offset // 30) <= 1)


@given(text=st.text(max_size=12))
def test_only_six_digits_are_a_code(text: str) -> None:
    right = HOTP(RFC_SECRET).at(totp.step_at(NOW))
    assert totp.matching_step(RFC_SECRET, text, NOW) is None or text in {
        HOTP(RFC_SECRET).at(totp.step_at(NOW) + d) for d in (-1, 0, 1)
    }
    assert totp.matching_step(RFC_SECRET, right, NOW, after=totp.step_at(NOW)) is None


# --- setting it up -----------------------------------------------------------------------------------------------


def test_a_second_factor_counts_only_once_a_code_has_proved_it(wang: Any) -> None:
    browser = staff.client(wang)
    begun = call(browser, "POST", "/session/second-factor", {"password": PASSWORD}).json()
    assert begun["picture"].startswith("data:image/svg+xml") and begun["secret"] in begun["address"]
    assert sign_in(Client()).json()["signed_in"] is True, "not proved yet, so not asked for"
    wrong = call(browser, "POST", "/session/second-factor/confirm", {"code": "000000"})
    assert wrong.status_code == 422 and wrong.json()["fields"][0]["field"] == "code"
    assert browser.get("/api/session/second-factor").json()["active"] is False
    code = code_at(begun["secret"], clock.now())
    codes = call(browser, "POST", "/session/second-factor/confirm", {"code": code}).json()["codes"]
    assert len(set(codes)) == 10
    shown = browser.get("/api/session/second-factor").json()
    assert shown["active"] is True and shown["codes_left"] == 10
    assert sign_in(Client()).json()["second_step"] is True


def test_codes_cannot_be_guessed_while_a_second_factor_is_being_set_up(wang: Any) -> None:
    browser = staff.client(wang)
    secret = call(browser, "POST", "/session/second-factor", {"password": PASSWORD}).json()["secret"]
    for _ in range(5):
        refused = call(browser, "POST", "/session/second-factor/confirm", {"code": "000000"})
    assert (refused.status_code, refused.json()["code"]) == (423, "access.locked")
    right = call(browser, "POST", "/session/second-factor/confirm", {"code": code_at(secret, clock.now())})
    assert right.status_code == 423, "not even the right one, while the lock holds"


def test_setting_up_asks_for_the_password_and_counts_wrong_ones(wang: Any) -> None:
    browser = staff.client(wang)
    answers = [call(browser, "POST", "/session/second-factor", {"password": "Wrong-pass-1"}) for _ in range(5)]
    assert [a.status_code for a in answers] == [422] * 4 + [423]
    assert sign_in(Client()).status_code == 423


def test_an_unproved_secret_waits_a_quarter_of_an_hour(wang: Any) -> None:
    with clock.frozen(NOW):
        browser = staff.client(wang)
        secret = call(browser, "POST", "/session/second-factor", {"password": PASSWORD}).json()["secret"]
    late = NOW + timedelta(minutes=16)
    with clock.frozen(late):
        answer = call(browser, "POST", "/session/second-factor/confirm", {"code": code_at(secret, late)})
    assert answer.status_code == 409 and answer.json()["code"] == "access.not_enrolling"


def test_the_old_phone_holds_until_the_new_one_is_proved_and_replacing_asks_for_a_code(wang: Any, secret: str) -> None:
    with clock.frozen(NOW):
        browser = Client()
        sign_in(browser)
        step(browser, code_at(secret, NOW))
        assert call(browser, "POST", "/session/second-factor", {"password": PASSWORD}).status_code == 422
    later = NOW + timedelta(minutes=1)
    with clock.frozen(later):
        begun = call(browser, "POST", "/session/second-factor", {"code": code_at(secret, later)}).json()
    latest = NOW + timedelta(minutes=2)
    with clock.frozen(latest):
        other = Client()
        sign_in(other)
        assert step(other, code_at(secret, latest)).status_code == 200, "the new one is not proved yet"
        code = code_at(begun["secret"], latest)
        assert call(browser, "POST", "/session/second-factor/confirm", {"code": code}).status_code == 200
    after = NOW + timedelta(minutes=4)
    with clock.frozen(after):
        sign_in(other)
        assert step(other, code_at(secret, after)).status_code == 401
        assert step(other, code_at(begun["secret"], after)).status_code == 200


def test_the_database_keeps_neither_secret_nor_codes(wang: Any, owner_sql: Any) -> None:
    secret, codes = enrolled(staff.client(wang), clock.now())
    kept = " ".join(
        str(owner_sql(f"SELECT row_to_json(t)::text FROM {table} t"))
        for table in ("access_second_factor", "access_recovery_code", "access_idempotency", "access_change_log")
    )
    assert secret not in kept and secret.encode().hex() not in kept
    assert not [c for c in codes if c in kept or c.replace("-", "").encode().hex() in kept]


# --- signing in with it ------------------------------------------------------------------------------------------


def test_the_password_alone_opens_no_session(wang: Any, secret: str) -> None:
    browser = Client()
    answer = sign_in(browser)
    assert answer.status_code == 200 and answer.json()["signed_in"] is False and answer.json()["second_step"] is True
    assert "linli_session" not in browser.cookies or not browser.cookies["linli_session"].value
    assert answer.cookies["linli_step"]["httponly"]
    assert browser.get("/api/session/list").status_code == 401
    with scope.acting(staff.OPERATOR):
        assert Session.objects.filter(account_id=wang.id, created_at__gt=NOW).count() == 0


def test_a_code_from_a_chinese_keyboard_is_the_same(wang: Any, secret: str) -> None:
    browser = Client()
    with clock.frozen(NOW):
        assert sign_in(browser).json()["second_step"] is True
        wide = code_at(secret, NOW).translate({ord(d): chr(ord(d) + 0xFEE0) for d in "0123456789"})
        assert step(browser, f"{wide[:3]}\u3000{wide[3:]}").status_code == 200


def test_a_code_is_taken_once_and_no_earlier_one_after_it(wang: Any, secret: str) -> None:
    with clock.frozen(NOW):
        first, second = Client(), Client()
        sign_in(first)
        sign_in(second)
        assert step(first, code_at(secret, NOW)).json()["signed_in"] is True
        assert step(second, code_at(secret, NOW)).json()["code"] == "access.wrong_code"
        before = code_at(secret, NOW - timedelta(seconds=30))
        assert step(second, before).json()["code"] == "access.wrong_code"
        assert step(second, code_at(secret, NOW + timedelta(seconds=30))).status_code == 200


def test_of_two_uses_of_a_code_at_the_same_moment_one_gets_in(wang: Any, secret: str) -> None:
    with clock.frozen(NOW):
        browsers = [Client() for _ in range(4)]
        for browser in browsers:
            sign_in(browser)
        code, found = code_at(secret, NOW), []

        def use(browser: Client) -> None:
            try:
                found.append(step(browser, code).status_code)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=use, args=(browser,)) for browser in browsers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(found) == [200, 401, 401, 401]


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 200), (30, 200), (60, 401)])
def test_a_clock_may_be_off_by_one_step(wang: Any, secret: str, seconds: int, status: int) -> None:
    with clock.frozen(NOW):
        browser = Client()
        sign_in(browser)
        assert step(browser, code_at(secret, NOW + timedelta(seconds=seconds))).status_code == status


def test_codes_are_guessed_no_more_often_than_passwords_even_with_the_password(wang: Any, secret: str) -> None:
    with clock.frozen(NOW):
        found = []
        for _ in range(5):
            browser = Client()
            assert sign_in(browser).status_code == 200, "typing the right password is no failure"
            found.append(step(browser, "000000").status_code)
        assert found == [401] * 4 + [423]
        assert sign_in(Client()).status_code == 423


def test_right_sign_ins_leave_nothing_on_the_address(wang: Any, secret: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(rules, "IP_FAILURES", 4)
    for minutes in range(6):
        moment = NOW + timedelta(minutes=minutes)
        with clock.frozen(moment):
            browser = Client()
            assert sign_in(browser).status_code == 200
            assert step(browser, code_at(secret, moment)).status_code == 200


def test_the_step_waits_five_minutes_and_ends_with_the_password(wang: Any, secret: str) -> None:
    with clock.frozen(NOW):
        browser = Client()
        sign_in(browser)
    late = NOW + timedelta(minutes=6)
    with clock.frozen(late):
        assert step(browser, code_at(secret, late)).json()["code"] == "access.step_expired"
        sign_in(browser)
        with scope.acting(staff.OPERATOR):
            actions.reset_password(staff.OPERATOR, wang.id)
        assert step(browser, code_at(secret, late)).json()["code"] == "access.step_expired"


def test_a_forged_or_missing_proof_is_refused(wang: Any, secret: str) -> None:
    browser = Client()
    assert step(browser, "123456").json()["code"] == "access.step_expired"
    browser.cookies["linli_step"] = "eyJhIjoiMSJ9:1abc:forged"
    assert step(browser, "123456").json()["code"] == "access.step_expired"


# --- recovery codes ----------------------------------------------------------------------------------------------


def test_a_recovery_code_opens_once_however_it_is_typed(wang: Any) -> None:
    _, codes = enrolled(staff.client(wang), clock.now())
    browser = Client()
    sign_in(browser)
    assert step(browser, f" {codes[0].lower().replace('-', ' ')} ").json()["signed_in"] is True
    assert browser.get("/api/session/second-factor").json()["codes_left"] == 9
    again = Client()
    sign_in(again)
    assert step(again, codes[0]).status_code == 401
    assert step(again, codes[1]).status_code == 200


def test_new_recovery_codes_end_the_old_ones_and_ask_for_a_code(wang: Any) -> None:
    browser = staff.client(wang)
    _, codes = enrolled(browser, clock.now())
    assert call(browser, "POST", "/session/second-factor/codes", {"code": "000000"}).status_code == 422
    fresh = call(browser, "POST", "/session/second-factor/codes", {"code": codes[9]}).json()["codes"]
    assert not set(fresh) & set(codes)
    other = Client()
    sign_in(other)
    assert step(other, codes[0]).status_code == 401
    assert step(other, fresh[0]).status_code == 200


def test_codes_of_one_account_open_no_other(wang: Any) -> None:
    li = staff.staff("li", "town_clerk", password=PASSWORD)
    _, codes = enrolled(staff.client(wang), clock.now())
    enrolled(staff.client(li), clock.now())
    browser = Client()
    sign_in(browser, "li")
    assert step(browser, codes[0]).status_code == 401


# --- asked for ---------------------------------------------------------------------------------------------------


def demand(code: str = "town_clerk") -> None:
    admin = staff.client(staff.staff("head", "district_admin", staff.DISTRICT))
    role = next(r for r in admin.get("/api/roles").json()["items"] if r["code"] == code)
    answer = call(admin, "PATCH", f"/roles/{role['id']}", {"second_factor": True})
    assert answer.status_code == 200 and answer.json()["second_factor"] is True


def test_a_role_that_asks_for_it_opens_nothing_before_it_is_there(wang: Any) -> None:
    browser = staff.client(wang)
    assert browser.get("/api/probe/forgetful").status_code == 200
    demand()
    shut = browser.get("/api/probe/forgetful")
    assert shut.status_code == 403 and shut.json()["code"] == "access.second_factor_required"
    session = browser.get("/api/session").json()
    assert session["account"]["must_enrol"] is True and session["permissions"] == [] and session["areas"] == []
    _, codes = enrolled(browser, clock.now())
    assert browser.get("/api/probe/forgetful").status_code == 200, "the session that proved it goes on"
    refused = call(browser, "POST", "/session/second-factor/remove", {"code": codes[0]})
    assert refused.status_code == 409 and refused.json()["code"] == "access.second_factor_demanded"


def test_a_demand_leaves_other_roles_alone_and_builtin_roles_otherwise_as_they_are(wang: Any) -> None:
    demand()
    assert staff.client(staff.staff("grid", "grid_worker")).get("/api/probe/forgetful").status_code == 200
    admin = staff.client(staff.staff("head2", "district_admin", staff.DISTRICT))
    role = str(Role.objects.get(code="town_clerk").id)
    both = call(admin, "PATCH", f"/roles/{role}", {"second_factor": False, "permissions": ["places.view"]})
    assert both.status_code == 409 and both.json()["code"] == "access.builtin_role"
    assert Role.objects.get(code="town_clerk").second_factor is True
    actions.ensure_builtin_roles()
    assert Role.objects.get(code="town_clerk").second_factor is True, "a new version keeps what the district set"


def test_the_setting_asks_everyone(wang: Any, settings: Any) -> None:
    settings.LINLI_SECOND_FACTOR = "all"
    browser = staff.client(wang)
    assert browser.get("/api/probe/forgetful").json()["code"] == "access.second_factor_required"
    enrolled(browser, clock.now())
    assert browser.get("/api/probe/forgetful").status_code == 200


def test_without_a_demand_it_can_be_taken_off_with_a_code(wang: Any) -> None:
    browser = staff.client(wang)
    _, codes = enrolled(browser, clock.now())
    assert call(browser, "POST", "/session/second-factor/remove", {"code": "111111"}).status_code == 422
    assert call(browser, "POST", "/session/second-factor/remove", {"code": codes[3]}).status_code == 204
    assert sign_in(Client()).json()["signed_in"] is True


# --- lost --------------------------------------------------------------------------------------------------------


def test_an_administrator_resets_a_lost_factor_which_is_logged_and_ends_the_sessions(wang: Any) -> None:
    owner = staff.client(wang)
    enrolled(owner, clock.now())
    helper = staff.staff("head", "district_admin", staff.DISTRICT)
    admin = staff.client(helper)
    assert admin.get(f"/api/accounts/{wang.id}").json()["second_factor"] is True
    assert admin.delete(f"/api/accounts/{wang.id}/second-factor").status_code == 204
    assert owner.get("/api/session").json()["signed_in"] is False
    assert admin.get(f"/api/accounts/{wang.id}").json()["second_factor"] is False
    with scope.acting(staff.OPERATOR):
        entry = ChangeLog.objects.get(action="access.factor.reset")
        assert (entry.actor, entry.subject_id) == (str(helper.id), str(wang.id))
    assert sign_in(Client()).json()["signed_in"] is True
    assert admin.delete(f"/api/accounts/{wang.id}/second-factor").status_code == 404


def test_nobody_resets_their_own_nor_one_of_somebody_with_more_rights(wang: Any) -> None:
    head = staff.staff("head", "district_admin", staff.DISTRICT, password=PASSWORD)
    enrolled(staff.client(head), clock.now())
    town = staff.client(
        staff.staff("town", area=staff.DISTRICT, permissions=["access.account.view", "access.factor.reset"])
    )
    assert town.delete(f"/api/accounts/{head.id}/second-factor").json()["code"] == "access.beyond_own"
    own = staff.client(head).delete(f"/api/accounts/{head.id}/second-factor")
    assert own.json()["code"] == "access.own_grants"


def test_proving_a_factor_ends_the_sessions_opened_without_it(wang: Any) -> None:
    elsewhere, here = staff.client(wang), staff.client(wang)
    enrolled(here, clock.now())
    assert elsewhere.get("/api/session").json()["signed_in"] is False
    assert here.get("/api/session").json()["signed_in"] is True
