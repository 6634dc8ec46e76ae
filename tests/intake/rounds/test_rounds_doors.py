"""Rounds over HTTP: every door through the suite of all rooms, and what its answers look like."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import round_world as world
import staff
from people_frames import number
from permissions import Door, PermissionSuite, Sample
from round_world import FOREIGN, TOWN, VILLAGE, return_of

from linli.kernel import clock

VIEW, OPEN, COMPLETE = "intake.round.view", "intake.round.open", "intake.round.complete"
SUBMIT, CHECK = "intake.round.submit", "intake.round.check"
PEOPLE, EDIT, FILL = "registry.person.view", "registry.person.edit", "intake.ledger.fill"
ROUND, RETURN = "/api/rounds/{round}", "/api/returns/{return}"
ASKED = {
    "form": "{form}", "area": "{area}", "period": "2026-12", "as_of": "2026-06-01", "due_on": "2026-06-30",
}  # fmt: skip


class TestRoundDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/rounds", VIEW, finds=True),
        Door("POST", "/api/rounds", OPEN, ASKED, also=(VIEW,), foreign=(403,)),
        Door("GET", ROUND, VIEW, finds=True),
        Door("POST", ROUND + "/close", OPEN, also=(VIEW,)),
        Door("GET", "/api/returns", VIEW, finds=True),
        Door("GET", RETURN, VIEW, finds=True),
        Door("GET", RETURN + "/rows", COMPLETE, also=(VIEW, PEOPLE), logs="list"),
        Door(
            "POST", "/api/returns/{draft}/rows/{person}", COMPLETE, {"version": 1, "answers": {"phone": "10070000077"}},
            also=(VIEW, PEOPLE, EDIT),
        ),
        Door("GET", RETURN + "/differences", VIEW, also=(PEOPLE,)),
        Door("POST", "/api/returns/{draft}/submit", SUBMIT, {}, also=(VIEW,)),
        Door("POST", RETURN + "/accept", CHECK, {}, also=(VIEW,)),
        Door("POST", RETURN + "/return", CHECK, {"reason": "电话不对"}, also=(VIEW,)),
        Door(
            "POST", RETURN + "/versions/1/file", FILL, {"purpose": "存档核对"}, also=(VIEW, PEOPLE), logs="export"
        ),
    ]  # fmt: skip

    def sample(self) -> Sample:
        """Opened on a day before they are due, also where the suite's sample is made elsewhere."""
        with clock.frozen(datetime(2026, 6, 1, 4, tzinfo=UTC)):
            return self._sample()

    def _sample(self) -> Sample:
        people = world.people()
        with tempfile.TemporaryDirectory() as folder:
            forms = {area: world.form(Path(folder), f"表{area}") for area in (TOWN, staff.OTHER_TOWN)}
        rounds = {area: world.opened(form, area) for area, form in forms.items()}
        names = {}
        for area, village, second in ((TOWN, VILLAGE, world.SECOND), (staff.OTHER_TOWN, FOREIGN, "370302104202")):
            one = return_of(rounds[area], village)
            world.send(one, area)
            names[area] = {
                "round": str(rounds[area].id), "return": str(one.id), "area": area, "form": str(rounds[area].form_id),
                "draft": str(return_of(rounds[area], second).id),
                "person": str(people["李二村" if area == TOWN else "周外镇"]),
            }  # fmt: skip
        own, foreign = names[TOWN], names[staff.OTHER_TOWN]
        secret = [number(n) for n in (1, 2, 5)]
        return Sample(own, foreign, (own["round"],), ("周外镇", foreign["return"]), [*secret, "10070000001"])
