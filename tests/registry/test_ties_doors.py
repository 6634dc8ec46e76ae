"""Every operation on relations and tags passes the suite all rooms' operations pass through."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import staff
from people_frames import merge, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock, secrets
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.models import Person, Relation, Tag
from linli.registry.permissions import EDIT, EXPORT, REVEAL, TAG_CATALOGUE, TAG_EDIT, TAG_VIEW, VIEW

PHONES = ("10070000061", "10070000062")


def tied(person: Person, serial: int) -> tuple[str, str]:
    """A relation and a tag of a person; answers their ids."""
    now, today = clock.now(), clock.today()
    shared = {
        "person_id": person.id,
        "area_code": person.area_code,
        "stated_area": person.area_code,
        "recorded_at": now,
        "recorded_by": "x",
        "observed_on": today,
    }
    relation = Relation.objects.create(
        id=uuid7(), source_code="community", kind="contact", other_name=f"{person.name}的亲友",
        phone=secrets.encrypt(PHONES[serial]), **shared,
    )  # fmt: skip
    tag = Tag.objects.create(
        id=uuid7(), source_code="civil", kind="living_alone", legal_basis="《老年人权益保障法》",
        expires_on=today.replace(year=today.year + 1, day=1), **shared,
    )  # fmt: skip
    return str(relation.id), str(tag.id)


class TestTiesDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/relations", VIEW, logs="list", finds=True),
        Door("POST", "/api/relations/export", EXPORT, {"purpose": "季度核对"}, also=(VIEW,), logs="export"),
        Door("GET", "/api/people/{person}/ties", VIEW, logs="detail", finds=True),
        Door(
            "POST", "/api/people/{person}/relations", EDIT,
            {"kind": "contact", "other_name": "邻居", "reason": "入户核实"}, also=(VIEW,),
        ),
        Door("POST", "/api/relations/{relation}/end", EDIT, {"reason": "不再联系"}, also=(VIEW,)),
        Door("POST", "/api/relations/{relation}/reveal", REVEAL, {"purpose": "紧急联系"}, also=(VIEW,), reveals=True, logs="reveal"),
        Door("GET", "/api/tags", TAG_VIEW, logs="list", finds=True),
        Door("POST", "/api/tags/export", EXPORT, {"purpose": "季度核对"}, also=(TAG_VIEW,), logs="export"),
        Door("GET", "/api/tags/by-area?kind=living_alone&level=village", TAG_VIEW),
        Door(
            "POST", "/api/people/{person}/tags", TAG_EDIT,
            {"kind": "elder_allowance", "given_on": "{today}", "reason": "民政名单"}, also=(VIEW,),
        ),
        Door("POST", "/api/tags/{tag}/end", TAG_EDIT, {"reason": "已收回"}, also=(VIEW,)),
        *[Door("GET", "/api/tag-kinds", one, instead=(TAG_VIEW, TAG_CATALOGUE)) for one in (TAG_VIEW, TAG_CATALOGUE)],
        Door(
            "PUT", "/api/tag-kinds/volunteer", TAG_CATALOGUE,
            {"name_zh": "志愿者", "name_en": "Volunteer", "source_code": "civil", "legal_basis": "《志愿服务条例》",
             "months": 12, "active": True}, district_only=True,
        ),
    ]  # fmt: skip

    def sample(self) -> Sample:
        merge(
            [
                row(1, "本镇赵奶奶", None, staff.VILLAGE, birth=date(1940, 1, 2)),
                row(2, "外镇钱奶奶", None, staff.OTHER_VILLAGE, birth=date(1941, 1, 2)),
            ]
        )
        with acting(staff.OPERATOR):
            own, foreign = Person.objects.get(name="本镇赵奶奶"), Person.objects.get(name="外镇钱奶奶")
            own_ties, foreign_ties = tied(own, 0), tied(foreign, 1)
        today = clock.today().isoformat()
        return Sample(
            own={"person": str(own.id), "relation": own_ties[0], "tag": own_ties[1], "today": today},
            foreign={"person": str(foreign.id), "relation": foreign_ties[0], "tag": foreign_ties[1], "today": today},
            own_marks=["本镇赵奶奶"], foreign_marks=["外镇钱奶奶"], secrets=PHONES,
        )  # fmt: skip
