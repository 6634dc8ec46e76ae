"""Statements about tiers as a table brings them: read row by row, with all that is wrong, and which contradict each other. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from linli.kernel.errors import Text

Severity = Literal["error", "warning"]
#: What tables say, and what is kept.
SCOPE_WORDS = {"社区": "community", "区": "district", "区县": "district", "市": "city", "community": "community", "district": "district",
               "city": "city"}  # fmt: skip
TIER_WORDS = {word: tier for tier, name in (("basic", "基础型"), ("growing", "成长型"), ("model", "标杆型"))
              for word in (tier, name, name.removesuffix("型"))}  # fmt: skip
_TIER_NAMES = {
    "": ("各类", "all tiers"),
    "basic": ("基础型", "basic"),
    "growing": ("成长型", "growing"),
    "model": ("标杆型", "model"),
}
OUTCOME_WORDS = {
    "创建成功": "reached", "入选": "reached", "已认定": "reached", "未达标准": "missed", "未达到": "missed", "未通过": "missed",
    "通过复核": "rechecked",
    "已失效": "lapsed", "取消等级": "lapsed", "lapsed": "lapsed", "reached": "reached", "missed": "missed", "rechecked": "rechecked",
}  # fmt: skip
CERTAINTY_WORDS = {"官方文件": "official", "官方": "official", "文中所述": "stated", "他人所述": "stated", "演示数据": "synthetic",
                   "演示": "synthetic",
                   "official": "official", "stated": "stated", "synthetic": "synthetic"}  # fmt: skip
#: Field, heading, whether it has to be there, the longest text.
COLUMNS: tuple[tuple[str, str, bool, int], ...] = (
    ("scope", "范围", True, 10), ("area_code", "区划代码", False, 12), ("about", "名称", False, 60), ("tier", "创建类型", False, 10),
    ("outcome", "结果", True, 10), ("count", "数量", False, 10), ("year", "年度", True, 10), ("until_year", "截止年度", False, 10),
    ("authority", "发布机关", True, 100), ("said_on", "发布日期", True, 20), ("source", "来源文件", True, 300), ("certainty", "可靠程度", True, 10),
    ("note", "备注", False, 500),
)  # fmt: skip
FIRST_YEAR, MOST_COUNT = 2010, 100_000
_CHOICES = {"scope": ("社区、区、市", SCOPE_WORDS), "outcome": ("创建成功、未达标准、通过复核、已失效", OUTCOME_WORDS),
            "certainty": ("官方文件、文中所述、演示数据", CERTAINTY_WORDS), "tier": ("基础型、成长型、标杆型", TIER_WORDS)}  # fmt: skip

FINDINGS: dict[str, Text] = {
    "form": Text("文件不是 Excel 工作簿（.xlsx）或已损坏，请用模板另存为 .xlsx 后再导入。",
                 "The file is no Excel workbook (.xlsx), or is damaged: save it from the form as .xlsx and bring it again."),
    "large": Text("文件展开后超过 {most} MB，请删去图片和空行，或分开导入。",
                  "The file unfolds to more than {most} MB: take out pictures and empty rows, or bring it in parts."),
    "empty": Text("表中没有数据行。", "There are no rows in the table."),
    "many": Text("超过 {most} 行，请分开导入。", "There are more than {most} rows: bring them in parts."),
    "no_column": Text("缺少“{found}”一栏。", "The column “{found}” is missing."),
    "unknown_column": Text("不认识的栏目“{found}”。", "Unknown column “{found}”."),
    "missing": Text("缺少“{field}”。", "“{field}” is missing."),
    "long": Text("“{field}”超过 {most} 个字。", "“{field}” is longer than {most} characters."),
    "choice": Text("“{field}”应为{wanted}，文件中是“{found}”。", "“{field}” has to be one of {wanted}; the file has “{found}”."),
    "year": Text("“{field}”应为 {first} 至 {last} 的年份，文件中是“{found}”。",
                 "“{field}” has to be a year from {first} to {last}; the file has “{found}”."),
    "years": Text("截止年度 {found} 早于年度。", "The last year {found} comes before the first."),
    "number": Text("“数量”应为 0 以上的整数，文件中是“{found}”。", "The number has to be whole and 0 or more; the file has “{found}”."),
    "number_missing": Text("区、市一级的说法要有“数量”。", "What is said of a district or city needs its number."),
    "number_of_one": Text("单个社区的说法不填“数量”。", "What is said of one community has no number."),
    "tier_missing": Text("单个社区的说法要有“创建类型”。", "What is said of one community needs its tier."),
    "date": Text("“发布日期”应为日期，如 2024-07-31，文件中是“{found}”。", "The date has to be a day such as 2024-07-31; the file has “{found}”."),
    "future": Text("发布日期 {found} 晚于今天。", "The date {found} lies in the future."),
    "area": Text("本区没有区划代码为“{found}”的社区。", "There is no community “{found}” in this district."),
    "name": Text("本区没有名为“{found}”的社区，请填区划代码。", "There is no community of the name “{found}” here: give its code."),
    "names": Text("“{found}”在本区不止一个，请填区划代码。", "There are several “{found}” here: give the code."),
    "which": Text("社区要有区划代码或名称。", "A community needs its code or its name."),
    "name_missing": Text("区、市要有名称。", "A district or city needs its name."),
    "name_differs": Text("代码 {found} 是{known}，表中名称是“{said}”。", "The code {found} is {known}; the table says “{said}”."),
    "twice": Text("与第 {row} 行相同，只导入一次。", "The same as row {row}: taken once."),
    "known": Text("已在册，不再导入。", "Known already: not taken again."),
    "contradicts": Text("与“{other}”不一致，两者都保留。", "Contradicts “{other_en}”: both are kept."),
}  # fmt: skip
WARNINGS = frozenset({"twice", "known", "contradicts", "name_differs"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a row (`where`), or worth a look."""

    where: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return "warning" if self.code in WARNINGS else "error"

    @property
    def text(self) -> Text:
        return FINDINGS[self.code]

    def say(self, language: str) -> str:
        return self.text.say(language, self.params)


def finding(where: str, code: str, **params: Any) -> Finding:
    return Finding(where, code, {name: str(value)[:80] for name, value in params.items()})


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text says of tiers that were reached; fields as in `Recognition`. `row`: where it stands in the table."""

    scope: str
    area_code: str
    about: str
    tier: str
    outcome: str
    count: int | None
    year: int
    until_year: int | None
    authority: str
    said_on: date | None
    source: str
    certainty: str
    note: str = ""
    row: int = 0

    @property
    def same(self) -> tuple[Any, ...]:
        """What makes two of them one: everything but how sure it is, and remarks. Of a community its code says who it is."""
        name = "" if self.scope == "community" else self.about
        return (self.scope, self.area_code, name, self.tier, self.outcome, self.count, self.year, self.until_year, self.authority,
                self.said_on, self.source)  # fmt: skip

    @property
    def key(self) -> str:
        """Under which it is kept: the same statement has the same, whoever brings it and whenever."""
        return "import-" + hashlib.sha256("\x1f".join(str(part) for part in self.same).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Place:
    """A community that rows may name."""

    code: str
    name: str
    short_name: str


def read(
    rows: Sequence[Sequence[Any]], places: Iterable[Place], district: str, today: date
) -> tuple[list[Statement], list[Finding]]:
    """The statements in a table whose first row is its headings, and all that is wrong with it. A row with an error gives none."""
    if not rows:
        return [], [finding("", "empty")]
    headings = [_text(cell) for cell in rows[0]]
    wrong = [
        finding("", "unknown_column", found=each)
        for each in headings
        if each and each not in {h for _, h, _, _ in COLUMNS}
    ]
    wrong += [
        finding("", "no_column", found=heading)
        for _, heading, needed, _ in COLUMNS
        if needed and heading not in headings
    ]
    if wrong:
        return [], wrong
    fields = {heading: name for name, heading, _, _ in COLUMNS}
    known = _Places(places)
    found: list[Statement] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = {fields[heading]: cell for heading, cell in zip(headings, row, strict=False) if heading and _text(cell)}
        if cells:
            made, told = _Row(number, cells, district, today, known).read()
            wrong += told
            found += [made] if made else []
    if not found and not wrong:
        wrong.append(finding("", "empty"))
    return found, wrong


class _Places:
    """Communities by code and by each of their names."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.by_code = {place.code: place for place in places}
        self.by_name: dict[str, set[str]] = defaultdict(set)
        for place in self.by_code.values():
            for name in (place.name, place.short_name):
                self.by_name[name].add(place.code)


class _Row:
    """One row while it is read."""

    def __init__(self, number: int, cells: Mapping[str, Any], district: str, today: date, places: _Places) -> None:
        self.number, self.cells, self.district, self.today, self.places = number, cells, district, today, places
        self.wrong: list[Finding] = []

    def read(self) -> tuple[Statement | None, list[Finding]]:
        for name, heading, needed, most in COLUMNS:
            if needed and name not in self.cells:
                self._tell("missing", field=heading)
            elif len(_text(self.cells.get(name, ""))) > most:
                self._tell("long", field=heading, most=most)
        scope, outcome, certainty = (self._choice(name) for name in ("scope", "outcome", "certainty"))
        tier = self._choice("tier")
        year, until = self._year("year"), self._year("until_year")
        if year and until and until < year:
            self._tell("years", found=until)
        count, said_on = self._count(scope), self._day()
        if scope == "community" and "tier" not in self.cells:
            self._tell("tier_missing")
        code, about = self._place(scope)
        if any(each.severity == "error" for each in self.wrong):
            return None, self.wrong
        said = {name: _text(self.cells.get(name, "")) for name in ("authority", "source", "note")}
        made = Statement(
            scope, code, about, tier, outcome, count, year, until or None, said["authority"], said_on, said["source"], certainty,
            said["note"], self.number,
        )  # fmt: skip
        return made, self.wrong

    def _tell(self, code: str, **params: Any) -> None:
        self.wrong.append(finding(str(self.number), code, **params))

    def _choice(self, name: str) -> str:
        given = _text(self.cells.get(name, ""))
        if not given:
            return ""
        wanted, words = _CHOICES[name]
        if given not in words:
            self._tell("choice", field=_heading(name), wanted=wanted, found=given)
        return words.get(given, "")

    def _year(self, name: str) -> int:
        given = _text(self.cells.get(name, "")).removesuffix("年")
        if not given:
            return 0
        last = self.today.year + 1
        if given.isascii() and given.isdigit() and len(given) == 4 and FIRST_YEAR <= int(given) <= last:
            return int(given)
        self._tell("year", field=_heading(name), first=FIRST_YEAR, last=last, found=given)
        return 0

    def _count(self, scope: str) -> int | None:
        given = _text(self.cells.get("count", "")).removesuffix("个")
        if not given:
            if scope in ("district", "city"):
                self._tell("number_missing")
            return None
        if scope == "community":
            self._tell("number_of_one")
        if given.isascii() and given.isdigit() and len(given) < 7 and int(given) <= MOST_COUNT:
            return int(given)
        self._tell("number", found=given)
        return None

    def _day(self) -> date | None:
        given = self.cells.get("said_on")
        if given is None:
            return None
        day = _day_of(given)
        if day is None:
            self._tell("date", found=_text(given))
        elif day > self.today:
            self._tell("future", found=day)
        return day

    def _place(self, scope: str) -> tuple[str, str]:
        """The code and the name; of a district or city the code is the district's that keeps it."""
        code, name = _text(self.cells.get("area_code", "")), _text(self.cells.get("about", ""))
        if scope != "community":
            if scope and not name:
                self._tell("name_missing")
            return self.district, name
        if code:
            place = self.places.by_code.get(code)
            if place is None:
                self._tell("area", found=code)
                return "", ""
            if name and not (name.endswith((place.name, place.short_name)) or place.name.endswith(name)):
                self._tell("name_differs", found=code, known=place.short_name, said=name)
            return code, name or place.short_name
        if not name:
            self._tell("which")
            return "", ""
        codes = self.places.by_name.get(name, set())
        if len(codes) != 1:
            self._tell("names" if codes else "name", found=name)
            return "", ""
        return next(iter(codes)), name


def against(statements: Sequence[Statement], kept: Sequence[Statement]) -> tuple[list[Statement], list[Finding]]:
    """Which statements are new, and what is worth a look: ones that are there already, ones that contradict others."""
    seen: dict[tuple[Any, ...], Statement] = {each.same: each for each in kept}
    new: list[Statement] = []
    told: list[Finding] = []
    for each in statements:
        before = seen.get(each.same)
        if before is not None:
            told.append(
                finding(str(each.row), "twice", row=before.row) if before.row else finding(str(each.row), "known")
            )
            continue
        seen[each.same] = each
        new.append(each)
    told += _contradicting(new, [*kept, *new])
    return new, told


def _contradicting(new: Sequence[Statement], all_of_them: Sequence[Statement]) -> list[Finding]:
    by_subject: dict[tuple[Any, ...], list[Statement]] = defaultdict(list)
    for each in all_of_them:
        by_subject[_subject(each)].append(each)
    found = []
    for each in new:
        others = [other for other in by_subject[_subject(each)] if other is not each and contradict(each, other)]
        found += [
            finding(str(each.row), "contradicts", other=_said(other, 0), other_en=_said(other, 1))
            for other in others[:3]
        ]
    return found


def _subject(each: Statement) -> tuple[Any, ...]:
    return each.scope, each.area_code, "" if each.scope == "community" else each.about


def contradict(one: Statement, other: Statement) -> bool:
    """Whether two statements about the same subject cannot both be so as they stand."""
    if (one.year, one.until_year) != (other.year, other.until_year):
        return False
    if one.scope != "community":
        return (one.tier, one.outcome) == (other.tier, other.outcome) and one.count != other.count
    if "lapsed" in (one.outcome, other.outcome):
        return False  # what was reached may be lost in the same year
    if one.tier == other.tier:
        return (one.outcome == "missed") != (other.outcome == "missed")
    return "missed" not in (one.outcome, other.outcome)


def _said(each: Statement, language: int) -> str:
    """A statement in a line: in Chinese (0) or English (1)."""
    number = f" {each.count}" if each.count is not None else ""
    tier = _TIER_NAMES[each.tier][language]
    return f"{each.year} {each.authority} {tier}{number}{('：', ': ')[language]}{each.source}"


def _heading(name: str) -> str:
    return next(heading for field_name, heading, _, _ in COLUMNS if field_name == name)


def _day_of(given: Any) -> date | None:
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    text = _text(given).replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2])) if len(parts[0]) == 4 else None
    except ValueError:
        return None


def _text(cell: Any) -> str:
    """A cell as people read it: whole numbers without a point, no mark that keeps a text a text, no NUL."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).replace("\0", "").strip().removeprefix("'")
