"""A plan year with an application, and those who work it, through the API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import staff

from linli.kernel import clock

OWN, NEIGHBOUR, ELSEWHERE = f"{staff.TOWN}002", f"{staff.TOWN}003", f"{staff.OTHER_TOWN}001"
TOKEN = "a-form-of-the-public-page"
CONTACT = "13912345678"


class World:
    """A plan year, and those who work it: a community, its town, the district, and a neighbour of each kind."""

    def __init__(self) -> None:
        self.village = staff.staff("village", "village_clerk", OWN, unit_area=staff.TOWN)
        self.town = staff.staff("town", "town_clerk", staff.TOWN)
        self.officer = staff.staff("officer", "tier_officer", staff.DISTRICT)
        self.neighbour = staff.staff("neighbour", "village_clerk", ELSEWHERE, unit_area=staff.OTHER_TOWN)
        today = clock.today()
        days = {
            name: str(today + timedelta(days=n)) for name, n in (("self_by", 30), ("town_by", 45), ("accept_by", 60))
        }
        self.year = call(
            self.officer, "POST", "/years", {"year": today.year, "title": "年度创建计划（测试）", **days}, 201
        )
        planned = {"year_id": self.year["id"], "area_codes": [OWN], "tier": "basic"}
        self.id = call(self.officer, "POST", "/applications", planned, 201)["items"][0]
        self.path = f"/applications/{self.id}"

    def read(self, who: Any = None) -> Any:
        return call(who or self.officer, "GET", self.path)

    def act(self, who: Any, action: str, status: int = 200, **given: Any) -> Any:
        version = given.pop("version", None) or self.read()["version"]
        return call(who, "POST", f"{self.path}/actions/{action}", {"version": version, **given}, status)

    def say(self, who: Any, stage: str, verdict: str = "met", reason: str = "现场看过", status: int = 200) -> Any:
        found = self.read()
        items = [{"indicator": each["code"], "verdict": verdict, "reason": reason} for each in found["indicators"]]
        return call(who, "PUT", f"{self.path}/verdicts/{stage}", {"version": found["version"], "items": items}, status)

    def to_acceptance(self) -> None:
        self.act(self.village, "begin")
        self.say(self.village, "self")
        self.act(self.village, "submit")
        self.say(self.town, "town")
        self.act(self.town, "pass_town")

    def to_publication(self) -> Any:
        self.to_acceptance()
        self.say(self.officer, "district")
        group = {
            "version": self.read()["version"],
            "members": [{"name": "验收组长", "unit": "区大数据局", "post": "组长"}],
        }
        call(self.officer, "PUT", f"{self.path}/group", group)
        call(self.officer, "POST", f"{self.path}/visits", {"day": str(clock.today()), "place": "社区服务大厅"}, 201)
        self.act(self.officer, "pass_acceptance")
        return self.act(self.officer, "publish")


def call(who: Any, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    browser = staff.client(who)
    if method == "GET":
        answer = browser.get(f"/api/tiers{path}")
    else:
        answer = browser.generic(method, f"/api/tiers{path}", json.dumps(body), content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def publish(w: World) -> Any:
    group = {"version": w.read()["version"], "members": [{"name": "验收组长"}]}
    call(w.officer, "PUT", f"{w.path}/group", group)
    call(w.officer, "POST", f"{w.path}/visits", {"day": str(clock.today()), "place": "社区服务大厅"}, 201)
    w.act(w.officer, "pass_acceptance")
    return w.act(w.officer, "publish")
