"""The transaction of a request: scope, rollback, retry, streams, logs, and errors as problem documents."""

from __future__ import annotations

import json
import threading
from typing import Any

import access_urls
import pytest
import staff
from django.db import OperationalError, connections, transaction
from django.test import Client

from linli.access.middleware import RequestMiddleware
from linli.kernel import scope

pytestmark = pytest.mark.usefixtures("db")


def browser_of(role: str = "town_clerk", area: str = staff.TOWN) -> Client:
    return staff.client(staff.staff("wang", role, area), raise_request_exception=False)


def written(owner_sql: Any) -> int:
    return int(owner_sql("SELECT count(*) FROM access_change_log WHERE action = 'probe.row.write'")[0][0])


@pytest.mark.parametrize(("status", "rows"), [(200, 1), (302, 1), (400, 0), (409, 0), (422, 0), (500, 0), (503, 0)])
def test_an_answer_of_400_or_more_leaves_nothing_written(status: int, rows: int, owner_sql: Any) -> None:
    answer = browser_of().post(f"/api/probe/write?status={status}")
    assert answer.status_code == status
    assert written(owner_sql) == rows


def test_unexpected_failures_tell_nothing_but_a_number() -> None:
    answer = browser_of().post("/api/probe/write?status=500", headers={"Accept-Language": "en"})
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert body["code"] == "kernel.unexpected" and body["request_id"] == answer["X-Request-ID"]
    assert "37030219900101001X" not in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/api/nowhere", 404, "kernel.not_found"), ("/api/broken", 500, "kernel.unexpected"),
     ("/api/accounts?limit=x", 422, "kernel.invalid")],
)  # fmt: skip
def test_every_error_is_a_problem_document(path: str, status: int, code: str) -> None:
    answer = browser_of("district_admin", staff.DISTRICT).get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    if status == 422:
        assert answer.json()["fields"][0]["field"] == "limit"


def test_bad_json_and_nul_characters_are_the_callers_fault() -> None:
    browser = browser_of("district_admin", staff.DISTRICT)
    assert browser.post("/api/accounts", "{", content_type="application/json").status_code == 400
    unit = str(staff.units()[staff.TOWN])
    body = json.dumps({"username": "abc", "name": "a\x00b", "unit_id": unit})
    assert browser.post("/api/accounts", body, content_type="application/json").status_code in (400, 422)
    assert browser.get("/api/accounts?q=%00").status_code == 400


def test_a_query_that_forgets_restrict_sees_nothing_foreign() -> None:
    staff.units()
    assert browser_of().get("/api/probe/forgetful").json()["codes"] == [staff.TOWN, staff.VILLAGE]
    nobody = staff.client(staff.staff("nobody"))
    assert nobody.get("/api/probe/forgetful").json()["codes"] == []


def test_a_write_outside_the_scope_is_forbidden_by_the_database(owner_sql: Any) -> None:
    browser = browser_of()
    answer = browser.post(f"/api/probe/foreign?area={staff.OTHER_TOWN}")
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.forbidden")
    assert browser.post(f"/api/probe/foreign?area={staff.VILLAGE}").status_code == 200
    assert owner_sql("SELECT area_code FROM access_unit WHERE name = '外地'") == [(staff.VILLAGE,)]


def test_the_scope_of_a_request_is_that_of_kernel_scope() -> None:
    account = staff.staff("wang", "town_clerk", staff.TOWN)
    with scope.acting(staff.OPERATOR):
        from linli.access.models import Role

        role = Role.objects.get(code="grid_worker")
        staff.appoint(account, role, staff.VILLAGE)
        staff.appoint(account, role, staff.OTHER_VILLAGE)
    answer = staff.client(account).get("/api/probe/settings")
    expected = scope.settings_of(staff.actor(account))
    assert answer.json()["settings"][:5] == list(expected[:5])
    assert answer.json()["settings"][3] == f"{{{staff.TOWN},{staff.OTHER_VILLAGE}}}"
    assert answer.json()["settings"][5] == answer["X-Request-ID"]


def test_a_connection_carries_no_scope_to_the_next_request() -> None:
    """The test client keeps the connection open between requests, as a pool does."""
    browser = browser_of("district_admin", staff.DISTRICT)
    assert browser.get("/api/probe/settings").json()["visible"] == 1
    connection = connections["default"].connection
    after = Client().get("/api/probe/settings").json()
    assert after["visible"] == 0 and after["settings"][:5] == ["", "", "0", "{}", "anonymous"]
    stale = Client()
    stale.cookies["linli_session"] = "no-such-session"
    assert stale.get("/api/probe/settings").json()["visible"] == 0
    assert connections["default"].connection is connection
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT current_setting('linli.lo', true), count(*) FROM access_account")
        assert cursor.fetchone() in [("", 0), (None, 0)]


def test_real_pooled_connections_carry_no_scope_either(test_databases: Any, db: str) -> None:
    from psycopg_pool import ConnectionPool

    account = staff.staff("wang", "district_admin", staff.DISTRICT)
    staff.client(account)
    with ConnectionPool(test_databases.info.on(db).app.conninfo(), min_size=1, max_size=1) as pool:
        with pool.connection() as connection:
            connection.execute(scope.SET_SCOPE, scope.settings_of(staff.actor(account)))
            assert connection.execute("SELECT count(*) FROM access_account").fetchone() == (1,)
        with pool.connection() as connection:
            assert connection.execute("SELECT count(*) FROM access_account").fetchone() == (0,)


def test_the_read_log_survives_a_refusal_in_one_insert(owner_sql: Any) -> None:
    browser = browser_of()
    assert browser.get("/api/probe/look?status=409").status_code == 409
    rows = owner_sql("SELECT kind, subject_id, area_code, count, request FROM access_read_log ORDER BY kind")
    assert [row[:4] for row in rows] == [("detail", "p1", "370302104", None), ("list", "", staff.TOWN, 50)]
    assert rows[0][4] == rows[1][4] != ""


def test_an_answer_that_cannot_be_logged_is_not_given(owner_sql: Any) -> None:
    browser = browser_of()
    owner_sql("REVOKE INSERT ON access_read_log FROM linli_app")
    assert browser.get("/api/probe/look").status_code >= 400


def test_streams_read_in_a_scope_of_their_own_and_are_logged(owner_sql: Any) -> None:
    answer = browser_of().get("/api/probe/stream")
    assert b"".join(answer).decode().split() == [staff.TOWN, staff.VILLAGE]
    assert owner_sql("SELECT kind, count FROM access_read_log") == [("export", 2)]


def test_a_read_is_tried_again_after_a_serialization_conflict() -> None:
    answer = browser_of().get("/api/probe/flaky")
    assert answer.status_code == 200 and answer.json() == {"calls": 2}


def test_a_lost_connection_is_mended_for_reads_and_for_writes_not_begun(owner_sql: Any) -> None:
    browser = browser_of()
    for ask in (lambda: browser.get("/api/probe/forgetful"), lambda: browser.post("/api/probe/write")):
        browser.get("/api/session")
        owner_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'linli_app' AND datname = current_database()"
        )
        assert ask().status_code == 200
    assert written(owner_sql) == 1


def test_without_a_database_every_door_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection refused")

    browser = browser_of()
    monkeypatch.setattr(transaction.Atomic, "__enter__", down)
    answer = browser.get("/api/accounts")
    assert (answer.status_code, answer.json()["code"]) == (503, "kernel.unavailable")


def test_writes_need_the_token_of_the_page() -> None:
    account = staff.staff("wang", "town_clerk")
    browser = staff.client(account, enforce_csrf_checks=True)
    refused = browser.post("/api/probe/write")
    assert (refused.status_code, refused.json()["code"]) == (403, "kernel.csrf")
    assert not access_urls.calls
    browser.get("/api/session")
    done = browser.post("/api/probe/write", headers={"X-CSRFToken": browser.cookies["csrftoken"].value})
    assert done.status_code == 200


def test_answers_carry_the_security_headers() -> None:
    answer = Client().get("/api/session")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "frame-ancestors 'none'" in policy and "unsafe-eval" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Cache-Control"] == "no-store"


def test_an_upload_above_the_setting_is_refused_before_it_is_read(settings: Any) -> None:
    settings.LINLI_UPLOAD_LIMIT = 10
    answer = browser_of().post("/api/probe/write", "x" * 1_100_000, content_type="text/plain")
    assert (answer.status_code, answer.json()["code"]) == (413, "kernel.too_large")


def test_the_actor_is_current_inside_and_gone_outside() -> None:
    seen: list[str] = []

    def view(request: Any) -> Any:
        from django.http import HttpResponse

        seen.append(scope.current().id)
        return HttpResponse()

    from django.test import RequestFactory

    account = staff.staff("wang", "town_clerk")
    request = RequestFactory().get("/api/x")
    request.COOKIES["linli_session"] = staff.client(account).cookies["linli_session"].value
    RequestMiddleware(view)(request)
    assert seen == [str(account.id)] and scope.current().kind == "anonymous"


def test_parallel_requests_do_not_share_scope() -> None:
    staff.units()
    browsers = {
        staff.TOWN: staff.client(staff.staff("wang", "town_clerk", staff.TOWN)),
        staff.OTHER_TOWN: staff.client(staff.staff("zhao", "town_clerk", staff.OTHER_TOWN)),
    }
    wrong: list[str] = []

    def work(area: str) -> None:
        try:
            for _ in range(15):
                codes = browsers[area].get("/api/probe/forgetful").json()["codes"]
                if len(codes) != 2 or not all(code.startswith(area) for code in codes):
                    wrong.append(f"{area}: {codes}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(area,)) for area in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_request_log_names_the_template_and_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    import structlog

    with structlog.testing.capture_logs() as entries:
        browser_of("district_admin", staff.DISTRICT).get("/api/accounts?q=张三")
    entry = next(e for e in entries if e["event"] == "request")
    assert entry["route"] == "api/accounts" and entry["status"] == 200 and "张三" not in str(entries)
    assert entry["actor"] and entry["request_id"]
