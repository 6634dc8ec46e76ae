"""Decisions about relations and tags as pure functions: whose data needs a guardian, and which tags are refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from linli.kernel.errors import FieldProblem, Text

RelationKind = Literal["kin", "guardian", "carer", "contact"]
RELATION_KINDS: tuple[RelationKind, ...] = get_args(RelationKind)
#: under this age all data are sensitive and need a guardian's consent (个人信息保护法 第二十八条、第三十一条)
CHILD_AGE, GUARDIAN_AGE = 14, 18
MOST_KINDS, MOST_MONTHS, SHORTEST_BASIS = 60, 36, 6
#: what a tag may not be about, each with the words that tell it. The law's list is in 个人信息保护法 第二十八条; which words
#: tell it, and petitioning (信访) beside it, are our own choice (inferred)
REFUSED: tuple[tuple[str, Text, tuple[str, ...]], ...] = (
    (
        "crime", Text("违法犯罪记录", "criminal records"),
        ("犯罪", "罪犯", "前科", "刑满", "刑释", "服刑", "矫正", "吸毒", "涉毒", "戒毒", "嫌疑", "违法", "黑恶", "帮教", "劳教",
         "crime", "criminal", "convict", "offender", "probation", "drug"),
    ),
    (
        "health", Text("疾病与健康信息", "illness and health"),
        ("艾滋", "hiv", "aids", "精神", "病", "患", "残疾", "残障", "传染", "癌", "肿瘤", "孕", "健康", "医疗", "失能", "失智",
         "illness", "disease", "patient", "disab", "mental", "health", "pregnan"),
    ),
    (
        "belief", Text("宗教信仰", "religious belief"),
        ("宗教", "信仰", "教徒", "信徒", "邪教", "基督", "伊斯兰", "佛教", "道教", "天主", "relig", "belief", "faith"),
    ),
    (
        "petition", Text("信访与维稳", "petitioning"),
        ("信访", "上访", "访民", "缠访", "闹访", "维稳", "稳控", "涉稳", "不稳定", "重点人", "重点管控", "petition"),
    ),
    ("finance", Text("征信与金融账户", "credit and accounts"), ("失信", "征信", "老赖", "账户", "银行", "debt", "credit record")),
    ("biometric", Text("生物识别与行踪", "biometrics and whereabouts"),
     ("人脸", "指纹", "虹膜", "基因", "行踪", "轨迹", "biometric", "facial", "fingerprint", "whereabouts")),
    ("origin", Text("民族、性取向等特定身份", "ethnic origin, sexual orientation"),
     ("少数民族", "维族", "藏族", "回族", "同性恋", "性取向", "跨性别", "ethnic", "gay", "lesbian", "sexual")),
)  # fmt: skip

_REQUIRED = Text("不能为空。", "This cannot be empty.")
_LONG = Text("内容过长。", "Too long.")
_CODE = Text("请从列表中选择。", "Please choose from the list.")
_AHEAD = Text("日期应不晚于今天。", "The day cannot lie ahead.")
_SELF = Text("不能是本人。", "This cannot be the person itself.")
_YOUNG = Text("监护人应为成年人。", "A guardian is of age.")
_ADULT = Text("成年人一般没有监护人；请选“照护人”。", "This person is of age: choose “carer”.")
_CONSENT = Text("写明同意日期时，请选择同意方式；反之亦然。", "The day and the form of consent go together.")
_ONLY_GUARDIAN = Text("只有监护人才登记同意。", "Consent is recorded of guardians only.")
_BASIS = Text(
    "请写明法律依据（至少 6 个字，如法规名称和条款）。",
    "Name the legal basis (at least 6 characters: law and article).",
)
_MONTHS = Text("有效期应为 1 至 36 个月。", "From 1 to 36 months.")
_SENSITIVE = Text(
    "不得以标签登记{what}：这类信息属于敏感信息，由主管部门保管，不进入社区底座。",
    "No tag may tell of {what_en}: such data stay with the departments in charge and out of this base.",
)
_CODE_FORM = Text(
    "代码应为小写字母开头的字母、数字或下划线。", "Lower-case letters, digits and underscores, beginning with a letter."
)


@dataclass(frozen=True, slots=True)
class NewRelation:
    """A relation as somebody states it. `other_birth` is known where the other one is a person of the base."""

    kind: str
    kinship: str | None
    other_name: str
    phone: str | None = None
    consent_on: date | None = None
    consent_form: str | None = None
    other_birth: date | None = None


def age_on(birth: date, day: date) -> int:
    """Full years of life on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def is_child(birth: date | None, today: date) -> bool:
    """Whether somebody is under 14: their data are sensitive and need a guardian."""
    return birth is not None and age_on(birth, today) < CHILD_AGE


def check_relation(
    new: NewRelation, birth: date | None, kinships: frozenset[str], forms: frozenset[str], today: date, phone_ok: bool
) -> tuple[FieldProblem, ...]:
    """What is wrong with a relation of somebody born on `birth`; `phone_ok`: the phone, where given, is one."""
    problems = []
    if new.kind not in RELATION_KINDS:
        problems.append(FieldProblem("kind", "code", _CODE))
    if not new.other_name.strip():
        problems.append(FieldProblem("other_name", "required", _REQUIRED))
    elif len(new.other_name) > 50:
        problems.append(FieldProblem("other_name", "long", _LONG))
    if new.kinship and new.kinship not in kinships:
        problems.append(FieldProblem("kinship", "code", _CODE))
    elif new.kind == "kin" and not new.kinship:
        problems.append(FieldProblem("kinship", "required", _REQUIRED))
    if new.phone and not phone_ok:
        problems.append(FieldProblem("phone", "phone", Text("电话号码格式不正确。", "This is not a phone number.")))
    if new.kind == "guardian":
        problems += _guardian(new, birth, forms, today)
    elif new.consent_on or new.consent_form:
        problems.append(FieldProblem("consent_on", "guardian", _ONLY_GUARDIAN))
    return tuple(problems)


def _guardian(new: NewRelation, birth: date | None, forms: frozenset[str], today: date) -> list[FieldProblem]:
    problems = []
    if birth is not None and age_on(birth, today) >= GUARDIAN_AGE:
        problems.append(FieldProblem("kind", "adult", _ADULT))
    if new.other_birth is not None and age_on(new.other_birth, today) < GUARDIAN_AGE:
        problems.append(FieldProblem("other_name", "young", _YOUNG))
    if new.consent_form and new.consent_form not in forms:
        problems.append(FieldProblem("consent_form", "code", _CODE))
    if bool(new.consent_on) != bool(new.consent_form):
        problems.append(FieldProblem("consent_form" if new.consent_on else "consent_on", "consent", _CONSENT))
    if new.consent_on and new.consent_on > today:
        problems.append(FieldProblem("consent_on", "ahead", _AHEAD))
    return problems


def check_self(person: object, other: object) -> tuple[FieldProblem, ...]:
    """Nobody is a relation of their own."""
    return (FieldProblem("other_id", "self", _SELF),) if other is not None and person == other else ()


def refused_for(*texts: str) -> Text | None:
    """What a kind of tag is about that no tag may tell, read from its names; None where nothing is found.

    Chinese words count anywhere, English ones where a word begins with them.
    """
    for _, what, words in REFUSED:
        if any(word_found(word, text) for word in words for text in texts):
            return what
    return None


def word_found(word: str, text: str) -> bool:
    """Whether a text has a word: a Chinese one anywhere, an English one where a word begins with it."""
    spaced = re.sub(r"[\W_]+", " ", text.lower())
    if word.isascii():
        return re.search(rf"\b{word}", spaced) is not None
    return word in spaced.replace(" ", "")


def check_tag_kind(
    code: str, name_zh: str, name_en: str, source: str, basis: str, months: int, sources: frozenset[str]
) -> tuple[FieldProblem, ...]:
    """What is wrong with an entry of the catalogue; sensitive kinds are among it."""
    problems = []
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,40}", code):
        problems.append(FieldProblem("code", "form", _CODE_FORM))
    for field, name in (("name_zh", name_zh), ("name_en", name_en)):
        if not name.strip():
            problems.append(FieldProblem(field, "required", _REQUIRED))
        elif len(name) > 40:
            problems.append(FieldProblem(field, "long", _LONG))
        elif what := refused_for(name):
            problems.append(FieldProblem(field, "sensitive", _SENSITIVE, {"what": what.zh, "what_en": what.en}))
    if (what := refused_for(code)) is not None:
        problems.append(FieldProblem("code", "sensitive", _SENSITIVE, {"what": what.zh, "what_en": what.en}))
    if source not in sources:
        problems.append(FieldProblem("source_code", "code", _CODE))
    if len(basis.strip()) < SHORTEST_BASIS:
        problems.append(FieldProblem("legal_basis", "required", _BASIS))
    if not 1 <= months <= MOST_MONTHS:
        problems.append(FieldProblem("months", "range", _MONTHS))
    return tuple(problems)


def lapses_on(given_on: date, months: int) -> date:
    """The first day on which a tag given on a day is no more, so many months later (or the last day of that month)."""
    serial = given_on.year * 12 + given_on.month - 1 + months
    for day in range(given_on.day, 27, -1):
        try:
            return date(serial // 12, serial % 12 + 1, day)
        except ValueError:
            continue
    return date(serial // 12, serial % 12 + 1, min(given_on.day, 28))
