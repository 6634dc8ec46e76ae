"""Some cases of the last weeks: what patrols and residents report in one town, each somewhere on its way.

Every step is one the table of actions allows at that point, its clock is reckoned as for any case, and rows are written in
bulk. The same seed makes the same cases, as long ago. Nobody in them exists.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import numpy as np

from linli.cases.categories.models import Category, FilingRule
from linli.cases.engine import numbering, timing
from linli.cases.engine.choices import lending
from linli.cases.engine.models import Case, CaseFlow, CasePause
from linli.cases.engine.rules import BY_CODE, Doer, Facts, refusal, target_of
from linli.cases.engine.states import State
from linli.cases.permissions import ACCEPT, CHECK, CLOSE, DISPATCH, HANDLE
from linli.kernel import clock
from linli.kernel.ids import uuid7_many
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor

CASES, DAYS = 200, 21
#: What is reported: class of the directory, words, the department it goes to (None: the town itself), done in at most hours.
KINDS = (
    ("component", "01001", ("井盖缺失，已用树枝围挡", "供水井盖松动，过车有响声", "井盖下沉，形成坑洼"), "住房和城乡建设局", 30),
    ("component", "01037", ("路灯不亮，夜间看不清路", "路灯杆倾斜", "一排路灯白天常亮"), "综合行政执法局", 60),
    ("component", "03005", ("垃圾箱满溢，有异味", "垃圾箱破损", "垃圾箱被移到路中间"), None, 20),
    ("component", "02017", ("交通护栏被撞变形", "护栏缺失一段"), "城乡交通运输局", 70),
    ("component", "04002", ("行道树枝条折断，悬在路面上方", "行道树倾斜"), "综合行政执法局", 40),
    ("matter", "06001", ("楼顶加盖板房", "占用绿地搭建小屋"), "综合行政执法局", 90),
)  # fmt: skip
STRAIGHT = ("file", "dispatch", "take", "hand_back", "ask_check", "pass_check", "close", "rate")
REASONS = {
    "return_to_dispatcher": "经现场查看，不属于本单位管养范围", "fail_check": "现场仍未恢复，照片与实际不符",
    "ask_reporter": "需反映人到场指认位置", "resume": "已与反映人联系上", "refuse": "与已受理的案件重复",
}  # fmt: skip
RESULTS = {"hand_back": "已到现场处理完毕，恢复正常", "pass_check": "现场核查，问题已解决"}
PEOPLE = {ACCEPT: "顾怀安", DISPATCH: "程守一", CHECK: "翟长河", CLOSE: "顾怀安", HANDLE: "值班员"}


@dataclass
class Made:
    """Rows of one case as it goes."""

    case: Case
    flow: list[CaseFlow] = field(default_factory=list)
    pauses: list[CasePause] = field(default_factory=list)


@dataclass(frozen=True)
class Town:
    """What cases of a town are made of: spots in its grids, units by name, categories with their rules."""

    spots: list[tuple[str, float, float]]
    units: dict[str, uuid.UUID]
    own: str
    kinds: list[tuple[Category, FilingRule | None, tuple[str, ...], str, int]]


def make_cases(town: str, seed: int) -> int:
    """Make the cases of a town, once; returns how many."""
    with acting(demo_actor()):
        if Case.objects.exists():
            return 0
        rng, here, now = np.random.default_rng(seed), _town(town), clock.now()
        hours = [float(rng.uniform(1, 24 * DAYS if i % 7 else 8)) for i in range(CASES)]
        when = sorted(_by_day(now - timedelta(hours=ago)) for ago in hours)
        ids = map(uuid.UUID, uuid7_many(CASES))  # in the order of time, as lists have them
        made = [_case(rng, here, case_id, at, now) for case_id, at in zip(ids, when, strict=True)]
        for day in sorted({m.case.reported_at.astimezone(clock.LOCAL).date() for m in made}):
            same = [m.case for m in made if m.case.reported_at.astimezone(clock.LOCAL).date() == day]
            for case, number in zip(same, numbering.take(day, len(same)), strict=True):
                case.number = number
        Case.objects.bulk_create(m.case for m in made)
        CaseFlow.objects.bulk_create(step for m in made for step in m.flow)
        CasePause.objects.bulk_create(pause for m in made for pause in m.pauses)
        return len(made)


def _by_day(at: datetime) -> datetime:
    """People report by day: what falls into the night is of the evening before."""
    local = at.astimezone(clock.LOCAL)
    return at - timedelta(hours=local.hour + 3) if local.time() < time(7) else at


def _at_work(at: datetime) -> datetime:
    """Offices work by day: what falls after six is of the next morning, what falls before eight of the same."""
    local = at.astimezone(clock.LOCAL)
    if local.hour >= 18:
        return at + timedelta(hours=14)
    return at + timedelta(hours=8 - local.hour) if local.hour < 8 else at


def _town(town: str) -> Town:
    from linli.access.models import Unit
    from linli.places.models import Grid

    spots = list(
        Grid.objects.filter(code__startswith=town, valid_to=None).order_by("code").values_list("code", "lon", "lat")
    )
    units = {u.name: u.id for u in Unit.objects.filter(kind__in=("department", "town"))}
    own = Unit.objects.get(kind="town", area_code=town).name
    kinds: list[tuple[Category, FilingRule | None, tuple[str, ...], str, int]] = []
    for kind, code, words, office, hours in KINDS:
        category = Category.objects.filter(kind=kind, code=code, offered=True).first()
        if category is not None:
            rule = FilingRule.objects.filter(lending(category), target="handle").order_by("position").first()
            kinds.append((category, rule, words, office if office in units else own, hours))
    return Town(spots, units, own, kinds)


def _case(rng: np.random.Generator, here: Town, case_id: uuid.UUID, at: datetime, now: datetime) -> Made:
    category, rule, words, office, hours = here.kinds[int(rng.integers(len(here.kinds)))]
    # Some places are reported again and again.
    area, lon, lat = here.spots[int(len(here.spots) * float(rng.random()) ** 2)]
    case = Case(
        id=case_id, state=State.REPORTED.value, source=str(rng.choice(["collector", "resident", "hotline"], p=[0.6, 0.25, 0.15])),
        category=category, description=words[int(rng.integers(len(words)))], area_code=area, lon=lon, lat=lat,
        occurred_at=at, reported_at=at, reported_by="system:demo",
    )  # fmt: skip
    made = Made(case)
    made.flow.append(_row(made, at, "report", "forward", "", "翟长河", {"source": case.source}))
    if rng.random() < 0.04:
        _walk(made, ["refuse"], rng, here, office, rule, hours, now)
        return made
    steps = list(STRAIGHT)
    draw = float(rng.random())
    if draw < 0.06:
        steps[3:3] = ["return_to_dispatcher", "dispatch", "take"]
    elif draw < 0.14:
        steps[5:5] = ["fail_check", "hand_back", "ask_check"]
    elif draw < 0.22:
        steps[3:3] = ["ask_reporter", "resume"]
    _walk(made, steps, rng, here, office, rule, hours, now)
    return made


def _walk(
    made: Made,
    steps: list[str],
    rng: np.random.Generator,
    here: Town,
    office: str,
    rule: FilingRule | None,
    hours: int,
    now: datetime,
) -> None:
    """Take the steps one after the other, as far as the present."""
    case, at, sent = made.case, made.case.reported_at, 0
    for code in steps:
        slow = hours if code == "hand_back" else 20 if code in ("resume", "rate") else 4
        at = _at_work(at + timedelta(hours=float(rng.gamma(1.6, slow / 2.2)) + 0.1))
        if at > now:
            return
        action = BY_CODE[code]
        unit = str(case.unit_id) if case.unit_id else None
        doer = Doer(frozenset({action.permission}), unit if action.reach == "unit" else "another", handles=True)
        facts = Facts(State(case.state), case.urgent, case.filed_at is not None, unit, case.suspensions)
        assert refusal(action, facts, doer) is None, code
        detail: dict[str, object] = {}
        if code == "file":
            case.rule, case.limit_value, case.clock = (
                rule,
                rule.limit_value if rule else 3,
                rule.clock if rule else "work_day",
            )
            case.filed_at = case.clock_from = at
            detail = {"category": case.category.name if case.category else "", "limit": case.limit_value, "clock": case.clock,
                      "condition": rule.filing_condition if rule else "", "by_hand": rule is None}  # fmt: skip
        elif code == "dispatch":
            case.unit_name = office if sent == 0 else here.own if office != here.own else next(iter(here.units))
            case.unit_id, sent = here.units[case.unit_name], sent + 1
            detail = {"unit": case.unit_name}
        elif code == "hand_back":
            case.handed_back_at, case.result = at, RESULTS[code]
        elif code == "fail_check" and case.handed_back_at:
            made.pauses.append(CasePause(case=case, kind="feedback", since=case.handed_back_at, until=at))
            case.handed_back_at, case.reworks = None, case.reworks + 1
        elif code == "ask_reporter":
            case.paused_at = at
            made.pauses.append(CasePause(case=case, kind="waiting", since=at))
        elif code == "resume":
            case.paused_at, made.pauses[-1].until = None, at
        elif code == "close":
            case.closed_at = at
        elif code == "rate":
            case.responded, case.solved, case.satisfied = True, bool(rng.random() < 0.93), bool(rng.random() < 0.85)
            detail = {"responded": True, "solved": case.solved, "satisfied": case.satisfied}
        if code in RESULTS:
            detail["result"] = RESULTS[code]
        before = case.state
        case.state, case.version = target_of(action, State(before)).value, case.version + 1
        if case.clock_from is not None and case.limit_value and case.paused_at is None:
            ended = [(p.since, p.until) for p in made.pauses if p.until is not None]
            case.amber_at, case.due_at, case.provisional = timing.reckon(
                case.clock_from, case.limit_value, case.clock, ended
            )
        made.flow.append(_row(made, at, code, action.kind, before, PEOPLE[action.permission], detail))


def _row(
    made: Made, at: datetime, action: str, kind: str, before: str, who: str, detail: dict[str, object]
) -> CaseFlow:
    handled = action in BY_CODE and BY_CODE[action].reach == "unit"
    return CaseFlow(
        case=made.case, version=made.case.version, at=at, action=action, kind=kind, from_state=before, to_state=made.case.state,
        actor="system:demo", actor_name=who, actor_unit=made.case.unit_name if handled else "", reason=REASONS.get(action, ""),
        detail=detail,
    )  # fmt: skip
