"""A dispute from report to closing: its record before the result, what became of the agreement, and who sees the parties."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import staff
from case_world import DAY, World, unit, village
from hypothesis import given
from hypothesis import strategies as st
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village

from linli.cases import migrations
from linli.cases.engine.report import NewCase, report
from linli.cases.mediation import rules
from linli.cases.mediation.rules import FollowUp, Party, Record
from linli.cases.permissions import HANDLE, REPORT, VIEW
from linli.kernel import clock, scope

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
SECRETS = ("赵铁柱", "13711112222", "370303199001011234", "张店区某小区3号楼", "两家因墙根排水争执", "排水管改道")
RECORD: dict[str, Any] = {
    "kind": "neighbours", "organisation": "某村人民调解委员会", "mediators": ["孙调解"], "held_at": "2026-11-23T09:00:00+08:00",
    "place": "村委会调解室", "summary": "两家因墙根排水争执",
    "parties": [
        {"side": "applicant", "name": "赵铁柱", "phone": "13711112222", "id_number": "370303199001011234",
         "address": "张店区某小区3号楼"},
        {"side": "respondent", "name": "钱二", "phone": "", "id_number": "", "address": ""},
    ],
    "agreed": True, "form": "written", "agreement": "排水管改道", "fulfil_by": "2026-12-01",
}  # fmt: skip


def record(**more: Any) -> Record:
    whole = Record(
        "tort", ("孙调解",), NOON, "调解室", "争执", (Party("applicant", "甲"), Party("respondent", "乙")), agreed=True,
        form="oral", agreement="赔偿",
    )  # fmt: skip
    return Record(**{**{name: getattr(whole, name) for name in Record.__slots__}, **more})


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"kind": "war"}, "kind", "unknown"),
        ({"mediators": ()}, "mediators", "required"),
        ({"mediators": ("",)}, "mediators", "required"),
        ({"held_at": NOON + timedelta(hours=1)}, "held_at", "future"),
        ({"held_at": NOON.replace(tzinfo=None)}, "held_at", "required"),
        ({"summary": " "}, "summary", "required"),
        ({"place": "x" * 201}, "place", "too_long"),
        ({"agreement": ""}, "agreement", "required"),
        ({"form": ""}, "agreement", "required"),
        ({"agreed": False}, "referred_to", "required"),
        ({"parties": (Party("applicant", "甲"),)}, "parties", "sides"),
        ({"parties": (Party("applicant", "甲"), Party("respondent", " "))}, "parties", "required"),
    ],
)
def test_what_a_record_lacks_is_told(more: dict[str, Any], field: str, code: str) -> None:
    assert [(each.field, each.code) for each in rules.problems_of(record(**more), NOON)] == [(field, code)]


def test_a_whole_record_holds_whatever_it_came_to() -> None:
    assert rules.problems_of(record(), NOON) == []
    assert rules.problems_of(record(agreed=None, agreement="", form=""), NOON) == []
    assert rules.problems_of(record(agreed=False, agreement="", form="", referred_to="court"), NOON) == []


@given(st.sampled_from((None, False, True)), st.sampled_from(("", "full", "part", "none")), st.integers(-3, 3))
def test_an_agreement_alone_is_followed_up_between_its_day_and_today(
    agreed: bool | None, fulfilled: str, day: int
) -> None:
    held, today = NOON.date() - timedelta(days=2), NOON.date()
    problems = rules.problems_of_follow_up(FollowUp(fulfilled, held + timedelta(days=day)), agreed, held, today)
    assert (problems == []) == (agreed is True and fulfilled != "" and 0 <= day <= 2)


@pytest.fixture
def world(seeded_db: str) -> World:
    with clock.frozen(NOON):
        return World.make()


def put(world: World, who: str, case: str, **more: Any) -> Any:
    return world.people[who].put(f"/api/cases/{case}/mediation", {**RECORD, **more}, content_type="application/json")


def post(world: World, who: str, case: str, what: str, body: dict[str, Any]) -> Any:
    return world.people[who].post(f"/api/cases/{case}/mediation/{what}", body, content_type="application/json")


def refused(world: World, who: str, case: str, action: str, **given: Any) -> str:
    answer = world.step(who, case, action, **given)
    assert answer.status_code == 409, answer.content.decode()
    return str(answer.json()["fields"][0]["code"])


def test_a_dispute_is_recorded_handed_back_followed_up_and_closed(world: World, owner_sql: Any) -> None:
    from linli.access.models import ChangeLog, ReadLog
    from linli.cases.models import Mediation

    with clock.frozen(NOON):
        category = world.category("51002", "local")
        case = world.new(category_id=str(category.id))
        assert world.look(case).json()["procedure"] == "mediation"
        world.do("acceptor", case, "file", category_id=str(category.id), **DAY)
        world.hand_over(case)
        assert put(world, "handler", case).status_code == 409  # not before the unit took it
        world.do("handler", case, "take")
        assert refused(world, "handler", case, "hand_back", result="已调解") == "mediation_record"
        # The unit that has the case mediates it, and nobody else.
        assert put(world, "acceptor", case).status_code == 403 and put(world, "neighbour", case).status_code == 404
        assert put(world, "handler", case, parties=[]).json()["fields"][0]["code"] == "sides"
        going_on = put(world, "handler", case, agreed=None)
        assert going_on.status_code == 200, going_on.content.decode()
        assert refused(world, "handler", case, "hand_back", result="已调解") == "mediation_record"
        assert put(world, "handler", case).status_code == 409  # somebody wrote meanwhile: the version is wanted
        kept = put(world, "handler", case, version=1)
        assert kept.status_code == 200, kept.content.decode()
        # Masked to all who see the case, its mediators too; and nowhere in plain in the database.
        for who in ("handler", "acceptor", "dispatcher"):
            shown = world.people[who].get(f"/api/cases/{case}/mediation").content.decode()
            assert "赵" in shown and "孙调解" in shown and not [each for each in SECRETS if each in shown]
        (raw,) = owner_sql("SELECT to_jsonb(m)::text FROM cases_mediation m")
        assert not [each for each in SECRETS if each in raw[0]]
        # In full for its mediators alone, for a purpose that is noted.
        assert post(world, "acceptor", case, "reveal", {"purpose": "核对当事人"}).status_code == 403
        assert post(world, "handler", case, "reveal", {"purpose": "看"}).status_code == 422
        full = post(world, "handler", case, "reveal", {"purpose": "核对当事人"}).content.decode()
        assert not [each for each in SECRETS if each not in full]
        world.do("handler", case, "hand_back", result="已达成协议")
        assert put(world, "handler", case, version=2).status_code == 409  # what was handed back stays as it was written
        world.do("dispatcher", case, "confirm_result")
        assert refused(world, "acceptor", case, "close") == "mediation_follow_up"
        told = {"version": 2, "fulfilled": "full", "on": "2026-11-24", "note": "已改道"}
        assert post(world, "handler", case, "follow-up", {**told, "on": "2026-11-25"}).status_code == 422
        done = post(world, "handler", case, "follow-up", told)
        assert done.status_code == 200 and done.json()["record"]["fulfilled"] == "full"
        assert world.do("acceptor", case, "close")["state"] == "closed"
    with scope.acting(staff.OPERATOR):
        purposes = ReadLog.objects.filter(subject_id=case, kind="reveal").values_list("purpose", flat=True)
        assert list(purposes) == ["核对当事人"]
        assert ChangeLog.objects.filter(subject_id=case, action__startswith="cases.mediation").count() == 3
    _goes_when_its_time_is_over(case)
    with scope.acting(staff.OPERATOR):
        assert Mediation.objects.get(case_id=case).kind == "neighbours"
    with clock.frozen(NOON):
        gone = world.people["handler"].get(f"/api/cases/{case}/mediation").json()["record"]
    assert gone["destroyed"] and gone["parties"] == [] and gone["fulfilled"] == "full"


def _goes_when_its_time_is_over(case: str) -> None:
    """Only once the case is finished, and then all that tells of people."""
    from linli.cases.mediation import retention
    from linli.cases.models import Case

    with scope.acting(staff.OPERATOR):
        later = NOON + timedelta(days=1)
        assert retention._due(NOON - timedelta(days=1)).rows == 0
        Case.objects.filter(id=case).update(state="to_close")
        assert retention._due(later).rows == 0
        Case.objects.filter(id=case).update(state="closed")
        assert retention._due(later).rows == 1
        assert len(retention._destroy(later, 10, "").gone) == 1 and retention._due(later).rows == 0


def test_where_nothing_was_agreed_the_parties_are_told_of_other_ways_and_it_closes(world: World) -> None:
    with clock.frozen(NOON):
        case = world.new(procedure="mediation")
        world.until("handling", case)
        assert put(world, "handler", case, agreed=False).json()["fields"][0]["field"] == "referred_to"
        assert put(world, "handler", case, agreed=False, referred_to="court").status_code == 200
        world.do("handler", case, "hand_back", result="未达成协议")
        world.do("dispatcher", case, "confirm_result")
        told = {"version": 1, "fulfilled": "full", "on": "2026-11-24"}
        assert post(world, "handler", case, "follow-up", told).json()["fields"][0]["code"] == "no_agreement"
        assert world.do("acceptor", case, "close")["state"] == "closed"
        # A case of another procedure has no such record.
        other = world.until("handling")
        assert put(world, "handler", other).status_code == 409


def test_a_dispute_that_is_taken_up_again_is_mediated_and_recorded_anew(world: World, owner_sql: Any) -> None:
    with clock.frozen(NOON):
        case = world.new(procedure="mediation")
        world.until("handling", case)
        assert put(world, "handler", case).status_code == 200
        world.do("handler", case, "hand_back", result="已达成协议")
        world.do("dispatcher", case, "confirm_result")
        told = {"version": 1, "fulfilled": "none", "on": "2026-11-24", "note": "未改道"}
        assert post(world, "handler", case, "follow-up", told).status_code == 200
        world.do("acceptor", case, "close")
    with clock.frozen(NOON + timedelta(hours=2)):
        world = World.make_again(world)
        world.do("acceptor", case, "reopen", reason="又起争执")
        world.do("dispatcher", case, "dispatch", unit_id=str(unit(staff.TOWN)), reason="仍由其办理")
        world.do("handler", case, "take")
        # What the round before came to is no result of this one, stays as it was, and is masked on the page as ever.
        assert refused(world, "handler", case, "hand_back", result="已调解") == "mediation_record"
        page = world.people["handler"].get(f"/api/cases/{case}/mediation").json()
        assert page["record"] is None and [each["fulfilled"] for each in page["former"]] == ["none"]
        assert not [each for each in SECRETS if each in str(page)]
        assert put(world, "handler", case, version=2).status_code == 409
        anew = put(world, "handler", case, agreement="各退一步", held_at="2026-11-24T13:00:00+08:00")
        assert anew.status_code == 200, anew.content.decode()
        world.do("handler", case, "hand_back", result="再次达成协议")
        world.do("dispatcher", case, "confirm_result")
        assert refused(world, "acceptor", case, "close") == "mediation_follow_up"
        assert post(world, "handler", case, "follow-up", {**told, "version": 1, "fulfilled": "full"}).status_code == 200
        assert world.do("acceptor", case, "close")["state"] == "closed"
        page = world.people["acceptor"].get(f"/api/cases/{case}/mediation").json()
        assert [each["fulfilled"] for each in (page["record"], *page["former"])] == ["full", "none"]
        # In full each by itself.
        for at, agreed in ((None, "各退一步"), (1, "各退一步"), (0, "排水管改道")):
            answer = post(world, "handler", case, "reveal", {"purpose": "核对当事人", "round": at})
            assert answer.json()["agreement"] == agreed
        assert post(world, "handler", case, "reveal", {"purpose": "核对当事人", "round": 2}).status_code == 404
    # What was written before records had rounds is given that in which it was written last, by the owner of the tables.
    ((owner,),) = owner_sql("SELECT tableowner FROM pg_tables WHERE tablename = 'cases_mediation'")
    owner_sql("UPDATE cases_mediation SET round = round + 5")
    owner_sql(f"SET ROLE {owner}; {by_round()}; RESET ROLE")
    assert owner_sql("SELECT round, fulfilled FROM cases_mediation ORDER BY round") == [(0, "none"), (1, "full")]


def by_round() -> str:
    """The statement by which the migration gives each record its round."""
    (path,) = Path(migrations.__path__[0]).glob("*_mediation_rounds.py")
    return str(import_module(f"{migrations.__name__}.{path.stem}").FILL)


def mediated(area: str, where: str, unit_area: str) -> str:
    """A dispute that its unit has written the record of; the id."""
    from linli.cases.mediation.actions import keep
    from linli.cases.models import Case

    with scope.acting(staff.OPERATOR) as actor:
        case = report(actor, NewCase(f"{where}的纠纷", "visit", area=area, procedure="mediation"))
        Case.objects.filter(id=case.id).update(
            state="handling", unit_id=staff.units()[unit_area], filed_at=clock.now(), limit_value=2, clock="work_day"
        )
    with scope.acting(replace(staff.OPERATOR, unit_id=str(staff.units()[unit_area]))) as actor:
        parties = (Party("applicant", "赵铁柱", "13711112222"), Party("respondent", "钱二"))
        held = clock.now() - timedelta(hours=1)
        keep(actor, case.id, Record("tort", ("孙调解",), held, f"{where}调解室", "争执", parties), None)
    return str(case.id)


def reported(area: str) -> str:
    """A quick case that somebody else reported; the id."""
    with scope.acting(staff.OPERATOR) as actor:
        return str(report(actor, NewCase("门前杂物", "collector", area=area, procedure="quick")).id)


WRITTEN = {**RECORD, "version": 1}
LOOKS = {"purpose": "核对当事人"}


class TestProcedureDoors(PermissionSuite):
    """The list of procedures, and a mediation of the own unit in the own town with the like in the foreign one."""

    seeded = True
    doors = (
        *(
            Door("GET", "/api/cases/procedures", held, instead=tuple(o for o in (VIEW, HANDLE, REPORT) if o != held))
            for held in (VIEW, HANDLE, REPORT)
        ),
        # A step of who reported a case; this reader did not.
        Door("POST", "/api/cases/{quick}/actions/settle", REPORT, {"version": 1, "result": "已清理"}, also=(VIEW,), answers=(409,)),
        Door("GET", "/api/cases/{case}/mediation", VIEW, instead=(HANDLE,), finds=True, logs="detail"),
        Door("GET", "/api/cases/{case}/mediation", HANDLE, instead=(VIEW,), finds=True, logs="detail"),
        Door("PUT", "/api/cases/{case}/mediation", HANDLE, WRITTEN),
        Door("POST", "/api/cases/{case}/mediation/follow-up", HANDLE, {"version": 1, "fulfilled": "full", "on": "2026-11-24"},
             answers=(409,)),
        Door("POST", "/api/cases/{case}/mediation/reveal", HANDLE, LOOKS, reveals=True, logs="reveal"),
    )  # fmt: skip

    def sample(self) -> Sample:
        return Sample(
            own={"case": mediated(village(), "本镇", staff.TOWN), "quick": reported(village())},
            foreign={
                "case": mediated(foreign_village(), "外镇", staff.OTHER_TOWN),
                "quick": reported(foreign_village()),
            },
            own_marks=("本镇调解室",),
            foreign_marks=("外镇调解室",),
            secrets=("13711112222", "赵铁柱"),
        )


def test_a_day_that_was_not_given_is_asked_for_in_words(world: World) -> None:
    def asked(answer: Any) -> tuple[int, str, str]:
        (field,) = answer.json()["fields"]
        return answer.status_code, field["field"], field["message"]

    with clock.frozen(NOON):
        category = world.category("51002", "local")
        case = world.new(category_id=str(category.id))
        world.do("acceptor", case, "file", category_id=str(category.id), **DAY)
        world.hand_over(case)
        world.do("handler", case, "take")
        assert asked(put(world, "handler", case, held_at=None)) == (422, "held_at", "请填写此项。")
        assert put(world, "handler", case).status_code == 200
        world.do("handler", case, "hand_back", result="已达成协议")
        world.do("dispatcher", case, "confirm_result")
        nothing = {"version": 1, "fulfilled": "full", "on": None}
        status, field, told = asked(post(world, "handler", case, "follow-up", nothing))
        assert (status, field) == (422, "on") and told.startswith("回访日期须在调解之后")
