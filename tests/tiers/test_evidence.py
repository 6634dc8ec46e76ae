"""Evidence: a file is what its bytes are, it comes back as it was, and a wrong one is refused in words."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.kernel.scope import acting
from linli.tiers.models import Evidence

CODE = "370302005013"
PATH = f"/api/tiers/communities/{CODE}/evidence"
PDF = b"%PDF-1.7 proof"


@pytest.fixture
def browser(seeded_db: str) -> Any:
    return staff.client(staff.staff("officer", "tier_officer", staff.DISTRICT))


def send(browser: Any, name: str, content: bytes, indicator: str = "B01") -> Any:
    return browser.post(PATH, {"indicator": indicator, "file": SimpleUploadedFile(name, content)})


def test_a_file_comes_back_as_it_was_and_can_be_taken_away(browser: Any) -> None:
    made = send(browser, "../运营商证明.exe", PDF).json()
    assert (made["kind"], made["name"], made["size"]) == ("application/pdf", "运营商证明.pdf", len(PDF))
    answer = browser.get(f"{PATH}/{made['id']}")
    assert answer.content == PDF and answer["Content-Disposition"].startswith("attachment")
    assert [each["id"] for each in browser.get(f"{PATH}?indicator=B01").json()["items"]] == [made["id"]]
    assert browser.get(f"{PATH}?indicator=B02").json()["items"] == []
    remove = f"{PATH}/{made['id']}/remove"
    assert browser.post(remove, {}, content_type="application/json").status_code == 204
    assert browser.get(f"{PATH}/{made['id']}").status_code == 404
    assert browser.get(PATH).json()["items"] == []
    with acting(staff.OPERATOR):
        assert Evidence.objects.get().removed_by_name == "用户officer"


@pytest.mark.parametrize("content", [b"MZ\x90 program", b"<html><script>", b"PK\x03\x04 no office file", b"just text"])
def test_a_file_of_a_wrong_kind_is_refused_whatever_its_name_says(browser: Any, content: bytes) -> None:
    answer = send(browser, "proof.pdf", content)
    assert answer.status_code == 422 and answer.json()["code"] == "tiers.evidence_kind"
    assert browser.get(PATH).json()["items"] == []


def test_an_empty_file_and_an_unknown_indicator_are_refused(browser: Any) -> None:
    assert send(browser, "proof.pdf", PDF, "Z99").json()["fields"][0]["field"] == "indicator"
    assert send(browser, "proof.pdf", b"").status_code == 422


def test_other_departments_do_not_read_drafts_nor_papers(browser: Any) -> None:
    made = send(browser, "proof.pdf", PDF).json()
    other = staff.client(staff.staff("other", "officer", staff.DISTRICT))
    for path in (PATH, f"{PATH}/{made['id']}", PATH.replace("evidence", "values")):
        assert other.get(path).status_code == 403 and browser.get(path).status_code == 200
    assert other.get(PATH.removesuffix("/evidence")).status_code == 200
