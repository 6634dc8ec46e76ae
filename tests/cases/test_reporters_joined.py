"""Reporters whose report was joined to another go on in that one and come back; numbers that staff give out; units are told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import staff
from case_world import World, unit, village

from linli.cases import notices
from linli.cases.models import Case, Reporter, ReporterMessage
from linli.cases.reporters import actions, queries, telling
from linli.cases.reporters.actions import PublicReport
from linli.cases.reporters.problems import NotForYouNow
from linli.kernel import clock, scope
from linli.kernel.actors import system
from linli.kernel.errors import Invalid
from linli.messages.adapters import Message
from linli.messages.models import Channel


def reported(description: str = "楼下井盖缺失", **more: Any) -> tuple[str, str]:
    """A report from outside: its number and the id of its case."""
    number = actions.receive(PublicReport(description, area=village(), **more), actions.issue())
    with scope.acting(staff.OPERATOR):
        return number, str(Reporter.objects.get(tracking=actions.hashed(number)).case_id)


def version(case: str) -> int:
    with scope.acting(staff.OPERATOR):
        return Case.objects.get(id=case).version


def join(world: World, case: str, main: str) -> None:
    body = {"main_id": main, "version": version(case), "reason": "同一处井盖，另有人反映"}
    answer = world.people["acceptor"].post(f"/api/cases/{case}/merge", body, content_type="application/json")
    assert answer.status_code == 204, answer.content.decode()


def part(world: World, case: str) -> None:
    body = {"version": version(case), "reason": "不是同一处"}
    answer = world.people["acceptor"].post(f"/api/cases/{case}/unmerge", body, content_type="application/json")
    assert answer.status_code == 204, answer.content.decode()


def told(monkeypatch: pytest.MonkeyPatch, day: int) -> list[tuple[str, str]]:
    """Whom the worker tells what on a noon some days on: address and first words."""
    sent: list[Message] = []
    noon = clock.now().astimezone(clock.LOCAL).replace(hour=12, minute=0) + timedelta(days=day)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: noon)
        telling.plan()
        patched.setattr(clock, "now", lambda: noon + timedelta(minutes=5))
        take = lambda message: sent.append(message) or ""  # noqa: E731
        telling.send({Channel.SMS: take, Channel.EMAIL: take})
    return sorted((message.to, message.text) for message in sent)


def test_who_reported_what_was_joined_to_another_goes_on_there_and_comes_back(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.make()
    first, main = reported("井盖不见了，我叫王五", phone="13900000001", tell=True)
    second, double = reported("井盖没了", email="second@example.cn", tell=True)
    world.until("handling", main)
    assert [to for to, _ in told(monkeypatch, 1)] == ["13900000001"]
    join(world, double, main)
    mine = f"（{_number(double)}）"
    assert [(to, mine in text, "合并办理" in text) for to, text in told(monkeypatch, 2)] == [
        ("second@example.cn", True, True)
    ]
    # A question in the case they are dealt with in is theirs to answer; nobody else's words are shown to them.
    world.do("handler", main, "ask_reporter", reason="请问在几号楼？")
    assert [to for to, _ in told(monkeypatch, 3)] == ["13900000001", "second@example.cn"]
    seen = queries.tracked(second)
    assert seen and seen.question == "请问在几号楼？" and seen.may.answer and not seen.may.rate
    assert "王五" not in str(seen) and seen.description == "井盖没了"
    with pytest.raises(Invalid):
        actions.answer(second, " ")
    actions.answer(second, "三号楼")
    for number in (first, second):
        with pytest.raises(NotForYouNow):
            actions.answer(number, "三号楼")
    seen = queries.tracked(first)
    assert seen and "三号楼" not in str(seen), "nor are theirs to the other"
    answered = {"text": "井盖已更换。"}
    world.people["handler"].post(f"/api/cases/{main}/answers", answered, content_type="application/json")
    world.until("closed", main)
    assert len(told(monkeypatch, 4)) == 2
    # Each rates for themselves: the case's rating is that of its own reporter.
    with pytest.raises(Invalid):
        actions.rate(second, None, None, None)
    actions.rate(second, True, False, False)
    with pytest.raises(NotForYouNow):
        actions.rate(second, True, True, True)
    seen = queries.tracked(second)
    assert seen and seen.rating == (True, False, False) and seen.answers[0].text == "井盖已更换。"
    with scope.acting(staff.OPERATOR):
        kept = Case.objects.get(id=main)
        assert (kept.state, kept.solved, Case.objects.get(id=double).solved) == ("closed", None, None)
    actions.rate(first, True, True, True)
    seen = queries.tracked(first)
    assert seen and seen.rating == (True, True, True)
    page = world.people["acceptor"].get(f"/api/cases/{main}/reporter").json()
    assert [(each["solved"], each["satisfied"]) for each in page["ratings"]] == [(False, False)]
    assert page["told_by"] == "13******001、s***@example.cn"
    # They object in it, and rate anew once it is closed again.
    actions.object_to(second, "井盖仍然松动")
    assert world.look(main).json()["state"] == "to_dispatch"
    world.do("dispatcher", main, "dispatch", unit_id=str(unit(staff.TOWN)), reason="原单位负责此处")
    world.until("closed", main)
    seen = queries.tracked(second)
    assert seen and seen.may.rate
    # Undone, all is as it was: their own case, its steps, its state; what happened to the other is not theirs.
    part(world, double)
    seen = queries.tracked(second)
    assert seen and seen.within is None and seen.state == "reported" and seen.rating == (None, None, None)
    assert not seen.answers and "立案" not in str([step.text.zh for step in seen.steps])
    assert [to for to, text in told(monkeypatch, 45) if "恢复单独办理" in text] == ["second@example.cn"]
    world.do("acceptor", main, "rate", solved=True)
    world.file(double)
    assert [to for to, text in told(monkeypatch, 46) if "受理立案" in text] == ["second@example.cn"]
    assert not told(monkeypatch, 47)
    with scope.acting(staff.OPERATOR):
        assert not ReporterMessage.objects.filter(state="waiting").exists()


def test_one_address_is_told_once_of_one_step_though_it_reported_twice(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.make()
    _, main = reported(phone="13900000001", tell=True)
    _, double = reported(phone="13900000001", tell=True)
    join(world, double, main)
    told(monkeypatch, 1)
    world.file(main)
    sent = told(monkeypatch, 40)
    assert [(to, "受理立案" in text) for to, text in sent] == [("13900000001", True)]


def test_staff_give_out_a_number_to_who_called_and_the_one_before_is_void(seeded_db: str, owner_sql: Any) -> None:
    from linli.access.models import ChangeLog

    world = World.make()
    case = world.new("acceptor", source="hotline", reporter_phone="13900000009")
    path = f"/api/cases/{case}/reporter"

    def issue(who: str = "acceptor", at: str = path) -> Any:
        return world.people[who].post(f"{at}/number", content_type="application/json", headers={"Idempotency-Key": "k"})

    assert [issue(who).status_code for who in ("grid_worker", "neighbour")] == [403, 404]
    before = world.people["acceptor"].get(path).json()
    assert (before["followed"], before["may_issue"], before["issued"]) == (False, True, False)
    first = issue().json()
    number = first["number"].replace("-", "")
    assert len(number) == 18 and first["case_number"] == world.look(case).json()["number"]
    world.until("handling", case)
    world.do("handler", case, "ask_reporter", reason="请问在几号楼？")
    actions.answer(number, "三号楼")
    again = world.people["acceptor"].post(f"{path}/number", content_type="application/json").json()["number"]
    assert again != first["number"] and queries.tracked(number) is None
    seen = queries.tracked(again.replace("-", ""))
    assert seen and seen.steps[-1].text.zh == "继续办理"
    page = world.people["acceptor"].get(path).json()
    assert page["issued"] and page["followed"] and page["may_answer"] and again not in str(page)
    with scope.acting(staff.OPERATOR):
        assert Reporter.objects.count() == 1
        logged = list(
            ChangeLog.objects.filter(action="cases.reporter.number").order_by("id").values_list("detail", flat=True)
        )
    assert [each["again"] for each in logged] == [False, True]
    kept = str(
        [owner_sql(f"SELECT * FROM {table}") for table in ("cases_reporter", "access_change_log", "access_idempotency")]
    )
    assert number not in kept and again not in kept and again.replace("-", "") not in kept
    # Whoever reported by themselves has a number, and nobody else gets one.
    _, own = reported()
    refused = issue(at=f"/api/cases/{own}/reporter")
    assert (
        refused.status_code == 409
        and not world.people["acceptor"].get(f"/api/cases/{own}/reporter").json()["may_issue"]
    )


def test_units_are_told_once_when_a_report_is_joined_to_theirs_and_when_it_is_undone(seeded_db: str) -> None:
    from linli.kernel.outbox import actions as outbox
    from linli.messages.models import Notice

    world = World.make()
    main, double, elsewhere = world.until("handling"), world.new(), world.new()
    world.file(double)
    world.hand_over(double, staff.TOWN)
    world.file(elsewhere)
    world.hand_over(elsewhere, staff.OTHER_TOWN)
    outbox.deliver()

    def heard(who: str) -> list[tuple[str, str, str]]:
        kinds = (notices.JOINED, notices.JOINED_TO, notices.SEPARATED)
        with scope.acting(system("test", staff.DISTRICT)):
            rows = Notice.objects.filter(account_id=world.accounts[who].id, kind__in=kinds).order_by("id")
            return [(row.kind, row.params["number"], row.params["other"]) for row in rows]

    join(world, double, main)
    outbox.deliver()
    outbox.deliver()
    assert heard("handler") == [(notices.JOINED_TO, _number(main), _number(double))], "of both as of one"
    join(world, elsewhere, main)
    outbox.deliver()
    assert heard("neighbour") == [(notices.JOINED, _number(elsewhere), _number(main))]
    assert len(heard("handler")) == 2
    part(world, elsewhere)
    outbox.deliver()
    assert heard("neighbour")[1:] == [(notices.SEPARATED, _number(elsewhere), _number(main))]
    assert len(heard("handler")) == 3 and heard("handler")[-1][0] == notices.SEPARATED


def _number(case: str) -> str:
    with scope.acting(staff.OPERATOR):
        return Case.objects.get(id=case).number
