"""What a plan of upgrades is asked for: communities with their values, measures, money by source and year, staff, fairness. Pure.

Money is whole cents (分). A tier is 0 for none yet, then 1, 2, … in ascending order. A year is counted from 0 within the plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from linli.kernel.errors import Text

Op = Literal[">=", "<=", "=="]
MOST_YEARS = 6


class Refused(ValueError):
    """What was asked cannot be worked on, and why, in both languages. `code` is stable."""

    def __init__(self, code: str, text: Text, /, **params: object) -> None:
        super().__init__(text.say("en", params))
        self.code = code
        self.text = text
        self.params = params

    def say(self, language: str) -> str:
        return self.text.say(language, self.params)


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound (标准值) of an indicator at a tier. `value` None is not known and not judged; `==` is for yes and no."""

    indicator: str
    tier: int
    metric: str
    op: Op
    value: float | bool | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a measure does to a metric: `add` moves it by `amount`, `set` brings it to `amount` at least (at most, for ≤)."""

    metric: str
    kind: Literal["add", "set"]
    amount: float


@dataclass(frozen=True, slots=True)
class Measure:
    """A work a community can have done (提升措施).

    `unit_cost` in cents, once for each unit the community needs; `running_cost` in cents a year and unit, from the year after it
    takes effect; `lead_months` from its start at the beginning of a year; `staff` person-days in the year it starts, whatever the
    units; `needs` are measures that must be there or begun in the same year, and it takes
    effect only when these have. One that is `shareable` is paid for and staffed once
    (one unit) and serves every community of a group of neighbours. `theme` is what sources may be earmarked for.
    """

    code: str
    unit_cost: int
    effects: tuple[Effect, ...]
    running_cost: int = 0
    lead_months: int = 12
    staff: int = 0
    needs: tuple[str, ...] = ()
    shareable: bool = False
    theme: str = ""

    @property
    def delay(self) -> int:
        """How many year ends pass before the one at which it counts: 0 when it is ready within the year it starts."""
        return max(0, (self.lead_months - 1) // 12)


@dataclass(frozen=True, slots=True)
class Community:
    """A community with what it has: recognised `tier`, values of metrics (None or absent: not known), works already there.

    `units`: how many units of a measure it needs (1 unless told); `prices`: a unit cost other than the measure's, in cents.
    `group` names the neighbours it can share with; "" is none.
    """

    code: str
    town: str
    people: int
    tier: int = 0
    old: bool = False
    values: Mapping[str, float | bool | None] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[str, int] = field(default_factory=dict)
    has: frozenset[str] = frozenset()
    group: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Money of one source, cents for each year of the plan. `carries`: what is left may be spent in the next year.
    Earmarks: only for these themes, only in these towns, only old compounds; empty or False is no earmark."""

    code: str
    amounts: tuple[int, ...]
    carries: bool = True
    themes: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    old_only: bool = False

    def pays(self, theme: str, town: str, old: bool) -> bool:
        return (
            (not self.themes or theme in self.themes)
            and (not self.towns or town in self.towns)
            and (old or not self.old_only)
        )


@dataclass(frozen=True, slots=True)
class Awards:
    """What comes in when a community is recognised at a tier it never had: cents for tiers 1, 2, …, `lag` years after it is
    reached, into the source `source` (made when there is none). The amounts are ceilings in the texts: "up to". Over the plan a
    community gets no more than the highest of them: climbing in steps pays nothing extra (an assumption)."""

    amounts: tuple[int, ...] = ()
    source: str = "award"
    lag: int = 1

    def due(self, recognised: int, path: Sequence[int]) -> list[int]:
        """Cents by the year in which a tier is reached, for the tiers held at the end of each year."""
        found, held, paid = [0] * len(path), recognised, 0
        for year, tier in enumerate(path):
            if tier > held:
                held = tier
                amount = max(self.amounts[:tier], default=0)
                found[year] = max(0, amount - paid)
                paid = max(paid, amount)
        return found


@dataclass(frozen=True, slots=True)
class Fairness:
    """`per_town`: so many communities raised in each town that has as many below the top; `old_share`: at least this share of the
    raised are old compounds; `keep`: no community ends below the tier it is recognised at, but where every work there is cannot hold it there."""

    per_town: int = 0
    old_share: float = 0.0
    keep: bool = True


@dataclass(frozen=True, slots=True)
class Lock:
    """A choice taken before: a community reaches `tier`, or has `measure` begun, in `year` at the latest (None: within the plan)."""

    community: str
    tier: int | None = None
    measure: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Ban:
    """What may not be chosen: a measure anywhere, works in a community, a measure in it, or (`tier`) that tier and those above."""

    community: str | None = None
    measure: str | None = None
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """Points of a plan. A community that ends at tier t counts `tier_weights[t-1]`, and `people` for each 1,000 people living in a
    community raised; both above what it has now; old compounds count `1 + old_bonus` times. Each year earlier adds `early` of it.
    `thrift` is taken off for each 10,000 CNY spent, so that money is not spent for nothing."""

    tier_weights: tuple[float, ...] = (1.0, 2.0, 4.0)
    people: float = 0.0
    old_bonus: float = 0.0
    early: float = 0.05
    thrift: float = 1e-4


@dataclass(frozen=True, slots=True)
class Instance:
    """One question for the optimiser. `staff`: person-days for each year, None without a limit."""

    years: int
    communities: tuple[Community, ...]
    measures: tuple[Measure, ...]
    bounds: tuple[Bound, ...]
    sources: tuple[Source, ...]
    tiers: int = 3
    staff: tuple[int, ...] | None = None
    awards: Awards = Awards()
    fairness: Fairness = Fairness()
    objective: Objective = Objective()
    locks: tuple[Lock, ...] = ()
    bans: tuple[Ban, ...] = ()

    @property
    def budget(self) -> int:
        """All money of all years, cents, without awards."""
        return sum(sum(source.amounts) for source in self.sources)


def check(asked: Instance) -> None:
    """Raise `Refused` for a question that makes no sense, in words that say what to mend."""
    if not 1 <= asked.years <= MOST_YEARS:
        raise Refused("years", Text("年数应在 1 到 {most} 之间。", "Years must be from 1 to {most}."), most=MOST_YEARS)
    for source in asked.sources:
        if len(source.amounts) != asked.years:
            raise Refused(
                "amounts",
                Text("资金来源 {source} 应逐年各给一个数额。", "Source {source} needs one amount for each year."),
                source=source.code,
            )
        if min(source.amounts) < 0:
            raise Refused(
                "budget_negative",
                Text("资金来源 {source} 的数额不能为负。", "Source {source} has an amount below zero."),
                source=source.code,
            )
    if asked.budget <= 0:
        raise Refused(
            "budget_not_positive",
            Text(
                "预算必须大于零:没有资金就排不出方案。",
                "The budget must be above zero: without money there is no plan.",
            ),
        )
    if asked.staff is not None and (len(asked.staff) != asked.years or min(asked.staff) < 0):
        raise Refused(
            "staff", Text("人力应逐年各给一个不为负的数。", "Staff needs one number, not below zero, for each year.")
        )
    _check_choices(asked)
    _check_sources(asked)
    _check_measures(asked)


def _check_sources(asked: Instance) -> None:
    """Each source has a code of its own, and its earmarks are for what there is."""
    codes = [source.code for source in asked.sources]
    for code in codes:
        if codes.count(code) > 1:
            raise Refused("twice", Text("资金来源 {code} 出现了两次。", "Source {code} is there twice."), code=code)
    themes, towns = {m.theme for m in asked.measures}, {c.town for c in asked.communities}
    for source in asked.sources:
        for theme in sorted(source.themes - themes):
            raise Refused(
                "unknown_theme",
                Text(
                    "资金来源 {source} 的专款用途 {theme} 没有任何措施。",
                    "Source {source} is earmarked for {theme}, which no measure has.",
                ),
                source=source.code,
                theme=theme,
            )
        for town in sorted(source.towns - towns):
            raise Refused(
                "unknown_town",
                Text(
                    "资金来源 {source} 限定的镇街 {town} 不在方案中。",
                    "Source {source} is earmarked for town {town}, which has no community in the plan.",
                ),
                source=source.code,
                town=town,
            )


def _check_choices(asked: Instance) -> None:
    codes = [community.code for community in asked.communities]
    measures = {measure.code for measure in asked.measures}
    if len(set(codes)) != len(codes) or len(measures) != len(asked.measures):
        raise Refused("twice", Text("同一社区或措施出现了两次。", "A community or a measure is there twice."))
    known = set(codes)
    choices: tuple[Lock | Ban, ...] = (*asked.locks, *asked.bans)
    for choice in choices:
        if choice.tier is None and choice.measure is None and (isinstance(choice, Lock) or choice.community is None):
            raise Refused(
                "choice_empty",
                Text(
                    "锁定须指明等级或措施,禁止须指明社区、措施或等级。",
                    "A lock has to name a tier or a measure, a ban a community, a measure or a tier.",
                ),
            )
        if choice.community is not None and choice.community not in known:
            raise Refused(
                "unknown_community",
                Text("没有社区 {code}。", "There is no community {code}."),
                code=choice.community,
            )
        if choice.measure is not None and choice.measure not in measures:
            raise Refused(
                "unknown_measure", Text("没有措施 {code}。", "There is no measure {code}."), code=choice.measure
            )
    if len(asked.objective.tier_weights) != asked.tiers:
        raise Refused("weights", Text("每个等级都要有权重。", "Each tier needs a weight."))
    if any(not 0 <= community.tier <= asked.tiers for community in asked.communities):
        raise Refused("tier", Text("社区等级超出范围。", "A community has a tier that is none."))
    if not 0 <= asked.fairness.old_share <= 1 or asked.fairness.per_town < 0:
        raise Refused("fairness", Text("公平性条件超出范围。", "A condition of fairness is out of range."))


def _check_measures(asked: Instance) -> None:
    up = directions(asked.bounds)
    by_code = {measure.code: measure for measure in asked.measures}
    for measure in asked.measures:
        if measure.unit_cost < 0 or measure.running_cost < 0 or measure.staff < 0:
            raise Refused(
                "cost_negative",
                Text("措施 {code} 的费用或人力为负。", "Measure {code} has a cost or staff below zero."),
                code=measure.code,
            )
        for need in measure.needs:
            if need not in by_code or need == measure.code:
                raise Refused(
                    "unknown_need",
                    Text(
                        "措施 {code} 的前置措施 {need} 不存在。", "Measure {code} needs {need}, which does not exist."
                    ),
                    code=measure.code,
                    need=need,
                )
            if measure.shareable and not by_code[need].shareable:
                raise Refused(
                    "need_not_shared",
                    Text(
                        "可共享的措施 {code} 只能以可共享的措施为前置。",
                        "Measure {code} is shareable and can only need shareable ones.",
                    ),
                    code=measure.code,
                )
        for effect in measure.effects:
            if effect.kind == "add" and effect.metric in up and (effect.amount > 0) != up[effect.metric]:
                raise Refused(
                    "effect_backwards",
                    Text(
                        "措施 {code} 使指标数据 {metric} 变差。",
                        "Measure {code} moves {metric} away from its bound.",
                    ),
                    code=measure.code,
                    metric=effect.metric,
                )


def directions(bounds: tuple[Bound, ...]) -> dict[str, bool]:
    """For each metric that is judged, whether more is better. Raises `Refused` where bounds pull both ways."""
    found: dict[str, bool] = {}
    for bound in bounds:
        if bound.value is None:
            continue
        if bound.op == "==" and not isinstance(bound.value, bool):
            raise Refused(
                "equals",
                Text("“等于”只用于是否类数据({metric})。", "“Equals” is for yes-or-no metrics only ({metric})."),
                metric=bound.metric,
            )
        up = bound.op == ">=" or (bound.op == "==" and bound.value is True)
        if found.setdefault(bound.metric, up) != up:
            raise Refused(
                "both_ways",
                Text("数据 {metric} 的标准值方向相反。", "Bounds on {metric} pull both ways."),
                metric=bound.metric,
            )
    return found
