"""Operations on proposals pass the suite all rooms' operations pass through."""

from __future__ import annotations

from typing import ClassVar

import staff
from people_frames import DISTRICT, clerk, enter, number, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel.scope import acting
from linli.registry.matching.duplicates import find
from linli.registry.models import MatchProposal, Person
from linli.registry.permissions import JOIN, VIEW


def pair_of(village: str, line: int, name: str) -> dict[str, str]:
    """Somebody entered with a number, and again without."""
    enter([row(line, name, line, village)])
    enter([row(line, name, None, village, record_key=f"k{line}")])
    find(clerk(), DISTRICT)
    with acting(clerk()):
        ids = Person.objects.filter(name=name).values_list("id", flat=True)
        return {"proposal": str(MatchProposal.objects.get(person_id__in=ids).id)}


class TestProposalDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/registry/proposals", JOIN, also=(VIEW,), finds=True, logs="list"),
        Door(
            "POST", "/api/registry/proposals/{proposal}/decide", JOIN, {"decision": "apart", "reason": "核对户口簿"},
            also=(VIEW,),
        ),
        Door("POST", "/api/registry/proposals/{proposal}/assign", JOIN, {"account_id": None}, also=(VIEW,)),
        Door("GET", "/api/registry/proposals/colleagues", JOIN),
    ]  # fmt: skip

    def sample(self) -> Sample:
        own, foreign = pair_of(staff.VILLAGE, 11, "本镇王一"), pair_of(staff.OTHER_VILLAGE, 21, "外镇李二")
        return Sample(
            own=own, foreign=foreign, own_marks=["本镇王一"], foreign_marks=["外镇李二"],
            secrets=[number(11), number(21)],
        )  # fmt: skip
