"""Operations on conflicts pass the suite all rooms' operations pass through."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import staff
from people_frames import clerk, merge, number, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel.scope import acting
from linli.registry.models import Conflict, Person, SourceRecord
from linli.registry.permissions import EDIT, VIEW


def conflict_of(village: str, serial: int, name: str) -> dict[str, str]:
    merge([row(serial, name, serial, village)], "police")
    merge([row(serial, name, serial, village, birth=date(1950, 4, 3))], "civil")
    with acting(clerk()):
        person = Person.objects.get(name=name)
        return {
            "conflict": str(Conflict.objects.get(person_id=person.id).id), "version": str(person.version),
            "record": str(SourceRecord.objects.get(person_id=person.id, source_code="civil").id),
        }  # fmt: skip


class TestConflictDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/conflicts", VIEW, finds=True, logs="list"),
        Door(
            "POST", "/api/conflicts/{conflict}/decide", EDIT,
            {"record_id": "{record}", "reason": "核对户口簿", "version": "{version}"}, also=(VIEW,),
        ),
    ]  # fmt: skip

    def sample(self) -> Sample:
        own, foreign = conflict_of(staff.VILLAGE, 1, "本镇王一"), conflict_of(staff.OTHER_VILLAGE, 2, "外镇李二")
        return Sample(
            own=own, foreign=foreign, own_marks=["本镇王一"], foreign_marks=["外镇李二"],
            secrets=[number(1), number(2)],
        )  # fmt: skip
