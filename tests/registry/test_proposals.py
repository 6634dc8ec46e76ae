"""People who are in the base twice: found with reasons, decided once, seen by whoever sees both. On a real database."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import staff
from people_frames import (
    DISTRICT,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    Sql,
    clerk,
    enter,
    merge,
    number,
    picture,
    row,
)
from typer.testing import CliRunner

from linli.kernel.errors import Forbidden, Invalid, NotFound
from linli.kernel.scope import acting
from linli.registry.actions.people import edit_person
from linli.registry.matching import parameters
from linli.registry.matching.duplicates import estimate, find
from linli.registry.merge import undo_people
from linli.registry.models import MatchModel, MatchProposal, Person
from linli.registry.problems import AlreadyDecided, ChangedMeanwhile, ReasonMissing
from linli.registry.proposals.actions import decide
from linli.registry.proposals.queries import proposals_page
from linli.registry.regrouping.actions import undo_regrouping
from linli.registry.regrouping.problems import NumbersDiffer

REASON = "核对户口簿"


@pytest.fixture(autouse=True)
def _database(db: str) -> None:
    """Every test here has a fresh database."""


def twice(village: str = VILLAGE, other_village: str = VILLAGE) -> None:
    """王建国 with a number, and 王建囯 (the same sound) without, of one birth, phone and door."""
    enter([row(2, "王建国", 1, village, phone="19900000001")])
    enter([row(2, "王建囯", None, other_village, phone="19900000001", record_key="L9")])


def only() -> MatchProposal:
    with acting(clerk()):
        return MatchProposal.objects.get()


def test_a_homophone_without_number_is_proposed_with_its_reasons_and_no_value(owner_sql: Sql) -> None:
    twice()
    looked = find(clerk(), DISTRICT)
    assert (looked.people, looked.filed.opened) == (2, 1)
    with acting(clerk()) as actor:
        page = proposals_page(actor)
    (found,) = page.items
    assert found.probability > 0.9 and {found.one.name, found.other.name} == {"王建国", "王建囯"}
    assert {(w["comparison"], w["level"]) for w in found.weights} >= {
        ("name", "sound"),
        ("phone", "same"),
        ("birth", "same"),
    }
    kept = str(owner_sql("SELECT to_jsonb(m) FROM registry_match_proposal m"))
    assert not any(value in kept for value in ("王建", "19900000001", number(1), "1950"))


def test_looking_again_changes_nothing(owner_sql: Sql) -> None:
    twice()
    find(clerk(), DISTRICT)
    before = owner_sql("SELECT * FROM registry_match_proposal")
    again = find(clerk(), DISTRICT).filed
    assert (again.opened, again.again, again.open, again.withdrawn) == (0, 0, 1, 0)
    assert owner_sql("SELECT * FROM registry_match_proposal") == before


def test_two_with_valid_numbers_are_never_proposed() -> None:
    enter([row(line, "王建国", line, phone="19900000001") for line in (2, 3)])
    assert find(clerk(), DISTRICT).filed.opened == 0


def test_relatives_of_one_home_and_namesakes_are_not_proposed() -> None:
    home = {"home_door": "2", "home_text": "2号", "home_standard": "某村2号", "phone": "19900000001"}
    enter([
        row(2, "王建国", None, birth=date(1950, 3, 4), record_key="a", **home),
        row(3, "王秀英", None, birth=date(1952, 8, 9), sex="2", record_key="b", **home),
        row(4, "王小明", None, birth=date(1978, 1, 2), record_key="c", **home),
        row(40, "王建国", None, OTHER_VILLAGE, birth=date(1961, 11, 30), record_key="d"),
    ])  # fmt: skip
    assert find(clerk(), DISTRICT).filed.opened == 0


def test_those_found_to_be_two_are_not_asked_about_again_unless_facts_change() -> None:
    twice()
    find(clerk(), DISTRICT)
    with acting(clerk()) as actor:
        assert decide(actor, only().id, "apart", REASON) is None
    again = find(clerk(), DISTRICT).filed
    assert (again.opened, again.again, again.open, again.decided) == (0, 0, 0, 1)
    with acting(clerk()) as actor:
        assert proposals_page(actor).items == [] and len(proposals_page(actor, "apart").items) == 1
        with pytest.raises(AlreadyDecided):
            decide(actor, only().id, "same", REASON)
        other = Person.objects.get(name="王建囯")
        edit_person(actor, other.id, {"name": "王建国"}, "写错了", other.version)
    assert find(clerk(), DISTRICT).filed.again == 1
    assert only().state == "open"


def test_those_found_to_be_one_are_joined_and_the_join_can_be_undone() -> None:
    twice()
    find(clerk(), DISTRICT)
    with acting(clerk()) as actor:
        (found,) = proposals_page(actor).items
        made = decide(actor, found.id, "same", REASON, found.one.version, found.other.version)
    assert made is not None
    with acting(clerk()) as actor:
        assert Person.objects.get().id_hash is not None, "the one with a number stays"
        assert proposals_page(actor).items == []
        undo_regrouping(actor, made.id, "不是同一人")
    with acting(clerk()) as actor:
        assert Person.objects.count() == 2 and only().state == "joined"
    again = find(clerk(), DISTRICT).filed
    assert (again.opened, again.again, again.decided) == (0, 0, 1), "who undoes a join has said what they are"


def test_what_was_looked_at_is_what_is_decided() -> None:
    twice()
    find(clerk(), DISTRICT)
    with acting(clerk()) as actor:
        (found,) = proposals_page(actor).items
        with pytest.raises(ReasonMissing):
            decide(actor, found.id, "same", " ")
        with pytest.raises(ChangedMeanwhile):
            decide(actor, found.id, "same", REASON, found.one.version + 1, found.other.version)
    enter([row(2, "王建囯", 7, phone="19900000001", record_key="L9")])
    with acting(clerk()) as actor, pytest.raises(NumbersDiffer):
        decide(actor, found.id, "same", REASON)
    assert only().state == "open", "nothing is decided where nothing could be done"


def test_a_pair_is_seen_by_whoever_sees_both() -> None:
    twice(VILLAGE, OTHER_VILLAGE)
    assert find(clerk(), DISTRICT).filed.opened == 1
    with acting(clerk(TOWN, "town")) as actor:
        assert proposals_page(actor).items == [] and MatchProposal.objects.count() == 0
    with acting(clerk()) as actor:
        (found,) = proposals_page(actor, area=TOWN).items
    with acting(clerk(TOWN, "town")) as actor, pytest.raises(NotFound):
        decide(actor, found.id, "apart", REASON)


def test_a_town_looks_among_its_own_and_needs_the_right(owner_sql: Sql) -> None:
    twice(VILLAGE, OTHER_VILLAGE)
    assert find(clerk(TOWN, "town"), TOWN).people == 1
    with pytest.raises(Forbidden):
        find(clerk(TOWN, "town"), DISTRICT)
    with pytest.raises(Invalid):
        find(clerk(), f"{DISTRICT}' OR true --")


def test_a_pair_no_longer_alike_is_withdrawn() -> None:
    twice()
    find(clerk(), DISTRICT)
    enter([row(2, "王建囯", 7, phone="19900000001", record_key="L9")])
    assert find(clerk(), DISTRICT).filed.withdrawn == 1


def test_undoing_a_batch_takes_what_was_asked_about_its_people(owner_sql: Sql) -> None:
    enter([row(2, "王建国", 1, phone="19900000001")])
    before = picture(owner_sql)
    batch, _ = merge([row(9, "赵六", 9, phone="19900000001")])
    with acting(clerk()) as actor:
        one, other = Person.objects.order_by("id")
        MatchProposal.objects.create(
            person_id=one.id, other_id=other.id, probability=0.6, model=0, lines=[], opened_at=one.recorded_at
        )
        assert len(proposals_page(actor).items) == 1
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_the_api_tells_weights_in_the_readers_language() -> None:
    twice()
    find(clerk(), DISTRICT)
    browser = staff.client(staff.staff("joiner", "town_clerk", staff.TOWN))
    (told,) = browser.get("/api/registry/proposals").json()["items"]
    said = {w["comparison"]: w["text"] for w in told["weights"]}
    assert said["name"].startswith("姓名同音 +") and said["start"].startswith("任意两条记录是同一人的可能 −")
    assert {line["field"]: line["verdict"] for line in told["lines"]}["name"] == "differs"
    english = browser.get("/api/registry/proposals", headers={"Accept-Language": "en"}).json()["items"][0]
    assert {w["comparison"]: w["text"] for w in english["weights"]}["name"].startswith("same pinyin +")
    answer = browser.post(
        f"/api/registry/proposals/{told['id']}/decide", {"decision": "same", "reason": REASON},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    assert answer.json()["person_id"] in (told["one"]["id"], told["other"]["id"])


def test_a_pair_is_given_to_who_may_decide_on_it_and_it_goes_with_the_decision() -> None:
    twice()
    find(clerk(), DISTRICT)
    joiner = staff.client(staff.staff("joiner", "town_clerk", staff.TOWN))
    colleague = staff.staff("colleague", "village_clerk", staff.VILLAGE)
    stranger = staff.staff("stranger", "town_clerk", staff.OTHER_TOWN)

    def listed(browser: Any, assigned: str = "all") -> list[tuple[str | None, bool]]:
        items = browser.get(f"/api/registry/proposals?assigned={assigned}").json()["items"]
        return [(each["assigned_to"], each["mine"]) for each in items]

    def give(account: Any) -> Any:
        path = f"/api/registry/proposals/{only().id}/assign"
        return joiner.post(path, {"account_id": account and str(account)}, content_type="application/json")

    offered = {c["account_id"] for c in joiner.get("/api/registry/proposals/colleagues").json()}
    assert str(colleague.id) in offered and str(stranger.id) not in offered
    refused = give(stranger.id)
    assert refused.status_code == 422 and refused.json()["fields"][0]["field"] == "account_id"
    assert give(colleague.id).status_code == 204
    assert listed(joiner) == [("用户colleague", False)] and listed(staff.client(colleague), "mine") == [
        ("用户colleague", True)
    ]
    assert listed(joiner, "mine") == listed(joiner, "nobody") == []
    assert give(None).status_code == 204 and listed(joiner, "nobody") == [(None, False)]
    assert give(colleague.id).status_code == 204
    with acting(clerk()) as actor:
        decide(actor, only().id, "apart", REASON)
    assert only().assigned_to is None and give(colleague.id).status_code == 409


def test_the_command_finds_and_estimates() -> None:
    from linli.intake.matching.commands import match_app

    twice()
    done = CliRunner().invoke(match_app, ["people", "--json"])
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    assert (told["people"], told["opened"]) == (2, 1)
    refused = CliRunner().invoke(match_app, ["people", "--area", "nowhere"])
    assert refused.exit_code == 1


def test_parameters_are_kept_with_their_version_and_used_by_the_next_look() -> None:
    twice()
    assert estimate(clerk()).version == 1 and estimate(clerk()).version == 2
    find(clerk(), DISTRICT)
    assert only().model == 2
    with acting(clerk()):
        assert "王建" not in json.dumps(MatchModel.objects.get(version=1).parameters, ensure_ascii=False)


def test_thresholds_hold_from_their_day_on() -> None:
    with acting(clerk()) as actor:
        parameters.set_thresholds(actor, 0.99, 0.6, date(2026, 3, 1))
        assert parameters.thresholds(date(2026, 2, 28)) == parameters.Thresholds()
        assert parameters.thresholds(date(2026, 3, 1)) == parameters.Thresholds(0.99, 0.6)
        with pytest.raises(Invalid):
            parameters.set_thresholds(actor, 0.5, 0.6, date(2026, 4, 1))
