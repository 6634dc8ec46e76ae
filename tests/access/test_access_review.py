"""Who can see an area, and why: every way to a right is listed, nothing else, and a review leaves its mark."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import staff
from django.test import Client

from linli.access import actions
from linli.access.models import Account, ChangeLog, Role, SecondFactor
from linli.kernel import clock, scope

pytestmark = pytest.mark.usefixtures("db")
PEOPLE = "registry.person.view"


def reviewer(area: str = staff.DISTRICT, role: str = "security_admin") -> Client:
    return staff.client(staff.staff("reviewer", role, area))


def listed(browser: Client, area: str = staff.VILLAGE, **narrow: Any) -> dict[str, Any]:
    asked = "&".join(f"{key}={value}" for key, value in {"area": area, "permission": PEOPLE, **narrow}.items())
    answer = browser.get(f"/api/access-review/accounts?{asked}")
    assert answer.status_code == 200, answer.content.decode()
    return {item["username"]: item for item in answer.json()["items"]}


def send(browser: Client, path: str, body: dict[str, Any]) -> Any:
    return browser.post(path, json.dumps(body), content_type="application/json")


def role(code: str) -> Role:
    return Role.objects.get(code=code)


@pytest.fixture
def district() -> dict[str, Account]:
    """Somebody for each way to a right over the village, and some who must not appear."""
    made = {
        "village": staff.staff("village", "village_clerk", staff.VILLAGE),
        "town": staff.staff("town", "town_clerk", staff.TOWN),
        "office": staff.staff("office", "officer", staff.DISTRICT),
        "grid": staff.staff("grid", unit_area=staff.VILLAGE),
        "group": staff.staff("group", unit_area=staff.OTHER_TOWN),
        "unit": staff.staff("unit", unit_area=staff.TOWN),
        "other": staff.staff("other", "town_clerk", staff.OTHER_TOWN),
        "closed": staff.staff("closed", "village_clerk", staff.VILLAGE),
        "gone": staff.staff("gone", unit_area=staff.VILLAGE),
        "later": staff.staff("later", unit_area=staff.VILLAGE),
        "auditor": staff.staff("auditor", "auditor", staff.DISTRICT),
    }
    today = clock.today()
    with scope.acting(staff.OPERATOR) as operator:
        area_group = actions.create_group(operator, name="开发区", codes=[staff.VILLAGE, staff.OTHER_VILLAGE])
        for who, target in (
            ("group", actions.Target(group_id=area_group.id)),
            ("unit", actions.Target(unit_id=staff.units()[staff.VILLAGE])),
            ("grid", actions.Target(area_code=f"{staff.VILLAGE}001")),
        ):
            post = actions.create_post(operator, unit_id=made[who].unit_id, title=f"岗位{who}")
            actions.grant(operator, post_id=post.id, role_id=role("officer").id, target=target)
            source = "grid_staff" if who == "grid" else ""
            actions.appoint(operator, post_id=post.id, account_id=made[who].id, source=source)
        actions.change_account(operator, made["closed"].id, active=False)
        staff.appoint(made["gone"], role("village_clerk"), staff.VILLAGE, until=today)
        staff.appoint(made["later"], role("village_clerk"), staff.VILLAGE, since=today + timedelta(days=1))
    return made


def test_every_way_is_listed_with_its_reason_and_nobody_else(district: dict[str, Account]) -> None:
    found = listed(reviewer())
    assert set(found) == {"village", "town", "office", "grid", "group", "unit"}
    ways = {name: (w["kind"], w["area_code"], w["whole"]) for name, item in found.items() for w in item["ways"]}
    assert ways == {
        "village": ("area", staff.VILLAGE, True),
        "town": ("area", staff.TOWN, True),
        "office": ("area", staff.DISTRICT, True),
        "grid": ("grid_staff", f"{staff.VILLAGE}001", False),
        "group": ("group", staff.VILLAGE, True),
        "unit": ("unit", staff.VILLAGE, True),
    }
    assert found["group"]["ways"][0]["named"] == "开发区" and found["unit"]["ways"][0]["named"] == "昆仑镇甲村"
    assert found["town"]["ways"][0]["role"] == "town_clerk" and found["town"]["unit"]["name"] == "昆仑镇"
    assert found["village"]["ways"][0]["since"] == str(staff.LONG_AGO)


def test_the_list_is_what_the_rights_say(district: dict[str, Account]) -> None:
    """For every account and every permission: it is listed exactly where its actor may."""
    browser = reviewer()
    for permission in (PEOPLE, "registry.person.reveal", "access.log.view"):
        for area in (staff.VILLAGE, staff.OTHER_VILLAGE):
            for name, account in district.items():
                if name == "closed":
                    continue
                may = staff.actor(account).may(permission, area)
                assert (name in listed(browser, area, permission=permission, whole="true")) == may, (name, permission)


def test_a_person_with_several_ways_is_one_line_with_each(district: dict[str, Account]) -> None:
    with scope.acting(staff.OPERATOR):
        staff.appoint(district["village"], role("officer"), staff.TOWN)
    ways = listed(reviewer())["village"]["ways"]
    assert {(w["role"], w["area_code"]) for w in ways} == {
        ("village_clerk", staff.VILLAGE), ("officer", staff.TOWN),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("narrow", "names"),
    [
        ({"way": "group"}, {"group"}),
        ({"way": "grid_staff"}, {"grid"}),
        ({"way": "unit"}, {"unit"}),
        ({"way": "area"}, {"village", "town", "office"}),
        ({"whole": "false"}, {"grid"}),
        ({"role": "town_clerk"}, {"town"}),
        ({"q": "off"}, {"office"}),
        ({"q": "用户t"}, {"town"}),
        ({"second_factor": "true"}, {"town"}),
        ({"unused": "false"}, {"village"}),
        ({"unused": "true", "way": "unit"}, {"unit"}),
    ],
)
def test_filters_narrow_the_list(district: dict[str, Account], narrow: dict[str, str], names: set[str]) -> None:
    with scope.acting(staff.OPERATOR):
        SecondFactor.objects.create(account_id=district["town"].id, area_code=staff.TOWN, secret=b"sealed")
    staff.client(district["village"])  # signs in
    assert set(listed(reviewer(), **narrow)) == names


def test_the_day_of_the_last_sign_in_stays_when_the_session_ends(district: dict[str, Account]) -> None:
    browser = staff.client(district["town"])
    browser.delete("/api/session")
    assert listed(reviewer())["town"]["last_sign_in_on"] == str(clock.today())


def test_a_town_sees_who_sees_it_but_of_others_only_who_they_are(district: dict[str, Account]) -> None:
    staff.client(district["office"])
    browser = reviewer(staff.TOWN, "town_admin")
    found = listed(browser)
    assert set(found) == {"village", "town", "office", "grid", "group", "unit", "reviewer"}
    assert (found["office"]["known"], found["office"]["last_sign_in_on"]) == (False, None)
    assert found["office"]["second_factor"] is None and found["town"]["second_factor"] is False
    assert "office" not in listed(browser, unused="false"), "what is not told does not narrow either"
    assert listed(browser, staff.OTHER_VILLAGE) == {}
    assert set(listed(browser, staff.DISTRICT)) == set(found), "of the district, one's own part"


def test_pages_follow_one_another(district: dict[str, Account]) -> None:
    browser, seen, cursor = reviewer(), [], ""
    while cursor is not None:
        path = f"/api/access-review/accounts?area={staff.VILLAGE}&permission={PEOPLE}&limit=2&cursor={cursor}"
        body = browser.get(path).json()
        assert body["count"] == {"value": 6, "exact": True}
        seen += [item["username"] for item in body["items"]]
        cursor = body["next"]
    assert seen == sorted(listed(browser))


def test_a_review_leaves_its_mark_and_is_due_again(district: dict[str, Account]) -> None:
    browser, today = reviewer(), clock.today()
    body = {"area_code": staff.VILLAGE, "permission": PEOPLE, "note": "已核对"}
    made = send(browser, "/api/access-review/marks", body).json()
    assert (made["accounts"], made["reviewed_on"], made["latest"], made["overdue"]) == (6, str(today), True, False)
    assert made["reviewed_by"] == "用户reviewer" and made["due_on"] == str(today + timedelta(days=182))
    with clock.frozen(clock.now() + timedelta(days=200)):
        again = reviewer_again()
        (mark,) = again.get(f"/api/access-review/marks?area={staff.TOWN}").json()["items"]
        assert mark["overdue"]
        later = send(again, "/api/access-review/marks", body | {"due_on": str(clock.today() + timedelta(days=30))})
        assert later.status_code == 201
        marks = again.get(f"/api/access-review/marks?area={staff.VILLAGE}&permission={PEOPLE}").json()["items"]
        assert [(m["latest"], m["overdue"]) for m in marks] == [(True, False), (False, False)]
        assert len(again.get("/api/access-review/marks?latest=true").json()["items"]) == 1
    with scope.acting(staff.OPERATOR):
        entry = ChangeLog.objects.filter(action="access.right.review").order_by("at").first()
        assert entry is not None and entry.area_code == staff.VILLAGE and entry.detail["count"] == 6


def reviewer_again() -> Client:
    """The same account, signed in on the later day."""
    with scope.acting(staff.OPERATOR):
        account = Account.objects.get(username="reviewer")
    return staff.client(account)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"permission": "no.such.thing"}, 422),
        ({"due_on": "2020-01-01"}, 422),
        ({"due_on": "2099-01-01"}, 422),
        ({"area_code": "37"}, 422),
        ({"area_code": staff.OTHER_TOWN}, 403),
    ],
)
def test_a_mark_that_cannot_be_is_refused(change: dict[str, str], status: int) -> None:
    browser = reviewer(staff.TOWN, "town_admin")
    body = {"area_code": staff.TOWN, "permission": PEOPLE, **change}
    assert send(browser, "/api/access-review/marks", body).status_code == status


def test_the_workbook_has_a_line_for_each_way_and_its_taking_is_logged(
    district: dict[str, Account], owner_sql: Any
) -> None:
    browser = reviewer()
    body = {"area": staff.VILLAGE, "permission": PEOPLE, "way": "group"}
    assert send(browser, "/api/access-review/export", {**body, "purpose": "x"}).status_code == 422
    answer = send(browser, "/api/access-review/export", {**body, "purpose": "季度审查"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][:3] == ["权限", "用户名", "姓名"] and "用户reviewer" in sheet["A1"].value
    assert [(r[1], r[6]) for r in rows[1:]] == [("group", "区域分组 开发区")]
    (logged,) = owner_sql("SELECT kind, purpose, area_code, count FROM access_read_log WHERE kind = 'export'")
    assert logged == ("export", "季度审查", staff.VILLAGE, 1)
