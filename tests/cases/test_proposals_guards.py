"""What protects people in proposals: consent that is taken back, a case its helpers do not see, a reply no drafter reviews."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import staff
from django.test import Client
from proposal_world import NUMBER, PHONE, Proposals, unit

from linli.access.models import ChangeLog
from linli.cases import migrations
from linli.cases.proposals import steps
from linli.cases.proposals.steps import DISCLOSE, STANDS, WITHDRAW
from linli.kernel import clock, scope
from linli.kernel.limiting.actions import Limiter
from linli.public import proposal_views

PATH = f"/proposals/cppcc/{NUMBER}"


@pytest.fixture
def world(seeded_db: str, monkeypatch: pytest.MonkeyPatch) -> Proposals:
    monkeypatch.setattr(proposal_views, "looks", Limiter("proposals", 500, 60))
    return Proposals.make()


def consent(world: Proposals, proposal: str, shown: bool, at: int = 0, who: str = "registrar") -> Any:
    one = world.look(proposal)["proposers"][at]["id"]
    return world.put(who, f"/{proposal}/proposers/{one}/shown", shown=shown)


def page() -> str:
    return Client().get(PATH).content.decode()


def logged() -> list[dict[str, Any]]:
    with scope.acting(staff.OPERATOR):
        found = ChangeLog.objects.filter(action="cases.proposal.consent").order_by("at", "id")
        return list(found.values_list("detail", flat=True))


def handled_again(world: Proposals) -> str:
    """A proposal whose first answer is public, and which is answered again by the same host."""
    made = world.until("closed")
    world.do("registrar", made, "rate", opinion="dissatisfied")
    world.do("registrar", made, "rehandle", reason="答复不具体")
    day = (clock.today() + timedelta(days=30)).isoformat()
    world.do("registrar", made, "reassign", unit_id=str(unit(staff.TOWN)), reason="由原单位补充", due_on=day)
    return made


def test_a_published_name_is_taken_back_at_any_time_and_noted(world: Proposals) -> None:
    made = world.until("closed")
    assert "示例甲" in page()
    first = world.look(made)["proposers"][0]["id"]
    gone = consent(world, made, False)
    assert gone.status_code == 200, gone.content.decode()
    assert (gone.json()["proposers"][0]["shown"], gone.json()["may_consent"], gone.json()["may_amend"]) == (
        False,
        True,
        False,
    )
    assert "示例甲" not in page()
    assert "(略)" in page()
    consent(world, made, False)  # the same again
    assert logged() == [{"proposer": first, "shown": False}]
    consent(world, made, True)
    assert "示例甲" in page()

    world.do("registrar", made, "rate", opinion="dissatisfied")
    world.do("registrar", made, "rehandle", reason="答复不具体")
    assert consent(world, made, False).status_code == 200  # while it is handled again
    assert "示例甲" not in page()
    assert "已规划示例桩位" in page()
    assert [each["shown"] for each in logged()] == [False, True, False]
    assert world.look(made)["proposers"][0]["masked"] == "13******234"
    other = world.register(number="20260078")
    path = f"/{other}/proposers/{first}/shown"
    assert world.put("registrar", path, shown=True).status_code == 404  # of another proposal
    assert "示例甲" not in page()


def test_only_the_registrar_writes_down_who_is_named(world: Proposals) -> None:
    made = world.until("closed")
    for who in ("host", "signer", "helper", "stranger"):
        assert consent(world, made, False, who=who).status_code == 403, who
    assert not world.look(made, "host")["may_consent"]
    assert "示例甲" in page()


def test_a_form_opened_before_does_not_bring_a_consent_back(world: Proposals) -> None:
    people = [{"name": "示例甲", "contact": PHONE, "shown": True}, {"name": "示例乙", "shown": True}]
    made = world.register(proposers=people)
    version = world.look(made)["version"]
    consent(world, made, False)
    typed = [{"name": name, "shown": True} for name in ("示例丙", "示例甲", "示例乙")]
    mended = world.put("registrar", f"/{made}", version=version, **world.entered(proposers=typed))
    assert [(each["name"], each["shown"]) for each in mended.json()["proposers"]] == [
        ("示例丙", True), ("示例甲", False), ("示例乙", True),
    ]  # fmt: skip


def test_what_is_public_is_withdrawn_while_it_is_answered_again(world: Proposals) -> None:
    made = handled_again(world)
    world.do("host", made, "take")
    assert "已规划示例桩位" in page()
    assert "proposal_withdraw" in [each["code"] for each in world.look(made)["actions"]]
    world.do("registrar", made, "withdraw", reason="建议人要求")
    assert Client().get(PATH).status_code == 404
    shown = world.look(made)
    assert (shown["state"], shown["openness_reason"], shown["published_at"]) == ("handling", "建议人要求", None)
    assert "proposal_withdraw" not in [each["code"] for each in shown["actions"]]
    assert world.step("registrar", made, "withdraw", reason="再撤").json()["fields"][0]["code"] == "not_published"
    world.until("closed", made)  # and the next answer goes its way
    assert "已规划示例桩位" in page()


def test_withdrawing_is_possible_wherever_an_answer_may_be_public() -> None:
    table = steps.table()
    assert {*table[WITHDRAW].sources} == {*STANDS} - {"reported", "to_file"}
    assert {*table[DISCLOSE].sources} == {"closed", "evaluated"}


def test_who_helps_sees_no_case_even_in_their_own_area(world: Proposals) -> None:
    made = world.register(area=staff.OTHER_TOWN)
    cohosts = [{"unit_id": str(unit(staff.OTHER_TOWN)), "role": "assisting"}]
    world.do("registrar", made, "assign", unit_id=str(unit(staff.TOWN)), cohosts=cohosts)
    world.until("handling", made)
    part = world.look(made, "helper")
    assert {name: part[name] for name in ("case_id", "case_number", "state", "due_at", "flow", "actions")} == {
        "case_id": None, "case_number": "", "state": None, "due_at": None, "flow": [], "actions": [],
    }  # fmt: skip
    assert part["may_contribute"]
    (line,) = world.get("helper", "").json()["items"]
    assert (line["own_part"], line["state"], line["due_at"]) == (True, None, None)
    assert world.get("helper", "?state=handling").json()["items"] == []
    assert world.step("helper", made, "submit").status_code == 403
    assert world.put("helper", f"/{made}/contribution", text="可提供示例场地。").status_code == 200
    for who in ("host", "registrar"):
        assert (world.look(made, who)["state"], len(world.look(made, who)["flow"])) == ("handling", 3), who
        assert [each["state"] for each in world.get(who, "?state=handling").json()["items"]] == ["handling"], who
    with clock.frozen(clock.now() + timedelta(days=120)):
        world.again()
        late = {
            who: world.get(who, "/counts").json()["total"]["figures"]["overdue"]
            for who in ("helper", "host", "registrar")
        }
    assert late == {"helper": 0, "host": 1, "registrar": 1}


def test_nobody_reviews_what_they_wrote_at_though_another_saved_last(world: Proposals) -> None:
    world.add("second", "reply_signer", staff.TOWN)
    made = world.until("handling")
    assert world.put("signer", f"/{made}/draft", version=0, text="签发人起草的示例答复。").status_code == 200
    assert world.draft(made, "处置人员改了一个字。").status_code == 200
    world.do("host", made, "submit")
    own = world.step("signer", made, "review")
    assert (own.status_code, own.json()["fields"][0]["code"]) == (409, "own_draft")
    world.do("second", made, "review")


def test_replies_that_were_there_keep_who_saved_them_last(
    world: Proposals, owner_sql: Callable[..., Sequence[Any]]
) -> None:
    made = world.until("handed_back")
    (kept,) = owner_sql("SELECT drafters FROM cases_proposal_reply")
    owner_sql("UPDATE cases_proposal_reply SET drafters = '{}'")
    (found,) = Path(str(migrations.__file__)).parent.glob("*_reply_drafters.py")
    filling = import_module(f"linli.cases.migrations.{found.stem}").Migration.operations[-1]
    owner_sql(filling.sql)
    assert owner_sql("SELECT drafters FROM cases_proposal_reply") == [kept]
    assert len(kept[0]) == 1
    world.do("signer", made, "review")


def test_readers_are_counted_for_all_processes_together(world: Proposals, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client()
    with clock.frozen(clock.now()):
        monkeypatch.setattr(proposal_views, "looks", Limiter("few", 1, 60))
        assert browser.get("/proposals").status_code == 200
        monkeypatch.setattr(proposal_views, "looks", Limiter("few", 1, 60))  # as in another process
        often = browser.get(PATH)
        assert (often.status_code, often["Retry-After"], often["Cache-Control"]) == (429, "60", "no-store")


def test_readers_have_a_door_of_their_own() -> None:
    assert isinstance(proposal_views.looks, Limiter)
    assert proposal_views.looks.door == "proposals"
