"""Verdicts of indicators by stage: filled in from figures where a self-assessment begins, kept from the round before where it comes
again, and said by who looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from . import judging, rules, seeing, steps
from .judging import Asked, said_verdict
from .models import Application, IndicatorVerdict
from .problems import ApplicationNotNow
from .table import NOT_HERE, STAGES, STATES, VERDICTS, Stage

UNKNOWN = Text("本次申报没有编号为“{code}”的指标。", "This application has no indicator “{code}”.")
TWICE = Text("同一指标只填一次。", "Give an indicator once.")
BAD = Text("请选择达标、未达标或不作要求。", "Choose met, missed or not asked.")
WHY = Text(
    "与上一环节或系统计算的结论不同，请写明理由。",
    "It differs from the stage before or from what was computed: say why.",
)
LONG = Text("内容过长。", "This is too long.")


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict as it is given."""

    indicator: str
    verdict: str
    reason: str = ""


def before(stage: Stage) -> Stage | None:
    """The stage before one."""
    order = list(STAGES)
    place = order.index(stage)
    return order[place - 1] if place else None


def prefill(actor: Actor, found: Application) -> None:
    """Fill in the self-assessment with what the figures say, where it says nothing yet; what is not known stays open. Six queries."""
    asked = judging.asked_of(found.plan_year.system_id)[found.tier]
    known = judging.judge(asked, judging.readings_of([found.area_code])[found.area_code]).verdicts
    IndicatorVerdict.objects.bulk_create(
        [
            IndicatorVerdict(
                id=uuid7(), application=found, stage="self", indicator=code, verdict=verdict, prefilled=True, at=clock.now(),
                said_by=actor.id, actor_name=actor.name, unit_name=actor.unit_name,
            )
            for code in asked.codes if (verdict := said_verdict(known.get(code)))
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    count(found, asked, known)


def carry(found: Application, first: Stage) -> None:
    """An application comes back to a stage: what that stage and later ones said stays to be seen, and is to be confirmed in this
    round. Seven queries."""
    order = list(STAGES)
    IndicatorVerdict.objects.filter(application=found, stage__in=order[order.index(first) :]).update(prefilled=True)
    asked = judging.asked_of(found.plan_year.system_id)[found.tier]
    count(found, asked, judging.judge(asked, judging.readings_of([found.area_code])[found.area_code]).verdicts)


def say(actor: Actor, application_id: UUID, stage: str, version: int, items: Sequence[Said]) -> Application:
    """Give verdicts of a stage. Raises NotFound, Forbidden, ApplicationTaken, ApplicationNotNow, Invalid."""
    if stage not in STAGES:
        raise NotFound()
    with transaction.atomic():
        found = seeing.locked(actor, application_id)
        asked, known = check_say(actor, found, stage, version, items)
        return do_say(actor, found, stage, items, asked, known)


def check_say(
    actor: Actor, found: Application, stage: Stage, version: int, items: Sequence[Said]
) -> tuple[Asked, dict[str, str]]:
    """The indicators asked for, and what is computed of them. Raises Forbidden, ApplicationTaken, ApplicationNotNow, Invalid."""
    state, body = STAGES[stage]
    if not seeing.may(actor, (body,), found.area_code):
        raise Forbidden(permission=seeing.RIGHTS[body])
    if found.version != version:
        raise steps.taken(found)
    if found.state != state or "accepted" in found.marks:
        here = STATES[found.state]  # type: ignore[index]
        why = Text(NOT_HERE.zh.format(state=here.zh), NOT_HERE.en.format(state=here.en))
        raise ApplicationNotNow(why=why.zh, why_en=why.en, fields=(FieldProblem("action", "not_now", why),))
    asked = judging.asked_of(found.plan_year.system_id)[found.tier]
    known = dict(judging.judge(asked, judging.readings_of([found.area_code])[found.area_code]).verdicts)
    said: dict[str, str] = {}
    if earlier := before(stage):
        rows = IndicatorVerdict.objects.filter(application=found, stage=earlier)
        said = dict(rows.values_list("indicator", "verdict"))
    problems, codes, there = [], set(asked.codes), set()
    for place, each in enumerate(items):
        if each.indicator not in codes:
            problems.append(FieldProblem(f"items.{place}.indicator", "unknown", UNKNOWN, {"code": each.indicator[:20]}))
            continue
        if each.indicator in there:
            problems.append(FieldProblem(f"items.{place}.indicator", "twice", TWICE))
        there.add(each.indicator)
        if each.verdict not in VERDICTS:
            problems.append(FieldProblem(f"items.{place}.verdict", "form", BAD))
        elif not each.reason.strip() and rules.reason_needed(
            each.verdict, said.get(each.indicator), known.get(each.indicator)
        ):
            problems.append(FieldProblem(f"items.{place}.reason", "required", WHY))
        if len(each.reason) > rules.LONGEST_TEXT:
            problems.append(FieldProblem(f"items.{place}.reason", "too_long", LONG))
    if problems:
        raise Invalid(fields=tuple(problems))
    return asked, {code: str(verdict) for code, verdict in known.items()}


def do_say(
    actor: Actor, found: Application, stage: Stage, items: Sequence[Said], asked: Asked, known: dict[str, str]
) -> Application:
    """Write verdicts that were checked; those of indicators that are not named stay. One statement, whatever their number."""
    now = clock.now()
    IndicatorVerdict.objects.bulk_create(
        [
            IndicatorVerdict(
                id=uuid7(), application=found, stage=stage, indicator=each.indicator, verdict=each.verdict,
                reason=each.reason.strip(), prefilled=False, at=now, said_by=actor.id, actor_name=actor.name,
                unit_name=actor.unit_name,
            )
            for each in items
        ],
        update_conflicts=True, unique_fields=["application", "stage", "indicator"],
        update_fields=["verdict", "reason", "prefilled", "at", "said_by", "actor_name", "unit_name"],
    )  # fmt: skip
    count(found, asked, known)
    found.version, found.updated_at = found.version + 1, now
    found.save(update_fields=["met", "missed", "unknown", "of", "version", "updated_at"])
    return found


def count(found: Application, asked: Asked, known: Mapping[str, str]) -> None:
    """Count the last verdict of each indicator into the application: by any stage in this round, else filled in or of the round
    before, else the computed one."""
    order: list[str] = list(STAGES)
    rows = IndicatorVerdict.objects.filter(application=found)
    given = sorted(
        rows.values_list("prefilled", "stage", "indicator", "verdict"),
        key=lambda row: (not row[0], order.index(row[1])),
    )
    last = {code: verdict for _, _, code, verdict in given}
    tally = rules.tally(asked.codes, last, known)
    found.met, found.missed, found.unknown, found.of = tally.met, tally.missed, tally.unknown, tally.of
