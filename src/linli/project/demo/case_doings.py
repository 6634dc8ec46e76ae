"""What units and officials ask of each other in the demo's cases: extensions, appeals, looks on the spot, support, hand-overs,
child cases, notes of supervision; and cases of the other procedures (`case_ways`).

Made after the year of cases by the demo's own accounts, through the same actions as everybody's, in one transaction: it is there
whole, once, or not at all. All texts say that they are made up (示例).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import numpy as np
from django.db.models import F

from linli.cases.cooperation import children, handovers, supervising, supports
from linli.cases.engine.models import Case, CaseFlow
from linli.cases.engine.states import State
from linli.cases.evaluation.facts import draw_all
from linli.kernel import clock
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.project.demo.case_kinds import ENFORCEMENT, HOUSING, SAFETY, TRANSPORT
from linli.project.demo.case_rows import WHO
from linli.project.demo.case_stage import MARK, SHOWN, Matter, Stage, Walk
from linli.project.demo.case_ways import GIVEN, go_their_ways
from linli.project.demo.cases import spots_of_grids

#: Cases of a year from which on all of it is made; of fewer a share, and none beside fewer than `LEAST`.
WHOLE, LEAST = 2_000, 100
PARKING = Matter("matter", "09009", "面包车停在盲道上")
ROAD = Matter("matter", "06013", "路面有坑，积水后看不见", office=TRANSPORT)
SITE = Matter("matter", "08004", "工地土堆没有盖网，扬尘大", office=HOUSING)
STALLS = Matter("matter", "09005", "店铺把货架摆到人行道")
NOISE = Matter("matter", "06028", "夜里音响声音很大", "resident")
OWN_STALLS = Matter("matter", "09005", "店铺把货架摆到人行道", own=True)
OWN_NOISE = Matter("matter", "06028", "夜里音响声音很大", "resident", own=True)

ENDORSE, DECLINE, GRANT, DENY = "endorse_extension", "decline_extension", "grant_extension", "deny_extension"
#: What became of each extension that was asked for: it waits at the unit, waits at the dispatcher, is granted or refused.
EXTENSIONS = ((), (ENDORSE,), (ENDORSE, GRANT), (DECLINE,), (), (ENDORSE,), (ENDORSE, GRANT), (ENDORSE, DENY))
APPEALS = (
    (), ("endorse_appeal",), ("endorse_appeal", "grant_appeal"), ("endorse_appeal", "deny_appeal"),
)  # fmt: skip
#: Looks on the spot: of what, whether it is a result that is looked at, and in how many days it is wanted (past: nobody's yet).
TASKS = (
    (OWN_STALLS, True, 1), (OWN_NOISE, False, 1), (STALLS, True, 1), (NOISE, False, 1), (NOISE, False, -1), (STALLS, True, 2),
    (OWN_STALLS, True, 2), (OWN_NOISE, False, 2), (ROAD, True, 2), (SITE, True, 3), (NOISE, False, 3), (NOISE, False, -1),
)  # fmt: skip
#: The lead's matter, the unit it asks, and what became of it.
SUPPORTS = (
    (SITE, ENFORCEMENT, "asked"), (PARKING, SAFETY, "asked"), (STALLS, HOUSING, "answered"), (ROAD, ENFORCEMENT, "answered"),
    (PARKING, TRANSPORT, "declined"), (STALLS, SAFETY, "declined"),
)  # fmt: skip
HAND_OVERS = ((SITE, ENFORCEMENT, False), (PARKING, TRANSPORT, False), (STALLS, HOUSING, True))
#: Parts into which a case is split.
PARTS = ((SITE, ("清理带泥上路的渣土", "督促工地覆盖土堆")), (ROAD, ("修补破损路面", "疏通路边雨水口")))
#: How pressing each note is, how many days ago it was written, within how many an answer was wanted, and whether it came.
NOTES = (
    ("ordinary", 1, 4, False), ("priority", 4, 1, False), ("ordinary", 3, 2, True), ("special", 1, 3, False),
    ("priority", 5, 2, False), ("priority", 2, 3, True),
)  # fmt: skip


def make_doings(first_town: str, seed: int) -> int:
    """Make them, once; returns how many cases they are in."""
    with acting(demo_actor()) as actor:
        year = Case.objects.filter(reported_by=WHO).count()
        if year < LEAST or CaseFlow.objects.filter(request=MARK).exists():
            return 0
        stage = Stage(np.random.default_rng(seed), spots_of_grids(), first_town, min(1.0, year / WHOLE))
        parts: tuple[Callable[[Stage], int], ...] = (
            go_their_ways, _extensions, _appeals, _tasks, _supports, _hand_overs, _splits, _notes,
        )  # fmt: skip
        made = sum(part(stage) for part in parts)
        draw_all(actor)  # they are in the figures at once
        return made


def _extensions(stage: Stage) -> int:
    """Asked for in time; one of the unit reviews who did not ask, then the dispatcher."""
    wanted = stage.some(EXTENSIONS)
    for nth, reviews in enumerate(wanted):
        walk = Walk.begin(stage, STALLS if nth % 2 else PARKING, days=1 + nth % 2)
        walk.take(*GIVEN).take("ask_extension", reason=f"须等设备到场，请准予延期{SHOWN}").take(*reviews)
    return len(wanted)


def _appeals(stage: Stage) -> int:
    """Against being counted late, in cases of the year that were."""
    late = Case.objects.filter(
        reported_by=WHO, unit_id=stage.departments[ENFORCEMENT], state__in=(State.CLOSED, State.EVALUATED), exempt=False,
        handed_back_at__gt=F("due_at"),
    ).select_related("category").order_by("-number")  # fmt: skip
    found = list(zip(late, stage.some(APPEALS), strict=False))
    for case, reviews in found:
        walk = Walk(stage, PARKING, case, case.reported_at)
        walk.take_now("ask_appeal", reason=f"施工期间道路封闭，非本单位原因{SHOWN}")
        for review in reviews:
            walk.take_now(review)
    return len(found)


def _tasks(stage: Stage) -> int:
    """Given to the grid worker of the place until a time, or to nobody and overdue."""
    wanted = stage.some(TASKS)
    for matter, result, days in wanted:
        walk = Walk.begin(stage, matter, days=3)
        if result:
            walk.take(*GIVEN, "hand_back")
        code, due = "ask_check" if result else "ask_verify", _at_five(days)
        if days < 0:
            walk.take(code, task_due=due, photo_wanted=False)
        else:
            who = stage.walker_account(walk.case.area_code)
            walk.take_now(code, task_due=due, photo_wanted=result, assignee_id=who.id)
    return len(wanted)


def _supports(stage: Stage) -> int:
    """Asked by the lead or by the dispatcher; the unit that is asked answers, declines or has not said yet."""
    wanted = stage.some(SUPPORTS)
    for nth, (matter, helper, became) in enumerate(wanted):
        walk = Walk.begin(stage, matter, days=1 + nth % 3).take(*GIVEN)
        unit, until = stage.departments[helper], clock.today() + timedelta(days=2)
        asked = supports.Wanted(unit, f"请协助到场维持秩序{SHOWN}", f"单独处置有困难{SHOWN}", until)
        with walk.then(walk.lead if nth % 2 else stage.cast["dispatcher"]) as who:
            row = supports.ask(who, walk.case.id, asked)
        if became != "asked":
            with walk.then(stage.member(unit)) as who:
                if became == "answered":
                    supports.answer(who, walk.case.id, row.id, f"已派人到场配合，现场秩序正常{SHOWN}")
                else:
                    supports.decline(who, walk.case.id, row.id, f"不属于本单位职责范围{SHOWN}")
    return len(wanted)


def _hand_overs(stage: Stage) -> int:
    """Offered by the unit that has the case; the other has taken it, or has not said yet."""
    wanted = stage.some(HAND_OVERS)
    for matter, other, taken in wanted:
        walk = Walk.begin(stage, matter, days=1).take(*GIVEN)
        unit = stage.departments[other]
        with walk.then(walk.lead) as who:
            row = handovers.offer(
                who, walk.case.id, handovers.Offer(unit, f"经现场查看，属贵单位管养{SHOWN}", "示例函1号")
            )
        if taken:
            with walk.then(stage.member(unit)) as who:
                handovers.take(who, walk.case.id, row.id)
    return len(wanted)


def _splits(stage: Stage) -> int:
    """Divided by the dispatcher into parts, of which the first is at work."""
    wanted = stage.some(PARTS)
    for matter, words in wanted:
        walk = Walk.begin(stage, matter, days=2).take(*GIVEN)
        parts = []
        for each in words:
            with walk.then(stage.cast["dispatcher"]) as who:
                child = children.split(who, walk.case.id, f"{each}{SHOWN}")
            parts.append(Walk(stage, matter, child, walk.at))
        parts[0].take("dispatch", "take")
        parts[1].take("dispatch", unit_id=stage.departments[ENFORCEMENT])
    return sum(1 + len(words) for _, words in wanted)


def _notes(stage: Stage) -> int:
    """Written by the dispatcher to the unit that has the case, which answers, is still to answer, or is late."""
    wanted = stage.some(NOTES)
    for level, days, within, answered in wanted:
        walk = Walk.begin(stage, PARKING, days=days).take(*GIVEN)
        until = walk.at.date() + timedelta(days=within)
        with walk.then(stage.cast["dispatcher"]) as who:
            note = supervising.Note(level, f"反映较多，请尽快处置并答复{SHOWN}", until)
            row = supervising.supervise(who, walk.case.id, note)
        if answered:
            with walk.then(walk.lead) as who:
                supervising.answer(who, walk.case.id, row.id, f"已安排专人负责，三日内办结{SHOWN}")
    return len(wanted)


def _at_five(days: int) -> datetime:
    """The end of work of a day from now."""
    return datetime.combine(clock.today() + timedelta(days=days), time(17), clock.LOCAL)
