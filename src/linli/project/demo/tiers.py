"""Declared values of the demo's communities, marked as such (演示), and an assessment: the ladder with standings of every kind.

Nothing here is said of the real communities whose names the district's regions bear: the values are drawn by a seed.
"""

from __future__ import annotations

import random
from decimal import Decimal

from linli.access.models import Account
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.places.grids.models import GridStaff
from linli.places.grids.staffing import assign, without_staff
from linli.places.models import Grid
from linli.project.demo.base import demo_actor
from linli.tiers import communities
from linli.tiers.assessing import actions as assessing
from linli.tiers.models import Assessment, Declaration, Indicator
from linli.tiers.rules import TIERS
from linli.tiers.systems.queries import holding, indicators_of
from linli.tiers.values.actions import NewDeclaration, declare_many
from linli.tiers.values.catalogue import metrics

NOTE = "演示数据，非真实情况"
#: How many of a hundred communities meet everything that is declared up to a tier (None: not even the first).
KINDS = ((None, 45), ("basic", 30), ("growing", 18), ("model", 7))
#: How often a bound beyond its tier is missed, or nothing is declared of it.
MISSED, SILENT = 0.35, 0.08


def make_tiers(seed: int) -> int:
    """Declare and assess, once; returns how many values were declared."""
    actor = demo_actor()
    with acting(actor):
        system = holding(clock.today())
        if system is None or Declaration.objects.exists() or Assessment.objects.exists():
            return 0
        codes = communities.codes_on(system.kinds, clock.today())
        _staff_grids(actor, codes)
        indicators = indicators_of(system.id)
        wanted = [each for code in codes for each in _values(code, indicators, seed)]
        made = declare_many(actor, wanted, synthetic=True)
    if codes:
        assessing.assess(actor)
    return made


def _staff_grids(actor: Actor, codes: list[str]) -> None:
    """The grid workers of the communities stand for their grids, as in life: nothing would be covered otherwise."""
    grids = without_staff(Grid.objects.filter(valid_to=None, village_code__in=codes), clock.today())
    wanted = {f"g{code[6:]}": code for code in grids.values_list("code", flat=True)}
    accounts = Account.objects.filter(active=True)
    for account in accounts.filter(username__in=wanted).order_by("username"):
        assign(actor, area_code=wanted.pop(account.username), duty=GridStaff.WORKER, account_id=account.id)
    if shown := accounts.filter(
        username="grid1"
    ).first():  # that grid's worker is one of the accounts to look at it with
        for code in (code for code in wanted.values() if code.startswith(shown.area_code)):
            assign(actor, area_code=code, duty=GridStaff.WORKER, account_id=shown.id)


def _values(code: str, indicators: list[Indicator], seed: int) -> list[NewDeclaration]:
    """What one community declares: it meets its tier, and of the next ones a part."""
    chance = random.Random(f"{seed}:{code}")  # noqa: S311
    tier = chance.choices([kind for kind, _ in KINDS], [share for _, share in KINDS])[0]
    reaches = TIERS.index(tier) if tier in TIERS else -1  # type: ignore[arg-type]
    found: dict[str, Decimal] = {}
    for each in indicators:
        beyond = TIERS.index(each.tier) > reaches  # type: ignore[arg-type]
        for bound in each.bounds.all():
            if bound.value is None or (beyond and chance.random() < MISSED + SILENT):
                continue  # what meets the tier below, or nothing, stays
            found[bound.metric] = _beside(bound.value, bound.unit, bound.op, chance)
    for metric in metrics().values():
        if metric.code not in found and chance.random() > SILENT and reaches < 0:
            found[metric.code] = _short(metric.unit, chance)
    return [NewDeclaration(code, metric, value, clock.today(), NOTE) for metric, value in sorted(found.items())]


def _beside(bound: Decimal, unit: str, op: str, chance: random.Random) -> Decimal:
    """A value that meets a bound, not just."""
    if unit == "bool" or op == "==":
        return bound
    if unit == "%":
        return min(Decimal(100), bound + Decimal(chance.randint(0, 30)) / 10)
    more = Decimal(chance.randint(0, 3))
    return max(Decimal(0), bound - more) if op == "<=" else bound + more


def _short(unit: str, chance: random.Random) -> Decimal:
    """A value that meets little."""
    return Decimal(chance.randint(20, 60)) if unit == "%" else Decimal(0 if unit == "bool" else chance.randint(0, 2))
