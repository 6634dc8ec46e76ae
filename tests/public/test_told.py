"""Whoever holds an address that a stranger gave stops all messages to it by a code, without an account; pictures on the page of a
number are its holder's alone."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))

from attachment_samples import photo, send
from case_world import World, village
from test_public_report import Browser, cases, shown_number

from linli.cases.reporters import actions, contacts, rules, telling
from linli.cases.reporters.actions import PublicReport
from linli.kernel import clock, scope
from linli.kernel.limiting.actions import Limiter
from linli.messages.adapters import Message
from linli.messages.models import Channel
from linli.public import report_views

PHONE = "13912345678"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("reports", "looks", "pictures"):
        monkeypatch.setattr(report_views, name, Limiter(name, 500, 600))
    report_views._towns.cache_clear()


class Worker:
    """Looks as the worker does, each time on a noon of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch, self.sent = monkeypatch, []  # type: ignore[var-annotated]
        self.noon = clock.now().astimezone(clock.LOCAL).replace(hour=12, minute=0) + timedelta(days=1)

    def look(self, days: int = 0) -> list[Message]:
        self.noon += timedelta(days=days)
        sent: list[Message] = []

        def takes(message: Message) -> str:
            sent.append(message)
            return "ref"

        with self.patch.context() as patched:
            patched.setattr(clock, "now", lambda: self.noon)
            telling.plan()
            self.noon += timedelta(minutes=5)
            telling.send({Channel.SMS: takes, Channel.EMAIL: takes})
        self.sent += sent
        return sent


def filed(world: World, **more: Any) -> tuple[str, str]:
    """A report whose giver says to be told at PHONE, accepted: its number and case."""
    from linli.cases.models import Reporter

    number = actions.receive(PublicReport("井盖缺失", area=village(), phone=PHONE, tell=True, **more), actions.issue())
    with scope.acting(staff.OPERATOR):
        case = str(Reporter.objects.get(tracking=actions.hashed(number)).case_id)
    world.file(case)
    return number, case


def test_an_address_that_a_stranger_gave_gets_few_messages_and_stops_them_all_by_their_code(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch, settings: Any, owner_sql: Any
) -> None:
    from linli.cases.models import ReporterContact, ReporterMessage

    world, worker = World.make(), Worker(monkeypatch)
    numbers = [filed(world)[0] for _ in range(8)]
    sent = worker.look()
    assert len(sent) == rules.UNPROVED_MOST and {message.to for message in sent} == {PHONE}
    with scope.acting(staff.OPERATOR):
        states = sorted(ReporterMessage.objects.values_list("state", "problem"))
    assert states == [("dropped", "share")] * 5 + [("sent", "")] * 3
    filed(world)
    assert not worker.look(days=10), "nor later in the month"
    filed(world)
    assert len(worker.look(days=25)) == 1, "after thirty days it counts anew"
    # Each message says how to stop them, and fits three parts of an SMS.
    codes = {found[1] for message in worker.sent if (found := re.search(r"输入 ([A-Z0-9-]{20})", message.text))}
    (code,) = codes
    assert len({len(message.text) for message in worker.sent}) == 1 and len(worker.sent[0].text) <= 201
    settings.LINLI_PUBLIC_URL = "https://report.example.gov.cn"
    linked = telling.words_of("filed", "3703022026112600042", contacts.hash_of(PHONE), "zh-CN")
    assert f"https://report.example.gov.cn/told/{code.replace('-', '')}" in linked and len(linked) <= 201
    assert PHONE not in str(owner_sql("SELECT * FROM cases_reporter_contact"))
    assert code not in str(owner_sql("SELECT * FROM cases_reporter_contact"))
    with scope.acting(staff.actor(world.accounts["acceptor"])):
        assert not ReporterContact.objects.exists(), "the program alone looks at addresses"
    # The page: looking changes nothing, a preview of the link stops nothing.
    browser = Browser()
    assert browser.open(f"/told/{code.lower()}").status_code == 200 and "没有确认" in browser.page
    assert code in browser.page and PHONE not in browser.page and numbers[0] not in browser.page
    assert browser.client.get("/told").status_code == 200 and not contacts.by_code(code.replace("-", "")).stopped  # type: ignore[union-attr]
    assert browser.open("/told/ABC").status_code == 404
    assert browser.send("/told", do="stop", code="2" * 18).status_code == 404
    assert browser.send("/told", do="stop", code=code[:-1]).status_code == 404
    assert browser.send("/told", do="else", code=code).status_code == 400
    assert Client(enforce_csrf_checks=True).post("/told", {"do": "stop", "code": code}).status_code == 403
    stopped = browser.send("/told", do="stop", code=code)
    assert (stopped.status_code, stopped["Location"]) == (303, "/told?lang=zh&done=stop")
    assert "不会再给您发送" in browser.open(stopped["Location"]).content.decode()
    with scope.acting(staff.OPERATOR):
        from linli.cases.models import Reporter

        assert not Reporter.objects.filter(contact__isnull=False).exists(), "forgotten in every report"
    again, _ = filed(world)
    assert not worker.look(days=40), "whoever gives it anew"
    later = Browser()
    later.open("/track")
    later.send("/track", do="look", number=again)
    assert "不接收通知" in later.open("/track").content.decode()
    # Confirmed by its holder it is told more, but never without end.
    browser.open(f"/told/{code}")
    assert browser.send("/told", do="confirm", code=code).status_code == 303
    for _ in range(rules.PROVED_A_DAY + 3):
        filed(world)
    sent = worker.look(days=1)
    assert len(sent) == rules.PROVED_A_DAY and all("不再接收" in message.text for message in sent)
    monkeypatch.setattr(report_views, "looks", Limiter("few", 1, 60))
    assert [browser.open("/told").status_code for _ in range(2)] == [200, 429]


def test_an_address_counts_once_whatever_stands_behind_its_plus(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from linli.cases.models import Reporter

    world, worker = World.make(), Worker(monkeypatch)
    variants = [f"Wang.Fang+{tag}@Example.cn" for tag in "abcde"]
    for each in variants:
        number = actions.receive(PublicReport("井盖缺失", area=village(), email=each, tell=True), actions.issue())
        with scope.acting(staff.OPERATOR):
            case = str(Reporter.objects.get(tracking=actions.hashed(number)).case_id)
        world.file(case)
    sent = worker.look()
    assert len(sent) == rules.UNPROVED_MOST and {message.to for message in sent} <= set(variants), "sent as typed"
    contacts.stop(contacts.code_of(contacts.hash_of("wang.fang@example.cn")))
    with scope.acting(staff.OPERATOR):
        assert not Reporter.objects.filter(contact__isnull=False).exists(), "stopped for all of them"
    apart = {contacts.hash_of(each) for each in ("a@b.cn", "a+x@b.cn", "ab@b.cn", "+a@b.cn", "+b@b.cn", PHONE)}
    assert len(apart) == 5, "a name that begins with it stays as it is"


def test_codes_in_addresses_stay_out_of_the_log_of_the_proxy() -> None:
    text = (Path(__file__).parents[2] / "deploy" / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    for place in ("/q/", "/told/"):
        found = re.search(rf"^    location {place} {{\n(.*?)^    }}", text, re.S | re.M)
        assert found is not None and "access_log off;" in found[1], place
        assert "proxy_pass" in found[1]


def test_the_holder_of_a_number_sees_their_own_photos_and_those_of_afterwards_that_were_released(
    seeded_db: str,
) -> None:
    from linli.access.models import ChangeLog

    browser, world = Browser(), World.make()
    browser.report(photos=SimpleUploadedFile("x.png", photo()))
    browser.open("/track")
    (case,) = cases()
    number = shown_number(browser.page)
    (own,) = re.findall(r'src="(/track/photos/[0-9a-f-]+)"', browser.page)
    answer = browser.client.get(own)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/jpeg", "no-store")
    assert (
        answer.content.startswith(b"\xff\xd8") and "img-src 'self'" in browser.open("/track")["Content-Security-Policy"]
    )
    # What the unit adds is not theirs to see before who closes cases has released it.
    world.until("handling", str(case.id))
    before = send(world.people["handler"], str(case.id), photo(), purpose="before").json()["id"]
    after = send(world.people["handler"], str(case.id), photo((300, 200)), purpose="after").json()["id"]
    assert [browser.client.get(f"/track/photos/{each}").status_code for each in (before, after)] == [404, 404]
    path = f"/api/cases/{case.id}/attachments"

    def show(who: str, each: str, shown: bool = True) -> Any:
        return world.people[who].put(f"{path}/{each}/shown", {"shown": shown}, content_type="application/json")

    assert [show("handler", after).status_code, show("neighbour", after).status_code] == [403, 404]
    assert show("acceptor", before).status_code == 409
    assert show("acceptor", after).json()["shown"] and show("acceptor", after).status_code == 200
    listed = {each["id"]: each["may_show"] for each in world.people["acceptor"].get(path).json()}
    assert listed[after] and not listed[before]
    page = browser.open("/track").content.decode()
    assert f"/track/photos/{after}" in page and "处理后" in page and before not in page
    assert browser.client.get(f"/track/photos/{after}").status_code == 200
    # Nobody else sees them: another's number, none at all.
    other = Browser()
    other.report()
    assert other.client.get(own).status_code == other.client.get(f"/track/photos/{after}").status_code == 404
    assert Client().get(own).status_code == 404
    assert show("acceptor", after, False).status_code == 200
    assert browser.client.get(f"/track/photos/{after}").status_code == 404 and number
    with scope.acting(staff.OPERATOR):
        done = list(
            ChangeLog.objects.filter(room="cases", subject_id=str(case.id))
            .order_by("id")
            .values_list("action", flat=True)
        )
    assert done == ["cases.attachment.show", "cases.attachment.hide"]


def test_a_disk_that_is_full_is_said_and_nothing_is_half_taken(seeded_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from django.core.files.uploadhandler import MemoryFileUploadHandler

    from linli.kernel import secrets

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    browser = Browser()
    browser.open("/report")
    with monkeypatch.context() as patched:  # while it is kept
        patched.setattr(secrets, "encrypt_stream", full)
        answer = browser.report(photos=SimpleUploadedFile("x.png", photo()))
    assert answer.status_code == 507 and "磁盘空间不足" in browser.page and "井盖缺失</textarea>" in browser.page
    with monkeypatch.context() as patched:  # while it arrives
        patched.setattr(MemoryFileUploadHandler, "receive_data_chunk", full)
        answer = browser.report(photos=SimpleUploadedFile("x.png", photo()))
    assert answer.status_code == 507 and "磁盘空间不足" in browser.page and not cases()
    assert browser.report(photos=SimpleUploadedFile("x.png", photo())).status_code == 303 and len(cases()) == 1
