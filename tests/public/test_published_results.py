"""Published results for anybody: the public record and no more, an objection until the last day, nothing typed lost."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import staff
from django.test import Client

sys.path.insert(0, str(Path(__file__).parents[1] / "tiers"))

from paper_world import ELSEWHERE, GONGSUN, applied, filled

from linli.kernel import clock, retention, secrets
from linli.kernel.limiting.actions import Limiter
from linli.kernel.scope import acting
from linli.public import result_views
from linli.public.report_rules import OBJECTIONS_A_DAY, OBJECTIONS_HERE
from linli.public.result_texts import TEXTS
from linli.tiers.applying.models import Application, Objection

CONTACT = "13912345678"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test counts for itself."""
    monkeypatch.setattr(result_views, "looks", Limiter("tier_results", 500, 60))
    monkeypatch.setattr(result_views, "objections", Limiter("tier_objection", 5, 600))
    monkeypatch.setattr(result_views, "here", Limiter("tier_objection_here", *OBJECTIONS_HERE))
    monkeypatch.setattr(result_views, "daily", Limiter("tier_objection_day", *OBJECTIONS_A_DAY))


@pytest.fixture
def browser(seeded_db: str) -> Client:
    return Client(enforce_csrf_checks=True)


def opened(browser: Client, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    assert "script" not in answer["Content-Security-Policy"]
    return answer.content.decode()


def send(browser: Client, path: str, page: str, status: int, **typed: str) -> Any:
    """The form of a page, sent with what stands in it and what was typed."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    answer = browser.post(path, {**hidden, **typed})
    assert answer.status_code == status, answer.content.decode()
    return answer


def objections() -> list[Objection]:
    with acting(staff.OPERATOR):
        return list(Objection.objects.all())


def test_the_list_shows_what_is_published_and_recognised_and_nothing_that_is_not(browser: Client) -> None:
    standing = applied(GONGSUN, "publish")
    filled(standing)
    applied(ELSEWHERE, "pass_acceptance")
    page = opened(browser, "/tiers-public")
    assert "公孙社区" in page and "公示中" in page and str(standing.id) in page
    assert page.count('<li><a href="/tiers-public/') == 1
    assert "川政办字〔2024〕27号" in page  # what texts say of years before
    assert "Under publication" in opened(browser, "/tiers-public?lang=en&tier=basic&stage=open&year=2026")
    assert str(standing.id) not in opened(browser, "/tiers-public?stage=recognised")
    one = opened(browser, f"/tiers-public/{standing.id}")
    assert (
        "共 30 条指标：官方文本 4 条，推断 26 条；官方文本中 1 条的标准值也是推断的" in one
        and "推断值,待官方文本校核" in one
    )
    for hidden in ("组长某", "理由district", "某人", "社区网格办"):
        assert hidden not in one
    opened(browser, f"/tiers-public/{standing.plan_year_id}", 404)


def test_what_is_withdrawn_or_refused_is_gone_and_looks_as_if_it_never_was(browser: Client) -> None:
    gone = applied(GONGSUN, "publish", more=("withdraw",))
    assert str(gone.id) not in opened(browser, "/tiers-public")
    opened(browser, f"/tiers-public/{gone.id}", 404)


def test_an_objection_is_taken_once_until_the_last_day_and_its_contact_is_shown_nowhere(browser: Client) -> None:
    standing = applied(GONGSUN, "publish")
    with acting(staff.OPERATOR):
        Application.objects.filter(id=standing.id).update(published_until=clock.today())
    path = f"/tiers-public/{standing.id}"
    page = opened(browser, path)
    answer = send(browser, path, page, 303, text="设备没有在用", contact=CONTACT)
    send(browser, path, page, 303, text="设备没有在用", contact=CONTACT)
    (kept,) = objections()
    assert (
        kept.text == "设备没有在用" and kept.origin == "public" and CONTACT.encode() not in bytes(kept.contact or b"")
    )
    after = opened(browser, answer["Location"])
    assert TEXTS["thanks"].zh in after and "设备没有在用" not in after and CONTACT not in after


def test_after_the_last_day_it_is_refused_in_words_and_what_was_typed_stays(browser: Client) -> None:
    standing = applied(GONGSUN, "publish")
    path = f"/tiers-public/{standing.id}"
    page = opened(browser, path)
    yesterday = clock.today() - timedelta(days=1)
    with acting(staff.OPERATOR):
        Application.objects.filter(id=standing.id).update(published_from=yesterday, published_until=yesterday)
    told = send(browser, path, page, 409, text="迟到的异议内容").content.decode()
    assert "不再受理异议" in told and "迟到的异议内容" in told and str(yesterday) in told
    closed = opened(browser, f"{path}?lang=en")
    assert "<form" not in closed and "takes no more objections" in closed
    assert objections() == []


def test_a_form_that_is_wrong_stale_or_sent_too_often_keeps_what_was_typed(browser: Client) -> None:
    standing = applied(GONGSUN, "publish")
    path = f"/tiers-public/{standing.id}"
    page = opened(browser, path)
    told = send(browser, path, page, 422, text="短", contact="见面说").content.decode()
    assert ">短</textarea>" in told and 'value="见面说"' in told and 'aria-invalid="true"' in told
    stale = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1wrong", page)
    assert "写好的异议内容" in send(browser, path, stale, 403, text="写好的异议内容").content.decode()
    for _ in range(3):
        send(browser, path, page, 422, text="短")
    often = send(browser, path, page, 429, text="写好的异议内容")
    assert "写好的异议内容" in often.content.decode() and int(often["Retry-After"]) > 0
    assert objections() == []


def test_one_visitor_cannot_fill_the_list_and_mistakes_and_repeats_count_for_nothing(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(result_views, "objections", Limiter("tier_objection", 100, 600))
    monkeypatch.setattr(result_views, "daily", Limiter("tier_objection_day", 4, 86400))
    path = f"/tiers-public/{applied(GONGSUN, 'publish').id}"
    page = opened(browser, path)
    for name in ("text-more", "contact-more"):
        assert f'id="{name}"' in page
    assert "都能看到全文" in page and "read every word" in opened(browser, f"{path}?lang=en")
    for number in range(OBJECTIONS_HERE[0]):
        page = opened(browser, path)
        send(browser, path, page, 422, text="短")
        send(browser, path, page, 303, text=f"第 {number} 件异议")
        send(browser, path, page, 303, text=f"第 {number} 件异议")
    told = send(browser, path, opened(browser, path), 429, text="再来一件异议")
    assert "再来一件异议" in told.content.decode() and TEXTS["enough"].zh in told.content.decode()
    elsewhere = f"/tiers-public/{applied(ELSEWHERE, 'publish').id}"
    send(browser, elsewhere, opened(browser, elsewhere), 303, text="另一个社区的异议")
    fresh = Client(enforce_csrf_checks=True)
    send(fresh, path, opened(fresh, path), 429, text="换一个浏览器再来")
    assert len(objections()) == OBJECTIONS_HERE[0] + 1


def test_how_an_unanswered_objector_is_reached_goes_some_time_after_the_publication(browser: Client) -> None:
    standing = applied(GONGSUN, "publish", more=("withdraw",))
    kind = next(each for each in retention.kinds() if each.name == "tiers.objection_contact")
    now = clock.now()
    with acting(staff.OPERATOR):
        first, last = (clock.today() - timedelta(days=days) for days in (100, 40))
        Application.objects.filter(id=standing.id).update(published_from=first, published_until=last)
        for days, answered in ((50, None), (45, 10), (60, 41)):
            Objection.objects.create(
                application=standing, origin="public", text="异议内容", contact=secrets.encrypt(CONTACT), masked="139****5678",
                at=now - timedelta(days=days), actor="test", answer="已核实" if answered else "",
                answered_at=now - timedelta(days=answered) if answered else None,
            )  # fmt: skip
        assert kind.amount(now - timedelta(days=45)).rows == 0, "the last day of the publication is 40 days ago"
        assert kind.amount(now - timedelta(days=30)).rows == 2
        kind.destroy(now - timedelta(days=30), 10, "")
        assert [bool(each.contact) for each in Objection.objects.order_by("-at")] == [True, False, False]
