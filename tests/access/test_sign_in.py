"""Signing in: one answer for wrong names and wrong passwords, lock-out, sessions that end, passwords that hold."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
import staff
from django.db import connections
from django.test import Client

from linli.access.models import Session
from linli.kernel import clock, scope

PASSWORD = "Kunlun-7-Hill"
pytestmark = pytest.mark.usefixtures("db")


def post(browser: Client, path: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return browser.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def sign_in(browser: Client, username: str, password: str) -> Any:
    return post(browser, "/api/session", {"username": username, "password": password})


def test_signing_in_answers_who_i_am_and_where() -> None:
    staff.staff("wang", "town_clerk", staff.TOWN, password=PASSWORD)
    browser = Client()
    assert browser.get("/api/session").json()["signed_in"] is False
    answer = sign_in(browser, " Wang ", PASSWORD)
    assert answer.status_code == 200
    body = answer.json()
    assert body == browser.get("/api/session").json()
    assert body["account"]["username"] == "wang" and body["unit"]["area_code"] == staff.TOWN
    assert [area["code"] for area in body["areas"]] == [staff.TOWN] and body["areas"][0]["level"] == "town"
    assert "registry.person.view" in body["permissions"] and "access.account.edit" not in body["permissions"]
    assert body["post"]["title"]
    cookie = answer.cookies["linli_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_signing_in_anew_ends_the_session_before_and_failing_keeps_it() -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    browser = staff.client(staff.staff("li", "town_clerk"))
    before = browser.cookies["linli_session"].value
    assert sign_in(browser, "wang", "Wrong-pass-1").status_code == 401
    assert browser.get("/api/session").json()["account"]["username"] == "li"
    assert sign_in(browser, "wang", PASSWORD).json()["account"]["username"] == "wang"
    old = Client()
    old.cookies["linli_session"] = before
    assert old.get("/api/session").json()["signed_in"] is False


def test_parallel_guesses_are_counted_one_by_one() -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    codes: list[int] = []

    def guess() -> None:
        try:
            codes.append(sign_in(Client(), "wang", "Wrong-pass-1").status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [401] * 4 + [423] * 8


def test_cookie_is_secure_over_tls() -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    browser = Client()
    answer = browser.post(
        "/api/session",
        json.dumps({"username": "wang", "password": PASSWORD}),
        content_type="application/json",
        secure=True,
    )
    assert answer.cookies["linli_session"]["secure"]
    assert "max-age" in answer["Strict-Transport-Security"]


def test_the_database_keeps_no_token(owner_sql: Any) -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    browser = Client()
    sign_in(browser, "wang", PASSWORD)
    token = browser.cookies["linli_session"].value
    assert len(token) >= 43
    rows = owner_sql("SELECT row_to_json(s)::text FROM access_session s")
    assert len(rows) == 1 and token not in rows[0][0]
    assert owner_sql("SELECT password FROM access_account")[0][0].startswith("argon2$argon2id$")


def test_wrong_name_and_wrong_password_look_the_same() -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    answers = [sign_in(Client(), name, "Wrong-pass-1").json() for name in ("wang", "nobody")]
    for answer in answers:
        answer.pop("request_id")
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "access.bad_credentials" and answers[0]["params"]["tries_left"] == 4


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_five_failures_lock_for_a_quarter_of_an_hour_then_longer(name: str) -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    start = clock.now()
    codes = []
    with clock.frozen(start):
        for _ in range(6):
            codes.append(sign_in(Client(), name, "Wrong-pass-1").json()["code"])
    assert codes == ["access.bad_credentials"] * 4 + ["access.locked"] * 2
    with clock.frozen(start + timedelta(minutes=14)):
        assert sign_in(Client(), name, PASSWORD).status_code == 423
    with clock.frozen(start + timedelta(minutes=16)):
        answers = [sign_in(Client(), name, "Wrong-pass-1") for _ in range(5)]
        assert answers[-1].status_code == 423
    with clock.frozen(start + timedelta(minutes=16 + 29)):
        assert sign_in(Client(), name, PASSWORD).status_code == 423
    with clock.frozen(start + timedelta(minutes=16 + 31)):
        assert sign_in(Client(), name, PASSWORD).status_code == (200 if name == "wang" else 401)


def test_success_forgets_failures() -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    for _ in range(4):
        sign_in(Client(), "wang", "Wrong-pass-1")
    assert sign_in(Client(), "wang", PASSWORD).status_code == 200
    assert sign_in(Client(), "wang", "Wrong-pass-1").json()["params"]["tries_left"] == 4


def test_one_address_is_throttled_across_names(monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.access import rules

    monkeypatch.setattr(rules, "IP_FAILURES", 6)
    staff.staff("wang", "town_clerk", password=PASSWORD)
    for number in range(6):
        assert sign_in(Client(), f"guess{number}", "Wrong-pass-1").status_code == 401
    answer = sign_in(Client(), "wang", PASSWORD)
    assert answer.status_code == 429 and answer.json()["code"] == "access.too_many_attempts"
    other = Client(REMOTE_ADDR="10.9.9.9")
    assert sign_in(other, "wang", PASSWORD).status_code == 200


def test_a_closed_account_cannot_sign_in_and_its_session_ends() -> None:
    account = staff.staff("wang", "town_clerk", password=PASSWORD)
    browser = staff.client(account)
    assert browser.get("/api/session").json()["signed_in"]
    with scope.acting(staff.OPERATOR):
        from linli.access import actions

        actions.change_account(staff.OPERATOR, account.id, active=False)
    assert browser.get("/api/session").json()["signed_in"] is False
    assert sign_in(Client(), "wang", PASSWORD).status_code == 401


def test_sessions_end_after_two_idle_hours_and_after_twelve() -> None:
    account = staff.staff("wang", "town_clerk")
    start = clock.now()
    with clock.frozen(start):
        idle, busy = staff.client(account), staff.client(account)
    for hour in range(1, 12):
        with clock.frozen(start + timedelta(hours=hour)):
            assert busy.get("/api/session").json()["signed_in"]
            if hour == 3:
                assert not idle.get("/api/session").json()["signed_in"]
    with clock.frozen(start + timedelta(hours=12, minutes=1)):
        assert not busy.get("/api/session").json()["signed_in"]


def test_last_seen_is_written_at_most_once_a_minute(owner_sql: Any) -> None:
    account = staff.staff("wang", "town_clerk")
    start = clock.now()
    with clock.frozen(start):
        browser = staff.client(account)
    for seconds, expected in ((30, start), (70, start + timedelta(seconds=70))):
        with clock.frozen(start + timedelta(seconds=seconds)):
            browser.get("/api/session")
        assert owner_sql("SELECT last_seen_at FROM access_session")[0][0] == expected


def test_own_sessions_are_listed_and_ended() -> None:
    account, other = staff.staff("wang", "town_clerk"), staff.staff("li", "town_clerk")
    here, there = staff.client(account), staff.client(account)
    items = here.get("/api/session/list").json()["items"]
    assert len(items) == 2 and [i["current"] for i in items].count(True) == 1
    theirs = next(i["id"] for i in items if not i["current"])
    assert staff.client(other).delete(f"/api/session/list/{theirs}").status_code == 404
    assert here.delete(f"/api/session/list/{theirs}").status_code == 204
    assert not there.get("/api/session").json()["signed_in"]
    assert here.delete("/api/session").json() == {**here.get("/api/session").json()}
    assert not here.get("/api/session").json()["signed_in"]


def test_changing_the_password_ends_other_sessions_and_minds_the_rules() -> None:
    account = staff.staff("wang", "town_clerk", password=PASSWORD)
    here, there = staff.client(account), staff.client(account)
    wrong = post(here, "/api/session/password", {"old": "nope", "new": "Another-9-Hill"})
    assert wrong.status_code == 422 and wrong.json()["fields"][0]["field"] == "old"
    weak = post(here, "/api/session/password", {"old": PASSWORD, "new": "wang123"}, **{"Accept-Language": "zh-CN"})
    assert {f["code"] for f in weak.json()["fields"]} >= {"too_short", "too_plain", "has_name"}
    assert post(here, "/api/session/password", {"old": PASSWORD, "new": "Another-9-Hill"}).status_code == 204
    assert here.get("/api/session").json()["signed_in"] and not there.get("/api/session").json()["signed_in"]
    assert sign_in(Client(), "wang", PASSWORD).status_code == 401
    assert sign_in(Client(), "wang", "Another-9-Hill").status_code == 200


def test_an_open_screen_is_no_way_to_guess_the_password() -> None:
    account = staff.staff("wang", "town_clerk", password=PASSWORD)
    here = staff.client(account)
    for _ in range(4):
        post(here, "/api/session/password", {"old": "nope", "new": "Another-9-Hill"})
    assert post(here, "/api/session/password", {"old": "nope", "new": "Another-9-Hill"}).status_code == 423
    assert sign_in(Client(), "wang", PASSWORD).status_code == 423


def test_one_time_password_opens_nothing_but_its_change() -> None:
    admin = staff.client(staff.staff("admin1", "district_admin", staff.DISTRICT))
    account = staff.staff("wang", "district_admin", staff.DISTRICT)
    password = post(admin, f"/api/accounts/{account.id}/password").json()["password"]
    browser = Client()
    body = sign_in(browser, "wang", password).json()
    assert body["account"]["must_change_password"] and body["areas"] == [] and body["permissions"] == []
    refused = browser.get("/api/accounts")
    assert refused.status_code == 403 and refused.json()["code"] == "access.password_change_required"
    assert post(browser, "/api/session/password", {"old": password, "new": "Another-9-Hill"}).status_code == 204
    assert browser.get("/api/accounts").status_code == 200


def test_language_is_kept_and_followed() -> None:
    browser = staff.client(staff.staff("wang", "town_clerk"))
    body = browser.patch("/api/session", json.dumps({"language": "en"}), content_type="application/json").json()
    assert body["account"]["language"] == "en"
    assert browser.get("/api/session").json()["account"]["language"] == "en"
    assert browser.get("/api/accounts").json()["title"].startswith("You may not")
    assert (
        browser.get("/api/accounts", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
        .json()["title"]
        .startswith("您没有")
    )


def test_signing_in_needs_the_page_it_came_from() -> None:
    staff.staff("wang", "town_clerk", password=PASSWORD)
    browser = Client(enforce_csrf_checks=True)
    assert sign_in(browser, "wang", PASSWORD).json()["code"] == "kernel.csrf"
    browser.get("/api/session")
    token = browser.cookies["csrftoken"].value
    done = browser.post(
        "/api/session",
        json.dumps({"username": "wang", "password": PASSWORD}),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert done.status_code == 200
    assert browser.cookies["csrftoken"].value != token


def test_expired_sessions_are_gone_from_the_list_and_then_from_the_table() -> None:
    account = staff.staff("wang", "town_clerk", password=PASSWORD)
    start = clock.now()
    with clock.frozen(start - timedelta(hours=5)):
        staff.client(account)
    browser = staff.client(account)
    assert len(browser.get("/api/session/list").json()["items"]) == 1
    with scope.acting(staff.OPERATOR):
        assert Session.objects.count() == 1
