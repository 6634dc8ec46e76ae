"""How the columns of a template are filled: proposed from their names, written as JSON, mended by hand, checked.

{"version": 1,
 "subject": "people",                       people, households, rentals or areas: what a row is
 "columns": {"序号": "serial",               a column and the field that fills it
             "户主/姓名": "head_name",        two header rows are joined by /
             "是否低保": "tag:minimum_living",
             "住房面积": "custom:0197…",      a custom field, by its id
             "备注": null},                  left empty
 "constants": {"发放标准": "100元/月"},       the same text in every row
 "sheets": {"昆仑村": "370302102201", "说明": null},  areas of sheets; null: do not fill
 "where": "age>=80"}                        the condition, if none is given when filling
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from linli.kernel.areas import is_code
from linli.kernel.errors import FieldProblem, Text

from ..reading.header import plain
from ..suggest import NAME_PARTS, own_words, synonyms, word_of
from . import custom
from .columns import AREAS, HOUSEHOLDS, PEOPLE, RENTALS, SUBJECTS, bindable
from .problems import BindingInvalid

VERSION, LONGEST_WHERE = 1, 1000
SHAPE = Text("格式不正确，请参照说明书写。", "This is not in the documented form.")
UNKNOWN_SUBJECT = Text("没有这种对象：{subject}。", "There is no such subject: {subject}.")
UNKNOWN_FIELD = Text("没有名为“{field}”的数据项。", "There is no field named “{field}”.")
UNKNOWN_COLUMN = Text("模板中没有列“{column}”。", "The template has no column “{column}”.")
UNKNOWN_SHEET = Text("模板中没有工作表“{sheet}”。", "The template has no sheet “{sheet}”.")
NO_AREA = Text("不是区划代码：{area}。", "Not an area code: {area}.")
_AGAIN = re.compile(r"\(\d+\)$")
# Before a name they make it somebody else's: 配偶姓名 is not the person's name.
OTHERS = ("配偶", "子女", "父亲", "母亲", "代办", "代理", "代领", "经办", "联系人", "负责", "走访", "包保", "银行",
          "残疾", "社保", "紧急", "亲属", "审核", "单位", "村干部", "网格员", "监护", "赡养", "户主",
          "房东", "房主", "供养机构", "照料", "护理", "家属")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Binding:
    """What fills a template. `columns` and `constants` go by the template's flat column names; None leaves one empty."""

    subject: str = PEOPLE
    columns: Mapping[str, str | None] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[str, str | None] = field(default_factory=dict)
    where: str = ""

    def to_json(self) -> dict[str, Any]:
        """The documented form."""
        return {
            "version": VERSION,
            "subject": self.subject,
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "sheets": dict(self.sheets),
            "where": self.where,
        }


def from_json(document: Any) -> Binding:
    """A binding from its documented form. Raises BindingInvalid naming every entry that does not hold."""
    if not isinstance(document, dict) or document.get("version", VERSION) != VERSION:
        raise BindingInvalid(fields=(FieldProblem("version", "intake.ledger.binding_shape", SHAPE),))
    problems = []
    subject = document.get("subject", PEOPLE)
    if not isinstance(subject, str) or subject not in SUBJECTS:
        told = {"subject": str(subject)[:40]}
        problems.append(FieldProblem("subject", "intake.ledger.unknown_subject", UNKNOWN_SUBJECT, told))
        subject = PEOPLE
    parts: dict[str, dict[str, Any]] = {}
    for name, empty in (("columns", True), ("constants", False), ("sheets", True)):
        stated = document.get(name) or {}
        good = isinstance(stated, dict) and all(
            isinstance(v, str | int | float) or (v is None and empty) for v in stated.values()
        )
        if not good:
            problems.append(FieldProblem(name, "intake.ledger.binding_shape", SHAPE))
        parts[name] = {str(k): None if v is None else str(v) for k, v in stated.items()} if good else {}
    bound = custom.resolved(subject, filter(None, parts["columns"].values()))
    for column, target in parts["columns"].items():
        if target is not None and target not in bound:
            problems.append(
                FieldProblem(f"columns.{column}", "intake.ledger.unknown_field", UNKNOWN_FIELD, {"field": target[:40]})
            )
    for sheet, area in parts["sheets"].items():
        if area is not None and not is_code(area):
            problems.append(FieldProblem(f"sheets.{sheet}", "intake.ledger.no_area", NO_AREA, {"area": area[:40]}))
    where = document.get("where") or ""
    if not isinstance(where, str) or len(where) > LONGEST_WHERE:
        problems.append(FieldProblem("where", "intake.ledger.binding_shape", SHAPE))
        where = ""
    if problems:
        raise BindingInvalid(fields=tuple(problems))
    return Binding(subject, parts["columns"], parts["constants"], parts["sheets"], where)


def fit(binding: Binding, columns: Iterable[str], sheets: Iterable[str]) -> Binding:
    """The binding under the template's own names, unnamed columns left empty. Raises BindingInvalid."""
    own = list(dict.fromkeys(columns))
    by_plain = {plain(name): name for name in own}
    problems = []
    stated: dict[str, str | None] = dict.fromkeys(own)
    constants: dict[str, str] = {}
    for kind, entries in (("columns", binding.columns), ("constants", binding.constants)):
        for name, value in entries.items():
            known = by_plain.get(plain(name))
            if known is None and value is not None:
                problems.append(
                    FieldProblem(
                        f"{kind}.{name}", "intake.ledger.unknown_column", UNKNOWN_COLUMN, {"column": name[:40]}
                    )
                )
            elif known is not None and kind == "columns":
                stated[known] = value
            elif known is not None and value is not None:
                constants[known] = value
    for sheet in set(binding.sheets) - set(sheets):
        problems.append(
            FieldProblem(f"sheets.{sheet}", "intake.ledger.unknown_sheet", UNKNOWN_SHEET, {"sheet": sheet[:40]})
        )
    if problems:
        raise BindingInvalid(fields=tuple(problems))
    return Binding(binding.subject, stated, constants, dict(binding.sheets), binding.where)


# Proposals


@lru_cache(maxsize=8)
def words(subject: str) -> dict[str, str]:
    """What columns are called where rows are of a subject: plain name to field, "" where the base does not hold it."""
    own = {word_of(name): target for kind, name, target in _rows() if kind == subject}
    if subject == AREAS:
        return own
    if subject == RENTALS:
        taken = {name: told[0] for name, told in (synonyms("rentals") | own_words("rentals")).items()}
    else:
        taken = {name: told[0] for name, told in synonyms(PEOPLE).items()}
        if subject == HOUSEHOLDS:
            own = {word_of(name): target for kind, name, target in _rows() if kind == PEOPLE} | own
    held = {name: target if target and bindable(subject, target) else "" for name, target in taken.items()}
    return held | own


def _rows() -> list[tuple[str, str, str]]:
    table = resources.files("linli.intake").joinpath("data/synonyms_ledgers.csv").read_text("utf-8")
    return [(row["subject"], row["name"], row["field"]) for row in csv.DictReader(table.splitlines())]


def is_known(name: str) -> bool:
    """Whether a cell reads like the name of a column of any ledger."""
    return any(_exact(name, subject) is not None for subject in SUBJECTS)


def _exact(name: str, subject: str) -> str | None:
    """The field this very name stands for; "" for one the base does not hold, None for an unknown name."""
    known = words(subject)
    parts = [p for p in plain(name).split("/") if p]
    for tried in ("".join(parts), parts[-1] if len(parts) == 1 else ""):
        found = known.get(word_of(tried))
        if found is not None:
            return found
    if len(parts) > 1 and not _anothers(parts[0]):
        return known.get(word_of(parts[-1]))
    return None


def field_of(name: str, subject: str) -> str | None:
    """The field a column name stands for: as it is, or by its ending (村民姓名) unless that makes it somebody else's.
    "" for what the base does not hold, None for what nobody knows."""
    exact = _exact(name, subject)
    if exact is not None:
        return exact
    known = words(subject)
    parts = [p for p in NAME_PARTS.split(plain(name)) if p]
    tail = word_of(parts[-1]) if parts else ""
    if _anothers(plain(name)):
        return None
    for start in range(1, len(tail) - 1):
        found = known.get(tail[start:])
        if found:
            return found
    return None


def _anothers(name: str) -> bool:
    return any(mark in name for mark in OTHERS)


def propose(columns: Sequence[str], subject: str) -> Binding:
    """A binding by the names of the columns; where two would be filled alike, the one that says so exactly is."""
    exact: dict[str, str | None] = {name: _exact(name, subject) for name in columns}
    taken = {target for target in exact.values() if target}
    bound: dict[str, str | None] = {}
    for name in columns:
        target = exact[name] if exact[name] is not None else field_of(name, subject)
        # A second one of two alike would say the same again: the right half of a table printed in two halves.
        if (exact[name] is None and target in taken) or (_AGAIN.search(name) and target in bound.values()):
            target = None
        if target:
            taken.add(target)
        bound[name] = target or None
    return Binding(subject, bound)


def guess_subject(columns: Sequence[str]) -> str:
    """What the rows of a table are, by its columns: figures, rented homes, households, else people."""
    found = {s: [t for n in columns if (t := _exact(n, s)) and t != "serial"] for s in SUBJECTS}
    own = set(found[AREAS]) - {"home_village", "home_town"}
    if len(own) >= 2 and len(found[AREAS]) > len(found[PEOPLE]):
        return AREAS
    special = {word_of(n) for n in columns} & {w for w, told in own_words("rentals").items() if told[0]}
    if len(special) >= 2 and len(found[RENTALS]) >= len(found[PEOPLE]):
        return RENTALS
    if "name" not in found[PEOPLE] and "name" in found[HOUSEHOLDS]:
        return HOUSEHOLDS
    return PEOPLE


def held_nowhere(name: str, subject: str) -> bool:
    """Whether a name is known and the base holds nothing of the kind."""
    return _exact(name, subject) == ""
