"""Every operation of good practice passes the suite all rooms' operations pass through."""

from __future__ import annotations

from io import BytesIO
from typing import ClassVar

import staff
from permissions import Door, PermissionSuite, Sample

from linli.kernel.scope import acting
from linli.tiers.permissions import COORDINATE, PRACTICE_EDIT, PRACTICE_PUBLISH, VIEW
from linli.tiers.practice import actions, photos

OWN, FOREIGN = f"{staff.TOWN}002", f"{staff.OTHER_TOWN}001"
TEXT = {"title": "夜间充电不再飞线", "scenario": "facilities"}
READ = (PRACTICE_EDIT,)
READ_DRAFT = (VIEW, PRACTICE_EDIT)


def picture() -> bytes:
    from PIL import Image

    target = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(target, "PNG")
    return target.getvalue()


class TestPracticeDoors(PermissionSuite):
    """The samples are drafts: what is published is for everybody who sees standings (`test_practice`)."""

    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/tiers/practice", VIEW, also=READ, finds=True),
        Door("GET", "/api/tiers/practice/choices", VIEW),
        Door("POST", "/api/tiers/practice", PRACTICE_EDIT, {**TEXT, "area_code": "{community}"}, also=(VIEW,), foreign=(422,)),
        Door("GET", "/api/tiers/practice/{card}", VIEW, also=READ, finds=True),
        Door("PUT", "/api/tiers/practice/{card}", PRACTICE_EDIT, {**TEXT, "version": 2}, also=(VIEW,)),
        Door("POST", "/api/tiers/practice/{card}/publish", PRACTICE_PUBLISH, {"version": 2}, also=(VIEW,)),
        Door("POST", "/api/tiers/practice/{card}/submit", PRACTICE_EDIT, {"version": 2}, also=(VIEW,)),
        Door("POST", "/api/tiers/practice/{card}/remove", PRACTICE_EDIT, {"version": 2}, also=(VIEW,), answers=(409,)),
        Door("POST", "/api/tiers/practice/{card}/withdraw", PRACTICE_PUBLISH, {"version": 2, "reason": "数字有误"}, also=(VIEW,), answers=(409,)),
        Door("POST", "/api/tiers/practice/{card}/copy", COORDINATE, {"area_code": "{community}"}, also=READ_DRAFT, answers=(409,)),
        Door("POST", "/api/tiers/practice/{card}/photos", PRACTICE_EDIT, {"caption": "车棚"}, file=("a.png", picture())),
        Door("GET", "/api/tiers/practice/{card}/photos/{photo}", VIEW, also=READ, logs="download"),
        Door("POST", "/api/tiers/practice/{card}/photos/{photo}/remove", PRACTICE_EDIT, {}),
    ]  # fmt: skip

    def sample(self) -> Sample:
        made = {}
        with acting(staff.OPERATOR) as actor:
            for area, title in ((OWN, "昆山充电棚"), (FOREIGN, "宝山充电棚")):
                given = actions.CardText(
                    title=title, scenario="facilities", problem="飞线充电", done="建车棚", contact_post="社区网格长"
                )
                card = actions.write(actor, area, given)
                made[area] = {"community": area, "card": str(card.id)}
                made[area]["photo"] = str(photos.add(actor, card.id, "车棚", picture()).id)
        return Sample(own=made[OWN], foreign=made[FOREIGN], own_marks=["昆山充电棚"], foreign_marks=["宝山充电棚"])
