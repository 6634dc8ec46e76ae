"""The indicators of quality, defined once: what is counted of what, in words and in SQL, with version and basis.

The six dimensions are those of GB/T 36344-2018 (规范性 validity, 完整性 completeness, 准确性 accuracy, 一致性 consistency,
时效性 timeliness, 可访问性 accessibility) as far as columns can tell: uniqueness is told apart from accuracy, whose rest
only a visit can find; linkage of people and homes (人房关联) stands where accessibility would, which no record has. Title
and dates of the standard are verified; which indicator belongs where, and every numerator and denominator, is ours
(inferred), except where a law gives the bound.

A condition is written over `{x}`: the golden person (`p`), what one source states of the person (`r`, its latest statement
in sight), or the facets of the person (`f`), which figures of many people are counted by; `facet_fails` and `facet_among` say
it in their words where they differ. `a` is the row that lists the person, `s` what all statements in sight say together, `d` a
home. A changed condition is a new `version`: trends do not run across it. Facets hold the answers of some (`facets.writing`):
where such a condition changes, a migration computes them anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from linli.kernel.errors import Text
from linli.registry.codes import MANUAL

from .rules import HALF_YEAR_DAYS, RECENT_DAYS

Dimension = Literal["completeness", "validity", "uniqueness", "consistency", "timeliness", "linkage"]
PersonIndicator = Literal[
    "id", "phone", "birth", "sex", "nation", "population_kind", "name_form", "birth_range", "alone", "marital_age",
    "register_home", "sources_agree", "recent", "recent_half", "home", "relation",
]  # fmt: skip
HomeIndicator = Literal["home_people", "home_grid"]
IndicatorCode = PersonIndicator | HomeIndicator

DIMENSIONS: dict[Dimension, Text] = {
    "completeness": Text("完整性", "Completeness"),
    "validity": Text("规范性", "Validity"),
    "uniqueness": Text("唯一性", "Uniqueness"),
    "consistency": Text("一致性", "Consistency"),
    "timeliness": Text("时效性", "Timeliness"),
    "linkage": Text("人房关联", "People and homes"),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share of records in order. `label` names it, `failing` (numerator) and `of` (denominator) say what is counted.

    `among` and `fails` are the same in SQL. `source_fails` is what fails of one source's statements; None where one source
    cannot tell. `statements`: the condition asks `s` (of facets, where they do not tell: `{seen}` and `{disputed}`).
    """

    code: IndicatorCode
    dimension: Dimension
    label: Text
    failing: Text
    of: Text
    fails: str
    among: str = "true"
    source_fails: str | None = ""
    source_among: str = ""
    statements: bool = False
    facet_fails: str = ""
    facet_among: str = ""
    basis: Text = field(kw_only=True)
    certainty: Literal["official", "inferred"] = "inferred"
    version: int = 1

    @property
    def subject(self) -> Literal["person", "home"]:
        """What is counted."""
        return "home" if self.code in get_args(HomeIndicator) else "person"

    @property
    def by_source(self) -> bool:
        """Whether it can be asked of one source."""
        return self.source_fails is not None

    @property
    def path(self) -> str:
        """The list of the records that fail."""
        return f"/{'homes' if self.subject == 'home' else 'people'}?quality={self.code}"

    def conditions(self, source: bool = False) -> tuple[str, str]:
        """What is counted, and what of it fails, in SQL; of one source's statements where `source`."""
        if source and self.source_fails is None:
            return "false", "false"
        fails = self.source_fails if source and self.source_fails else self.fails
        among = self.source_among if source and self.source_among else self.among
        x = "r" if source else "p"
        return among.replace("{x}", x), fails.replace("{x}", x)

    def of_facets(self) -> tuple[str, str]:
        """The same of golden records, in SQL over facets."""
        among, fails = self.facet_among or self.among, self.facet_fails or self.fails
        return among.replace("{x}", "f"), fails.replace("{x}", "f")


def _standard(clause: str, clause_en: str) -> Text:
    return Text(f"GB/T 36344-2018 {clause}", f"GB/T 36344-2018, {clause_en}")


#: Smart communities of Shandong (智慧社区建设指标): that it is asked for is told by the indicator's name, its formula was not seen.
LADDER = Text(
    "山东省智慧社区建设指标“数据资源”，算法为推断",
    "Shandong's indicators of smart communities, data; the formula is inferred",
)
_COMPLETE = _standard("完整性", "completeness")
_VALID = _standard("规范性", "validity")
_CONSISTENT = _standard("一致性", "consistency")
_EVERYBODY = Text("辖区内全部人员", "everybody listed in the area")
_WITH_BIRTH = Text("有出生日期的人员", "people with a date of birth")
# Digits, marks and 自造字 (private use); what stands for a name that is not told.
NO_NAME = (
    "({x}.name ~ '[0-9０-９*＊?？#@_/<>=+|~^&$!！、，。；：（）()]' OR {x}.name ~ '[\ue000-\uf8ff]' "
    "OR char_length({x}.name) < 2 OR right({x}.name, 1) = '某')"
)
_MARRIED_EARLY = (
    "{x}.marital <> '10' AND {x}.birth > %(q_today)s::date - "
    "CASE WHEN {x}.sex = '1' THEN interval '22 years' ELSE interval '20 years' END"
)
BOTH_VILLAGES = (
    "{x}.register_consistent IN ('01', '02') AND length({x}.register_area) >= 12 AND length({x}.home_area) >= 12"
)
OTHER_VILLAGE = "({x}.register_consistent = '01') <> (left({x}.register_area, 12) = left({x}.home_area, 12))"
_SEXES = "r.sex IN ('1', '2') AND p.sex IN ('1', '2') AND r.sex <> p.sex"
NAMESAKE = (
    "EXISTS (SELECT FROM registry_person_area o JOIN registry_person q ON q.id = o.person_id "
    "WHERE o.area_code = a.area_code AND o.name_key = a.name_key AND o.person_id <> a.person_id AND q.birth = p.birth "
    "AND (q.id_number IS NULL OR p.id_number IS NULL))"
)
_NOBODY_THERE = "(SELECT true FROM registry_residence r WHERE r.dwelling_id = d.id AND r.until IS NULL LIMIT 1) IS NULL"

SAID = f"""
max(r.observed_on) AS seen, min(r.birth) AS birth_from, max(r.birth) AS birth_to,
min(r.sex) FILTER (WHERE r.sex IN ('1', '2')) AS sex_from, max(r.sex) FILTER (WHERE r.sex IN ('1', '2')) AS sex_to,
bool_or(r.source_code = '{MANUAL}' AND r.birth IS NOT NULL) AS birth_by_hand,
bool_or(r.source_code = '{MANUAL}' AND r.sex IS NOT NULL) AS sex_by_hand
"""
CURRENT = "r.superseded_by IS NULL AND r.state = 'linked' AND {sight}"
# That one of them contradicts the golden record where nobody has decided by hand.
DISPUTED = (
    "(NOT s.birth_by_hand AND (s.birth_from <> {x}.birth OR s.birth_to <> {x}.birth) "
    "OR NOT s.sex_by_hand AND {x}.sex IN ('1', '2') AND (s.sex_from <> {x}.sex OR s.sex_to <> {x}.sex))"
)

#: What all current statements about a person (`{whose}`) say together (`s`), as far as they lie in sight (`{sight}`).
STATEMENTS = f"""
LEFT JOIN LATERAL (
    SELECT {SAID} FROM registry_source_record r WHERE r.person_id = {{whose}} AND {CURRENT}
) s ON true
"""
#: Who has a namesake (`NAMESAKE`), of facets: the names and birthdays that come again in one of the `{areas}`.
TWINS = """
LEFT JOIN (
    SELECT o.alike FROM registry_person_facet o WHERE {areas} AND o.alike IS NOT NULL
    GROUP BY 1 HAVING count(*) > 1 AND NOT bool_and(o.has_id)
) twins ON twins.alike = f.alike
"""
HAS_TWIN = "twins.alike IS NOT NULL"
_STATED = (
    "source_code", "observed_on", "name", "birth", "sex", "nation", "population_kind", "id_number", "phone", "dwelling_id",
    "marital", "register_consistent", "register_area", "home_area",
)  # fmt: skip
#: The latest current statement of each source about a person, or (`{which}`) of one: one look for each person of a list or a
#: small area, or all at once for a wide one.
SOURCES = f"""
JOIN LATERAL (
    SELECT DISTINCT ON (r.source_code) {", ".join(f"r.{column}" for column in _STATED)}
    FROM registry_source_record r WHERE r.person_id = p.id AND {CURRENT}{{which}}
    ORDER BY r.source_code, r.observed_on DESC, r.id DESC
) r ON true
"""
SOURCES_OF_ALL = f"""
JOIN (
    SELECT DISTINCT ON (r.person_id, r.source_code) r.person_id, {", ".join(f"r.{column}" for column in _STATED)}
    FROM registry_source_record r WHERE {CURRENT}{{which}}
    ORDER BY r.person_id, r.source_code, r.observed_on DESC, r.id DESC
) r ON r.person_id = p.id
"""


def _recent(code: PersonIndicator, label: Text, days: int, basis: Text) -> Indicator:
    return Indicator(
        code, "timeliness", label,
        Text(f"最近一次有变化的采集已超过 {days} 天", f"the last statement that said something new is older than {days} days"),
        Text("来源可见的人员", "people about whom statements are in sight"), f"s.seen < %(q_today)s::date - {days}",
        "s.seen IS NOT NULL", f"r.observed_on < %(q_today)s::date - {days}", "true", statements=True,
        facet_fails=f"{{seen}} < %(q_today)s::date - {days}", facet_among="{seen} IS NOT NULL", basis=basis,
    )  # fmt: skip


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "id", "completeness", Text("证件号码", "Document number"),
        Text("没有证件号码", "no document number"), _EVERYBODY, "{x}.id_number IS NULL",
        facet_fails="NOT f.has_id", basis=_COMPLETE,
    ),
    Indicator(
        "phone", "completeness", Text("联系电话", "Phone"),
        Text("没有联系电话", "no phone"), _EVERYBODY, "{x}.phone IS NULL",
        facet_fails="NOT f.has_phone", basis=_COMPLETE,
    ),
    Indicator(
        "birth", "completeness", Text("出生日期", "Date of birth"),
        Text("没有出生日期", "no date of birth"), _EVERYBODY, "{x}.birth IS NULL", basis=_COMPLETE,
    ),
    Indicator(
        "sex", "completeness", Text("性别", "Sex"),
        Text("没有性别，或未知、未说明", "no sex, or unknown or not stated"), _EVERYBODY,
        "({x}.sex IS NULL OR {x}.sex IN ('0', '9'))", basis=_COMPLETE,
    ),
    Indicator(
        "nation", "completeness", Text("民族", "Ethnic group"),
        Text("没有民族", "no ethnic group"), _EVERYBODY, "{x}.nation IS NULL", basis=_COMPLETE,
    ),
    Indicator(
        "population_kind", "completeness", Text("人口类型", "Kind of population"),
        Text("没有人口类型", "no kind of population"), _EVERYBODY, "{x}.population_kind IS NULL", basis=_COMPLETE,
    ),
    Indicator(
        "name_form", "validity", Text("姓名书写", "Form of the name"),
        Text("姓名含数字、符号或自造字，只有一个字，或以“某”代替",
             "a name with digits, marks or private characters, of one character, or with 某 in its place"),
        Text("有姓名的人员", "people with a name"), NO_NAME, "{x}.name IS NOT NULL",
        facet_fails="f.name_odd", facet_among="true", basis=_VALID,
    ),
    Indicator(
        "birth_range", "validity", Text("出生日期合理", "Possible date of birth"),
        Text("出生日期晚于今天，或年龄超过 120 岁", "born after today, or older than 120"), _WITH_BIRTH,
        "({x}.birth > %(q_today)s::date OR {x}.birth <= %(q_today)s::date - interval '121 years')",
        "{x}.birth IS NOT NULL", basis=_VALID,
    ),
    Indicator(
        "alone", "uniqueness", Text("没有疑似重复", "No likely double"),
        Text("同一网格（或只知村居的）另有同名同生日的人，且至少一方没有证件号码",
             "somebody else of the same name and birthday in the same grid (or village, where no grid is known), one of them "
             "without a document number"),
        _WITH_BIRTH, NAMESAKE, "{x}.birth IS NOT NULL", source_fails=None, facet_fails=HAS_TWIN,
        basis=_standard("准确性（数据唯一性）", "accuracy (uniqueness)"),
    ),
    Indicator(
        "marital_age", "consistency", Text("婚姻与年龄", "Marriage and age"),
        Text("已婚、丧偶或离婚，但男不满 22 周岁、女不满 20 周岁",
             "married, widowed or divorced, though a man under 22 or a woman under 20"),
        Text("有婚姻状况和出生日期的人员", "people with marital status and date of birth"), _MARRIED_EARLY,
        "({x}.marital <> '90' AND {x}.birth IS NOT NULL)",
        basis=Text("民法典 第一千零四十七条（法定婚龄）", "Civil Code, article 1047 (age of marriage)"), certainty="official",
    ),
    Indicator(
        "register_home", "consistency", Text("人户一致标识", "“Lives where registered”"),
        Text("标识与户籍地、现住地的村居不符", "what is said of it differs from the villages of register and home"),
        Text("有标识、户籍地和现住地到村居的人员", "people with that, and with register and home known to the village"),
        OTHER_VILLAGE, BOTH_VILLAGES, facet_fails="f.register_odd", facet_among="f.register_odd IS NOT NULL",
        basis=_CONSISTENT,
    ),
    Indicator(
        "sources_agree", "consistency", Text("来源之间一致", "Sources agree"),
        Text("有来源的出生日期或性别与现用值不同，且未经人工更正",
             "a source states another birthday or sex than the record, and nobody has decided by hand"),
        Text("有出生日期或性别的人员", "people with a birthday or sex"), DISPUTED,
        "(p.birth IS NOT NULL OR p.sex IN ('1', '2'))", f"(r.birth <> p.birth OR {_SEXES})",
        "(r.birth IS NOT NULL OR r.sex IN ('1', '2'))", statements=True,
        facet_fails="{disputed}", facet_among="(f.birth IS NOT NULL OR f.sex IN ('1', '2'))", basis=_CONSISTENT,
    ),
    _recent("recent", Text("一年内采集", "Stated within a year"), RECENT_DAYS, _standard("时效性", "timeliness")),
    _recent("recent_half", Text("半年内采集", "Stated within half a year"), HALF_YEAR_DAYS, LADDER),
    Indicator(
        "home", "linkage", Text("人有标准住址", "People with a home"),
        Text("没有关联到房屋", "not linked to a home"), _EVERYBODY, "{x}.dwelling_id IS NULL", facet_fails="NOT f.has_home",
        basis=Text("GB/T 31000-2015 实有人口、实有房屋", "GB/T 31000-2015, people and homes"),
    ),
    Indicator(
        "relation", "linkage", Text("与户主关系", "Relation to the head"),
        Text("已归户但没有与户主关系", "in a household, without a relation to its head"),
        Text("已归户的人员", "people in a household"), "{x}.relation_to_head IS NULL", "{x}.household_id IS NOT NULL",
        source_fails=None, facet_among="f.household_size > 0",
        basis=Text("GB/T 31000-2015 实有人口", "GB/T 31000-2015, people"),
    ),
    Indicator(
        "home_people", "linkage", Text("房有居住人", "Homes with people"),
        Text("登记为自住或出租，但没有登记居住人", "stated as lived in or let, and nobody is known to live there"),
        Text("登记为自住或出租的房屋", "homes stated as lived in or let"), _NOBODY_THERE, "d.state IN ('occupied', 'rented')",
        source_fails=None, basis=Text("GB/T 31000-2015 实有房屋", "GB/T 31000-2015, homes"),
    ),
    Indicator(
        "home_grid", "linkage", Text("房屋落到网格", "Homes placed in a grid"),
        Text("只知道村居，未落到网格", "known to the village only"), Text("辖区内全部房屋", "all homes of the area"),
        "length(d.area_code) < 15", source_fails=None,
        basis=Text("GB/T 31000-2015 实有房屋", "GB/T 31000-2015, homes"),
    ),
)  # fmt: skip
BY_CODE: dict[str, Indicator] = {indicator.code: indicator for indicator in INDICATORS}
OF_PEOPLE = tuple(i for i in INDICATORS if i.subject == "person")
OF_HOMES = tuple(i for i in INDICATORS if i.subject == "home")
