"""The pages for reports, without script: a report is taken once and never half, its number stays out of addresses, floods wait."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import staff
import structlog.testing
from django.test import Client

sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))

from attachment_samples import bomb, photo
from case_world import World, village
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.kernel import clock, scope
from linli.kernel.limiting.actions import Limiter
from linli.public import report_pages, report_texts, report_views, told_views
from linli.public.report_rules import Gate
from linli.public.report_texts import TEXTS

SECRET = "13912345678"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts for itself."""
    monkeypatch.setattr(report_views, "reports", Limiter("report", 50, 600))
    monkeypatch.setattr(report_views, "looks", Limiter("track", 500, 60))
    monkeypatch.setattr(report_views, "gate", Gate())
    report_views._towns.cache_clear()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What the program writes into its log."""
    with structlog.testing.capture_logs() as entries:
        yield entries  # type: ignore[misc]


class Browser:
    """A browser without script: it opens a page and sends its form with what stands in it."""

    def __init__(self, **headers: Any) -> None:
        self.client = Client(enforce_csrf_checks=True, headers=headers)
        self.page = ""

    def open(self, path: str) -> Any:
        answer = self.client.get(path)
        self.page = answer.content.decode()
        return answer

    def send(self, path: str, page: str | None = None, **typed: Any) -> Any:
        hidden = dict(
            re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|form)" value="([^"]*)"', page or self.page)
        )
        answer = self.client.post(path, {**hidden, **typed})
        self.page = answer.content.decode()
        return answer

    def report(self, **typed: Any) -> Any:
        self.open("/report")
        return self.send("/report", description="楼下井盖缺失", area=village(), **typed)


def cases() -> Any:
    from linli.cases.models import Case

    with scope.acting(staff.OPERATOR):
        return list(Case.objects.order_by("id"))


def shown_number(page: str) -> str:
    found = re.search(r'class="number">([^<]+)<', page)
    assert found is not None, page
    return found[1]


def test_anybody_reports_follows_answers_and_rates_without_script(seeded_db: str, logged: list[Any]) -> None:
    browser, world = Browser(), World.make()
    answer = browser.report(phone=SECRET, tell="1", photos=SimpleUploadedFile("x.png", photo()))
    assert (answer.status_code, answer["Location"]) == (303, "/track?lang=zh")
    cookie = answer.cookies[report_views.COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/track" and not cookie["max-age"]
    page = browser.open(answer["Location"])
    number = shown_number(browser.page)
    assert "已收到，等待受理" in browser.page and SECRET not in browser.page and "13******678" in browser.page
    assert page["Cache-Control"] == "no-store" and page["Referrer-Policy"] == "same-origin"
    (case,) = cases()
    assert case.source == "resident" and world.look(str(case.id)).json()["reporter_phone"] == "13******678"
    # Somebody else, later, with the number as written down; its page offers what can be done, and no more.
    later = Browser()
    assert "查询码" in later.open("/track").content.decode()
    assert later.send("/track", do="look", number=number[:-1] + ("2" if number[-1] != "2" else "3")).status_code == 404
    assert later.send("/track", do="look", number=number.lower().replace("-", " ")).status_code == 303
    world.until("handling", str(case.id))
    world.do("handler", str(case.id), "ask_reporter", reason="哪个<b>单元</b>？")
    later.open("/track")
    assert "哪个&lt;b&gt;单元&lt;/b&gt;？" in later.page and 'value="rate"' not in later.page
    assert later.send("/track", do="answer", text="  ").status_code == 422
    asked = later.page
    sent = later.send("/track", do="answer", text="三单元")
    assert (sent.status_code, sent["Location"]) == (303, "/track?lang=zh&done=answer")
    assert "继续办理" in later.open(sent["Location"]).content.decode()
    twice = later.send("/track", asked, do="answer", text="三单元")
    assert twice.status_code == 409 and "刚刚有了新进展" in later.page
    world.until("closed", str(case.id))
    later.open("/track?lang=en")
    assert "Please rate it" in later.page and 'lang="en"' in later.page
    assert later.send("/track?lang=en", do="rate", solved="no", responded="yes").status_code == 303
    later.open("/track")
    assert later.send("/track", do="object", text="仍然松动").status_code == 303
    assert world.look(str(case.id)).json()["state"] == "to_dispatch"
    later.open("/track")
    assert (
        later.send("/track", do="stop").status_code == 303
        and "13******678" not in later.open("/track").content.decode()
    )
    names = {a.name for a in world.accounts.values()}
    assert not [name for name in names if name in later.page]
    later.send("/track", do="leave")
    assert "number-more" in later.open("/track").content.decode()
    # Nothing of it in the log: no number, no phone, no words.
    written, bare = str(logged), number.replace("-", "")
    assert not [w for w in (number, bare, SECRET, "井盖", "三单元") if w in written]
    routes = [entry.get("route") for entry in logged]
    assert "report" in routes and "track" in routes


def test_what_is_sent_twice_or_refused_is_never_lost_nor_doubled(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser()
    browser.open("/report")
    form = browser.page
    first = browser.send("/report", form, description="路灯不亮", area=village())
    number = first.cookies[report_views.COOKIE].value
    again = browser.send("/report", form, description="路灯不亮", area=village())
    assert again.cookies[report_views.COOKIE].value == number and len(cases()) == 1
    refused = (
        ({"description": " ", "place_text": "某处"}, "请填写此项"),
        ({"description": "噪声", "place_text": "说不清的地方"}, "请在地图上选点"),
        ({"description": "噪声", "area": village(), "phone": "不告诉"}, "不像电话号码"),
        ({"description": "噪声", "area": village(), "tell": "1"}, "接收通知需要"),
        ({"description": "噪声", "lon": "1", "lat": "1"}, "不在本区范围内"),
        ({"description": "噪声", "area": village(), "photos": SimpleUploadedFile("a.jpg", bomb())}, "展开后过大"),
        ({"description": "噪声\0", "area": "0", "lon": "x", "lat": "nan"}, "没有这个村居"),
    )
    for typed, words in refused:
        browser.open("/report")
        answer = browser.send("/report", **typed)
        assert answer.status_code == 422 and words in browser.page, words
        kept = str(typed["description"]).replace("\0", "")
        assert f">{kept}</textarea>" in browser.page
        retried = browser.page  # a page that was refused can be sent again as it is
    assert browser.send("/report", retried, description="噪声", area=village()).status_code == 303 and len(cases()) == 2
    # Without the token of a page of ours nothing is taken, and what was typed stands on a fresh one.
    foreign = Client(enforce_csrf_checks=True).post("/report", {"description": "别的网站", "area": village()})
    assert foreign.status_code == 403 and "别的网站</textarea>" in foreign.content.decode()
    browser.open("/report")
    forged = browser.send("/report", description="自己编的表单", area=village(), form="0" * 64)
    assert forged.status_code == 403 and browser.send("/report", description="x", area=village()).status_code == 303
    monkeypatch.setattr(report_views, "MOST_BODY", 1000)
    large = Client().post("/report", {"photos": SimpleUploadedFile("a.jpg", b"x" * 2000)})
    assert large.status_code == 413 and len(cases()) == 3


def test_a_flood_from_one_network_waits_and_what_was_taken_is_there(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_views, "reports", Limiter("report", 5, 600))
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    browser, taken, limited = Browser(), [], 0
    browser.open("/report")
    form = browser.page
    for n in range(300):
        one = re.sub(r'name="form" value="[^"]*"', f'name="form" value="{report_views.actions.issue()}"', form)
        answer = browser.send("/report", one, description=f"第{n}件", area=village())
        if answer.status_code == 303:
            taken.append(f"第{n}件")
        else:
            limited += 1
            assert answer.status_code == 429 and f"第{n}件</textarea>" in browser.page
            assert answer["Retry-After"] == "600", "when the window ends, not some minute"
    assert (len(taken), limited) == (5, 295) and [case.description for case in cases()] == taken
    assert "过多" in browser.page and "12345" in browser.page
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert "提交" in elsewhere.get("/report").content.decode()
    # Too many at once from everywhere: said, nothing taken, nothing lost of what was typed.
    monkeypatch.setattr(report_views, "gate", Gate(1, 0.0))
    monkeypatch.setattr(report_views, "reports", Limiter("again", 500, 600))
    with report_views.gate.entered():
        one = re.sub(r'name="form" value="[^"]*"', f'name="form" value="{report_views.actions.issue()}"', form)
        busy = browser.send("/report", one, description="挤不进去", area=village())
    assert busy.status_code == 503 and busy["Retry-After"] and "挤不进去</textarea>" in browser.page
    assert browser.send("/report", description="挤不进去", area=village()).status_code == 303
    monkeypatch.setattr(report_views, "looks", Limiter("once", 1, 60))
    assert [browser.open("/track").status_code for _ in range(2)] == [200, 429]


def test_a_database_that_is_away_is_said_and_nothing_typed_is_lost(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    browser = Browser()
    browser.open("/report")

    def away(*_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr("linli.cases.reporters.actions.receive", away)
    answer = browser.send("/report", description="停水", area=village())
    assert answer.status_code == 503 and "停水</textarea>" in browser.page and "没有收下" in browser.page
    monkeypatch.setattr("linli.cases.reporters.queries.towns", away)
    report_views._towns.cache_clear()
    assert browser.open("/report").status_code == 503
    monkeypatch.setattr("linli.cases.reporters.queries.tracked", away)
    browser.client.cookies[report_views.COOKIE] = "2" * 18
    down = browser.open("/track")
    assert down.status_code == 503 and "系统维护中" in browser.page


def test_pages_run_nothing_but_our_script_and_speak_both_languages(seeded_db: str) -> None:
    import base64
    import hashlib

    answer = Client().get("/report?lang=en")
    page, policy = answer.content.decode(), answer["Content-Security-Policy"]
    assert "unsafe" not in policy and policy.startswith("default-src 'none'") and "form-action 'self'" in policy
    for tag, source in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{source} 'sha256-{digest}'" in policy
    assert (
        " style=" not in page
        and "src=" not in page
        and "http" not in page.replace("https", "http").replace("http-equiv", "")
    )
    assert 'lang="en"' in page and "Report a problem" in page and "反映问题" not in page
    assert all(text.zh.strip() and text.en.strip() for text in TEXTS.values())
    used = "".join(
        (report_pages.DATA / name).read_text()
        for name in ("frame.html", "report.html", "number.html", "track.html", "told.html")
    )
    asked = set(re.findall(r"words\.(\w+)", used))
    code = "".join(Path(each.__file__).read_text() for each in (report_views, report_pages, told_views, report_texts))
    assert asked <= set(TEXTS) and not [
        n for n in set(TEXTS) - asked if f'"{n}"' not in code and not n.startswith("done_")
    ]
    assert Client().put("/report").status_code == 405 and Client().delete("/track").status_code == 405


@pytest.mark.parametrize("path", ["/report", "/track", "/open311/v2/requests.json", "/q/x", "/api/cases"])
def test_a_body_in_another_charset_is_not_read(db: str, path: str) -> None:
    """Python has codecs that take minutes for a megabyte; the framework would use whichever is named."""
    body = b'--x\r\nContent-Disposition: form-data; name="description"\r\n\r\n' + b"A" * 1000 + b"\r\n--x--\r\n"
    for charset in ("punycode", "utf-7", "latin-1"):
        answer = Client().generic(
            "POST", path, body, content_type=f"multipart/form-data; boundary=x; charset={charset}"
        )
        assert answer.status_code == 400, (charset, answer.status_code)
    said = Client().generic("POST", "/api/session", b"{}", content_type="application/json; charset=UTF-8")
    assert said.status_code != 400


def test_an_address_is_utf8_whatever_charset_the_request_names(settings: Any) -> None:
    """Django reads the address by the named codec while it makes the request: before any middleware."""
    from io import BytesIO

    from linli.kernel.wsgi import Handler

    asked = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/report", "QUERY_STRING": "lang=" + "A" * 60_000, "SERVER_NAME": "x", "SERVER_PORT": "80",
        "CONTENT_TYPE": "text/plain; charset=punycode", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http",
    }  # fmt: skip
    request = Handler.request_class(asked)
    assert request.GET["lang"] == "A" * 60_000 and request.content_params["charset"] == "punycode"
