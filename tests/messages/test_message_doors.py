"""Doors of messages: one's own notices; robots and deliveries by right and area."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import staff
from permissions import Door, PermissionSuite, Sample

from linli.access.queries import actors
from linli.kernel import clock, scope
from linli.kernel.ids import uuid7
from linli.messages import actions
from linli.messages.models import Delivery, Notice, Robot
from linli.messages.permissions import DELIVERY_VIEW, ROBOT_EDIT

KIND = "intake.ledger.failed"
HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=5f1c6f3e"


def told(account: Any, event: str = "e1") -> UUID:
    """A notice of `account`, of somebody else's doing."""
    with scope.acting(staff.OPERATOR):
        actions.notify([account.id], KIND, event, {"form": "高龄津贴", "area": "昆仑镇"}, "/ledgers")
    with scope.acting(staff.actor(account)):
        return Notice.objects.get(event=event).id


def robot(area: str, name: str) -> Robot:
    with scope.acting(staff.OPERATOR):
        return actions.keep_robot(staff.OPERATOR, staff.units()[area], name, HOOK, [KIND])


def delivery(area: str, name: str) -> Delivery:
    with scope.acting(staff.OPERATOR):
        made: Delivery = Delivery.objects.create(
            id=uuid7(), channel="wecom", robot=robot(area, name), area_code=area, kind=KIND, notices=[], events=[],
            state="failed", due_at=clock.now(), attempts=4, finished_at=clock.now(), problem="HTTP 404",
        )  # fmt: skip
    return made


class TestOwnNotices(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/notices", None),
        Door("GET", "/api/notices/unread", None),
        Door("POST", "/api/notices/read", None, {"ids": ["{notice}"]}, foreign=(204,)),
        Door("GET", "/api/notices/ways", None),
        Door("PUT", "/api/notices/ways", None, {"inside_only": [KIND], "quiet_from": "22:00", "quiet_until": "06:00"}),
        Door("PUT", "/api/notices/contacts/email", None, {"address": "clerk@example.org"}),
        Door("DELETE", "/api/notices/contacts/email", None),
    ]

    def sample(self) -> Sample:
        stranger = staff.staff("stranger", area=staff.OTHER_TOWN)
        foreign = told(stranger)
        return Sample(own={"notice": str(foreign)}, foreign={"notice": str(foreign)}, foreign_marks=[str(foreign)])

    def belonging(self, who: Any) -> dict[str, str]:
        return {"notice": str(told(who, "mine"))}


class TestRobotsAndDeliveries(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/messages/robots", ROBOT_EDIT, finds=True),
        Door(
            "POST",
            "/api/messages/robots",
            ROBOT_EDIT,
            {"unit": "{unit}", "name": "新群", "address": HOOK, "kinds": [KIND]},
        ),
        Door("DELETE", "/api/messages/robots/{robot}", ROBOT_EDIT),
        Door("GET", "/api/messages/deliveries", DELIVERY_VIEW, finds=True),
        Door("POST", "/api/messages/deliveries/{delivery}/again", DELIVERY_VIEW),
    ]

    def sample(self) -> Sample:
        units = staff.units()
        own, foreign = delivery(staff.TOWN, "自己的群"), delivery(staff.OTHER_TOWN, "外人的群")
        return Sample(
            own={"unit": str(units[staff.TOWN]), "robot": str(own.robot_id), "delivery": str(own.id)},
            foreign={"unit": str(units[staff.OTHER_TOWN]), "robot": str(foreign.robot_id), "delivery": str(foreign.id)},
            own_marks=["自己的群"], foreign_marks=["外人的群"], secrets=["5f1c6f3e"],
        )  # fmt: skip


def test_nobody_reads_or_marks_anothers_notices(db: str) -> None:
    mine, other = staff.staff("mine", "town_clerk"), staff.staff("other", "district_admin", area=staff.DISTRICT)
    notice = told(mine)
    browser = staff.client(other)
    assert browser.get("/api/notices").json()["items"] == []
    answer = browser.post("/api/notices/read", {"ids": [str(notice)]}, content_type="application/json")
    assert answer.status_code == 204
    with scope.acting(actors.of_account(mine.id)):
        assert Notice.objects.get(id=notice).read_at is None
    with scope.acting(actors.of_account(other.id)):
        assert not Notice.objects.filter(id=notice).exists()
