"""Whom somebody entered by hand may be: shown to who enters as far as they see, and put up for review, in one transaction."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from people_frames import DISTRICT, OTHER_VILLAGE, VILLAGE, Sql, clerk, enter, merge, number, row

from linli.kernel.scope import acting
from linli.registry.actions import people as actions
from linli.registry.matching.duplicates import find
from linli.registry.models import District, MatchProposal, Person
from linli.registry.proposals.queries import proposals_page

PHONE = "19900000001"
FACTS = {"name": "王建囯", "sex": "1", "birth": "1950-03-04", "phone": PHONE}


def add(browser: Any, area: str = VILLAGE, **more: str) -> dict[str, Any]:
    body = {"facts": FACTS | more, "area_code": area, "reason": "上门登记"}
    answer = browser.post("/api/people", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def open_pairs(area: str = DISTRICT) -> list[set[str]]:
    with acting(clerk(area, "looker")) as actor:
        return [{each.one.area_code[:9], each.other.area_code[:9]} for each in proposals_page(actor).items]


def test_an_entry_by_hand_is_matched_like_rows_within_the_same_rules_of_sight(seeded_db: str, owner_sql: Sql) -> None:
    with acting(staff.OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})
    town = staff.client(staff.staff("town", "town_clerk", staff.TOWN))
    assert add(town, name="李无双", phone="19900000009") == {"outcome": "created", "alike": []}
    merge([row(2, "王建国", 1, phone=PHONE), row(3, "赵六", None)], "police")
    enter([row(2, "王建国", None, OTHER_VILLAGE, phone=PHONE)], "civil")
    with acting(clerk()):
        before = Person.objects.count()
        MatchProposal.objects.all().delete()

    told = add(town)
    assert told["outcome"] == "created", "who enters by hand has looked: nobody is put together"
    ((name, chance),) = [(each["name"], each["probability"]) for each in told["alike"]]
    assert name == "王建国" and chance > 0.9
    with acting(clerk()):
        assert Person.objects.count() == before + 1
        entered = Person.objects.get(name="王建囯")
        assert {each.state for each in MatchProposal.objects.all()} == {"open"}
        assert all(entered.id in (each.person_id, each.other_id) for each in MatchProposal.objects.all())
    # The town has its own pair to decide on; that with the other town is for who sees both.
    own, foreign = {VILLAGE[:9]}, {VILLAGE[:9], OTHER_VILLAGE[:9]}
    assert open_pairs(VILLAGE[:9]) == [own] and open_pairs(OTHER_VILLAGE[:9]) == []
    assert sorted(open_pairs(), key=len) == [own, foreign]
    looks = owner_sql("SELECT count, area_code FROM access_read_log WHERE kind = 'list' AND subject_type = 'person'")
    assert (1, VILLAGE) in looks, "who is shown is noted"
    kept = str(owner_sql("SELECT to_jsonb(m) FROM registry_match_proposal m"))
    assert "王建" not in kept and PHONE not in kept
    # A look over the whole district finds the same pairs and asks nothing twice.
    looked = find(clerk(), DISTRICT).filed
    assert (looked.again, looked.withdrawn) == (0, 0)

    # Who may be either of two is asked about with both.
    assert {each["name"] for each in add(town, name="王建郭")["alike"]} == {"王建国", "王建囯"}

    # Two numbers are two people, and nobody is asked.
    told = add(town, name="王建国", id_number=number(2), id_kind="111")
    assert str(entered.id) in {each["id"] for each in told["alike"]}
    with acting(clerk()):
        numbered = {each.id for each in Person.objects.exclude(id_hash=None)}
        assert len(numbered) == 2
        for each in MatchProposal.objects.all():
            assert not {each.person_id, each.other_id} <= numbered


def test_an_entry_that_cannot_be_asked_about_is_not_kept(seeded_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*given: Any) -> Any:
        raise RuntimeError("lost")

    monkeypatch.setattr(actions.entered, "ask", lost)
    with pytest.raises(RuntimeError):
        actions.add_person(clerk(), FACTS, VILLAGE, "上门登记")
    with acting(clerk()):
        assert not Person.objects.filter(name="王建囯").exists()
