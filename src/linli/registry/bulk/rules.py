"""Decisions about bulk edits as pure functions: which fields, which values, what is said of a refused row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from linli.kernel.areas import GRID_LENGTH
from linli.kernel.errors import FieldProblem, Text
from linli.registry.fields import BY_NAME
from linli.registry.rules import check_changes

# A town corrects a village at a time; more is an import's work, which has its own review and undo.
MOST = 5000
MOST_BY_HAND = 500
# Facts that many people can share. Names, numbers, birth and addresses are each person's own.
PLAIN = (
    "nation", "nationality", "marital", "education", "political", "occupation", "workplace", "native_place",
    "population_kind", "register_consistent", "inflow_reason", "permit_kind", "left_behind_kind",
)  # fmt: skip
GRID, HOME_KIND = "grid", "home_kind"
PERSON_FIELDS = (*PLAIN, HOME_KIND, GRID)
DWELLING_FIELDS = ("state", "kind", GRID)
LISTS: Mapping[str, Mapping[str, str | None]] = {
    "person": {HOME_KIND: "home_kind", **{name: BY_NAME[name].code_list for name in PLAIN}},
    "dwelling": {"state": "dwelling_state", "kind": "dwelling_kind"},
}
LABELS = {
    GRID: Text("所属网格", "Grid"),
    HOME_KIND: Text("住所类型", "Kind of residence"),
    "state": Text("居住状态", "How lived in"),
    "kind": Text("房屋类型", "Kind of home"),
}
WHY = {
    "forbidden": Text("不在您可以修改的区域内", "Outside the areas where you may edit"),
    "no_home": Text("没有登记现住址", "No home is recorded"),
    "elsewhere": Text("不在该网格所在的村居；跨村居请走迁入", "In another village; a move there is a 迁入 request"),
    "in_a_home": Text("住所已识别，请改房屋的网格，住户随房屋走", "Lives in a known home: change the grid of the home"),
}
_NOTHING = Text("请至少选择一项要修改的内容。", "Choose at least one field to change.")
_UNKNOWN = Text("这一项不能批量修改。", "This field cannot be changed for many at once.")
_CODE = Text("请从列表中选择。", "Please choose from the list.")
_FOREIGN = Text("这个网格不在您可以修改的区域内。", "This grid lies outside the areas where you may edit.")
_GRID = Text("请选择一个在用的网格。", "Choose a grid that is in use.")


def label_of(kind: str, field: str) -> Text:
    """What a field is called."""
    if kind == "person" and field in BY_NAME:
        return Text(BY_NAME[field].zh, BY_NAME[field].en)
    return LABELS[field]


def check(
    kind: str, changes: Mapping[str, str | None], codes: Mapping[str, frozenset[str]], today: date
) -> tuple[FieldProblem, ...]:
    """What is wrong with the wanted change, field by field. That the grid is in use is the caller's to look up."""
    allowed = PERSON_FIELDS if kind == "person" else DWELLING_FIELDS
    if not changes:
        return (FieldProblem("changes", "required", _NOTHING),)
    problems = [FieldProblem(name, "unknown", _UNKNOWN) for name in changes if name not in allowed]
    if GRID in changes and not is_grid(changes[GRID]):
        problems.append(FieldProblem(GRID, "grid", _GRID))
    if kind == "person":
        plain = {name: value for name, value in changes.items() if name in PLAIN}
        problems += check_changes(plain, codes, today, demo=False)
    for name in (HOME_KIND, "state", "kind"):
        value = changes.get(name)
        if name in allowed and value and value not in codes.get(LISTS[kind][name] or "", frozenset()):
            problems.append(FieldProblem(name, "code", _CODE))
    return tuple(problems)


def no_grid() -> FieldProblem:
    """What is said of a grid nobody knows or that has ended."""
    return FieldProblem(GRID, "grid", _GRID)


def foreign_grid() -> FieldProblem:
    """What is said of a grid outside the areas where the actor may change."""
    return FieldProblem(GRID, "forbidden", _FOREIGN)


def is_grid(code: str | None) -> bool:
    """Whether a text has the form of a grid's code."""
    return code is not None and len(code) == GRID_LENGTH and code.isascii() and code.isdigit()
