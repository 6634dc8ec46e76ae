"""The target fields a column can be mapped to, by kind of table: labels, and how each is checked.

Labels of facts held by the registry come from its declarations; here are only those that exist on the way in. A name
that several kinds share is checked in the same way in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from linli.registry import fields as registry_fields
from linli.registry.things.kinds import KINDS as THING_KINDS
from linli.registry.things.kinds import Form, ThingKind

Check = Literal[
    "text", "name", "code", "date", "identity", "phone", "area", "address", "part", "coordinate", "key", "title",
    "integer", "credit", "component", "moment",
]  # fmt: skip
GROUPS = {
    "person": ("个人", "Person"),
    "home": ("住址", "Home"),
    "household": ("户", "Household"),
    "record": ("记录", "Record"),
    "thing": ("基本信息", "Facts"),
    "relation": ("关系", "Relation"),
    "tag": ("标签", "Tag"),
}


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column, a constant or a part of a column can fill."""

    name: str
    zh: str
    en: str
    group: str
    check: Check
    code_list: str | None = None
    required: bool = False
    sensitive: bool = False
    coded: bool = False  # its cells name entries of a list that is kept elsewhere (`code_list`: of one kept here)


def _held(name: str, group: str, check: Check, *, required: bool = False, sensitive: bool = False) -> Target:
    field = registry_fields.BY_NAME[name]
    return Target(name, field.zh, field.en, group, check, field.code_list, required, sensitive)


TARGETS: tuple[Target, ...] = (
    _held("name", "person", "name", required=True),
    _held("former_name", "person", "name"),
    Target("id_kind", "证件类型", "Kind of document", "person", "code", "id_kind"),
    _held("id_number", "person", "identity", sensitive=True),
    _held("sex", "person", "code"),
    _held("birth", "person", "date"),
    _held("nation", "person", "code"),
    _held("phone", "person", "phone", sensitive=True),
    _held("native_place", "person", "text"),
    _held("marital", "person", "code"),
    _held("education", "person", "code"),
    _held("political", "person", "code"),
    _held("occupation", "person", "text"),
    _held("workplace", "person", "text"),
    _held("nationality", "person", "code"),
    _held("population_kind", "person", "code"),
    _held("register_consistent", "person", "code"),
    _held("inflow_reason", "person", "code"),
    _held("permit_kind", "person", "code"),
    _held("left_behind_kind", "person", "code"),
    _held("register_address", "person", "address"),
    Target("household_no", "户号", "Household number", "household", "key"),
    Target("relation_to_head", "与户主关系", "Relation to head", "household", "code", "relation_to_head"),
    Target("head_name", "户主姓名", "Name of head", "household", "name"),
    Target("head_id_number", "户主证件号码", "Identity number of head", "household", "identity", sensitive=True),
    Target("home_text", "现住址", "Home address", "home", "address"),
    Target("home_village", "所在村居", "Village or community", "home", "area"),
    Target("default_village", "村居（行内未写时）", "Village where the row names none", "home", "area"),
    Target("home_town", "所在镇街", "Town", "home", "area"),
    Target("grid", "所在网格", "Grid", "home", "area"),
    Target("home_road", "街路巷", "Road", "home", "part"),
    Target("home_door", "门牌号", "Door number", "home", "part"),
    Target("home_compound", "小区", "Compound", "home", "part"),
    Target("home_building", "楼栋", "Building", "home", "part"),
    Target("home_unit", "单元", "Unit", "home", "part"),
    Target("home_floor", "楼层", "Floor", "home", "part"),
    Target("home_room", "室", "Room", "home", "part"),
    Target("home_kind", "住所类型", "Kind of dwelling", "home", "code", "home_kind"),
    Target("lon", "经度", "Longitude", "home", "coordinate"),
    Target("lat", "纬度", "Latitude", "home", "coordinate"),
    Target("record_key", "来源记录编号", "Record number at the source", "record", "key"),
    Target("observed_on", "采集日期", "Date of collection", "record", "date"),
)
_CHECKS: dict[Form, Check] = {
    "text": "text", "code": "code", "date": "date", "integer": "integer", "credit": "credit", "phone": "phone",
    "component": "component",
}  # fmt: skip
# A thing lies somewhere as a home does, and its record comes from somewhere as a person's does.
_PLACED = tuple(t for t in TARGETS if t.group in ("home", "record") and t.name != "home_kind")


def title_of(kind: ThingKind) -> str:
    """The target that holds a thing's name; not `name`, which is a person's and is masked."""
    return f"{kind.name}_name"


def _thing_targets(kind: ThingKind) -> tuple[Target, ...]:
    own = [
        Target(title_of(kind), kind.name_zh, kind.name_en, "thing", "title", required=kind.name in ("entity", "place"))
    ]
    for field in kind.fields:
        needed, sensitive = field.form == "component", field.form == "phone"
        own.append(
            Target(field.name, field.zh, field.en, "thing", _CHECKS[field.form], field.code_list, needed, sensitive)
        )
    placed = (replace(t, zh="地址", en="Address") if t.name == "home_text" else t for t in _PLACED)
    return (*own, *placed)


_WHO = ("name", "id_kind", "id_number")
_RELATIONS = (
    *(t for t in TARGETS if t.name in _WHO),
    Target("relation_kind", "关系类别", "Kind of relation", "relation", "code", "relation_kind"),
    Target("kinship", "与本人关系", "Kinship to the person", "relation", "code", "kinship"),
    Target("other_name", "关系人姓名", "Name of the other", "relation", "name"),
    Target("other_id_number", "关系人证件号码", "Identity number of the other", "relation", "identity", sensitive=True),
    Target("other_phone", "关系人电话", "Phone of the other", "relation", "phone", sensitive=True),
    Target("consent_on", "监护人同意日期", "Day of the guardian's consent", "relation", "date"),
    Target("consent_form", "监护人同意方式", "Form of the guardian's consent", "relation", "code", "consent_form"),
    Target("observed_on", "采集日期", "Date of collection", "record", "date"),
)
_TAGS = (
    *(t for t in TARGETS if t.name in _WHO),
    Target("tag", "标签", "Tag", "tag", "code", "tag", required=True),
    Target("tag_source", "来源部门", "Department", "tag", "code", "source"),
    Target("given_on", "标签起始日期", "Tag since", "tag", "date"),
    Target("until", "标签截止日期", "Tag until", "tag", "date"),
)

PEOPLE, RELATIONS, TAGS = "people", "relations", "tags"
#: the kinds of table and their fields; other than people, named as in the addresses of the API
BY_KIND: dict[str, tuple[Target, ...]] = {
    PEOPLE: TARGETS,
    **{kind.path: _thing_targets(kind) for kind in THING_KINDS.values()},
    RELATIONS: tuple(replace(t, required=t.name in _WHO[::2]) for t in _RELATIONS),
    TAGS: tuple(replace(t, required=t.required or t.name in _WHO[::2]) for t in _TAGS),
}
#: tables about people the base knows already, and what they are called: they make nobody
TIES: dict[str, tuple[str, str]] = {RELATIONS: ("人际关系", "Relations"), TAGS: ("人员标签", "Tags")}
NAMES: dict[str, frozenset[str]] = {kind: frozenset(t.name for t in targets) for kind, targets in BY_KIND.items()}
#: every field of every kind, under the label it has for people where they have it too
BY_NAME: dict[str, Target] = {t.name: t for targets in reversed(BY_KIND.values()) for t in targets}
# Written together in this order where the whole address stands in several columns: town, village, compound, …
ADDRESS_PARTS = (
    "home_town",
    "home_village",
    "home_road",
    "home_door",
    "home_compound",
    "home_building",
    "home_unit",
    "home_floor",
    "home_room",
)
