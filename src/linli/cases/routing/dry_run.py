"""What a draft of the rules would do with the cases of the last month: how many go where, and what changes. Nothing is written.

Cases are counted in the base by category, area, owner and unit; each combination is routed once, by the rules as they are and as
they would be. Only cases in sight count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Page
from linli.registry.queries import sql

from ..categories.rules import CategoryKey
from ..engine import sight
from ..engine.states import ENDED
from ..permissions import VIEW
from .actions import Checked, check_rules
from .compiled import directory
from .drafts import Line
from .findings import RuleFinding, findings
from .owners import CLASS, NEAREST, split
from .queries import known
from .rules import Asked, Matcher

DAYS = 30
BEGINNING = 120
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RoutedFlow:
    """`count` cases that go to the unit `before` by the rules as they are and to `after` by the draft; "" for no unit.

    `handed`: how many of them were handed to a unit; `agreeing`: to that of the draft.
    """

    before: str
    after: str
    count: int
    handed: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class RuleUse:
    """How many cases each rule of the draft routes, by its position."""

    position: int
    count: int


@dataclass(frozen=True, slots=True)
class RoutingDryRun:
    """What a draft would do with `cases` cases since `since`; the flows that change something first."""

    since: date
    on: date
    cases: int
    changed: int
    flows: Sequence[RoutedFlow]
    uses: Sequence[RuleUse]
    findings: Sequence[RuleFinding]
    checked: Checked


@dataclass(frozen=True, slots=True)
class RoutedLine:
    """A case behind a figure of a dry run."""

    id: UUID
    number: str
    state: str
    transferred: bool
    beginning: str
    area_code: str
    category_name: str | None
    unit_name: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class _Combination:
    """Cases that are routed alike, and the unit they were handed to."""

    category_id: str
    asked: Asked
    owners: str
    unit_id: str
    count: int


def dry_run(actor: Actor, lines: Sequence[Line], on: date | None = None) -> RoutingDryRun:
    """Route the cases of the last month in sight by a draft, as on a day. Raises what `check_rules` does."""
    checked, day = check_rules(actor, lines), on or clock.today()
    before, after = _matchers(checked)
    flows, uses = dict[Pair, list[int]](), Counter[int]()
    for each in _combinations(actor, before.asks_owners or after.asks_owners):
        goes = after.match(each.asked, day)
        pair = (_unit(before, each.asked, day), goes.unit_id if goes else "")
        sums = flows.setdefault(pair, [0, 0, 0])
        sums[0] += each.count
        if each.unit_id:
            sums[1] += each.count
            sums[2] += each.count * (each.unit_id == pair[1])
        if goes:
            uses[goes.rule.position] += each.count
    told = [RoutedFlow(*pair, *sums) for pair, sums in flows.items()]
    return RoutingDryRun(
        since=_since().astimezone(clock.LOCAL).date(), on=day, cases=sum(flow.count for flow in told),
        changed=sum(flow.count for flow in told if flow.before != flow.after),
        flows=sorted(told, key=lambda f: (f.before == f.after, -f.count, f.before, f.after)),
        uses=[RuleUse(rule.position, uses[rule.position]) for rule in after.rules],
        findings=findings(after.rules, known(after.rules, directory()), clock.today()), checked=checked,
    )  # fmt: skip


def dry_run_cases(
    actor: Actor, lines: Sequence[Line], pair: Pair, on: date | None = None, cursor: str | None = None,
    limit: int | None = None,
) -> Page[RoutedLine]:  # fmt: skip
    """The cases behind one figure of a dry run: those that go from one unit to another, the newest first."""
    checked, day = check_rules(actor, lines), on or clock.today()
    before, after = _matchers(checked)
    asks = before.asks_owners or after.asks_owners
    meant = [
        each
        for each in _combinations(actor, asks)
        if (_unit(before, each.asked, day), _unit(after, each.asked, day)) == pair
    ]
    size, params = paging.limit(limit), dict[str, Any]()
    params |= {
        "categories": [each.category_id for each in meant], "areas": [each.asked.area for each in meant],
        "owners": [each.owners for each in meant], "size": size + 1,
    }  # fmt: skip
    turned = ""
    if (at := paging.decode(cursor, 1)) is not None:
        params["cursor"], turned = at[0], "AND x.id < %(cursor)s::uuid"
    found = sql.rows(
        RoutedLine,
        f"""
        SELECT x.id, c.number, c.state, c.transferred, left(c.description, {BEGINNING}) AS beginning, c.area_code, x.category_name,
               c.unit_name, c.reported_at
        FROM ({_inner(actor, asks, params)}) x
        JOIN cases_case c ON c.id = x.id
        WHERE (x.category_id, x.area_code, x.owners) IN
              (SELECT * FROM unnest(%(categories)s::text[], %(areas)s::text[], %(owners)s::text[])) {turned}
        ORDER BY x.id DESC LIMIT %(size)s
        """,
        params,
    )
    following = paging.encode((found[size - 1].id,)) if len(found) > size else None
    return Page(found[:size], following)


def _matchers(checked: Checked) -> tuple[Matcher, Matcher]:
    return Matcher(checked.before, checked.units), Matcher(checked.plan.rules, checked.units)


def _unit(matcher: Matcher, asked: Asked, day: date) -> str:
    match = matcher.match(asked, day)
    return match.unit_id if match else ""


def _since() -> datetime:
    return clock.now() - timedelta(days=DAYS)


def _inner(actor: Actor, owners: bool, params: dict[str, Any]) -> str:
    """The cases of the last month in sight with what they are routed by, as SQL; adds to `params`. Refused ones are left out."""
    seen = sight.arms(actor, params, None, VIEW)
    params |= {"since": _since(), "ended": [str(state) for state in ENDED]}
    nearest = (
        f"LEFT JOIN LATERAL (SELECT {CLASS} AS class) k ON true LEFT JOIN LATERAL ({NEAREST}) n ON true"
        if owners
        else ""
    )
    return f"""
        SELECT c.id, coalesce(c.category_id::text, '') AS category_id, g.standard_ref, g.kind, g.code, g.name AS category_name,
               c.area_code::text AS area_code, {"coalesce(n.owners, '')" if owners else "''::text"} AS owners, c.unit_id
        FROM cases_case c LEFT JOIN cases_category g ON g.id = c.category_id {nearest}
        WHERE ({" OR ".join(seen) or "false"}) AND c.reported_at >= %(since)s AND c.state <> ALL(%(ended)s)
    """


def _combinations(actor: Actor, owners: bool) -> list[_Combination]:
    """The cases of the last month, counted by what they are routed by and where they were handed. One query."""
    params: dict[str, Any] = {}
    statement = f"""
        SELECT x.category_id, x.standard_ref, x.kind, x.code, x.area_code, x.owners, x.unit_id, count(*)
        FROM ({_inner(actor, owners, params)}) x GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 5, 6, 7
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [
            _Combination(
                category_id, Asked(CategoryKey(ref, kind, code) if category_id else None, area, split(owned)), owned,
                str(unit_id or ""), count,
            )
            for category_id, ref, kind, code, area, owned, unit_id, count in cursor.fetchall()
        ]  # fmt: skip
