"""Named groups of areas: made of what one may manage, changed with the rights they carry, seen by their parts."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

import pytest
import staff

from linli.access.models import Role

sys.path.append(str(Path(__file__).parents[1] / "registry"))

V, OTHER = staff.VILLAGE, staff.OTHER_VILLAGE
ALL = ["access.account.view", "access.account.edit", "access.grant.edit", "places.view", "registry.person.view"]


@pytest.fixture
def admin(db: str) -> Any:
    return staff.client(staff.staff("admin", area=staff.DISTRICT, permissions=[*ALL, "access.role.edit"]))


def send(browser: Any, method: str, path: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
    answer = browser.generic(method, path, json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content) if answer.content else None


def make(
    browser: Any, codes: list[str], name: str = "开发区", kind: str = "development_zone", expect: int = 201
) -> Any:
    return send(browser, "POST", "/api/area-groups", {"name": name, "kind": kind, "codes": codes}, expect)


def test_a_group_spans_towns_and_is_seen_by_whoever_sees_a_part(admin: Any) -> None:
    group = make(admin, [V, OTHER])
    part = staff.client(staff.staff("part", area=staff.TOWN, permissions=["places.view"]))
    (seen,) = send(part, "GET", "/api/named-groups")["items"]
    assert (seen["id"], seen["codes"], seen["area_code"]) == (group["id"], [V, OTHER], staff.DISTRICT)
    make(admin, [OTHER], "岭子片区", "part")
    assert len(send(part, "GET", "/api/named-groups")["items"]) == 1
    assert len(send(admin, "GET", "/api/named-groups")["items"]) == 2


@pytest.mark.parametrize(
    "codes", [[V], [f"{V}001", f"{OTHER}001"], [f"{V}001", V], []], ids=["village", "two", "mixed", "none"]
)
def test_a_villager_group_is_made_of_grids_of_one_village(admin: Any, codes: list[str]) -> None:
    assert make(admin, codes, "一组", "villager_group", 422)["fields"][0]["field"] == "codes"
    made = make(admin, [f"{V}002", f"{V}001"], "一组", "villager_group")
    assert (made["codes"], made["area_code"]) == ([f"{V}001", f"{V}002"], V)


def test_changing_a_group_changes_what_its_grants_open(admin: Any) -> None:
    group = make(admin, [V])
    account = staff.staff("holder", area=staff.TOWN)
    post = send(admin, "POST", "/api/posts", {"unit_id": str(staff.units()[staff.TOWN]), "title": "片长"}, 201)
    send(admin, "POST", f"/api/posts/{post['id']}/holders", {"account_id": str(account.id)}, 201)
    role = str(Role.objects.get(code="officer").id)
    send(admin, "POST", f"/api/posts/{post['id']}/grants", {"role_id": role, "group_id": group["id"]}, 201)
    assert staff.actor(account).areas == (V,)
    send(admin, "PATCH", f"/api/area-groups/{group['id']}", {"codes": [V, OTHER], "name": "经济开发区"})
    assert staff.actor(account).areas == (V, OTHER)
    assert send(admin, "DELETE", f"/api/area-groups/{group['id']}", expect=409)["code"] == "access.group_in_use"


def test_nobody_widens_rights_beyond_their_own_by_widening_a_group(admin: Any) -> None:
    group = make(admin, [V])
    post = send(admin, "POST", "/api/posts", {"unit_id": str(staff.units()[staff.TOWN]), "title": "片长"}, 201)
    role = str(Role.objects.get(code="officer").id)
    send(admin, "POST", f"/api/posts/{post['id']}/grants", {"role_id": role, "group_id": group["id"]}, 201)
    # May manage accounts of the town, sees nobody itself: adding an area would give sight of people away.
    narrow = staff.client(staff.staff("narrow", area=staff.TOWN, permissions=["access.grant.edit"]))
    path, wider = f"/api/area-groups/{group['id']}", {"codes": [V, f"{staff.TOWN}202"]}
    assert send(narrow, "PATCH", path, wider, 403)["code"] == "access.beyond_own"
    send(narrow, "PATCH", path, {"codes": [V, OTHER]}, 403)
    # Who holds a grant over the group does not widen it.
    own = staff.staff("own", area=staff.TOWN, permissions=[*ALL, "access.role.edit"])
    send(admin, "POST", f"/api/posts/{post['id']}/holders", {"account_id": str(own.id)}, 201)
    assert send(staff.client(own), "PATCH", path, wider, 403)["code"] == "access.own_grants"
    send(admin, "PATCH", path, wider)


def test_people_are_listed_by_group_within_ones_own_areas(admin: Any) -> None:
    from people_frames import merge, row

    merge([row(2, "王二", 2, V), row(3, "王三", 3, OTHER), row(4, "王四", 4, f"{staff.TOWN}202")])
    group = make(admin, [V, OTHER])["id"]

    def names(browser: Any, of: str = group) -> list[str]:
        return [p["name"] for p in send(browser, "POST", "/api/people/search", {"group": of})["items"]]

    assert names(admin) == ["王二", "王三"]
    part = staff.client(staff.staff("part", area=staff.TOWN, permissions=["registry.person.view"]))
    assert names(part) == ["王二"]
    assert names(admin, str(uuid.uuid4())) == []


def test_households_and_homes_are_listed_by_group(admin: Any) -> None:
    from people_frames import merge, row

    villages = (V, OTHER, f"{staff.TOWN}202")
    merge([row(i, "王二", i, v, household_no=f"H{i}", home_village_code=v) for i, v in enumerate(villages, 2)])
    group = make(admin, [V, OTHER])["id"]
    for path in ("households", "dwellings"):
        listed = send(admin, "GET", f"/api/{path}?group={group}")
        assert {item["area_code"] for item in listed["items"]} == {V, OTHER}
        assert listed["count"]["value"] == 2
        assert len(send(admin, "GET", f"/api/{path}")["items"]) == 3


def test_names_are_taken_once_and_unused_groups_go(admin: Any) -> None:
    group = make(admin, [V, OTHER])
    assert make(admin, [V, OTHER], expect=409)["code"] == "access.taken"
    send(admin, "DELETE", f"/api/area-groups/{group['id']}", expect=204)
    assert send(admin, "GET", "/api/named-groups")["items"] == []
