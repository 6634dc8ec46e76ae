"""The kinds of things and their facts, declared once: label, form, code list, standard. All else follows from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from linli.registry.permissions import COMPONENT_VIEW, ENTITY_VIEW, PLACE_VIEW, RENTAL_VIEW

Form = Literal["text", "code", "date", "integer", "credit", "phone", "component", "position"]
KindName = Literal["entity", "place", "component", "rental"]
SQL_TYPES: dict[Form, str] = {
    "text": "text",
    "code": "text",
    "date": "date",
    "integer": "integer",
    "credit": "text",
    "phone": "bytea",
    "component": "text",
}
GB_T_31000, GB_T_47678 = "GB/T 31000-2015", "GB/T 47678.5-2026"


@dataclass(frozen=True, slots=True)
class ThingField:
    """A fact about a thing: a column of its table under this name. `ahead`: a date that may lie ahead.

    `fixed`: not corrected by hand, because identity rests on it or because an inspection states it.
    """

    name: str
    zh: str
    en: str
    form: Form = "text"
    code_list: str | None = None
    standard: str = ""
    ahead: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class ThingKind:
    """A kind of thing. `group`, `state` and `due` name the facts that lists show and filter by under those names.

    `due` is the day of the next inspection of kinds that are inspected; `home`: it is in a dwelling, which is kept.
    """

    name: KindName
    path: str  # of its addresses
    zh: str
    en: str
    name_zh: str
    name_en: str
    table: str
    view: str
    fields: tuple[ThingField, ...]
    group: str
    state: str
    due: str | None = None
    home: bool = False

    @property
    def by_name(self) -> dict[str, ThingField]:
        """The facts by name, the name itself and the address included."""
        return {field.name: field for field in self.every}

    @property
    def every(self) -> tuple[ThingField, ...]:
        """All facts that are shown, in order."""
        return (
            ThingField("name", self.name_zh, self.name_en),
            *self.fields,
            ThingField("address", "地址", "Address", fixed=self.home),  # identity rests on the home
        )


#: where a thing of any kind lies, as "longitude, latitude"; kept in two columns
POSITION = ThingField("position", "经纬度（WGS-84）", "Longitude, latitude (WGS-84)", "position")
_PHONE = ThingField("phone", "联系电话", "Phone", "phone")
_HAZARD = ThingField("hazard", "隐患类型", "Hazards", standard=GB_T_31000)
# Stated together by whoever inspected last (`golden`), so that no older word on one of them outlives the other.
_INSPECTED = (
    ThingField("inspected_on", "上次检查日期", "Last inspection", "date", fixed=True),
    ThingField("next_inspection_on", "下次检查日期", "Next inspection", "date", ahead=True, fixed=True),
)
_ATTENTION = ThingField("attention", "关注程度", "Attention", "code", "attention", GB_T_31000)

ENTITY = ThingKind(
    "entity", "entities", "法人单位", "Legal entity", "单位名称", "Name", "registry_legal_entity", ENTITY_VIEW,
    (
        ThingField("credit_code", "统一社会信用代码", "Unified social credit code", "credit", None, "GB 32100-2015", fixed=True),
        ThingField("entity_kind", "单位类别", "Kind of entity", "code", "entity_kind"),
        ThingField("industry", "行业门类", "Industry", "code", "industry", "GB/T 4754-2017"),
        ThingField("entity_status", "经营状态", "Status", "code", "entity_status"),
        ThingField("representative", "法定代表人（负责人）", "Legal representative", standard=GB_T_31000),
        _PHONE,
        ThingField("employees", "从业人数", "Employees", "integer", None, GB_T_31000),
        ThingField("established_on", "成立日期", "Founded on", "date"),
        ThingField("business_scope", "经营范围", "Scope of business"),
        ThingField("hazardous", "是否涉危化品", "Hazardous chemicals", "code", "yes_no", GB_T_31000),
        _HAZARD,
        _ATTENTION,
        ThingField("party_organisation", "是否建立党组织", "Party organisation", "code", "yes_no", GB_T_31000),
        ThingField("party_members", "党员人数", "Party members", "integer", None, GB_T_31000),
    ),
    "entity_kind", "entity_status",
)  # fmt: skip
PLACE = ThingKind(
    "place", "key-places", "重点场所", "Key place", "场所名称", "Name", "registry_key_place", PLACE_VIEW,
    (
        ThingField("place_kind", "场所类别", "Kind of place", "code", "place_kind"),
        ThingField("credit_code", "经营主体信用代码", "Credit code of its operator", "credit", None, "GB 32100-2015"),
        ThingField("manager", "负责人", "Person in charge", standard=GB_T_31000),
        _PHONE,
        ThingField("capacity", "容纳人数", "Capacity", "integer"),
        _HAZARD,
        _ATTENTION,
        *_INSPECTED,
    ),
    "place_kind", "attention", "next_inspection_on",
)  # fmt: skip
COMPONENT = ThingKind(
    "component", "components", "管理部件", "Component", "部件名称", "Name", "registry_component", COMPONENT_VIEW,
    (
        ThingField("component_code", "管理部件标识码", "Component code", "component", None, GB_T_47678, fixed=True),
        ThingField("component_class", "部件小类", "Class", "code", "component_class", GB_T_47678, fixed=True),
        ThingField("component_state", "部件状态", "State", "code", "component_state", GB_T_47678),
        ThingField("department_code", "主管部门代码", "Code of the department", "credit", None, GB_T_47678),
        ThingField("department_name", "主管部门名称", "Department", standard=GB_T_47678),
        ThingField("owner_code", "权属单位代码", "Code of the owner", "credit", None, GB_T_47678),
        ThingField("owner_name", "权属单位名称", "Owner", standard=GB_T_47678),
        ThingField("keeper_code", "养护单位代码", "Code of the keeper", "credit", None, GB_T_47678),
        ThingField("keeper_name", "养护单位名称", "Keeper", standard=GB_T_47678),
        ThingField("first_dated_on", "初始日期", "First dated", "date", None, GB_T_47678),
        ThingField("changed_on", "变更日期", "Changed", "date", None, GB_T_47678),
        ThingField("survey_source", "数据来源", "Source of the survey", "code", "survey_source", GB_T_47678),
        ThingField("note", "备注", "Note", standard=GB_T_47678),
    ),
    "component_class", "component_state",
)  # fmt: skip
RENTAL = ThingKind(
    "rental", "rentals", "出租房", "Rented home", "出租房名称", "Name", "registry_rental", RENTAL_VIEW,
    (
        ThingField("registration_no", "登记备案编号", "Registration number"),
        ThingField("rental_purpose", "出租用途", "Purpose", "code", "rental_purpose", GB_T_31000),
        ThingField("rental_state", "出租状态", "State", "code", "rental_state"),
        ThingField("lessor", "出租人（房主）", "Lessor", standard=GB_T_31000),
        ThingField("phone", "出租人电话", "Phone of the lessor", "phone", standard=GB_T_31000),
        ThingField("tenant", "承租人", "Tenant", standard=GB_T_31000),
        ThingField("tenants", "承租人数", "Number of tenants", "integer"),
        ThingField("leased_from", "租赁起始日期", "Lease from", "date"),
        ThingField("leased_until", "租赁截止日期", "Lease until", "date", ahead=True),
        ThingField("manager", "管理责任人", "Responsible person"),
        _HAZARD,
        _ATTENTION,
        *_INSPECTED,
    ),
    "rental_purpose", "rental_state", "next_inspection_on", home=True,
)  # fmt: skip
KINDS: dict[str, ThingKind] = {kind.name: kind for kind in (ENTITY, PLACE, COMPONENT, RENTAL)}
