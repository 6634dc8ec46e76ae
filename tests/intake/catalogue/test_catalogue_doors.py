"""Every door of the catalogue, of custom fields and of generated ledgers, through the suite of all rooms."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import staff
from catalogue_forms import FACTS, file_of, workbook
from permissions import Door, PermissionSuite, Sample

from linli.intake.catalogue.models import Form
from linli.intake.generating.models import Generated
from linli.kernel import clock, scope
from linli.registry.custom.actions import FieldValue, declare_field, do_state_values, retire_field
from linli.registry.custom.rules import FieldForm

MANAGE, APPROVE, FILL = "intake.form.manage", "intake.form.approve", "intake.ledger.fill"
VIEW, EDIT, REVEAL, CUSTOM = (
    "registry.person.view", "registry.person.edit", "registry.person.reveal", "registry.custom.edit",
)  # fmt: skip
SEEING, REGISTERED = (FILL, MANAGE, APPROVE), (VIEW, CUSTOM)
TEMPLATE = ("t.xlsx", workbook("姓名", "身份证号"))


def a_form(name: str) -> str:
    """A form somebody else entered; its id."""
    browser = staff.client(staff.staff(f"maker{ord(name)}", "officer", staff.DISTRICT))
    body = {"file": file_of(TEMPLATE[1]), "form": json.dumps(FACTS | {"name": name})}
    return str(browser.post("/api/forms", body).json()["id"])


class TestFormDoors(PermissionSuite):
    """The catalogue is the district's: who keeps or approves forms does so there, and all who may fill see it."""

    doors: ClassVar = [
        *[Door("GET", "/api/forms", one, instead=SEEING) for one in SEEING],
        *[Door("GET", "/api/forms/issuers", one, instead=SEEING) for one in SEEING],
        Door("POST", "/api/forms/inspect", MANAGE, file=TEMPLATE),
        Door("POST", "/api/forms", MANAGE, {"form": json.dumps(FACTS | {"name": "新"})}, file=TEMPLATE, district_only=True),
        *[Door("GET", "/api/forms/{form}", one, instead=SEEING, district_only=True) for one in SEEING],
        *[
            Door("GET", "/api/forms/{form}/versions/1/file", one, instead=SEEING, district_only=True)
            for one in SEEING
        ],
        Door("PUT", "/api/forms/{form}", MANAGE, FACTS | {"version": 1}, district_only=True),
        Door("PUT", "/api/forms/{form}/binding", MANAGE, {"version": 1}, district_only=True),
        Door(
            "POST", "/api/forms/{form}/versions", MANAGE, {"order": '{"version": 1}'}, file=TEMPLATE, district_only=True
        ),
        Door("POST", "/api/forms/{form}/decision", APPROVE, {"version": 1, "approve": True}, district_only=True),
        *[
            Door(
                "POST", "/api/forms/{form}/withdraw", one, {"version": 1, "reason": "重复"}, instead=(MANAGE, APPROVE),
                district_only=True,
            )
            for one in (MANAGE, APPROVE)
        ],
        Door("POST", "/api/forms/{form}/propose", MANAGE, {"version": 1}, answers=(409,), district_only=True),
        Door("GET", "/api/forms/generated", FILL),
    ]  # fmt: skip

    def sample(self) -> Sample:
        return Sample(own={"form": a_form("甲")}, foreign={"form": a_form("乙")})


class TestCustomFieldDoors(PermissionSuite):
    doors: ClassVar = [
        *[Door("GET", "/api/custom-fields", one, instead=REGISTERED) for one in REGISTERED],
        Door(
            "POST", "/api/custom-fields", CUSTOM, {"name_zh": "面积", "kind": "decimal", "owner_name": "民政局"},
            district_only=True,
        ),
        Door(
            "PUT", "/api/custom-fields/{field}", CUSTOM,
            {"name_zh": "帮扶等级", "kind": "text", "owner_name": "民政局", "version": 1}, district_only=True,
        ),
        Door("DELETE", "/api/custom-fields/{field}", CUSTOM, district_only=True),
        Door("GET", "/api/custom-fields/kept", CUSTOM),
        Door("POST", "/api/custom-fields/{retired}/restore", CUSTOM, district_only=True),
        Door("GET", "/api/people/{person}/custom", VIEW, logs="detail"),
        Door(
            "PUT", "/api/people/{person}/custom/{field}", EDIT, {"value": "一级", "reason": "入户核实"}, also=(VIEW,)
        ),
        Door(
            "POST", "/api/people/{person}/custom/{secret}/reveal", REVEAL, {"purpose": "核对补贴账户"}, also=(VIEW,),
            reveals=True, logs="reveal",
        ),
    ]  # fmt: skip

    def sample(self) -> Sample:
        from people_frames import merge, person, row

        merge([row(2, "王建国", 1, staff.VILLAGE), row(3, "李秀英", 2, staff.OTHER_VILLAGE)])
        with scope.acting(staff.OPERATOR) as actor:
            field = declare_field(actor, FieldForm("帮扶等级", "text", "民政局"))
            secret = declare_field(actor, FieldForm("银行账户", "text", "民政局", sensitive=True))
            retired = declare_field(actor, FieldForm("停用项", "text", "民政局"))
            retire_field(actor, retired.id)
            people = [person(1).id, person(2).id]
            do_state_values(actor, [FieldValue(p, secret.id, f"622200001111222{n}") for n, p in enumerate(people)])
        told: list[dict[str, Any]] = [
            {"person": str(p), "field": str(field.id), "secret": str(secret.id), "retired": str(retired.id)}
            for p in people
        ]
        return Sample(own=told[0], foreign=told[1], secrets=["6222000011112220", "6222000011112221"])


class TestGeneratedDoors(PermissionSuite):
    """A ledger that was asked for is its asker's alone; asking takes the right to fill in the area."""

    doors: ClassVar = [
        Door(
            "POST", "/api/forms/{form}/generate", FILL, {"area": "{area}", "purpose": "季度报送"}, also=(VIEW,),
            answers=(202,), foreign=(403,),
        ),
        Door("POST", "/api/forms/generated/{generated}/cancel", FILL),
        Door("GET", "/api/forms/generated/{generated}/file", FILL, answers=(409,)),
    ]  # fmt: skip

    def sample(self) -> Sample:
        form = a_form("甲")
        told = {"form": form, "generated": str(self._asked(form, "x"))}
        return Sample(own=told | {"area": staff.TOWN}, foreign=told | {"area": staff.OTHER_TOWN})

    def belonging(self, who: Any) -> dict[str, str]:
        return {"generated": str(self._asked(str(Form.objects.get().id), str(who.id)))}

    def _asked(self, form: str, by: str) -> Any:
        with scope.acting(staff.OPERATOR):
            version = Form.objects.get(id=form).versions.get()
            made = Generated.objects.create(
                version=version, area_code=staff.TOWN, day=clock.today(), purpose="季度报送", asked_by=by, asked_by_name="某",
                asked_at=clock.now(),
            )  # fmt: skip
        return made.id
