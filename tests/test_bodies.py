"""Bodies: nobody's is read before they are let in, and none is larger than its operation takes."""

from __future__ import annotations

import io
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import staff
from django.conf import settings
from test_operations import operations

from linli.kernel import http, permissions

pytestmark = pytest.mark.usefixtures("db")
PROXY = Path(__file__).parents[1] / "deploy" / "proxy" / "nginx.conf"
UPLOAD = "/api/intake/batches"
FORM = "multipart/form-data; boundary=linli"
MEGABYTE = 1024 * 1024
UNSAFE = {name: operation for name, operation in operations() if not name.startswith("GET ")}


class Unread(io.RawIOBase):
    """A body that notes when somebody reads it."""

    touched = False

    def read(self, size: int = -1) -> bytes:
        self.touched = True
        raise OSError("read")

    def readline(self, size: int | None = -1) -> bytes:
        return self.read()


def send(browser: Any, method: str, path: str, length: int | str, kind: str = FORM, **headers: str) -> tuple[Any, bool]:
    """Send a request whose body is never to be read; returns the answer and whether it was."""
    body = Unread()
    answer = browser.generic(
        method, path, b"x", kind, headers=headers, **{"wsgi.input": body, "CONTENT_LENGTH": str(length)}
    )
    return answer, body.touched


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}])
def test_an_upload_of_somebody_unsigned_is_not_read(key: dict[str, str]) -> None:
    stranger = staff.client(enforce_csrf_checks=True)
    token = stranger.get("/api/session").cookies["csrftoken"].value
    answer, read = send(stranger, "POST", UPLOAD, 100 * MEGABYTE, **{"X-CSRFToken": token, **key})
    assert (answer.status_code, read) == (401, False), answer.content
    stale = staff.client(enforce_csrf_checks=True)
    stale.cookies["linli_session"], stale.cookies["csrftoken"] = "no-such-session", token
    answer, read = send(stale, "POST", UPLOAD, 100 * MEGABYTE, **{"X-CSRFToken": token, **key})
    assert (answer.status_code, read) == (401, False)


def test_a_form_without_the_token_in_its_header_is_not_read() -> None:
    browser = staff.client(staff.staff("clerk", "town_clerk"), enforce_csrf_checks=True)
    browser.get("/api/session")
    answer, read = send(browser, "POST", UPLOAD, 100 * MEGABYTE)
    assert (answer.status_code, answer.json()["code"], read) == (403, "kernel.csrf", False)


def test_an_upload_of_somebody_without_the_permission_is_not_read() -> None:
    others = [p.code for p in permissions.catalogue() if p.code != "intake.batch.upload"]
    answer, read = send(staff.client(staff.staff("others", permissions=others)), "POST", UPLOAD, 100 * MEGABYTE)
    assert (answer.status_code, read) == (403, False)


def test_an_upload_over_the_setting_is_not_read() -> None:
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    answer, read = send(browser, "POST", UPLOAD, settings.LINLI_UPLOAD_LIMIT + 2 * MEGABYTE)
    assert (answer.status_code, answer.json()["code"], read) == (413, "kernel.too_large", False)


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_operations_without_a_file_refuse_large_bodies_unread_even_of_those_who_may(kind: str) -> None:
    everything = [p.code for p in permissions.catalogue()]
    browser = staff.client(staff.staff("everyone", area=staff.DISTRICT, permissions=everything))
    wrong = []
    for name, operation in UNSAFE.items():
        mark = operation.auth_callbacks[0]
        if mark.upload:
            continue
        method, _, template = name.partition(" ")
        path = "/api" + re.sub(r"\{[^}]*row\}", "2", re.sub(r"\{(?![^}]*row\})[^}]+\}", str(uuid.uuid4()), template))
        answer, read = send(browser, method, path, mark.most + 1, kind)
        if (answer.status_code, read) != (413, False):
            wrong.append(f"{name}: {answer.status_code}, read: {read}")
    assert not wrong, "\n".join(wrong)


def test_only_uploads_take_a_file_here_and_at_the_proxy_and_strangers_may_send_little() -> None:
    uploads = [name for name, operation in UNSAFE.items() if operation.auth_callbacks[0].upload]
    assert sorted(uploads) == [
        "POST /boundaries", "POST /boundaries/preview", "POST /calendar/files", "POST /case-categories/loads",
        "POST /case-categories/preview", "POST /case-routing/file", "POST /forms", "POST /forms/inspect",
        "POST /forms/{uuidstr:form_id}/versions", "POST /intake/batches", "POST /ledgers/fill", "POST /ledgers/templates",
        "POST /map-files/{what}", "POST /map-files/{what}/preview", "POST /tiers/communities/{code}/evidence",
        "POST /tiers/practice/{uuidstr:card_id}/photos", "POST /tiers/recognitions/check", "POST /tiers/recognitions/import",
        "POST /tiers/systems/check", "POST /tiers/systems/import",
    ]  # fmt: skip
    let_through = re.search(r"location ~ (\^/api/\S+) \{\s+client_max_body_size", PROXY.read_text())
    assert let_through is not None
    large = [name for name in UNSAFE if re.search(let_through[1], "/api" + name.split(" ")[1])]
    assert sorted(large) == sorted(uploads), "the proxy lets large bodies through for these alone"
    answer, read = send(staff.client(), "POST", "/api/session", http.PUBLIC_BODY + 1, "application/json")
    assert (answer.status_code, read) == (413, False)


@pytest.mark.parametrize("length", ["-1", "x", "１"])
def test_a_length_that_is_no_number_is_the_callers_fault(length: str) -> None:
    answer, read = send(staff.client(raise_request_exception=False), "POST", "/api/session", length)
    assert (answer.status_code, read) == (400, False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"facts": {"name": "\x00"}, "area_code": staff.VILLAGE, "reason": "出生登记"}, "facts.name"),
        ({"facts": {"name": "王"}, "area_code": staff.VILLAGE, "reason": ["a", "b\x00"]}, "reason"),
        ({"facts": {"na\x00me": "王"}}, "facts"),
    ],
)
def test_a_text_with_the_character_nul_is_refused_by_its_place(body: dict[str, Any], field: str) -> None:
    answer = staff.client(staff.staff("clerk", "town_clerk")).post("/api/people", body, content_type="application/json")
    assert answer.status_code == 422, answer.content
    assert [entry["field"] for entry in answer.json()["fields"]] == [field]


def test_the_letters_that_spell_nul_are_text_like_any_other() -> None:
    assert http.holding_nul({"a": [r"\u0000", {"b": 1}]}) is None


def test_an_error_of_the_driver_itself_is_answered_as_djangos_own() -> None:
    """COPY speaks to psycopg without Django: what it says of the data is the caller's to mend."""
    import psycopg

    assert http.problem_of(psycopg.errors.CharacterNotInRepertoire()).status == 400
    assert http.problem_of(psycopg.errors.InsufficientPrivilege()).status == 403
    assert http.problem_of(psycopg.errors.SerializationFailure()).status == 503
