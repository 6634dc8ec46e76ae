"""Procedures as data: what is wrong with one is told at once, and cases go each its own way over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import staff
from attachment_samples import photo, send
from case_world import DAY, World, unit

from linli.cases.engine import procedure
from linli.cases.engine.document import PROCEDURES, with_procedures
from linli.cases.procedures.reading import BadProcedure, read
from linli.cases.procedures.shipped import shipped
from linli.kernel import clock
from linli.kernel.scope import acting

MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 11:00 local

HEAD = """
code = "short"
label = { zh = "短", en = "Short" }
note = { zh = "短", en = "Short" }
certainty = "inferred"
source = "试"
"""
WHOLE = (
    HEAD
    + """
use = [{ code = "file", to = "to_close" }, "close", { code = "refuse", label = { zh = "不办", en = "No" } }]
[[steps]]
code = "look"
label = { zh = "看", en = "Look" }
from = ["to_close"]
permission = "cases.case.close"
kind = "forward"
asks = ["result"]
"""
)


def test_a_procedure_is_read_with_what_it_takes_over_and_what_is_its_own() -> None:
    found = read(WHOLE, "short.toml")
    assert found.by_code["file"].target == "to_close" and found.by_code["file"].asks == ("limit",)
    assert found.by_code["refuse"].label.zh == "不办"
    assert found.by_code["look"].target is None and found.by_code["look"].asks == ("result",)
    # What was taken over as it is goes from the states of this procedure alone; the program's own steps are there.
    assert found.by_code["reckon_again"].sources == ("reported", "to_close")
    assert "unit_gone" not in found.by_code
    # Nothing is listed for everybody unless it says so.
    assert not found.public and read(WHOLE.replace(HEAD, f"{HEAD}public = true\n"), "short.toml").public
    assert set(procedure.public()) == {"standard", "quick", "hazard"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('to = "to_close" }', 'to = "nowhere" }', "there is no state 'nowhere'"),
        ('"close", {', '"shut", {', "there is no standard action 'shut'"),
        ('"close", {', '"close", "take", {', "use take: none of its states is reached"),
        ('from = ["to_close"]', 'from = ["waiting"]', "look: the state waiting is never reached"),
        ('"cases.case.close"', '"cases.case.shut"', "there is no permission 'cases.case.shut'"),
        ('kind = "forward"', 'kind = "sideward"', "kind 'sideward'"),
        ('kind = "forward"', 'kind = "return"', "asks for a reason"),
        ('asks = ["result"]', 'asks = ["coffee"]', "asks: 'coffee' is not known"),
        ('asks = ["result"]', 'guards = ["luck"]', "guards: 'luck' is not known"),
        ('asks = ["result"]', 'effects = ["luck"]', "effects: 'luck' is not known"),
        ('asks = ["result"]', 'askes = ["result"]', "'askes' means nothing here"),
        ('label = { zh = "看", en = "Look" }', 'label = { zh = "看" }', "look: label: wanted are zh and en"),
        ('code = "look"', 'code = "take"', "a standard action's"),
        ('asks = ["result"]', 'to = "evaluated"\nasks = ["result"]\n[[steps]]\ncode = "look"\nlabel = { zh = "看", en = "L" }\n'
         'from = ["to_close"]\npermission = "cases.case.close"\nkind = "forward"', "'look' is there twice"),
        ('asks = ["result"]', 'to = "closed"', "look: what leads to a closed case has the effect `closed`"),
        ('asks = ["result"]', 'to = "closed"\neffects = ["closed"]', "nothing is closed that was not filed"),
        ('asks = ["result"]', 'to = "waiting"', "the clock stands where a pause leads"),
        ('asks = ["result"]', 'to = "handed_back"', "from the state handed_back no end is reached"),
        ('certainty = "inferred"', 'certainty = "sure"', "certainty 'sure'"),
        ('source = "试"', 'sources = ["rumour"]', "'source' is missing"),
        ('source = "试"', 'source = "试"\nsources = ["rumour"]', "'rumour' is no door"),
        ('source = "试"', 'source = "试"\npublic = "no"', "public: 'no' is neither true nor false"),
        ('source = "试"', 'source = "试"\nurgent = 1', "urgent: 1 is neither true nor false"),
        ('code = "short"', 'code = "standard"', "no code for a procedure"),
        ("label = {", "label = = {", "short.toml"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_procedure_is_told_by_name(old: str, new: str, told: str) -> None:
    assert old in WHOLE
    with pytest.raises(BadProcedure) as caught:
        read(WHOLE.replace(old, new, 1), "short.toml")
    assert told in str(caught.value)
    assert all(line.startswith("short.toml: ") for line in str(caught.value).splitlines())


def test_a_file_is_called_as_its_procedure(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(WHOLE, encoding="utf-8")
    assert [each.code for each in shipped(tmp_path)] == ["short"]
    (tmp_path / "short.toml").rename(tmp_path / "long.toml")
    with pytest.raises(BadProcedure, match=r"is called short\.toml"):
        shipped(tmp_path)


def test_the_document_holds_every_procedure_as_it_is() -> None:
    text = PROCEDURES.read_text(encoding="utf-8")
    assert with_procedures(text) == text, "run: python -m linli.cases.engine.document"


def test_a_case_takes_the_way_of_its_category_then_that_of_its_door() -> None:
    assert procedure.default_for("quick", "camera") == "quick"
    assert procedure.default_for("standard", "camera") == "alarm"
    assert procedure.default_for("", "sensor") == "alarm"
    assert procedure.default_for("", "resident") == procedure.default_for("no such", "resident") == "standard"
    assert procedure.of("no such") is procedure.STANDARD


# --- over HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def actions(world: World, case: str, who: str = "acceptor") -> dict[str, Any]:
    return {each["code"]: each["refused"] for each in world.look(case, who).json()["actions"]}


def refusal(answer: Any) -> str:
    assert answer.status_code in (403, 409, 422), answer.content.decode()
    return str(answer.json()["fields"][0]["code"])


def facts_of(case: str) -> Any:
    """What evaluation draws of a case."""
    from linli.cases.evaluation.facts import draw_all
    from linli.cases.models import CaseFact

    with acting(staff.OPERATOR):
        draw_all(staff.OPERATOR)
        return CaseFact.objects.get(case_id=case)


def test_who_reports_a_quick_case_settles_it_the_same_day(world: World) -> None:
    with clock.frozen(MONDAY):
        world = World.make_again(world)
        listed = [each["code"] for each in world.people["acceptor"].get("/api/cases/procedures").json()]
        assert listed[0] == "standard" and "quick" in listed
        assert world.report(procedure="no such").status_code == 422
        case = world.new(procedure="quick")
        assert refusal(world.step("grid_worker", case, "settle", result="已清理")) == "category"
        case = world.new(procedure="quick", category_id=str(world.category().id))
        late = world.new(procedure="quick", category_id=str(world.category().id))
        assert world.step("acceptor", case, "settle", result="已清理").status_code in (403, 409)
        done = world.do("grid_worker", case, "settle", result="已清理")
    assert (done["state"], done["procedure"], done["procedure_name"]) == ("closed", "quick", "快速自处置")
    assert done["light"] == "green" and done["limit_value"] and done["handed_back_at"] == done["closed_at"]
    assert done["clock_from"] == done["reported_at"] and done["filed_at"] == done["closed_at"]
    assert done["unit_name"] == staff.NAMES[staff.VILLAGE]
    assert done["flow"][-1]["label"] == "当场办结" and done["flow"][-1]["result"] == "已清理"
    fact = facts_of(case)
    assert fact.closed and fact.handed_back_at <= fact.due_at and fact.filed_month == fact.closed_month == 202611
    assert fact.unit_id == unit(staff.VILLAGE) and fact.dispatch_due is fact.check_send_due is None
    with clock.frozen(MONDAY + timedelta(days=1)):
        world = World.make_again(world)
        found = world.people["acceptor"].get("/api/cases?procedure=quick").json()["items"]
        assert case in {each["id"] for each in found} and len(found) == 3
        assert world.people["acceptor"].get("/api/cases?procedure=alarm").json()["items"] == []
        # What was not settled that day goes the standard way.
        assert refusal(world.step("grid_worker", late, "settle", result="已清理")) == "same_day"
        world.until("evaluated", late)


def rated_by_the_reporter(case: str) -> Any:
    """A case rated by whoever follows it with a tracking number; the step."""
    from uuid import UUID, uuid4

    from linli.cases.engine.act import act
    from linli.cases.engine.effects import Given
    from linli.cases.models import Case, CaseFlow
    from linli.cases.reporters.desk import reporter_in

    with acting(staff.OPERATOR):
        found = Case.objects.get(id=case)
    with acting(reporter_in(found, uuid4())) as reporter:
        act(reporter, UUID(case), "rate", Given(found.version, solved=True))
    with acting(staff.OPERATOR):
        return CaseFlow.objects.filter(case_id=case).order_by("version").last()


def test_a_resident_is_answered_and_asked_afterwards(world: World) -> None:
    category = world.category("54001", "local")
    case = world.new(source="resident", category_id=str(category.id))
    assert world.look(case).json()["procedure"] == "resident_request"
    world.do("acceptor", case, "file", category_id=str(category.id), **DAY)
    assert "set_procedure" not in actions(world, case)
    world.hand_over(case)
    world.do("handler", case, "take")
    world.do("handler", case, "hand_back", result="已通知水厂，当晚恢复供水")
    assert "ask_check" not in actions(world, case, "dispatcher")
    refused = world.step("dispatcher", case, "ask_check")
    assert refused.status_code == 409 and "群众诉求" in refused.json()["fields"][0]["message"]
    world.do("dispatcher", case, "confirm_result")
    world.do("acceptor", case, "return_answer", reason="答复不完整")
    world.do("dispatcher", case, "confirm_result")
    world.do("acceptor", case, "close")
    assert world.do("acceptor", case, "not_reached", channel="phone", reason="无人接听")["state"] == "closed"
    assert refusal(world.step("acceptor", case, "rate", solved=True)) == "required"
    other = world.until("handed_back", world.new(source="resident", procedure="resident_request"))
    world.do("dispatcher", other, "confirm_result")
    world.do("acceptor", other, "close")
    own = rated_by_the_reporter(other)
    assert (own.to_state, own.detail["channel"], own.detail["solved"]) == ("evaluated", "self", True)
    done = world.do("acceptor", case, "rate", channel="visit", solved=True, satisfied=True)
    assert (done["state"], done["flow"][-1]["channel"]) == ("evaluated", "visit")
    # Its figures: due, closed and satisfied as any case, and no check that anybody would owe.
    quick = world.new(procedure="quick", category_id=str(world.category().id))
    fact = facts_of(case)
    assert (fact.due_at is not None, fact.closed, fact.satisfied, fact.check_send_due) == (True, True, True, None)
    assert fact.dispatched_at is not None and facts_of(quick).due_at is None


def test_an_alarm_is_acknowledged_and_false_or_dispatched_at_once(world: World) -> None:
    case = world.new(source="sensor", description="烟感报警")
    begun = world.look(case).json()
    assert (begun["procedure"], begun["urgent"]) == ("alarm", True)
    assert "refuse" not in actions(world, case) and "dispatch_first" not in actions(world, case, "dispatcher")
    world.do("acceptor", case, "acknowledge")
    assert refusal(world.step("acceptor", case, "refuse")) == "required"
    false = world.do("acceptor", case, "refuse", reason="厨房油烟")
    assert (false["state"], false["flow"][-1]["label"]) == ("not_accepted", "误报终止")
    real = world.new(source="camera", description="明火")
    world.do("acceptor", real, "acknowledge")
    filing = {"category_id": str(world.category().id), **DAY}
    world.do("dispatcher", real, "dispatch_first", unit_id=str(unit(staff.TOWN)), **filing)
    world.until("to_close", world.do("handler", real, "take")["id"])
    assert refusal(world.step("acceptor", real, "close")) == "not_filed"
    world.do("acceptor", real, "file_afterwards", **filing)
    assert world.do("acceptor", real, "close")["state"] == "closed"


def test_the_way_of_a_case_is_changed_before_it_is_filed_and_told_in_its_flow(world: World) -> None:
    case = world.new()
    assert refusal(world.step("acceptor", case, "set_procedure", procedure="standard")) == "unknown"
    assert world.step("grid_worker", case, "set_procedure", procedure="quick").status_code == 403
    changed = world.do("acceptor", case, "set_procedure", procedure="alarm")
    assert (changed["procedure"], changed["urgent"], changed["flow"][-1]["procedure"]) == ("alarm", True, "预警报警")
    back = world.do("acceptor", case, "set_procedure", procedure="standard")
    assert (back["procedure"], back["urgent"]) == ("standard", False), "as urgent as it was before"
    pressing = world.new(urgent=True)
    for way in ("alarm", "quick"):
        urgent = world.do("acceptor", pressing, "set_procedure", procedure=way)["urgent"]
    assert urgent, "it was urgent of itself"
    world.file(case)
    assert world.step("acceptor", case, "set_procedure", procedure="quick").status_code == 409


def test_a_case_goes_the_way_of_the_category_it_is_filed_under(world: World) -> None:
    dispute = world.category("51002", "local")
    filing = {"category_id": str(dispute.id), **DAY}
    case = world.new()
    assert world.look(case).json()["procedure"] == "standard"
    filed = world.do("acceptor", case, "file", **filing)
    assert (filed["procedure"], filed["state"], filed["flow"][-1]["procedure"]) == (
        "mediation",
        "to_dispatch",
        "矛盾纠纷调解",
    )
    # Filed under another, it is no dispute; filed again, it keeps its way; chosen by somebody, it stays as chosen.
    other = world.new(category_id=str(dispute.id))
    assert world.file(other)["procedure"] == "standard"
    world.do("dispatcher", other, "return_to_acceptor", reason="类别有误")
    assert world.do("acceptor", other, "refile", **filing)["procedure"] == "standard"
    chosen = world.new(procedure="quick")
    assert world.do("acceptor", chosen, "file", **filing)["procedure"] == "quick"
    # What is dispatched first is filed by that.
    urgent = world.new(urgent=True)
    first = world.do("dispatcher", urgent, "dispatch_first", unit_id=str(unit(staff.TOWN)), **filing)
    assert (first["procedure"], first["state"], first["urgent"]) == ("mediation", "to_take", True)
    # An alarm is acknowledged before: a case that was not does not become one, and goes on as it was.
    with acting(staff.OPERATOR):
        type(dispute).objects.filter(id=dispute.id).update(procedure="alarm")
    assert world.do("acceptor", world.new(), "file", **filing)["procedure"] == "standard"


def test_a_result_is_handed_back_with_the_photo_the_rule_wants(world: World) -> None:
    rule = world.rule()
    with acting(staff.OPERATOR):
        type(rule).objects.filter(id=rule.id).update(photo_needed=True)
    case = world.new()
    world.do("acceptor", case, "file", category_id=str(world.category().id), rule_id=str(rule.id))
    world.hand_over(case)
    world.do("handler", case, "take")
    assert "处置后" in actions(world, case, "handler")["hand_back"]
    refused = world.step("handler", case, "hand_back", result="已更换井盖")
    assert refused.status_code == 409 and refusal(refused) == "photo"
    send(world.people["handler"], case, photo(), purpose="before")
    assert refusal(world.step("handler", case, "hand_back", result="已更换井盖")) == "photo"
    send(world.people["handler"], case, photo(), purpose="after")
    assert world.do("handler", case, "hand_back", result="已更换井盖")["state"] == "handed_back"
    # Dealt with anew, it takes another photo.
    world.until("closed", case)
    world.do("acceptor", case, "reopen", reason="又丢了")
    world.do("dispatcher", case, "dispatch", unit_id=str(unit(staff.TOWN)), reason="仍由其办理")
    world.do("handler", case, "take")
    assert refusal(world.step("handler", case, "hand_back", result="已更换井盖")) == "photo"


def printed(world: World, case: str) -> str:
    """What the case file says of a case."""
    from uuid import UUID

    from linli.cases.engine.queries import case_detail
    from linli.cases.printing.contents import Words, _file_facts

    with acting(staff.actor(world.accounts["acceptor"])) as actor:
        return str(_file_facts(case_detail(actor, UUID(case)), Words("zh-CN")))


def test_a_hazard_is_filed_with_its_level_and_looked_at_again_by_another_unit(world: World) -> None:
    category = world.category("52001", "local")
    case = world.new(category_id=str(category.id))
    filing = {"category_id": str(category.id), **DAY}
    assert refusal(world.step("acceptor", case, "file", **filing)) == "required"
    filed = world.do("acceptor", case, "file", level="general", **filing)
    assert (filed["procedure"], filed["level"]) == ("hazard", "general") and filed["due_at"]
    assert refusal(world.step("acceptor", case, "set_level", level="major")) == "required"
    assert world.do("acceptor", case, "set_level", level="major", reason="涉及多户")["level"] == "major"
    other = world.new()
    for path in ("/api/cases", "/api/cases/board"):
        answer = world.people["acceptor"].get(path).json()
        lines = answer["items"] if isinstance(answer, dict) else [card for c in answer for card in c["cards"]]
        assert {line["id"]: line["level"] for line in lines} == {case: "major", other: None}, path
    world.hand_over(case)
    world.do("handler", case, "take")
    world.do("handler", case, "hand_back", result="通道已清空")
    assert world.do("dispatcher", case, "ask_check")["flow"][-1]["label"] == "派复查"
    world.add("own_checker", "grid_worker", staff.TOWN, unit_area=staff.TOWN)
    assert refusal(world.step("own_checker", case, "pass_check", result="已整改")) == "own_result"
    failed = world.do("grid_worker", case, "fail_check", reason="仍有杂物")
    assert (failed["state"], failed["reworks"]) == ("handling", 1)
    world.do("handler", case, "hand_back", result="已全部清空")
    world.do("dispatcher", case, "ask_check")
    world.do("grid_worker", case, "pass_check", result="已整改")
    assert world.do("acceptor", case, "close")["level"] == "major"
    assert "隐患整改 · 重大隐患" in printed(world, case) and "标准流程" not in printed(world, world.new())
    assert [task["passed"] for task in world.look(case).json()["tasks"]] == [False, True]
