"""What a column of a ledger can be bound to, by what its rows are: people, households, rented homes, areas.

Labels and lists of facts about people and rented homes come from the registry's declarations. In the SQL `p` is the
person (of a household, its head), `a` the area row, `d` the home, `h` the household, `x` a rented home.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from linli.registry.buildings.rules import RENTED
from linli.registry.fields import BY_NAME as PERSON_FIELDS
from linli.registry.permissions import RENTAL_VIEW, REVEAL, TAG_VIEW, THING_REVEAL, VIEW
from linli.registry.things.kinds import RENTAL

Render = Literal["text", "code", "date", "number", "decimal", "id", "phone", "secret", "area", "serial", "flag"]
#: what is kept encrypted, and stands in full only for whoever may see it so
SEALED: tuple[Render, ...] = ("id", "phone", "secret")
PEOPLE, HOUSEHOLDS, RENTALS, AREAS = "people", "households", "rentals", "areas"
SUBJECTS: dict[str, tuple[str, str]] = {
    PEOPLE: ("人员（一行一人）", "People, one a row"),
    HOUSEHOLDS: ("家庭（一行一户）", "Households, one a row"),
    RENTALS: ("出租房（一行一处）", "Rented homes, one a row"),
    AREAS: ("村居统计（一行一村居）", "Figures, one village a row"),
}
PERMISSION: dict[str, str] = {PEOPLE: VIEW, HOUSEHOLDS: VIEW, RENTALS: RENTAL_VIEW, AREAS: VIEW}
REVEALS: dict[str, str] = {PEOPLE: REVEAL, HOUSEHOLDS: REVEAL, RENTALS: THING_REVEAL, AREAS: REVEAL}


@dataclass(frozen=True, slots=True)
class Bindable:
    """A fact that can stand in a column. `of`: the declared field whose source record it comes from ("" for none);
    `joins`: what the statement needs beside the row itself; `permission`: what seeing it takes beyond seeing the row;
    `custom`: the custom field, whose latest statement is `{custom}` in the SQL; `retired`: since when it is asked no more."""

    name: str
    zh: str
    en: str
    sql: str
    render: Render = "text"
    code_list: str | None = None
    of: str = ""
    joins: tuple[str, ...] = ()
    permission: str | None = None
    custom: UUID | None = None
    retired: date | None = None

    def label(self, language: str) -> str:
        """What it is called in a language."""
        return self.en if language.startswith("en") else self.zh


_RENDERED: dict[str, Render] = {"code": "code", "date": "date"}


def _person(name: str) -> Bindable:
    field = PERSON_FIELDS[name]
    return Bindable(
        name, field.zh, field.en, f"p.{name}", _RENDERED.get(field.kind, "text"), field.code_list, of=name
    )  # fmt: skip


_SERIAL = Bindable("serial", "序号", "Serial number", "NULL", "serial")
_GUARDIAN = ("guardian",)
_HOME, _HOUSEHOLD = ("home",), ("household",)
_PERSON: tuple[Bindable, ...] = (
    _SERIAL,
    _person("name"),
    _person("former_name"),
    _person("sex"),
    _person("birth"),
    Bindable("age", "年龄", "Age", "extract(year FROM age(%(on)s::date, p.birth))::int", "number", of="birth"),
    _person("nation"),
    Bindable("id_kind", "证件类型", "Kind of document", "p.id_kind", "code", "id_kind", of="id_number"),
    Bindable("id_number", "证件号码", "Identity number", "p.id_number", "id", of="id_number"),
    Bindable("phone", "联系电话", "Phone", "p.phone", "phone", of="phone"),
    *(
        _person(name)
        for name in (
            "native_place", "marital", "education", "political", "occupation", "workplace", "nationality",
            "population_kind", "register_consistent", "inflow_reason", "permit_kind", "left_behind_kind",
        )
    ),
    Bindable("register_address", "户籍地址", "Registered address", "p.register_address", of="register_address"),
    Bindable("household_no", "户号", "Household number", "h.number", of="household", joins=_HOUSEHOLD),
    Bindable("relation_to_head", "与户主关系", "Relation to head", "p.relation_to_head", "code", "relation_to_head",
             of="household"),
    Bindable("head_name", "户主姓名", "Name of head", "h.head_name", of="household", joins=_HOUSEHOLD),
    Bindable("household_size", "家庭人口数", "People in the household",
             "(SELECT nullif(count(*), 0) FROM registry_person s WHERE s.household_id = p.household_id)", "number",
             of="household"),
    Bindable("home_text", "现住址", "Home address", "coalesce(d.standard, p.home_text)", of="home", joins=_HOME),
    Bindable("home_town", "所在镇街", "Town", "left(coalesce(p.home_area, a.area_code), 9)", "area", of="home"),
    Bindable("home_village", "所在村居", "Village or community", "left(coalesce(p.home_area, a.area_code), 12)", "area",
             of="home"),
    Bindable("grid", "所在网格", "Grid", "CASE WHEN length(p.home_area) = 15 THEN p.home_area END", "area", of="home"),
    Bindable("home_road", "街路巷", "Road", "nullif(d.road, '')", of="home", joins=_HOME),
    Bindable("home_door", "门牌号", "Door number", "nullif(d.door, '')", of="home", joins=_HOME),
    Bindable("home_compound", "小区", "Compound", "c.name", of="home", joins=("home", "compound")),
    Bindable("home_building", "楼栋", "Building", "nullif(d.building, '')", of="home", joins=_HOME),
    Bindable("home_unit", "单元", "Unit", "nullif(d.unit, '')", of="home", joins=_HOME),
    Bindable("home_floor", "楼层", "Floor", "nullif(d.floor, '')", of="home", joins=_HOME),
    Bindable("home_room", "室", "Room", "nullif(d.room, '')", of="home", joins=_HOME),
    Bindable("home_kind", "住所类型", "Kind of dwelling", "p.home_kind", "code", "home_kind", of="home"),
    Bindable("home_since", "现住址起始日期", "At this home since",
             "(SELECT max(r.since) FROM registry_residence r WHERE r.person_id = p.id AND r.dwelling_id = p.dwelling_id "
             "AND r.until IS NULL)", "date", of="home"),
    # Whose home is not known is not said to live with others.
    Bindable("lives_alone", "是否独居", "Lives alone", "CASE WHEN p.dwelling_id IS NOT NULL THEN {lives_alone} END", "flag",
             of="home"),
    Bindable("guardian_name", "监护人姓名", "Name of guardian", "g.other_name", joins=_GUARDIAN),
    Bindable("guardian_kinship", "监护人与本人关系", "Kinship of guardian", "g.kinship", "code", "kinship", joins=_GUARDIAN),
    Bindable("guardian_phone", "监护人电话", "Phone of guardian", "g.phone", "phone", joins=_GUARDIAN),
    Bindable("tags", "人员标签", "Tags", "{tags}", permission=TAG_VIEW),
    Bindable("observed_on", "采集日期", "Date of collection", "m.observed_on", "date", of="name", joins=("record",)),
)  # fmt: skip

# A household's row tells of its head, so the head's name, number and phone are those of the person.
_HEADS = {"name": ("户主姓名", "Name of head"), "id_number": ("户主证件号码", "Identity number of head"),
          "phone": ("户主电话", "Phone of head")}  # fmt: skip
_HOUSEHOLDS: tuple[Bindable, ...] = tuple(
    replace(
        b,
        zh=_HEADS.get(b.name, (b.zh, ""))[0],
        en=_HEADS.get(b.name, ("", b.en))[1],
        sql={"name": "coalesce(p.name, h.head_name)", "household_size": "h.members"}.get(b.name, b.sql),
        joins=tuple(j for j in b.joins if j != "household"),
    )
    for b in _PERSON
    if b.name not in ("head_name", "relation_to_head")
)

_TYPED: dict[str, Render] = {"code": "code", "date": "date", "integer": "number", "phone": "phone"}
_RENTALS: tuple[Bindable, ...] = (
    _SERIAL,
    Bindable("rental_name", RENTAL.name_zh, RENTAL.name_en, "x.name", of="name"),
    *(Bindable(f.name, f.zh, f.en, f"x.{f.name}", _TYPED.get(f.form, "text"), f.code_list, of=f.name)
      for f in RENTAL.fields),
    Bindable("home_text", "地址", "Address", "coalesce(d.standard, x.address)", of="address", joins=_HOME),
    Bindable("home_town", "所在镇街", "Town", "left(x.area_code, 9)", "area"),
    Bindable("home_village", "所在村居", "Village or community", "left(x.area_code, 12)", "area"),
    Bindable("grid", "所在网格", "Grid", "CASE WHEN length(x.area_code) = 15 THEN x.area_code END", "area"),
    Bindable("home_compound", "小区", "Compound", "c.name", joins=("home", "compound")),
    Bindable("home_building", "楼栋", "Building", "nullif(d.building, '')", joins=_HOME),
    Bindable("home_unit", "单元", "Unit", "nullif(d.unit, '')", joins=_HOME),
    Bindable("home_room", "室", "Room", "nullif(d.room, '')", joins=_HOME),
    Bindable("residents", "实际居住人数", "People living there",
             "(SELECT count(DISTINCT r.person_id) FROM registry_residence r WHERE r.dwelling_id = x.dwelling_id "
             "AND r.until IS NULL)", "number"),
)  # fmt: skip


def _people_of(condition: str, distinct: str = "p.id") -> str:
    return f"count(DISTINCT {distinct}) FILTER (WHERE {condition})"


def _aged(low: int, high: int | None = None) -> str:
    upper = f" AND p.birth > (%(on)s::date - interval '{high + 1} years')" if high is not None else ""
    return f"p.birth <= (%(on)s::date - interval '{low} years'){upper}"


_FIGURES: tuple[tuple[str, str, str, str], ...] = (
    ("people", "总人口", "People", "true"),
    ("men", "男性人数", "Men", "p.sex = '1'"),
    ("women", "女性人数", "Women", "p.sex = '2'"),
    ("registered", "户籍人口", "Registered population", "p.population_kind = '01'"),
    ("floating", "流动人口", "Floating population", "p.population_kind = '02'"),
    ("foreign", "境外人员", "From abroad", "p.population_kind = '03'"),
    ("minorities", "少数民族人数", "Of ethnic minorities", "p.nation <> '01'"),
    ("party_members", "党员人数", "Party members", "p.political IN ('01', '02')"),
    ("aged_0_6", "0-6岁儿童数", "Children to 6", _aged(0, 6)),
    ("aged_0_13", "14岁以下儿童数", "Children under 14", _aged(0, 13)),
    ("aged_0_17", "18岁以下人数", "People under 18", _aged(0, 17)),
    ("aged_18_59", "18-59岁人数", "People from 18 to 59", _aged(18, 59)),
    ("aged_60", "60岁以上人数", "People of 60 and older", _aged(60)),
    ("aged_65", "65岁以上人数", "People of 65 and older", _aged(65)),
    ("aged_80", "80岁以上人数", "People of 80 and older", _aged(80)),
    ("aged_90", "90岁以上人数", "People of 90 and older", _aged(90)),
    ("aged_100", "百岁老人数", "People of 100 and older", _aged(100)),
    ("left_behind_elders", "留守老人数", "Elders left behind", "p.left_behind_kind = '01'"),
    ("left_behind_women", "留守妇女数", "Women left behind", "p.left_behind_kind = '02'"),
    ("left_behind_children", "留守儿童数", "Children left behind", "p.left_behind_kind = '03'"),
    ("tenants", "租住人数", "People in rented homes", f"p.home_kind = '{RENTED}'"),
    ("alone", "独居人数", "Living alone", "{lives_alone}"),
)
_AREAS: tuple[Bindable, ...] = (
    _SERIAL,
    Bindable("home_town", "所在镇街", "Town", "left(v.code, 9)", "area"),
    Bindable("home_village", "村居名称", "Village or community", "v.code", "area"),
    Bindable("area_code", "区划代码", "Area code", "v.code"),
    Bindable("grids", "网格数", "Grids", "(SELECT count(*) FROM places_grid g WHERE g.village_code = v.code AND g.valid_to IS NULL)",
             "number"),
    Bindable("households", "户数", "Households", _people_of("p.household_id IS NOT NULL", "p.household_id"), "number"),
    *(Bindable(name, zh, en, _people_of(condition), "number") for name, zh, en, condition in _FIGURES),
)  # fmt: skip
BY_SUBJECT: dict[str, tuple[Bindable, ...]] = {
    PEOPLE: _PERSON,
    HOUSEHOLDS: _HOUSEHOLDS,
    RENTALS: _RENTALS,
    AREAS: _AREAS,
}
#: bound as `tag:CODE`: whether a person has a tag
TAGGED = "tag:"
#: bound as `custom:ID`: what a custom field holds
CUSTOM = "custom:"


def bindable(subject: str, name: str) -> Bindable | None:
    """What a name stands for, or None. `tag:CODE` asks of people whether they have a tag."""
    if name.startswith(TAGGED) and subject in (PEOPLE, HOUSEHOLDS):
        code = name.removeprefix(TAGGED)
        if code.isidentifier() and code.isascii():
            return Bindable(name, f"标签：{code}", f"Tag: {code}", f"{{{name}}}", "flag", permission=TAG_VIEW)
        return None
    return next((b for b in BY_SUBJECT[subject] if b.name == name), None)
