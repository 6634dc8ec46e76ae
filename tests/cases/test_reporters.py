"""Reporters: a report from outside and what its number shows, answering, rating, objecting, being told; never a name of staff."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import staff
from attachment_samples import photo
from case_world import World, village

from linli.cases.engine.models import Case, CaseFlow
from linli.cases.models import Attachment, Reporter, ReporterMessage
from linli.cases.reporters import actions, queries, telling
from linli.cases.reporters.actions import PublicReport
from linli.cases.reporters.problems import NotForYouNow, StaleForm, UnknownNumber
from linli.kernel import clock, scope
from linli.kernel.errors import Invalid
from linli.messages.adapters import Message, NotHandedOver, Unsure
from linli.messages.models import Channel

PHONE = "13912345678"


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def reported(**more: Any) -> tuple[str, str]:
    """A report from outside: its number and the id of its case."""
    given: dict[str, Any] = {"description": "楼下井盖缺失", "area": village(), "phone": PHONE, **more}
    number = actions.receive(PublicReport(**given), actions.issue())
    with scope.acting(staff.OPERATOR):
        return number, str(Reporter.objects.get(tracking=actions.hashed(number)).case_id)


def test_a_number_follows_a_case_from_report_to_reopening_without_a_name_of_anybody(world: World) -> None:
    number, case = reported(photos=(("a.jpg", photo()),))
    with scope.acting(staff.OPERATOR):
        kept = Reporter.objects.get()
        assert number.encode() not in bytes(kept.tracking) and kept.contact is None  # nothing kept: not to be told
        assert Attachment.objects.get().purpose == "report" and Case.objects.get().source == "resident"
        assert number not in str(list(CaseFlow.objects.values())) and PHONE not in str(list(CaseFlow.objects.values()))
    world.until("handling", case)
    asked = {"reason": "请问是哪个单元门口？"}
    world.do("handler", case, "ask_reporter", **asked)
    found = queries.tracked(number)
    assert found and found.question == asked["reason"] and found.may.answer and not found.may.rate
    with pytest.raises(Invalid):
        actions.answer(number, " ")
    actions.answer(number, "三单元门口")
    with pytest.raises(NotForYouNow):  # sent twice
        actions.answer(number, "三单元门口")
    page = world.look(case).json()
    assert page["state"] == "handling" and page["flow"][-1]["reason"] == "三单元门口"
    assert page["flow"][-1]["actor_name"] == "反映人" and page["pauses"][0]["until"]
    answered = world.people["handler"].post(
        f"/api/cases/{case}/answers", {"text": "井盖已于今日更换。"}, content_type="application/json"
    )
    assert answered.status_code == 201 and answered.json()["by_name"] == world.accounts["handler"].name
    assert world.people["neighbour"].get(f"/api/cases/{case}/reporter").status_code == 404
    world.until("closed", case)
    found = queries.tracked(number)
    assert found and found.may.rate and found.may.object and found.answers[0].text == "井盖已于今日更换。"
    assert [str(step.text.zh) for step in found.steps][:3] == ["收到您的反映", "受理立案", "交单位办理"]
    named = {world.accounts[who].name for who in world.accounts} | {
        world.accounts[who].username for who in world.accounts
    }
    assert not [name for name in named if name in str(found)] and "已更换井盖" not in str(found)
    with pytest.raises(Invalid):
        actions.rate(number, None, None, None)
    actions.rate(number, True, False, False)
    with pytest.raises(Invalid):
        actions.object_to(number, "")
    actions.object_to(number, "井盖仍然松动")
    page = world.look(case).json()
    assert page["state"] == "to_dispatch" and page["solved"] is None and page["flow"][-1]["reason"] == "井盖仍然松动"
    # It does not go to the same unit again without a reason.
    from case_world import unit

    again = world.step("dispatcher", case, "dispatch", unit_id=str(unit(staff.TOWN)))
    assert again.status_code == 422
    assert world.step("dispatcher", case, "dispatch", unit_id=str(unit(staff.OTHER_TOWN))).status_code == 200
    with pytest.raises(NotForYouNow):
        actions.object_to(number, "再来一次")
    with pytest.raises(UnknownNumber):
        actions.object_to("2" * 18, "别人的")
    assert queries.tracked("2" * 18) is None


def test_one_form_is_one_report_however_often_and_at_the_same_moment_it_is_sent(world: World) -> None:
    from django.db import connections

    form = actions.issue()
    given = PublicReport("路灯不亮", area=village())

    def send(_: int) -> str:
        try:
            return actions.receive(given, form)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(send, range(8)))
    with scope.acting(staff.OPERATOR):
        assert len(numbers) == 1 and Case.objects.count() == Reporter.objects.count() == 1
    for forged in ("", "0" * 64, form[:-1] + ("0" if form[-1] != "0" else "1"), form[:32], "é" * 64):
        with pytest.raises(StaleForm):
            actions.receive(given, forged)
    for refused in (
        PublicReport("", area=village()), PublicReport("x", area="999999999999"), PublicReport("x", place_text="某处"),
        PublicReport("x", area=village(), tell=True), PublicReport("x", area=village(), tell=True, email="a@b"),
        PublicReport("x", area=village(), photos=(("a.jpg", b"<html>"),)),
        PublicReport("x", area=village(), photos=(("a.jpg", photo()),) * 5),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            actions.receive(refused, actions.issue())
    with scope.acting(staff.OPERATOR):
        assert Case.objects.count() == 1  # nothing is half entered


def test_a_reporter_is_told_once_of_filing_question_and_closing_until_they_stop_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, case = reported(tell=True)
    mailed, other = reported(tell=True, phone="", email="somebody@example.cn", language="en")
    sent: list[Message] = []
    noon = clock.now().astimezone(clock.LOCAL).replace(hour=12, minute=0) + timedelta(days=1)

    def look(adapter: Callable[[Message], str], minutes: int = 5) -> None:
        """As the worker does, at noon and a few minutes on, so that quiet hours are none of this test's."""
        nonlocal noon
        monkeypatch.setattr(telling.clock, "now", lambda: noon)
        telling.plan()
        noon += timedelta(minutes=minutes)
        telling.send({Channel.SMS: adapter, Channel.EMAIL: adapter})
        monkeypatch.undo()

    def takes(message: Message) -> str:
        sent.append(message)
        return "ref"

    look(takes)
    assert not sent  # nothing but the report has happened
    world.file(case)
    world.file(other)
    look(takes)
    look(takes)
    assert sorted((m.to, m.masked) for m in sent) == [
        (PHONE, "13******678"),
        ("somebody@example.cn", "s***@example.cn"),
    ]
    assert all(number not in m.text and mailed not in m.text and "井盖" not in m.text for m in sent)
    assert {m.text[:2] for m in sent} == {"您反", "Wh"}
    # A line that is away is tried again; one that hung up in the middle is not.
    world.hand_over(case)
    world.do("handler", case, "take")
    world.do("handler", case, "ask_reporter", reason="哪个单元？")
    sent.clear()

    def away(message: Message) -> str:
        raise NotHandedOver("away")

    def hangs(message: Message) -> str:
        raise Unsure("hung up")

    look(away)
    look(takes)
    assert [m.text[:8] for m in sent] == ["办理单位请您补充"]
    actions.answer(number, "三单元")
    world.until("closed", case)
    look(hangs)
    look(takes)
    assert len(sent) == 1
    told = world.people["acceptor"].get(f"/api/cases/{case}/reporter").json()
    assert [(m["kind"], m["state"]) for m in told["messages"]] == [
        ("filed", "sent"), ("question", "sent"), ("closed", "unsure"),
    ]  # fmt: skip
    assert told["told_by"] == "13******678" and told["followed"] and told["may_answer"]
    # Who stops it is told nothing more, and where to is forgotten.
    actions.stop(mailed)
    world.until("closed", other)
    look(takes)
    assert len(sent) == 1
    with scope.acting(staff.OPERATOR):
        assert Reporter.objects.get(tracking=actions.hashed(mailed)).contact is None
        assert not ReporterMessage.objects.filter(state="waiting").exists()
        # The other's address goes when its time is over.
        from linli.cases.reporters.retention import _destroy

        done = _destroy(clock.now() + timedelta(seconds=1), 10, "")
        assert len(done.gone) == 1 and not Reporter.objects.filter(contact__isnull=False).exists()


def test_what_is_overtaken_before_it_left_is_not_told(world: World) -> None:
    number, case = reported(tell=True)
    world.file(case)
    telling.plan()
    world.hand_over(case)
    world.until("closed", case)
    telling.plan()
    sent: list[Message] = []
    with scope.acting(staff.OPERATOR):
        ReporterMessage.objects.update(due_at=clock.now() - timedelta(minutes=1))
    telling.send({Channel.SMS: lambda message: sent.append(message) or "", Channel.EMAIL: lambda message: ""})
    assert len(sent) == 1 and "办结" in sent[0].text


def test_who_reported_what_another_had_reported_sees_how_that_goes_on(world: World) -> None:
    from linli.cases.duplicates.merging import merge
    from linli.cases.engine.states import Stage, State

    _, main = reported()
    number, double = reported()
    world.until("handling", main)
    with scope.acting(staff.OPERATOR) as actor:
        merge(actor, Case.objects.get(id=double).id, Case.objects.get(id=main).id, 1, "同一处井盖")
    found = queries.tracked(number)
    assert found and (found.state, found.within, found.stage) == (State.MERGED, State.HANDLING, Stage.HANDLING)
    assert found.steps[-1].text.zh.startswith("与同一问题") and not (
        found.may.answer or found.may.rate or found.may.object
    )
    assert "同一处井盖" not in str(found)
