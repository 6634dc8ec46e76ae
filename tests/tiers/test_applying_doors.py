"""Every operation of the procedure passes the suite all rooms' operations pass through."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import staff
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock, secrets
from linli.kernel.scope import acting
from linli.tiers.applying import years
from linli.tiers.applying.models import Application, ApplicationGap, Objection, PlanYear
from linli.tiers.applying.seeing import READERS, WITHIN
from linli.tiers.permissions import ACCEPT, APPLY, CHECK, VIEW

OWN, FOREIGN, SPARE = f"{staff.TOWN}002", f"{staff.OTHER_TOWN}001", f"{staff.TOWN}003"
OWN_NAME, FOREIGN_NAME = "昆山社区", "宝山社区"
CONTACT = "13912345678"
SOON = str(clock.today() + timedelta(days=30))
DAYS = {"self_by": "2031-05-01", "town_by": "2031-06-01", "accept_by": "2031-07-01"}
GAP = {"indicator": "B01", "todo": "补齐", "owner": "社区居委会", "due_on": SOON}
ONE = "/api/tiers/applications/{application}"


class TestApplyingDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        *[Door("GET", "/api/tiers/years", one, instead=READERS) for one in READERS],
        Door("POST", "/api/tiers/years", ACCEPT, {"year": 2031, "title": "计划", **DAYS}, district_only=True),
        Door("PATCH", "/api/tiers/years/{year}", ACCEPT, {"version": 1, "title": "计划二"}, district_only=True),
        Door("POST", "/api/tiers/years/{year}/recheck", ACCEPT, {"until": SOON}, district_only=True),
        *[Door("GET", "/api/tiers/applications", one, instead=READERS, finds=True) for one in WITHIN],
        Door("GET", "/api/tiers/applications", VIEW, instead=READERS),
        *[Door("GET", ONE, one, instead=WITHIN, finds=True) for one in WITHIN],
        Door("GET", ONE, VIEW, instead=READERS, answers=(404,)),  # what is not published yet is not there for others
        Door(
            "POST", "/api/tiers/applications", ACCEPT, {"year_id": "{year}", "area_codes": [SPARE], "tier": "basic"},
            district_only=True,
        ),
        *[
            Door("POST", f"{ONE}/actions/withdraw", one, {"version": 1, "reason": "计划有变"}, instead=(APPLY, ACCEPT))
            for one in (APPLY, ACCEPT)
        ],
        Door("POST", f"{ONE}/actions/pass_town", CHECK, {"version": 1}, answers=(409,)),
        Door("PUT", f"{ONE}/verdicts/self", APPLY, {"version": 1, "items": []}, answers=(409,)),
        Door("PUT", f"{ONE}/verdicts/town", CHECK, {"version": 1, "items": []}, answers=(409,)),
        Door("PUT", f"{ONE}/verdicts/district", ACCEPT, {"version": 1, "items": []}),
        Door("POST", f"{ONE}/gaps", APPLY, GAP),
        Door("PATCH", f"{ONE}/gaps/{{gap}}", APPLY, {**GAP, "version": 1}),
        Door("PUT", f"{ONE}/group", ACCEPT, {"version": 1, "members": [{"name": "组长"}]}),
        Door("POST", f"{ONE}/visits", ACCEPT, {"day": str(clock.today()), "place": "服务大厅"}),
        Door("POST", f"{ONE}/objections", APPLY, {"text": "对结论有异议"}),
        Door("POST", f"{ONE}/objections/{{objection}}/sight", ACCEPT, {"hidden": True, "reason": "涉及他人姓名"}),
        Door("POST", f"{ONE}/objections/{{objection}}/answer", ACCEPT, {"answer": "经核实无误"}),
        Door(
            "POST", f"{ONE}/objections/{{objection}}/reveal", ACCEPT, {"purpose": "核实情况"}, reveals=True, logs="reveal",
        ),
    ]  # fmt: skip

    def sample(self) -> Sample:
        with acting(staff.OPERATOR) as actor:
            if (year := PlanYear.objects.first()) is None:
                today = clock.today()
                year = years.open_year(actor, years.YearGiven(today.year, "年度计划", today, today, today))
                years.plan(actor, year.id, [OWN, FOREIGN], "basic")
                Application.objects.update(state="accepting")
            parts = {each.area_code: self._parts(each) for each in Application.objects.order_by("id")}
        return Sample(
            own={"year": str(year.id), **parts[OWN]}, foreign={"year": str(year.id), **parts[FOREIGN]}, own_marks=[OWN_NAME],
            foreign_marks=[FOREIGN_NAME], secrets=[CONTACT],
        )  # fmt: skip

    @staticmethod
    def _parts(application: Application) -> dict[str, str]:
        now = clock.now()
        gap, _ = ApplicationGap.objects.get_or_create(
            application=application,
            defaults={"indicator": "B01", "todo": "补齐", "owner": "居委会", "due_on": clock.today(), "added_at": now, "added_by": "test"},
        )  # fmt: skip
        objection, _ = Objection.objects.get_or_create(
            application=application, answered_at=None,
            defaults={"origin": "public", "text": "有异议", "contact": secrets.encrypt(CONTACT), "at": now, "actor": "test"},
        )  # fmt: skip
        return {"application": str(application.id), "gap": str(gap.id), "objection": str(objection.id)}
