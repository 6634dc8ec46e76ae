"""A file of categories or of filing rules as rows of an edition; what cannot be understood is told by row and column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from linli.intake.reading import ROW, RawTable, read_table
from linli.intake.reading.header import plain
from linli.kernel.errors import Text

from . import rules
from .editions import (
    LARGEST_LIMIT,
    LONGEST,
    LONGEST_OTHER,
    CategoryFacts,
    CategoryRow,
    Finding,
    Params,
    RuleFacts,
    RuleKey,
    RuleRow,
    Table,
)
from .problems import DirectoryTooLong, DirectoryUnreadable
from .rules import CategoryKey

MOST_ROWS = 20_000

#: Columns as the program names and writes them, and what else they are called.
CATEGORY_COLUMNS = {
    "standard_ref": ("标准", "标准号", "依据标准"), "kind": ("类型", "类别", "分类类型"),
    "major": ("大类编码", "大类代码"), "major_name": ("大类名称", "大类"),
    "code": ("分类编码", "编码", "小类编码", "分类代码", "代码"), "name": ("分类名称", "名称", "小类名称", "小类"),
    "procedure": ("办理流程", "流程"), "dispatch_first": ("先派遣后立案", "先派后立"),
    "emergency_number": ("先拨电话", "应急电话"), "restricted_to": ("限定人员", "限定读者"),
    "offered": ("本地使用", "启用"), "certainty": ("确定程度", "可信程度"), "source": ("来源", "出处"),
    "note": ("备注", "说明"), "replaces": ("替代分类", "替代编码"), "successor": ("接替分类", "接替编码"),
}  # fmt: skip
RULE_COLUMNS = {
    "standard_ref": CATEGORY_COLUMNS["standard_ref"], "kind": CATEGORY_COLUMNS["kind"],
    "code": CATEGORY_COLUMNS["code"], "name": CATEGORY_COLUMNS["name"],
    "target": ("时限对象", "要求"), "filing_condition": ("立案条件",), "closing_condition": ("结案条件",),
    "limit_value": ("时限值", "处置时限", "时限"), "clock": ("计时方式", "时限单位"),
    "unit_text": ("处置单位", "责任单位", "主管部门"), "photo_needed": ("需照片", "是否需照片"),
    "rule_set": ("规则集", "规则表"), "source_class": ("原表分类",), "certainty": CATEGORY_COLUMNS["certainty"],
    "source": CATEGORY_COLUMNS["source"],
}  # fmt: skip
NEEDED: dict[Table, tuple[str, ...]] = {
    "categories": ("standard_ref", "kind", "code", "name"),
    "rules": ("standard_ref", "kind", "code", "limit_value", "clock", "rule_set"),
}

_YES, _NO = frozenset({"1", "是", "yes", "true", "√", "y"}), frozenset({"", "0", "否", "no", "false", "n"})
_KINDS = {"部件": "component", "管理部件": "component", "事项": "matter", "事件": "matter", "管理事项": "matter",
          "地方": "local", "地方扩展": "local", "本地": "local", "扩展": "local"}  # fmt: skip
_CLOCKS = {"紧急工作时": "urgent_hour", "紧急小时": "urgent_hour", "工作时": "work_hour", "小时": "work_hour",
           "工作小时": "work_hour", "工作日": "work_day", "天": "work_day", "紧急工作日": "natural_day",
           "自然日": "natural_day"}  # fmt: skip

_EMPTY = Text("此项必填。", "This has to be filled in.")
_LONG = Text("最多 {most} 个字。", "At most {most} characters.")
_CODE = Text("分类编码须为五位数字。", "The code has to be five digits.")
_MAJOR = Text("编码前两位与大类编码不一致。", "The code does not begin with its major.")
_FLAG = Text("请填“是”或“否”。", "Say yes or no.")
_WORD = Text("不认识“{value}”，可填：{words}。", "“{value}” is not known; one of: {words}.")
_LIMIT = Text("时限须为 1 至 {most} 的整数。", "The limit has to be a whole number from 1 to {most}.")
_FORMULA = Text(
    "此格是没有计算结果的公式，请改为文字。", "This cell is a formula without a result; write the text itself."
)
_KEY = Text(
    "应为编码，或“标准|类型|编码”。", "A code is wanted here, or “standard|kind|code”."
)  # fmt: skip

R = TypeVar("R", CategoryRow, RuleRow)


def read_categories(path: Path, filename: str | None = None) -> tuple[list[CategoryRow], list[Finding]]:
    """The categories of a file. Raises kinds of UnreadableFile, DirectoryUnreadable, DirectoryTooLong."""
    return _read(path, "categories", filename, _category)


def read_rules(path: Path, filename: str | None = None) -> tuple[list[RuleRow], list[Finding]]:
    """The filing rules of a file. Raises kinds of UnreadableFile, DirectoryUnreadable, DirectoryTooLong."""
    return _read(path, "rules", filename, _rule)


def _headers(columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """The field meant by each word a header may be."""
    return {plain(word).lower(): name for name, others in columns.items() for word in (name, *others)}


def _read(path: Path, table: Table, filename: str | None, make: Callable[[_Cells], R]) -> tuple[list[R], list[Finding]]:
    columns: Mapping[str, tuple[str, ...]] = CATEGORY_COLUMNS if table == "categories" else RULE_COLUMNS
    names = _headers(columns)
    raw = read_table(path, filename=filename, known=lambda name: plain(name).lower() in names)
    found = {
        names[key]: column.name for column in reversed(raw.columns) if (key := plain(column.name).lower()) in names
    }
    missing = [columns[field][0] for field in NEEDED[table] if field not in found]
    if missing:
        raise DirectoryUnreadable(columns="、".join(missing))
    if len(raw.rows) > MOST_ROWS:
        raise DirectoryTooLong(rows=len(raw.rows), most=MOST_ROWS)
    return _made(raw, found, make)


def _made(raw: RawTable, found: Mapping[str, str], make: Callable[[_Cells], R]) -> tuple[list[R], list[Finding]]:
    index_of = {column.index: column.name for column in raw.columns}
    uncomputed = {(int(row), index_of.get(int(index))) for row, index in raw.marks.uncomputed}
    rows: list[R] = []
    findings: list[Finding] = []
    for values in raw.frame.iter_rows(named=True):
        cells = _Cells(
            int(values[ROW]),
            {field: str(values[name] or "").strip() for field, name in found.items()},
            frozenset(field for field, name in found.items() if (int(values[ROW]), name) in uncomputed),
        )
        row = make(cells)
        if cells.findings:
            findings.extend(cells.findings)
        else:
            rows.append(row)
    return rows, findings


class _Cells:
    """The cells of one row, read as what they should be; what they are not is noted."""

    def __init__(self, row: int, values: Mapping[str, str], formulas: frozenset[str]) -> None:
        self.row, self.values, self.findings = row, values, list[Finding]()
        for field in sorted(formulas):
            self.note(field, _FORMULA)

    def note(self, field: str, text: Text, params: Params | None = None) -> None:
        if not any(finding.column == field for finding in self.findings):
            self.findings.append(Finding(self.row, field, text, params or {}))

    def text(self, field: str, needed: bool = False) -> str:
        value = self.values.get(field, "")
        if needed and not value:
            self.note(field, _EMPTY)
        if len(value) > (most := LONGEST.get(field, LONGEST_OTHER)):
            self.note(field, _LONG, {"most": most})
        return value

    def flag(self, field: str, without: bool = False) -> bool:
        if field not in self.values:
            return without
        value = self.values[field].lower()
        if value not in _YES | _NO:
            self.note(field, _FLAG)
        return value in _YES

    def word(
        self, field: str, names: Mapping[str, Text], without: str, aliases: Mapping[str, str] | None = None
    ) -> str:
        """One of the words of a list, by its code or its name in either language."""
        said = self.text(field)
        if not said:
            return without
        known = {code: code for code in names} | dict(aliases or {})
        known |= {said: code for code, text in names.items() for said in (text.zh, text.en.lower())}
        if said.lower() not in known:
            words = "、".join(text.zh for text in names.values())
            self.note(field, _WORD, {"value": said[:40], "words": words})
        return known.get(said.lower(), without)

    def code(self) -> str:
        value = self.text("code", needed=True)
        value = value.zfill(5) if value.isdigit() and len(value) == 4 else value  # a spreadsheet takes 01001 for 1001
        if value and not (len(value) == 5 and value.isascii() and value.isdigit()):
            self.note("code", _CODE)
        return value

    def key(self) -> CategoryKey:
        kind = self.word("kind", rules.KIND_NAMES, "", _KINDS)
        if not kind:
            self.note("kind", _EMPTY)
        return CategoryKey(self.text("standard_ref", needed=True), kind, self.code())

    def keys(self, field: str, like: CategoryKey) -> tuple[CategoryKey, ...]:
        """Other categories, by code alone where they are of the same standard and kind."""
        found = []
        for said in filter(None, self.text(field).replace("；", ";").replace("、", ";").replace("，", ";").split(";")):
            parts = [part.strip() for part in said.replace("｜", "|").split("|")]
            if len(parts) == 1:
                parts = [like.standard_ref, like.kind, parts[0].zfill(5)]
            if len(parts) != 3 or not parts[2].isdigit():
                self.note(field, _KEY)
                continue
            found.append(CategoryKey(parts[0], _KINDS.get(parts[1], parts[1]), parts[2]))
        return tuple(found)


def _category(cells: _Cells) -> CategoryRow:
    key = cells.key()
    major = cells.text("major").zfill(2) if cells.text("major") else key.code[:2]
    if key.code and not key.code.startswith(major):
        cells.note("major", _MAJOR)
    facts = CategoryFacts(
        major=major, major_name=cells.text("major_name"), name=cells.text("name", needed=True),
        procedure=cells.word("procedure", rules.PROCEDURE_NAMES, "standard"),
        dispatch_first=cells.flag("dispatch_first"), emergency_number=cells.text("emergency_number"),
        restricted_to=cells.word("restricted_to", rules.RESTRICTED_NAMES, ""),
        offered=cells.flag("offered", without=True),
        certainty=cells.word("certainty", rules.CERTAINTY_NAMES, "local"),
        source=cells.text("source"), note=cells.text("note"),
    )  # fmt: skip
    successors: Sequence[CategoryKey] = cells.keys("successor", key)
    if len(successors) > 1:
        cells.note("successor", _KEY)
    return CategoryRow(cells.row, key, facts, cells.keys("replaces", key), next(iter(successors), None))


def _rule(cells: _Cells) -> RuleRow:
    key = RuleKey(
        cells.key(), cells.text("rule_set", needed=True), cells.text("source_class"),
        cells.word("target", rules.TARGET_NAMES, "handle"), cells.text("filing_condition"),
    )  # fmt: skip
    limit = cells.text("limit_value", needed=True)
    if limit and not (limit.isascii() and limit.isdigit() and len(limit) < 9 and 0 < int(limit) <= LARGEST_LIMIT):
        cells.note("limit_value", _LIMIT, {"most": LARGEST_LIMIT})
    clock = cells.word("clock", rules.CLOCK_NAMES, "", _CLOCKS)
    if not clock:
        cells.note("clock", _EMPTY)
    facts = RuleFacts(
        limit_value=int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 9 else 0, clock=clock,
        closing_condition=cells.text("closing_condition"), unit_text=cells.text("unit_text"),
        photo_needed=cells.flag("photo_needed"),
        certainty=cells.word("certainty", rules.CERTAINTY_NAMES, "local"), source=cells.text("source"),
    )  # fmt: skip
    return RuleRow(cells.row, key, facts)
