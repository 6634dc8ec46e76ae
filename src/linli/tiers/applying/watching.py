"""Warnings of re-checks: which communities that are recognised no longer meet a live indicator of their tier. Every night."""

from __future__ import annotations

from django.conf import settings

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

from .. import rules as ladder
from . import judging
from .models import Application, StandingWarning
from .table import WATCHED


def watcher() -> Actor:
    """The program as it watches: over the whole district."""
    return system("tiers", settings.LINLI_DISTRICT)


def watch() -> int:
    """Warn where a live indicator is missed, take back what is met again; returns how many warnings are open. Nothing is taken back
    because a figure is not known. Eight queries, three more for each further version of the indicators."""
    with acting(watcher()):
        held = list(
            Application.objects.select_related("plan_year")
            .filter(state__in=WATCHED)
            .exclude(marks__contains=["superseded"])
            .order_by("id")
            .select_for_update(
                of=("self",)
            )  # none lapses meanwhile, and keeps a warning that was not there to be taken back
        )
        asked = {system_id: judging.asked_of(system_id) for system_id in {each.plan_year.system_id for each in held}}
        readings = judging.readings_of([each.area_code for each in held]) if held else {}
        open_now = {
            (each.application_id, each.indicator): each for each in StandingWarning.objects.filter(gone_at=None)
        }
        new, met = [], []
        for each in held:
            wanted = asked[each.plan_year.system_id][each.tier]
            live = judging.judge(wanted, readings.get(each.area_code, {}))
            rules_by_code = {rule.code: rule for rule in wanted.judged}
            for code, verdict in live.live.items():
                before = open_now.get((each.id, code))
                if verdict == "missed" and before is None:
                    new.append(_warning(each, rules_by_code[code], live))
                elif verdict == "met" and before is not None:
                    met.append(before.id)
        StandingWarning.objects.filter(id__in=met).update(gone_at=clock.now())
        StandingWarning.objects.bulk_create(new, ignore_conflicts=True)
        return len(open_now) + len(new) - len(met)


def _warning(each: Application, rule: ladder.Indicator, live: judging.Judged) -> StandingWarning:
    """With the first bound that its computed value misses."""
    metric, value = "", None
    for bound in rule.bounds:
        reading = live.readings.get(bound.metric)
        computed = reading.computed if reading else None
        if computed is not None and ladder.judge_bound(bound, computed) == "missed":
            metric, value = bound.metric, computed
            break
    return StandingWarning(
        id=uuid7(), application=each, indicator=rule.code, metric=metric, value=value, since=clock.today()
    )
