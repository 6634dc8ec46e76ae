"""Saving a set of rules: added, changed, moved and ended in one transaction. The only writer of rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from linli.access import changes as change_log
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7, uuid7_many
from linli.places.models import Grid, Region

from ..permissions import ROUTING_EDIT
from .compiled import open_rules, rule_of, stamp_now, units
from .drafts import Line, Plan, plan, wrong
from .problems import NothingToSave, RulesChanged
from .rules import Rule, Units

SHORTEST_REASON = 2
WHY = Text("请写明依据（至少 2 个字）。", "Please say on what ground (2 characters at least).")


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that holds: what it changes, of which state of the rules, with the units it names."""

    plan: Plan
    before: tuple[Rule, ...]
    stamp: str
    units: Units


def check_rules(actor: Actor, lines: Sequence[Line], stamp: str | None = None) -> Checked:
    """Look at a draft. Raises Forbidden, Invalid with every field, RulesChanged where `stamp` is not the state it is in."""
    actor.require(ROUTING_EDIT, settings.LINLI_DISTRICT)
    now = stamp_now()
    if stamp is not None and stamp != now:
        raise RulesChanged()
    there = {rule.id: rule for rule in map(rule_of, open_rules())}
    known = units()
    standing = _standing({line.reach.area for line in lines if line.reach.area})
    if problems := wrong(lines, there.keys(), known, settings.LINLI_DISTRICT, standing):
        raise Invalid(fields=tuple(problems))
    new = [str(made) for made in uuid7_many(sum(not line.id for line in lines))]
    return Checked(plan(lines, there, new, clock.today()), tuple(there.values()), now, known)


def save_rules(actor: Actor, lines: Sequence[Line], stamp: str | None, reason: str, file: str = "") -> Plan:
    """Let a draft hold from now on. Raises what `check_rules` does, and NothingToSave.

    `stamp`: the state that was looked at; None: whatever it is. Cases keep the rule and version they were routed by.
    """
    actor.require(ROUTING_EDIT, settings.LINLI_DISTRICT)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(fields=(FieldProblem("reason", "required", WHY),))
    with transaction.atomic():
        with connection.cursor() as cursor:  # one save at a time
            cursor.execute("LOCK TABLE cases_routing_rule IN SHARE ROW EXCLUSIVE MODE")
        checked = check_rules(actor, lines, stamp)
        return do_save(actor, checked, reason, file)


def do_save(actor: Actor, checked: Checked, reason: str, file: str = "") -> Plan:
    """Write a draft that was checked, under the lock of the table."""
    made = checked.plan
    if not made:
        raise NothingToSave()
    traces: dict[str, Any] = {"now": clock.now(), "by": actor.id, "name": actor.name}
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, traces | {"rows": _json((*made.changed, *made.ended), checked.units)})
        cursor.execute(_MOVE, {"rows": json.dumps([{"id": r.id, "position": r.position} for r in (*made.moved,)])})
        cursor.execute(_INSERT, traces | {"rows": _json(made.added, checked.units)})
        cursor.execute(
            "INSERT INTO cases_routing_edition (key, stamp) VALUES (1, %s) ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp",
            [uuid7()],
        )
    counts = {name: len(getattr(made, name)) for name in ("added", "changed", "moved", "ended")}
    change_log.record(
        actor, "cases.routing.save", "case_routing", "rules", settings.LINLI_DISTRICT,
        {"reason": reason.strip(), **({"file": file} if file else {}), **counts},
    )  # fmt: skip
    return made


def _standing(codes: set[str]) -> set[str]:
    """Those of `codes` that are or were areas."""
    if not codes:
        return set()
    return {
        *Region.objects.filter(code__in=codes).values_list("code", flat=True),
        *Grid.objects.filter(code__in=codes).values_list("code", flat=True),
    }


def _json(rules: Iterable[Rule], known: Units) -> str:
    return json.dumps([_row(rule, known) for rule in rules], default=str)


def _row(rule: Rule, known: Units) -> dict[str, Any]:
    reach = rule.reach
    return {
        "id": rule.id, "version": rule.version, "position": rule.position, "standard_ref": reach.standard_ref,
        "kind": reach.kind, "code": reach.code, "area_code": reach.area or None, "ownership": reach.ownership,
        "target": rule.target, "unit_id": rule.unit_id or None, "unit_name": known.names.get(rule.unit_id, ""),
        "basis": rule.basis, "certainty": rule.certainty, "valid_from": rule.valid_from, "valid_until": rule.valid_until,
    }  # fmt: skip


_COLUMNS = {
    "position": "integer", "standard_ref": "text", "kind": "text", "code": "text", "area_code": "text", "ownership": "text",
    "target": "text", "unit_id": "uuid", "unit_name": "text", "basis": "text", "certainty": "text", "valid_from": "date",
    "valid_until": "date", "version": "integer",
}  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_SHAPE = "id uuid, " + ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
_INSERT = f"""
INSERT INTO cases_routing_rule (id, {_NAMES}, changed_at, changed_by, changed_by_name)
SELECT r.id, {", ".join("r." + name for name in _COLUMNS)}, %(now)s, %(by)s, %(name)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r ({_SHAPE})
"""
_UPDATE = f"""
UPDATE cases_routing_rule t SET ({_NAMES}) = ROW({", ".join("r." + name for name in _COLUMNS)}),
    changed_at = %(now)s, changed_by = %(by)s, changed_by_name = %(name)s
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r ({_SHAPE}) WHERE t.id = r.id
"""
_MOVE = """
UPDATE cases_routing_rule t SET position = r.position
FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (id uuid, position integer) WHERE t.id = r.id
"""
