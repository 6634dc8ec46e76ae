"""A write sent twice is done once and answered twice, also when both arrive at the same moment."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import access_urls
import pytest
import staff
from django.db import connections
from django.test import Client

from linli.kernel import clock

pytestmark = pytest.mark.usefixtures("db")
KEY = {"Idempotency-Key": "0190a3c4-0000-7000-8000-000000000001"}


def rows(owner_sql: Any) -> int:
    return int(owner_sql("SELECT count(*) FROM access_change_log WHERE action = 'probe.row.write'")[0][0])


def test_the_same_request_gets_the_same_answer_and_works_once(owner_sql: Any) -> None:
    browser = staff.client(staff.staff("wang", "town_clerk"))
    first, second = (browser.post("/api/probe/write", headers=KEY) for _ in range(2))
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first
    assert rows(owner_sql) == 1 and len(access_urls.calls) == 1


def test_the_same_key_with_another_request_is_refused(owner_sql: Any) -> None:
    browser = staff.client(staff.staff("wang", "town_clerk"))
    browser.post("/api/probe/write", '{"a": 1}', content_type="application/json", headers=KEY)
    answer = browser.post("/api/probe/write", '{"a": 2}', content_type="application/json", headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.idempotency_key")
    assert rows(owner_sql) == 1


def test_keys_belong_to_their_actor(owner_sql: Any) -> None:
    for name in ("wang", "li"):
        browser = staff.client(staff.staff(name, "town_clerk"))
        assert "Idempotent-Replayed" not in browser.post("/api/probe/write", headers=KEY)
    assert rows(owner_sql) == 2


def test_a_refused_request_may_come_again_with_the_same_key(owner_sql: Any) -> None:
    browser = staff.client(staff.staff("wang", "district_admin", staff.DISTRICT))
    unit = str(staff.units()[staff.TOWN])

    def create(username: str) -> Any:
        body = json.dumps({"username": username, "name": "新人", "unit_id": unit})
        return browser.post("/api/accounts", body, content_type="application/json", headers=KEY)

    assert create("9 wrong").status_code == 422
    made = create("xin")
    assert made.status_code == 201
    again = create("xin")
    assert again.status_code == 201 and again.json()["password"] == made.json()["password"]
    kept = owner_sql("SELECT encode(body, 'escape') FROM access_idempotency")
    assert len(kept) == 1 and made.json()["password"] not in kept[0][0]


def test_two_submits_at_the_same_moment_do_the_work_once(owner_sql: Any) -> None:
    account = staff.staff("wang", "town_clerk")
    browsers = [staff.client(account) for _ in range(6)]
    start, answers = threading.Barrier(len(browsers)), []

    def work(browser: Client) -> None:
        try:
            start.wait()
            answers.append(browser.post("/api/probe/write", headers=KEY))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.status_code for a in answers} == {200} and len({a.content for a in answers}) == 1
    assert sum("Idempotent-Replayed" not in a for a in answers) == 1
    assert rows(owner_sql) == 1


def test_an_answer_too_large_to_keep_is_not_done_again(owner_sql: Any) -> None:
    browser = staff.client(staff.staff("wang", "town_clerk"))
    assert browser.post("/api/probe/write?size=300000", headers=KEY).status_code == 200
    answer = browser.post("/api/probe/write?size=300000", headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (409, "kernel.done_before")
    assert rows(owner_sql) == 1


def test_answers_are_forgotten_after_a_day(owner_sql: Any) -> None:
    account = staff.staff("wang", "town_clerk")
    with clock.frozen(clock.now() - timedelta(hours=25)):
        staff.client(account).post("/api/probe/write", headers=KEY)
    staff.client(account).post("/api/probe/write", headers={"Idempotency-Key": "another"})
    assert owner_sql("SELECT key FROM access_idempotency") == [("another",)]
