"""The editor of indicators: a revision begins as a copy, is changed indicator by indicator, and becomes the next version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import staff
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.tiers.applying import years
from linli.tiers.assessing import actions as assessing
from linli.tiers.models import Assessment, Indicator, IndicatorSystem, SystemRevision
from linli.tiers.permissions import SYSTEM_EDIT
from linli.tiers.revisions import actions
from linli.tiers.systems import withdrawing
from linli.tiers.systems.queries import holding

JSON = "application/json"
INDICATOR: dict[str, Any] = {
    "tier": "basic", "level1": "基础设施", "level1_certainty": "inferred", "seq": 1, "name": "千兆光纤", "mode": "mixed", "weight": 2.5,
    "definition": "", "requirement": "不低于75%", "records": "", "evidence_wanted": "运营商证明", "certainty": "official",
    "strength": "official_table", "completeness": "full", "source": "鲁数〔2026〕1号", "source_supports": "",
    "bounds": [
        {"metric": "gigabit_household_rate", "op": ">=", "value": 75, "certainty": "official", "source": "附件表1", "note": ""},
    ],
}  # fmt: skip


@pytest.fixture
def keeper(seeded_db: str) -> Any:
    return staff.client(staff.staff("keeper", "tier_officer", staff.DISTRICT))


def begun(keeper: Any) -> dict[str, Any]:
    system = keeper.get("/api/tiers/systems").json()["current"]
    answer = keeper.post("/api/tiers/revisions", {"base": system}, content_type=JSON)
    assert answer.status_code == 201, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def put(keeper: Any, at: dict[str, Any], code: str, status: int = 200, **changes: Any) -> dict[str, Any]:
    body = {**INDICATOR, "version": at["version"], **changes}
    answer = keeper.put(f"/api/tiers/revisions/{at['id']}/indicators/{code}", body, content_type=JSON)
    assert answer.status_code == status, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def about(at: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = ("version", "title", "authority", "document", "issued_on", "source", "note", "villages")
    return {**{name: at[name] for name in names}, **changes}


def test_a_revision_becomes_the_next_version_and_what_was_assessed_keeps_its_own(keeper: Any) -> None:
    run = assessing.assess(staff.OPERATOR)
    first = begun(keeper)
    assert len(first["indicators"]) == 90 and first["findings"] == []
    assert first["differences"] == {"added": [], "removed": [], "changed": []}
    path = f"/api/tiers/revisions/{first['id']}"
    nothing = keeper.post(f"{path}/publish", {"version": 1, "follows": 1}, content_type=JSON)
    assert nothing.status_code == 409 and nothing.json()["code"] == "tiers.revision_same"

    second = put(keeper, first, "B01")
    third = put(keeper, second, "B99", seq=99, name="新指标")
    gone = keeper.post(f"{path}/indicators/M30/remove", {"version": third["version"]}, content_type=JSON).json()
    done = keeper.patch(path, about(gone, villages=True, document="鲁数〔2026〕1号"), content_type=JSON)
    assert done.status_code == 200, done.content.decode()
    differs = done.json()["differences"]
    assert [each["code"] for each in differs["added"]] == ["B99"]
    assert [each["code"] for each in differs["removed"]] == ["M30"]
    changed = {(each["code"], each["field"]): (each["before"], each["after"]) for each in differs["changed"]}
    assert changed["B01", "gigabit_household_rate"] == (">= 70 %", ">= 75 %")
    assert changed["B01", "gigabit_household_rate.source"] == (None, "附件表1")
    assert changed["B01", "weight"] == (None, "2.5")
    assert changed["", "kinds"] == ("communities", "villages")
    assert {code for code, _ in changed} == {"", "B01"}, "nothing else changes"

    with acting(staff.OPERATOR):
        before = list(Indicator.objects.order_by("id").values())
    made = keeper.post(f"{path}/publish", {"version": done.json()["version"], "follows": 1}, content_type=JSON)
    assert made.status_code == 200, made.content.decode()
    assert made.json()["state"] == "published" and made.json()["made"]
    with acting(staff.OPERATOR):
        old, new = IndicatorSystem.objects.order_by("version")
        assert (new.version, new.effective_from, old.effective_to) == (2, clock.today(), clock.today())
        assert "村委会" in new.kinds and "村委会" not in old.kinds
        assert list(Indicator.objects.filter(system=old).order_by("id").values()) == before
        assert Assessment.objects.get(id=run.id).system_id == old.id
        one = Indicator.objects.get(system=new, code="B01")
        assert (one.certainty, one.source, one.bounds.get().source) == ("official", "鲁数〔2026〕1号", "附件表1")
    over = keeper.patch(path, about(made.json()), content_type=JSON)
    assert over.status_code == 409 and over.json()["code"] == "tiers.revision_over"


def test_what_does_not_hold_is_refused_by_field_and_saves_nothing(keeper: Any) -> None:
    at = begun(keeper)
    bounds = INDICATOR["bounds"][0]
    for spoiled, code in (
        ({"value": 101}, "percent"),
        ({"value": True}, "type"),
        ({"metric": "no_such"}, "metric"),
    ):
        refused = put(keeper, at, "B01", 422, bounds=[{**bounds, **spoiled}])
        assert refused["code"] == "tiers.revision_unsound" and refused["fields"][0]["code"] == code, refused
    twice = put(keeper, at, "B01", 422, bounds=[bounds, bounds])
    assert twice["fields"][0]["code"] == "duplicate_bound"
    with acting(staff.OPERATOR):
        assert SystemRevision.objects.get().version == 1
    clash = put(keeper, at, "B01", seq=2)
    assert [each["code"] for each in clash["findings"]] == ["seq"], "told, and keeps it from being put in force"
    path = f"/api/tiers/revisions/{at['id']}/publish"
    refused = keeper.post(path, {"version": clash["version"], "follows": 1}, content_type=JSON)
    assert refused.status_code == 422 and refused.json()["fields"][0]["code"] == "seq"


def test_the_second_to_save_is_told_who_was_quicker(keeper: Any) -> None:
    at = begun(keeper)
    put(keeper, at, "B01")
    late = put(keeper, at, "B02", 409)
    assert late["code"] == "tiers.revision_changed" and "keeper" in late["detail"]


def test_a_version_put_in_force_later_leaves_today_as_it_is(keeper: Any) -> None:
    at = put(keeper, begun(keeper), "B01")
    path, later = f"/api/tiers/revisions/{at['id']}/publish", clock.today() + timedelta(days=40)
    for wrong in ("2021-12-31", "1999-01-01"):
        early = keeper.post(path, {"version": at["version"], "follows": 1, "effective_from": wrong}, content_type=JSON)
        assert early.status_code in (409, 422)
    body = {"version": at["version"], "follows": 1, "effective_from": later.isoformat()}
    assert keeper.post(path, body, content_type=JSON).status_code == 200
    found = keeper.get("/api/tiers/systems").json()
    assert found["current"] == next(each["id"] for each in found["items"] if each["version"] == "1")


def test_a_revision_does_not_follow_a_version_its_keeper_has_not_compared_it_with(keeper: Any) -> None:
    first, second = put(keeper, begun(keeper), "B01"), put(keeper, begun(keeper), "B02", seq=2)
    path = "/api/tiers/revisions/{}/publish"
    seen = {"version": 2, "follows": 1}
    assert keeper.post(path.format(first["id"]), seen, content_type=JSON).status_code == 200
    later = (clock.today() + timedelta(days=3)).isoformat()
    late = keeper.post(path.format(second["id"]), {**seen, "effective_from": later}, content_type=JSON)
    assert late.status_code == 409 and late.json()["code"] == "tiers.revision_follows_other", late.content.decode()
    anew = {**seen, "follows": 2, "effective_from": later}
    assert keeper.post(path.format(second["id"]), anew, content_type=JSON).status_code == 200


def test_a_version_does_not_begin_before_today_once_the_one_before_was_assessed_by(keeper: Any) -> None:
    at = put(keeper, begun(keeper), "B01")
    path = f"/api/tiers/revisions/{at['id']}/publish"
    body = {"version": at["version"], "follows": 1}
    assessing.assess(staff.OPERATOR)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    refused = keeper.post(path, {**body, "effective_from": yesterday}, content_type=JSON)
    assert refused.status_code == 409 and refused.json()["code"] == "tiers.system_past", refused.content.decode()
    years = (clock.today() + timedelta(days=400)).isoformat()
    assert keeper.post(path, {**body, "effective_from": years}, content_type=JSON).status_code == 422, (
        "a slip of the year"
    )
    assert keeper.post(path, body, content_type=JSON).status_code == 200


def test_a_version_put_in_force_later_is_withdrawn_before_it_begins(keeper: Any) -> None:
    at = put(keeper, begun(keeper), "B01")
    later = (clock.today() + timedelta(days=300)).isoformat()
    body = {"version": at["version"], "follows": 1, "effective_from": later}
    made = keeper.post(f"/api/tiers/revisions/{at['id']}/publish", body, content_type=JSON).json()
    assert made["becomes"] == "2"
    one, two = (f"/api/tiers/systems/{each}/withdraw" for each in (at["base"], made["made"]))

    def withdraw(path: str, status: int, reason: str = "日期填错") -> Any:
        answer = keeper.post(path, {"reason": reason}, content_type=JSON)
        assert answer.status_code == status, answer.content.decode()
        return answer.json()

    assert withdraw(two, 422, "  ")["fields"][0]["field"] == "reason"
    assert withdraw(one, 409)["code"] == "tiers.system_began"
    told = withdraw(two, 200)
    assert (told["withdrawn_reason"], told["withdrawn_by_name"]) == ("日期填错", "用户keeper") and told["withdrawn_at"]
    assert withdraw(two, 409)["code"] == "tiers.system_withdrawn"
    items = {each["version"]: each for each in keeper.get("/api/tiers/systems").json()["items"]}
    assert items["1"]["effective_to"] is None and items["2"]["withdrawn_at"]
    with acting(staff.OPERATOR):
        assert holding(clock.today() + timedelta(days=301)) == IndicatorSystem.objects.get(version=1)

    again = keeper.post("/api/tiers/revisions", {"base": made["made"]}, content_type=JSON).json()
    assert (again["follows"], again["becomes"]) == ("1", "3"), (
        "what was withdrawn can be revised, and its number is not given again"
    )
    sooner = (clock.today() + timedelta(days=3)).isoformat()
    body = {"version": again["version"], "follows": 1, "effective_from": sooner}
    third = keeper.post(f"/api/tiers/revisions/{again['id']}/publish", body, content_type=JSON)
    assert third.status_code == 200 and third.json()["becomes"] == "3", third.content.decode()
    year = {
        "year": 2030, "title": "2030", "system_id": third.json()["made"], "self_by": "2030-03-01", "town_by": "2030-04-01",
        "accept_by": "2030-05-01", "publication_days": 5, "document": "",
    }  # fmt: skip
    assert keeper.post("/api/tiers/years", {**year, "system_id": made["made"]}, content_type=JSON).status_code == 422
    opened = keeper.post("/api/tiers/years", year, content_type=JSON)
    assert opened.status_code == 201, opened.content.decode()
    assert withdraw(f"/api/tiers/systems/{third.json()['made']}/withdraw", 409)["code"] == "tiers.system_used"


def test_a_year_is_not_opened_by_a_version_that_is_withdrawn_meanwhile(
    keeper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = put(keeper, begun(keeper), "B01")
    later = (clock.today() + timedelta(days=30)).isoformat()
    body = {"version": at["version"], "follows": 1, "effective_from": later}
    made = keeper.post(f"/api/tiers/revisions/{at['id']}/publish", body, content_type=JSON).json()["made"]
    whole = years.hold

    def waited() -> None:
        """The other is through while this one waits for its turn."""
        withdrawing.withdraw(staff.OPERATOR, made, "日期填错")
        whole()

    monkeypatch.setattr(years, "hold", waited)
    year = {
        "year": 2030, "title": "2030", "system_id": made, "self_by": "2030-03-01", "town_by": "2030-04-01",
        "accept_by": "2030-05-01", "publication_days": 5, "document": "",
    }  # fmt: skip
    refused = keeper.post("/api/tiers/years", year, content_type=JSON)
    assert refused.status_code == 422 and [each["field"] for each in refused.json()["fields"]] == ["system_id"]


class TestRevisionDoors(PermissionSuite):
    seeded = True
    doors = [
        Door("GET", "/api/tiers/revisions", SYSTEM_EDIT, finds=True, district_only=True),
        Door("POST", "/api/tiers/revisions", SYSTEM_EDIT, {"base": "{system}"}, district_only=True),
        Door("GET", "/api/tiers/revisions/{revision}", SYSTEM_EDIT, finds=True, district_only=True),
        Door("PATCH", "/api/tiers/revisions/{revision}", SYSTEM_EDIT, {"version": 1, "title": "x"}, district_only=True),
        Door("PUT", "/api/tiers/revisions/{revision}/indicators/B01", SYSTEM_EDIT, {**INDICATOR, "version": 1}, district_only=True),
        Door("POST", "/api/tiers/revisions/{revision}/indicators/M30/remove", SYSTEM_EDIT, {"version": 1}, district_only=True),
        Door("POST", "/api/tiers/revisions/{revision}/publish", SYSTEM_EDIT, {"version": 1, "follows": 1}, answers=(409,), district_only=True),
        Door("POST", "/api/tiers/revisions/{revision}/drop", SYSTEM_EDIT, {"version": 1}, district_only=True),
    ]  # fmt: skip

    def sample(self) -> Sample:
        with acting(staff.OPERATOR) as actor:
            system = IndicatorSystem.objects.get()
            held = SystemRevision.objects.first() or actions.begin(actor, system.id)
        names = {"system": str(system.id), "revision": str(held.id)}
        return Sample(own=names, foreign=names, own_marks=[names["revision"]])
