"""A set of rules as somebody wants it: what is wrong with it, and what it would change. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linli.kernel import areas
from linli.kernel.errors import FieldProblem, Text

from ..categories.rules import CERTAINTIES, KINDS
from .rules import TARGETS, Reach, Rule, Target, Units

MOST = 1000
LONGEST_BASIS, LONGEST_NAME = 300, 100
LARGEST_CODE = 5
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("最多 {most} 个字。", "At most {most} characters.")
UNKNOWN = Text("没有这个选项。", "There is no such choice.")
BAD_CODE = Text(
    "填写五位分类编码，或它的前几位数字（前两位是大类）。",
    "A category's five digits, or the first of them (two name a major).",
)
BAD_AREA = Text("没有这个区域，或不在本区。", "There is no such area in the district.")
NO_UNIT = Text("没有这个单位。", "There is no such unit.")
NO_RULE = Text("没有这条规则，或已停止。", "There is no such rule, or it has ended.")
TWICE = Text("同一条规则出现了两次。", "A rule stands twice.")
BACKWARD = Text("止期不能早于起期。", "The end cannot lie before the beginning.")
TOO_MANY = Text("最多 {most} 条规则。", "{most} rules at most.")


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as it is wanted; without `id` it is a new one. Its place among the lines is its priority."""

    reach: Reach
    target: Target
    unit_id: str = ""
    basis: str = ""
    certainty: str = "local"
    valid_from: date = date.min
    valid_until: date | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a draft would change. `rules`: everything as it would hold; `moved`: rules whose priority alone changes."""

    rules: tuple[Rule, ...]
    added: tuple[Rule, ...]
    changed: tuple[Rule, ...]
    moved: tuple[Rule, ...]
    ended: tuple[Rule, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.moved or self.ended)


def wrong(
    lines: Sequence[Line], there: Collection[str], units: Units, district: str, standing: Collection[str]
) -> list[FieldProblem]:
    """What is wrong with the lines, as `rules.<place from 0>.<field>`. `there`: ids of the rules that are open;
    `standing`: codes of areas that exist, ended ones too."""
    if len(lines) > MOST:
        return [FieldProblem("rules", "too_many", TOO_MANY, {"most": MOST})]
    found, seen = [], set[str]()
    for at, line in enumerate(lines):
        problems = _of_line(line, units, district, standing)
        if line.id and line.id not in there:
            problems.append(("id", "unknown", NO_RULE, {}))
        if line.id and line.id in seen:
            problems.append(("id", "twice", TWICE, {}))
        seen.add(line.id)
        found += [FieldProblem(f"rules.{at}.{name}", code, text, params) for name, code, text, params in problems]
    return found


def _of_line(
    line: Line, units: Units, district: str, standing: Collection[str]
) -> list[tuple[str, str, Text, dict[str, object]]]:
    reach = line.reach
    problems: list[tuple[str, str, Text, dict[str, object]]] = []
    if reach.kind not in ("", *KINDS):
        problems.append(("kind", "unknown", UNKNOWN, {}))
    if reach.code and not (reach.code.isascii() and reach.code.isdigit() and len(reach.code) <= LARGEST_CODE):
        problems.append(("code", "format", BAD_CODE, {}))
    if reach.area and not (
        areas.is_code(reach.area) and areas.contains(district, reach.area) and reach.area in standing
    ):
        problems.append(("area_code", "unknown", BAD_AREA, {}))
    if line.target not in TARGETS:
        problems.append(("target", "unknown", UNKNOWN, {}))
    elif line.target == "unit" and line.unit_id not in units.names:
        problems.append(("unit_id", "unknown" if line.unit_id else "required", NO_UNIT if line.unit_id else NEEDED, {}))
    if line.certainty not in CERTAINTIES:
        problems.append(("certainty", "unknown", UNKNOWN, {}))
    for name, value, most in (
        ("basis", line.basis, LONGEST_BASIS), ("ownership", reach.ownership, LONGEST_NAME),
        ("standard_ref", reach.standard_ref, LONGEST_NAME),
    ):  # fmt: skip
        if len(value) > most:
            problems.append((name, "too_long", LONG, {"most": most}))
    if line.valid_until is not None and line.valid_until < line.valid_from:
        problems.append(("valid_until", "early", BACKWARD, {}))
    return problems


def plan(lines: Sequence[Line], there: Mapping[str, Rule], new_ids: Sequence[str], today: date) -> Plan:
    """What the lines would change of the rules that are open. A rule that is left out ends today; nothing is removed.

    A rule keeps its version where only its priority changes. `new_ids` has one for each line without.
    """
    fresh = iter(new_ids)
    rules, added, changed, moved = [], [], [], []
    for position, line in enumerate(lines, start=1):
        old = there.get(line.id)
        wanted = Rule(
            line.id or next(fresh), old.version if old else 1, position, line.reach, line.target,
            line.unit_id if line.target == "unit" else "", line.basis.strip(), line.certainty, line.valid_from, line.valid_until,
        )  # fmt: skip
        if old is None:
            added.append(wanted)
        elif replace(wanted, position=old.position) != old:
            wanted = replace(wanted, version=old.version + 1)
            changed.append(wanted)
        elif wanted.position != old.position:
            moved.append(wanted)
        rules.append(wanted)
    kept = {line.id for line in lines}
    ended = [
        replace(rule, valid_until=max(today, rule.valid_from), version=rule.version + 1)
        for i, rule in there.items()
        if i not in kept
    ]
    return Plan(tuple(rules), tuple(added), tuple(changed), tuple(moved), tuple(ended))


def same_rule(line: Line, rules: Collection[Rule]) -> str:
    """The id of the open rule that has the reach of a line from a file; empty where there is none."""
    return next((rule.id for rule in rules if rule.reach == line.reach), "")
