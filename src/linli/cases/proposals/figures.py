"""The figures of proposals by year and host: what each counts, as a condition that the list behind it uses as well.

Share of replies, of replies in time and of satisfied proposers are the figures such work is usually reported by (inferred). In
time is by the first answer; satisfaction by the last opinion that was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound, Text
from linli.registry.queries import sql

from . import seeing

#: `c` is the case where it is in sight, `f` the first answer, `r` that of this round, `l` the last one that was rated.
_FROM = """
cases_proposal p
LEFT JOIN cases_case c ON c.id = p.case_id AND {seen}
LEFT JOIN cases_proposal_reply f ON f.proposal_id = p.id AND f.round = 1
LEFT JOIN cases_proposal_reply r ON r.proposal_id = p.id AND r.round = p.round
LEFT JOIN LATERAL (
    SELECT x.opinion FROM cases_proposal_reply x WHERE x.proposal_id = p.id AND x.opinion <> '' ORDER BY x.round DESC LIMIT 1
) l ON true
"""
_REPLIED = "f.signed_at IS NOT NULL"
_TIMELY = "(f.due_on IS NULL OR f.answered_on <= f.due_on)"


@dataclass(frozen=True, slots=True)
class Figure:
    """What is counted, with its words and its condition over `source`."""

    code: str
    label: Text
    meaning: Text
    condition: str


FIGURES: tuple[Figure, ...] = (
    Figure("received", Text("收到", "Received"), Text("登记的件数", "All that were registered"), "true"),
    Figure("replied", Text("已答复", "Replied"), Text("首次答复已签发", "The first reply is signed off"), _REPLIED),
    Figure(
        "in_time", Text("按期答复", "In time"), Text("首次答复时间不晚于答复期限", "First reply dated no later than its day"),
        f"({_REPLIED} AND {_TIMELY})",
    ),
    Figure(
        "late", Text("超期答复", "Late"), Text("首次答复时间晚于答复期限", "First reply dated after its day"),
        f"({_REPLIED} AND NOT {_TIMELY})",
    ),
    Figure(
        "overdue", Text("超期未答复", "Overdue"), Text("期限已过，首次答复还没有签发", "The day is over, and there is no first reply yet"),
        "(f.signed_at IS NULL AND c.due_at < %(now)s)",
    ),
    Figure("published", Text("已公开", "Published"), Text("答复已公开", "The reply is public"), "p.published_at IS NOT NULL"),
    Figure("closed", Text("不公开", "Not public"), Text("决定不公开答复", "Decided not to be public"), "p.openness = 'closed'"),
    Figure("satisfied", Text("满意", "Satisfied"), Text("最近一次评价", "By the last opinion"), "l.opinion = 'satisfied'"),
    Figure("basically", Text("基本满意", "Basically satisfied"), Text("最近一次评价", "By the last opinion"), "l.opinion = 'basically'"),
    Figure("dissatisfied", Text("不满意", "Not satisfied"), Text("最近一次评价", "By the last opinion"), "l.opinion = 'dissatisfied'"),
    Figure("again", Text("重新办理", "Answered again"), Text("经重新办理", "Had to be answered again"), "p.round > 1"),
)  # fmt: skip
BY_CODE = {figure.code: figure for figure in FIGURES}


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures of one host, of one year, or of all together."""

    key: str
    name: str
    figures: dict[str, int]


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of a year (None: all years) for every host and together, and of every year."""

    year: int | None
    total: Counted
    hosts: tuple[Counted, ...]
    years: tuple[Counted, ...]


def source(actor: Actor, params: dict[str, Any]) -> str:
    """What figures and lists are read from; adds to `params`."""
    return _FROM.format(seen=seeing.case_condition(actor, params))


def condition_of(code: str) -> str:
    """The condition behind a figure. Raises NotFound."""
    if code not in BY_CODE:
        raise NotFound()
    return BY_CODE[code].condition


def counts(actor: Actor, year: int | None = None, body: str | None = None) -> Counts:
    """What is in sight, by host and by year. One query."""
    params: dict[str, Any] = {"now": clock.now(), "body": body}
    columns = ", ".join(f"count(*) FILTER (WHERE {figure.condition})" for figure in FIGURES)
    rows = sql.rows(
        _Line,
        f"""SELECT p.year, p.host_unit_id AS host, max(p.host_name) AS name, ARRAY[{columns}] AS figures FROM {source(actor, params)}
        WHERE {seeing.condition(actor, params)} AND (%(body)s::text IS NULL OR p.body = %(body)s)
        GROUP BY p.year, p.host_unit_id ORDER BY p.year DESC, name""",
        params,
    )
    chosen = [row for row in rows if year is None or row.year == year]
    hosts: dict[str, list[_Line]] = {}
    for row in chosen:
        hosts.setdefault(str(row.host or ""), []).append(row)
    by_year: dict[int, list[_Line]] = {}
    for row in rows:
        by_year.setdefault(row.year, []).append(row)
    told = [Counted(key, lines[0].name, _sum(lines)) for key, lines in hosts.items()]
    return Counts(
        year,
        Counted("", "", _sum(chosen)),
        tuple(sorted(told, key=lambda each: (not each.key, -each.figures["received"], each.name))),
        tuple(Counted(str(each), str(each), _sum(lines)) for each, lines in by_year.items()),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    year: int
    host: UUID | None
    name: str
    figures: list[int]


def _sum(lines: list[_Line]) -> dict[str, int]:
    return {figure.code: sum(line.figures[at] for line in lines) for at, figure in enumerate(FIGURES)}
