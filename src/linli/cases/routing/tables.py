"""A set of rules as a table: read from a file of another city's or one's own, and written as one that can be read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from linli.access.models import Unit
from linli.intake.reading import ROW, read_table
from linli.intake.reading.header import plain
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.workbook import workbook

from ..categories.rules import CERTAINTY_NAMES, KIND_NAMES, SINCE_EVER
from ..permissions import ROUTING_EDIT
from .compiled import open_rules, rule_of
from .drafts import MOST, Line, same_rule
from .problems import RoutingTooLong, RoutingUnreadable
from .rules import Reach, Target

COLUMNS = {
    "standard_ref": ("标准", "标准号", "依据标准"), "kind": ("类型", "分类类型"),
    "code": ("分类编码", "编码", "大类编码", "分类代码"), "area_code": ("区域编码", "区划代码", "网格编码"),
    "ownership": ("权属单位", "权属", "产权单位"), "unit": ("责任单位", "处置单位", "派遣单位"),
    "basis": ("依据", "职责依据"), "certainty": ("确定程度", "可信程度"), "valid_from": ("自", "起始日期", "生效日期"),
    "valid_until": ("至", "截止日期", "失效日期"),
}  # fmt: skip
NEEDED = ("code", "unit")
TARGET_WORDS: dict[str, Target] = {
    "属地镇街": "town", "属地街道": "town", "属地镇": "town", "属地": "town", "town": "town",
    "属地村居": "village", "属地社区": "village", "属地村": "village", "village": "village",
}  # fmt: skip
TARGET_NAMES: Mapping[str, Text] = {
    "town": Text("属地镇街", "The town of the place"), "village": Text("属地村居", "The village of the place"),
}  # fmt: skip
_KINDS = {text.zh: code for code, text in KIND_NAMES.items()} | {code: code for code in KIND_NAMES} | {
    "部件": "component", "事项": "matter", "事件": "matter", "地方": "local",
}  # fmt: skip
_CERTAINTIES = {text.zh: str(code) for code, text in CERTAINTY_NAMES.items()} | {
    str(code): str(code) for code in CERTAINTY_NAMES
}
_WORD = Text("不认识“{value}”。", "“{value}” is not known.")
_NO_UNIT = Text(
    "没有名为“{value}”的单位；也可填：属地镇街、属地村居。",
    "There is no unit “{value}”; “town” and “village” mean that of the place.",
)
_TWO_UNITS = Text("名为“{value}”的单位不止一个。", "More than one unit is called “{value}”.")
_DAY = Text("日期应如 2026-01-31。", "A date is wanted, such as 2026-01-31.")
_NEEDED = Text("此项必填。", "This has to be filled in.")


@dataclass(frozen=True, slots=True)
class RowFinding:
    """A cell that could not be understood, by its row in the file and its column as the program names it."""

    row: int
    column: str
    text: Text
    params: Mapping[str, object]

    def say(self, language: str) -> str:
        return self.text.say(language, self.params)


def read_lines(actor: Actor, path: Path, filename: str | None = None) -> tuple[list[Line], list[RowFinding]]:
    """The rules of a file in their order, and what could not be understood. A rule of the reach of one that is open is that one.

    Raises kinds of UnreadableFile, RoutingUnreadable, RoutingTooLong.
    """
    names = {plain(word).lower(): name for name, words in COLUMNS.items() for word in (name, *words)}
    raw = read_table(path, filename=filename, known=lambda name: plain(name).lower() in names)
    found = {names[key]: c.name for c in reversed(raw.columns) if (key := plain(c.name).lower()) in names}
    if missing := [COLUMNS[name][0] for name in NEEDED if name not in found]:
        raise RoutingUnreadable(columns="、".join(missing))
    if len(raw.rows) > MOST:
        raise RoutingTooLong(rows=len(raw.rows), most=MOST)
    by_name: dict[str, list[str]] = {}
    for unit_id, name in Unit.objects.restrict(actor, ROUTING_EDIT).values_list("id", "name"):
        by_name.setdefault(name, []).append(str(unit_id))
    rules = [rule_of(row) for row in open_rules()]
    lines, findings, taken = [], list[RowFinding](), set[str]()
    for values in raw.frame.iter_rows(named=True):
        cells = {name: str(values[column] or "").strip() for name, column in found.items()}
        line = _line(int(values[ROW]), cells, by_name, findings)
        known = same_rule(line, rules)
        if known and known not in taken:
            taken.add(known)
            line = replace(line, id=known)
        lines.append(line)
    return lines, findings


def _line(row: int, cells: Mapping[str, str], by_name: Mapping[str, Sequence[str]], findings: list[RowFinding]) -> Line:
    def note(column: str, text: Text, value: str = "") -> None:
        findings.append(RowFinding(row, column, text, {"value": value[:40]}))

    def word(column: str, words: Mapping[str, str], without: str) -> str:
        said = cells.get(column, "")
        if said and said not in words:
            note(column, _WORD, said)
        return words.get(said, without)

    def day(column: str) -> date | None:
        said = cells.get(column, "")[:10]
        try:
            return date.fromisoformat(said) if said else None
        except ValueError:
            note(column, _DAY)
            return None

    unit = cells.get("unit", "")
    target, ids = TARGET_WORDS.get(unit, "unit"), by_name.get(unit, ())
    if target == "unit" and len(ids) != 1:
        note("unit", _NEEDED if not unit else _TWO_UNITS if ids else _NO_UNIT, unit)
    code = cells.get("code", "")
    if code.isdigit() and len(code) in (1, 4):  # a spreadsheet takes 01 for 1
        code = "0" + code
    reach = Reach(
        cells.get("standard_ref", ""),
        word("kind", _KINDS, ""),
        code,
        cells.get("area_code", ""),
        cells.get("ownership", ""),
    )
    return Line(
        reach, target, ids[0] if target == "unit" and len(ids) == 1 else "", cells.get("basis", ""),
        word("certainty", _CERTAINTIES, "local"), day("valid_from") or SINCE_EVER, day("valid_until"),
    )  # fmt: skip


def export(actor: Actor, language: str) -> bytes:
    """The rules that are open as a workbook with the columns a file is read by."""
    from .queries import require_reader

    require_reader(actor)
    head = [words[0] for words in COLUMNS.values()]
    return workbook(actor, "派遣规则", head, [24, 10, 10, 18, 24, 24, 40, 12, 12, 12], table(), language)


def table() -> list[list[Any]]:
    """The rules that are open as rows of `COLUMNS`."""
    from .compiled import units

    names = units().names
    return [
        [
            row.standard_ref, KIND_NAMES[row.kind].zh if row.kind else "", row.code, row.area_code or "", row.ownership,
            TARGET_NAMES[row.target].zh if row.target != "unit" else names.get(str(row.unit_id), row.unit_name), row.basis,
            CERTAINTY_NAMES[row.certainty].zh, "" if row.valid_from == SINCE_EVER else str(row.valid_from), str(row.valid_until or ""),
        ]
        for row in open_rules()
    ]  # fmt: skip
