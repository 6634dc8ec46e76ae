"""Saved filters: each account its own, some shared in the unit, one a list opens with, nothing about people in them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
import staff
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from permissions import Door, PermissionSuite, Sample

from linli.access import filter_rules
from linli.access.models import SavedFilter
from linli.kernel import scope

BASE = "/api/saved-filters"


def send(browser: Any, method: str, path: str = "", body: Any = None) -> Any:
    return browser.generic(method, BASE + path, json.dumps(body) if body else "", content_type="application/json")


def save(browser: Any, name: str, list_name: str = "people", **more: Any) -> str:
    body = {"list": list_name, "name": name, "values": {"sex": "2"}, **more}
    answer = send(browser, "POST", "", body)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def names(browser: Any, list_name: str = "people") -> list[str]:
    return [item["name"] for item in browser.get(f"{BASE}?list={list_name}").json()["items"]]


class TestFilterDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", BASE + "?list=people", None, finds=False),
        Door("POST", BASE, None, {"list": "people", "name": "新的", "values": {"sex": "1"}}),
        Door("PATCH", BASE + "/{filter}", None, {"name": "改名"}),
        Door("DELETE", BASE + "/{filter}", None),
        Door("PUT", BASE + "/order", None, {"list": "people", "ids": ["{filter}"]}),
        Door("PUT", BASE + "/default", None, {"list": "people", "id": "{filter}"}),
    ]

    def sample(self) -> Sample:
        """All filters belong to whoever knocks (`belonging`); the foreign one is somebody else's, not shared."""
        foreign = save(staff.client(staff.staff("stranger", area=staff.OTHER_TOWN)), "外人的")
        return Sample(own={"filter": foreign}, foreign={"filter": foreign}, foreign_marks=["外人的"])

    def belonging(self, who: Any) -> dict[str, str]:
        return {"filter": save(staff.client(who), "自己的")}


@pytest.fixture
def browser(db: str) -> Any:
    return staff.client(staff.staff("clerk", "town_clerk"))


def test_filters_are_kept_in_order_renamed_changed_and_removed(browser: Any) -> None:
    first, second, third = (save(browser, name) for name in ("甲", "乙", "丙"))
    save(browser, "别的列表", "entities")
    assert names(browser) == ["甲", "乙", "丙"]
    assert send(browser, "PUT", "/order", {"list": "people", "ids": [third, first]}).status_code == 204
    assert names(browser) == ["丙", "甲", "乙"]
    assert send(browser, "PATCH", f"/{first}", {"name": "改", "values": {"missing": "phone"}}).status_code == 204
    items = browser.get(f"{BASE}?list=people").json()["items"]
    assert [(i["name"], i["values"]) for i in items][1] == ("改", {"missing": "phone"})
    assert send(browser, "DELETE", f"/{second}").status_code == 204
    assert names(browser) == ["丙", "改"]
    assert names(browser, "entities") == ["别的列表"]


def test_a_name_is_given_once(browser: Any) -> None:
    save(browser, "甲")
    other = save(browser, "乙")
    assert send(browser, "POST", "", {"list": "people", "name": "甲", "values": {"sex": "1"}}).status_code == 409
    assert send(browser, "PATCH", f"/{other}", {"name": " 甲 "}).json()["code"] == "access.filter_exists"


def test_a_shared_filter_is_seen_and_used_in_the_unit_and_changed_by_its_owner_alone(browser: Any) -> None:
    made = save(browser, "大家的", shared=True)
    save(browser, "自己的")
    colleague = staff.client(staff.staff("colleague", "grid_worker", staff.VILLAGE, unit_area=staff.TOWN))
    stranger = staff.client(staff.staff("stranger", "town_clerk", staff.OTHER_TOWN))
    (seen,) = colleague.get(f"{BASE}?list=people").json()["items"]
    assert (seen["name"], seen["own"], seen["owner"]) == ("大家的", False, "用户clerk")
    assert names(stranger) == []
    for who in (colleague, stranger):
        assert send(who, "PATCH", f"/{made}", {"name": "抢"}).status_code == 404
        assert send(who, "DELETE", f"/{made}").status_code == 404
    assert send(colleague, "PUT", "/default", {"list": "people", "id": made}).status_code == 204
    assert send(stranger, "PUT", "/default", {"list": "people", "id": made}).status_code == 404
    assert [i["default"] for i in colleague.get(f"{BASE}?list=people").json()["items"]] == [True]

    # Taken back or removed, it opens nobody's list any more.
    send(browser, "PATCH", f"/{made}", {"shared": False})
    assert names(colleague) == []
    assert send(browser, "DELETE", f"/{made}").status_code == 204


def test_a_list_opens_with_one_filter_at_most(browser: Any) -> None:
    first, second = save(browser, "甲"), save(browser, "乙")

    def default() -> list[str]:
        return [i["name"] for i in browser.get(f"{BASE}?list=people").json()["items"] if i["default"]]

    for chosen, expected in ((first, ["甲"]), (second, ["乙"]), (None, [])):
        send(browser, "PUT", "/default", {"list": "people", "id": chosen})
        assert default() == expected


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("好", {"q": "a"}), ("好", {"sex": "王建国"}), ("好", {"group": "370302195003040011"}), ("好", {"sex": "13800138000"}),
        ("好", {"person": "01a21598-9318-7000-b8e9-d16f2108a931"}), ("好", {}), ("", {"sex": "1"}), ("字" * 41, {"sex": "1"}),
        ("老王 13800138000", {"sex": "1"}), ("好", {f"k{'x' * i}": "1" for i in range(21)}),
    ],
)  # fmt: skip
def test_what_tells_of_people_is_refused(browser: Any, name: str, values: dict[str, str]) -> None:
    answer = send(browser, "POST", "", {"list": "people", "name": name, "values": values})
    assert answer.status_code == 422, answer.content
    assert names(browser) == []


def test_no_more_are_kept_than_a_list_can_show(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filter_rules, "MOST_FILTERS", 2)
    save(browser, "甲")
    save(browser, "乙")
    answer = send(browser, "POST", "", {"list": "people", "name": "丙", "values": {"sex": "1"}})
    assert answer.json()["code"] == "access.filters_full"


def test_the_database_itself_keeps_filters_apart(browser: Any) -> None:
    """A query that forgets whose they are sees its own and what is shared, and changes only its own."""
    save(browser, "自己的")
    save(browser, "大家的", shared=True)
    with transaction.atomic():
        scope.apply(staff.actor(staff.staff("stranger", "town_clerk", staff.OTHER_TOWN)))
        assert list(SavedFilter.objects.values_list("name", flat=True)) == ["大家的"]
        assert SavedFilter.objects.update(name="抢") == SavedFilter.objects.all().delete()[0] == 0
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT count(*) FROM access_saved_filter WHERE NOT shared")
        assert cursor.fetchone() == (0,)


@given(st.text(alphabet="0123456789Xx王建国 ", min_size=5, max_size=18))
def test_no_number_and_no_chinese_name_is_storable(value: str) -> None:
    digits = sum(c.isdigit() for c in value)
    if digits > 8 or any(c in "王建国 " for c in value):
        assert not filter_rules.storable("sex", value)
