"""The page behind the code on a door: what residents see, what staff get, and what nobody gets out of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import staff
from django.test import Client, override_settings
from public_home import NOBODY, PRIVATE, Home, stand

from linli.kernel.http import SESSION_COOKIE
from linli.public import rules, views
from linli.public.texts import TEXTS


def look(code: str, query: str = "", **headers: Any) -> Any:
    return Client(headers=headers).get(f"/q/{code}{query}")


def test_a_resident_sees_the_place_and_whom_to_call(home: Home) -> None:
    stand("王网格", phone="+86 533-5180001")
    answer = look(home.code)
    page = answer.content.decode()
    assert answer.status_code == 200 and 'lang="zh-CN"' in page
    for word in ("甲村", "昆仑镇", "第一网格", "阳光小区", "王网格", "网格员", 'href="tel:+865335180001"'):
        assert word in page
    for number in ("110", "119", "120", "12345"):
        assert f'href="tel:{number}"' in page


def test_nothing_of_the_home_or_its_people_is_on_the_page(home: Home) -> None:
    answer = look(home.code)
    said = answer.content.decode() + str(answer.headers)
    assert not [word for word in (NOBODY, PRIVATE, "301", "1号楼", "单元", home.id, home.standard) if word in said]
    assert not answer.cookies


def test_void_unknown_and_malformed_codes_answer_alike(home: Home) -> None:
    from linli.kernel import scope
    from linli.places.buildings.home_actions import renew_code

    with scope.acting(staff.OPERATOR) as operator:
        renew_code(operator, home.id)  # type: ignore[arg-type]

    def shape(code: str) -> tuple[int, str]:
        answer = look(code)
        return answer.status_code, answer.content.decode().replace(f"/{code}", "/CODE")

    void = shape(home.code)
    assert void[0] == 404 and "二维码无效" in void[1] and "tel:110" in void[1]
    assert shape("A" * 22) == shape("x") == void


@pytest.mark.parametrize("code", ["%00", "a%00b", "%FF", "%ED%A0%80", "%3Cscript%3E", "x" * 5000, "%E7%94%B2" * 22])
def test_odd_codes_are_unknown_ones(home: Home, code: str) -> None:
    answer = look(code)
    assert answer.status_code == 404
    assert "<script" not in answer.content.decode()


def test_somebody_signed_in_is_led_to_the_console(home: Home) -> None:
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    answer = browser.get(f"/q/{home.code}")
    assert (answer.status_code, answer["Location"]) == (302, f"/scan/{home.code}")
    ended = Client()
    ended.cookies[SESSION_COOKIE] = "ended"  # whether it holds is the console's to find out
    assert ended.get(f"/q/{home.code}").status_code == 302
    assert f'href="/scan/{home.code}"' in look(home.code).content.decode()  # for staff who are not signed in yet


def test_the_page_speaks_both_languages_and_larger_type(home: Home) -> None:
    english = look(home.code, **{"Accept-Language": "en-GB,en;q=0.9"}).content.decode()
    assert 'lang="en"' in english and "Whom" not in english and "Your community" in english
    assert "您所在的社区" in look(home.code, "?lang=zh", **{"Accept-Language": "en"}).content.decode()
    large = look(home.code, "?lang=en&type=large").content.decode()
    assert 'class="large"' in large and "Normal type" in large
    assert re.search(rf'href="/q/{home.code}\?lang=zh&amp;type=large"', large)


def test_every_text_has_both_languages() -> None:
    assert all(text.zh.strip() and text.en.strip() for text in TEXTS.values())


def test_the_page_runs_no_script_and_asks_for_nothing_else(home: Home) -> None:
    answer = look(home.code)
    page, policy = answer.content.decode(), answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert "<script" not in page and " style=" not in page and "http" not in page.replace("http-equiv", "")
    assert (answer["Cache-Control"], answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
        "no-store", "no-referrer", "noindex",
    )  # fmt: skip
    assert len(answer.content) < 10_000


def test_the_style_sheet_is_the_one_the_policy_names(home: Home) -> None:
    import base64
    import hashlib

    answer = look(home.code)
    sheet = re.search(r"<style>(.*?)</style>", answer.content.decode(), re.S)
    assert sheet is not None
    digest = base64.b64encode(hashlib.sha256(sheet[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer["Content-Security-Policy"]


def test_an_address_that_looks_too_often_has_to_wait(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "limiter", rules.Limiter(most=2))
    assert [look(home.code).status_code for _ in range(3)] == [200, 200, 429]
    refused = look("A" * 22)
    assert (refused.status_code, refused["Retry-After"]) == (429, "60") and "tel:110" in refused.content.decode()
    with override_settings(LINLI_PROXIES=1):
        elsewhere = Client().get(f"/q/{home.code}", headers={"X-Forwarded-For": "203.0.113.9"})
    assert elsewhere.status_code == 200


def test_a_database_that_is_away_is_said_and_emergency_numbers_stay(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def away(_code: str) -> None:
        raise OperationalError

    monkeypatch.setattr("linli.public.queries.door", away)
    answer = look(home.code)
    assert answer.status_code == 503 and "tel:110" in answer.content.decode()


def test_only_looking_is_possible(home: Home) -> None:
    assert Client().post(f"/q/{home.code}").status_code == 405


def test_without_the_role_the_code_leads_to_the_console_as_before(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.public.queries.ALIAS", "none")
    assert look(home.code)["Location"] == f"/scan/{home.code}"
