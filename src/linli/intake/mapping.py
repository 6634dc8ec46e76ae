"""How the columns of a file become fields, and the JSON people write it in.

    {"version": 1,
     "columns": {"姓名": "name", "公民身份号码": "id_number",        one column, one field
                 "姓名/电话": ["name", "phone"],                     one column, several fields
                 "小区": "home_compound", "楼栋": "home_building",   address parts are also joined to the whole
                 "地址1": "home_text", "地址2": "home_text",         several columns of one address are joined
                 "备注": null},                                      left out
     "constants": {"population_kind": "户籍人口", "observed_on": "2026-11-01"},
     "datum": "gcj02"}                                               of longitude and latitude; wgs84 if not said

Columns are named by their flat header; spaces and full-width forms do not matter. Columns not named are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any

from linli.kernel.errors import FieldProblem, Text

from .fields import BY_KIND, BY_NAME, NAMES, PEOPLE
from .problems import MappingInvalid
from .reading.header import plain

VERSION = 1
DATUMS = ("wgs84", "gcj02", "bd09")
JOINED = frozenset({"home_text", "register_address"})
UNKNOWN_COLUMN = Text("文件中没有列“{column}”。", "The file has no column “{column}”.")
UNKNOWN_FIELD = Text("没有名为“{field}”的字段。", "There is no field named “{field}”.")
TWICE = Text("字段“{label}”对应了多列：{columns}。", "Field “{label}” is filled by several columns: {columns}.")
REQUIRED = Text("必须指定哪一列是“{label}”。", "Say which column is “{label}”.")
SHAPE = Text("格式不正确，请参照说明书写。", "This is not in the documented form.")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns of a file to target fields. `columns` keeps the order of the file; () leaves a column out."""

    columns: Dict[str, tuple[str, ...]]
    constants: Dict[str, str] = field(default_factory=dict)
    datum: str = "wgs84"

    def columns_of(self, name: str) -> tuple[str, ...]:
        """The columns that fill a field, in the file's order."""
        return tuple(column for column, fields in self.columns.items() if name in fields)

    @property
    def fields(self) -> frozenset[str]:
        """Every field that a column or a constant fills."""
        return frozenset(f for fields in self.columns.values() for f in fields) | frozenset(self.constants)

    def to_json(self) -> dict[str, Any]:
        """The documented form."""
        columns = {c: (None if not f else f[0] if len(f) == 1 else list(f)) for c, f in self.columns.items()}
        return {
            "version": VERSION,
            "columns": columns,
            "constants": dict(self.constants),
            "datum": self.datum,
        }


def from_json(document: Any) -> Mapping:
    """A mapping from its documented form. Raises MappingInvalid naming every entry that does not hold."""
    problems: list[FieldProblem] = []
    if not isinstance(document, dict) or document.get("version", VERSION) != VERSION:
        raise MappingInvalid(fields=(FieldProblem("version", "intake.mapping.shape", SHAPE),))
    columns: dict[str, tuple[str, ...]] = {}
    stated = document.get("columns", {})
    for column, value in stated.items() if isinstance(stated, dict) else ():
        names = () if value is None else (value,) if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not all(isinstance(n, str) for n in names):
            problems.append(FieldProblem(f"columns.{column}", "intake.mapping.shape", SHAPE))
            continue
        problems += _unknown(f"columns.{column}", names)
        columns[str(column)] = tuple(names)
    constants = {} if document.get("constants") is None else document["constants"]
    if not isinstance(stated, dict) or not isinstance(constants, dict):
        problems.append(FieldProblem("columns", "intake.mapping.shape", SHAPE))
        constants = {}
    problems += _unknown("constants", constants)
    datum = document.get("datum") or DATUMS[0]
    if datum not in DATUMS:
        problems.append(FieldProblem("datum", "intake.mapping.shape", SHAPE))
    if problems:
        raise MappingInvalid(fields=tuple(problems))
    return Mapping(columns, {str(k): str(v) for k, v in constants.items() if v not in (None, "")}, str(datum))


def _unknown(place: str, names: Iterable[str]) -> list[FieldProblem]:
    return [
        FieldProblem(place, "intake.mapping.unknown_field", UNKNOWN_FIELD, {"field": n})
        for n in names
        if n not in BY_NAME
    ]


def fit(mapping: Mapping, headers: Iterable[str], kind: str = PEOPLE) -> Mapping:
    """The mapping of a table of `kind` under the file's own header names, in its order. Raises MappingInvalid."""
    by_plain = {plain(name): fields for name, fields in mapping.columns.items()}
    present = list(headers)
    fitted = {name: by_plain.get(plain(name), ()) for name in present}
    missing = set(by_plain) - {plain(name) for name in present}
    problems = [
        FieldProblem(f"columns.{name}", "intake.mapping.unknown_column", UNKNOWN_COLUMN, {"column": name})
        for name, fields in mapping.columns.items()
        if plain(name) in missing and fields
    ]
    result = Mapping(fitted, mapping.constants, mapping.datum)
    problems += check(result, kind)
    if problems:
        raise MappingInvalid(fields=tuple(problems))
    return result


def check(mapping: Mapping, kind: str = PEOPLE) -> list[FieldProblem]:
    """What keeps a fitted mapping from being used: a field of another kind, filled twice, or a required one empty."""
    problems = [
        FieldProblem("columns", "intake.mapping.unknown_field", UNKNOWN_FIELD, {"field": name})
        for name in sorted(mapping.fields - NAMES[kind])
    ]
    for target in BY_KIND[kind]:
        columns = mapping.columns_of(target.name)
        if len(columns) > 1 and target.name not in JOINED:
            problems.append(
                FieldProblem(
                    target.name,
                    "intake.mapping.twice",
                    TWICE,
                    {"label": target.zh, "columns": "、".join(columns)},
                )
            )
        if target.required and not columns and target.name not in mapping.constants:
            problems.append(FieldProblem(target.name, "intake.mapping.required", REQUIRED, {"label": target.zh}))
    return problems
