"""The fields of a person, declared once: label, standard, code list, and how survivorship treats them.

A *group* survives as a whole (an identity number without its kind would be nonsense), decided by its leading columns.
Of sources that count alike a value that says something comes before a doubtful one: "unknown", an address nobody could
read, a character of a private font.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "date", "identifier", "address"]


@dataclass(frozen=True, slots=True)
class Field:
    """A fact about a person as users and departments know it."""

    name: str
    zh: str
    en: str
    kind: Kind = "text"
    code_list: str | None = None
    standard: str = "GB/T 31000-2015"
    columns: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    editable: bool = True
    doubt: str = ""  # SQL over the record `r`: that the value it states is doubtful

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns that survive together with this field."""
        return self.columns or (self.name,)

    @property
    def leading(self) -> tuple[str, ...]:
        """The columns one of which must be filled for a record to state this field at all."""
        return self.leads or self.stored[:1]


FIELDS: tuple[Field, ...] = (
    Field("name", "姓名", "Name", columns=("name", "name_key"), doubt="r.name ~ U&'[\\E000-\\F8FF]'"),
    Field("former_name", "曾用名", "Former name"),
    Field("sex", "性别", "Sex", "code", "sex", "GB/T 2261.1", doubt="r.sex IN ('0', '9')"),
    # Nobody is known to have lived for 125 years.
    Field(
        "birth",
        "出生日期",
        "Date of birth",
        "date",
        doubt="r.birth NOT BETWEEN r.observed_on - 45656 AND r.observed_on",
    ),
    Field("nation", "民族", "Ethnic group", "code", "nation", "GB/T 3304"),
    Field(
        "id_number",
        "证件号码",
        "Identity number",
        "identifier",
        standard="GB 11643",
        columns=("id_hash", "id_kind", "id_number", "id_tail4", "id_tail6"),
    ),
    Field(
        "phone",
        "联系电话",
        "Phone",
        "identifier",
        columns=("phone_hash", "phone", "phone_tail4"),
    ),
    Field("native_place", "籍贯", "Native place"),
    Field("marital", "婚姻状况", "Marital status", "code", "marital", "GB/T 2261.2", doubt="r.marital = '90'"),
    Field("education", "学历", "Education", "code", "education", "GB/T 4658"),
    Field("political", "政治面貌", "Political affiliation", "code", "political", "GB/T 4762"),
    Field("occupation", "职业", "Occupation"),
    Field("workplace", "服务处所", "Workplace"),
    Field("nationality", "国籍", "Nationality", "code", "nationality", "GB/T 2659"),
    Field("population_kind", "人口类型", "Kind of population", "code", "population_kind"),
    Field("register_consistent", "人户一致标识", "Lives where registered", "code", "register_consistent"),
    Field("inflow_reason", "流入原因", "Reason of inflow", "code", "inflow_reason"),
    Field("permit_kind", "办证类型", "Residence permit", "code", "permit_kind"),
    Field("left_behind_kind", "留守人员类型", "Left behind", "code", "left_behind_kind"),
    Field(
        "register_address",
        "户籍地址",
        "Registered address",
        "address",
        columns=("register_address", "register_area"),
        leads=("register_address", "register_area"),
    ),
    Field(
        "household",
        "户",
        "Household",
        columns=("household_id", "relation_to_head"),
        editable=False,
    ),
    Field(
        "home",
        "现住址",
        "Home",
        "address",
        columns=("home_area", "dwelling_id", "home_text", "home_kind"),
        doubt="r.dwelling_id IS NULL",
    ),
)
BY_NAME: dict[str, Field] = {field.name: field for field in FIELDS}
STORED: tuple[str, ...] = tuple(column for field in FIELDS for column in field.stored)
