"""Writing a card, publishing it, withdrawing it with a reason, and taking it over into a plan of another community."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.clock import LOCAL
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, Text
from linli.kernel.ids import uuid7

from .. import communities
from ..coordination.actions import draft_plan
from ..numbers import holds_any_number, holds_personal_number
from ..permissions import COORDINATE, PRACTICE_EDIT, PRACTICE_PUBLISH
from ..recognitions.models import Recognition
from ..systems.queries import holding
from ..values.actions import check_value
from ..values.catalogue import metrics as catalogue
from . import rules, sight
from .models import PracticeCard, PracticeMetric, PracticePhoto
from .problems import (
    PracticeChanged,
    PracticeKept,
    PracticeNotPublished,
    PracticePublished,
    PracticeSubmitted,
    PracticeUnready,
)
from .queries import measures_of

LARGEST_COST = Decimal(1_000_000_000)
_TITLE = Text("请填写标题。", "Enter a title.")
_NUMBER = Text("请不要写电话号码或证件号码。", "Leave out telephone and identity numbers.")
_POST = Text("只写单位和岗位，不写号码和个人姓名。", "Name a unit and a post only: no number, no person.")
_MAKER = Text("只写功能和规格，不写厂家、品牌和公司。", "Tell what it does and its size, not who makes it.")
_PART = Text("请填写名称。", "Enter a name.")
_QUANTITY = Text(
    "数量应在 0 与 1 亿之间，最多两位小数。", "A quantity lies between 0 and 100 million, with at most two places."
)
_COST = Text("金额应在 0 与 10 亿元之间，精确到分。", "The cost lies between 0 and 1 billion, to the cent.")
_DAYS = Text(
    "“之后”的日期要晚于“之前”，且都不能晚于今天。",
    "The later day comes after the earlier one, and neither lies in the future.",
)
_METRIC = Text("指标库中没有“{metric}”。", "“{metric}” is not in the catalogue of metrics.")
_TWICE = Text("同一指标只写一次。", "Name a metric once.")
_RECOGNITION = Text("认定不是这个社区的。", "That recognition is not of this community.")
_LACKING = Text("发布前请填写。", "Fill this in before it is published.")
_REASON = Text("请填写撤下的原因。", "Say why it is withdrawn.")
_COMMUNITY = Text("请选择本人管理范围内的社区。", "Choose a community of your own area.")
#: Texts that all may read hold no number of a person.
_TEXTS = ("title", "problem", "done", "cost_note", "honours", "source")


@dataclass(frozen=True, slots=True)
class NamedMetric:
    """A metric the card is about, with what its author states of it, if anything."""

    metric: str
    stated_before: Decimal | None = None
    stated_after: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says."""

    title: str
    scenario: str
    tier: str = ""
    problem: str = ""
    done: str = ""
    cost: Decimal | None = None
    cost_note: str = ""
    parts: Sequence[rules.Part] = ()
    honours: str = ""
    recognition_id: UUID | None = None
    contact_unit: str = ""
    contact_post: str = ""
    before_on: date | None = None
    after_on: date | None = None
    source: str = ""
    metrics: Sequence[NamedMetric] = ()


def check_text(area: str, given: CardText) -> list[FieldProblem]:
    """What is wrong with what a card says. At most one query."""
    problems = [] if given.title.strip() else [FieldProblem("title", "required", _TITLE)]
    problems += [
        FieldProblem(name, "number", _NUMBER) for name in _TEXTS if holds_personal_number(getattr(given, name))
    ]
    for name in ("contact_unit", "contact_post"):
        if holds_any_number(getattr(given, name)):
            problems.append(FieldProblem(name, "post", _POST))
    if given.cost is not None and not _money(given.cost, LARGEST_COST):
        problems.append(FieldProblem("cost", "range", _COST))
    if not rules.days_hold(given.before_on, given.after_on, clock.today()):
        problems.append(FieldProblem("after_on", "days", _DAYS))
    problems += _parts(given.parts) + _metrics(given.metrics)
    if given.recognition_id is not None:
        said = Recognition.objects.filter(id=given.recognition_id, area_code=area, scope="community")
        if not said.exists():
            problems.append(FieldProblem("recognition_id", "unknown", _RECOGNITION))
    return problems


def _money(value: Decimal, most: Decimal) -> bool:
    return value.is_finite() and 0 <= value < most and value == round(value, 2)


def _parts(parts: Sequence[rules.Part]) -> list[FieldProblem]:
    problems = []
    for at, part in enumerate(parts):
        if not part.name.strip():
            problems.append(FieldProblem(f"parts.{at}.name", "required", _PART))
        if any(rules.names_a_maker(text) for text in (part.name, part.note, part.unit)):
            problems.append(FieldProblem(f"parts.{at}.name", "maker", _MAKER))
        if any(holds_personal_number(text) for text in (part.name, part.note, part.unit)):
            problems.append(FieldProblem(f"parts.{at}.note", "number", _NUMBER))
        if part.quantity is not None and not _money(part.quantity, Decimal(100_000_000)):
            problems.append(FieldProblem(f"parts.{at}.quantity", "range", _QUANTITY))
    return problems


def _metrics(given: Sequence[NamedMetric]) -> list[FieldProblem]:
    problems, before = [], set()
    for at, each in enumerate(given):
        where = f"metrics.{at}.metric"
        if each.metric not in catalogue():
            problems.append(FieldProblem(where, "unknown", _METRIC, {"metric": each.metric[:60]}))
            continue
        if each.metric in before:
            problems.append(FieldProblem(where, "twice", _TWICE))
        before.add(each.metric)
        for name in ("stated_before", "stated_after"):
            value = getattr(each, name)
            if value is not None:
                wrong = check_value(each.metric, value)
                problems += [FieldProblem(f"metrics.{at}.{name}", one.code, one.text, one.params) for one in wrong]
    return problems


def write(actor: Actor, area: str, given: CardText, *, synthetic: bool = False) -> PracticeCard:
    """Begin a card of a community, as a draft. `synthetic` marks one of a demo (演示). Raises Forbidden, Invalid."""
    actor.require(PRACTICE_EDIT)
    kinds = communities.kinds_of(holding(clock.today()))
    if not actor.may(PRACTICE_EDIT, area) or area not in communities.codes_on(kinds, clock.today()):
        raise Invalid(fields=(FieldProblem("area_code", "unknown", _COMMUNITY),))
    if problems := check_text(area, given):
        raise Invalid(fields=tuple(problems))
    now = clock.now()
    with transaction.atomic():
        made = PracticeCard(
            id=uuid7(), area_code=area, created_at=now, created_by=actor.id, created_by_name=actor.name,
            certainty="synthetic" if synthetic else "own", **_fields(given), **_by(actor),
        )  # fmt: skip
        made.save(force_insert=True)
        _name(made, given.metrics)
        changes.record(actor, "tiers.practice.write", "practice_card", made.id, area)
    return made


def amend(actor: Actor, card_id: UUID, version: int, given: CardText) -> PracticeCard:
    """Write a card anew that is not published. Raises NotFound, PracticeChanged, PracticePublished, Invalid."""
    with transaction.atomic():
        found = _turn(actor, PRACTICE_EDIT, card_id, version)
        if found.state == "published":
            raise PracticePublished()
        if problems := check_text(found.area_code, given):
            raise Invalid(fields=tuple(problems))
        for name, value in {**_fields(given), **_by(actor)}.items():
            setattr(found, name, value)
        if found.certainty == "official":  # what is written over is no longer as the authority said it
            found.certainty, found.said_on = "own", None
        found.version += 1
        found.save()
        PracticeMetric.objects.filter(card=found).delete()
        _name(found, given.metrics)
        changes.record(actor, "tiers.practice.amend", "practice_card", found.id, found.area_code)
    return found


def publish(actor: Actor, card_id: UUID, version: int) -> PracticeCard:
    """Show a card to all. Raises NotFound, Forbidden, PracticeChanged, PracticePublished, PracticeUnready."""
    with transaction.atomic():
        found = _turn(actor, PRACTICE_PUBLISH, card_id, version)
        if found.state == "published":
            raise PracticePublished()
        _complete(found)
        found.published_at, found.published_by_name, found.withdrawn_reason = clock.now(), actor.name, ""
        _show(actor, found, "published")
    return found


def submit(actor: Actor, card_id: UUID, version: int) -> PracticeCard:
    """Hand a card in to be published. Raises NotFound, Forbidden, PracticeChanged, PracticePublished, PracticeSubmitted,
    PracticeUnready."""
    with transaction.atomic():
        found = _turn(actor, PRACTICE_EDIT, card_id, version)
        if found.state == "published":
            raise PracticePublished()
        if found.state == "submitted":
            raise PracticeSubmitted()
        _complete(found)
        found.withdrawn_reason = ""
        _show(actor, found, "submitted")
    return found


def remove(actor: Actor, card_id: UUID, version: int) -> None:
    """Delete a draft of one's own that was never published, with its photos. Raises NotFound, Forbidden, PracticeChanged,
    PracticeKept."""
    with transaction.atomic():
        found = _turn(actor, PRACTICE_EDIT, card_id, version)
        if not sight.removable(actor, found):
            raise PracticeKept()
        held = PracticePhoto.objects.filter(card=found, removed_at=None).values_list("id", "small_id")
        kept = [reference for photo in held for reference in photo if reference is not None]
        changes.record(actor, "tiers.practice.remove", "practice_card", found.id, found.area_code)
        found.delete()

        def gone() -> None:
            for reference in kept:
                files.remove(reference)

        transaction.on_commit(gone)


def withdraw(actor: Actor, card_id: UUID, version: int, reason: str) -> PracticeCard:
    """Take a published card back, or give one that was handed in back to its community, saying why. Raises NotFound, Forbidden,
    PracticeChanged, PracticeNotPublished, Invalid."""
    with transaction.atomic():
        found = _turn(actor, PRACTICE_PUBLISH, card_id, version)
        if found.state not in ("published", "submitted"):
            raise PracticeNotPublished()
        if not reason.strip():
            raise Invalid(fields=(FieldProblem("reason", "required", _REASON),))
        if holds_personal_number(reason):
            raise Invalid(fields=(FieldProblem("reason", "number", _NUMBER),))
        found.withdrawn_reason = reason.strip()
        _show(actor, found, "withdrawn")
    return found


def copy(actor: Actor, card_id: UUID, area: str) -> tuple[UUID, list[str]]:
    """Draft a plan of `area` after a published card, with the upgrade measures that move its metrics; returns the plan and the
    codes of the measures. Raises NotFound, Forbidden, PracticeNotPublished, and what `coordination.actions.draft_plan` does."""
    actor.require(COORDINATE)
    card = sight.one(actor, card_id)
    if card.state != "published":
        raise PracticeNotPublished()
    actor.require(COORDINATE, area)
    named = PracticeMetric.objects.filter(card=card).order_by("position").values_list("metric", flat=True)
    codes = [each.code for each in measures_of(list(named))]
    return draft_plan(actor, area, card.title, codes, f"practice:{card.id}"), codes


def _complete(card: PracticeCard) -> None:
    if lacking := sight.lacking(card):
        raise PracticeUnready(fields=tuple(FieldProblem(name, "required", _LACKING) for name in lacking))


def _turn(actor: Actor, permission: str, card_id: UUID, version: int) -> PracticeCard:
    """A card whose turn it is: locked, reached by `permission`, and as its reader saw it."""
    if not actor.may(permission):
        raise Forbidden(permission=permission)
    sight.one(actor, card_id)
    found = sight.own(actor, permission, card_id)
    if found.version != version:
        at = found.changed_at.astimezone(LOCAL)
        raise PracticeChanged(who=found.changed_by_name or found.changed_by, when=f"{at:%Y-%m-%d %H:%M}")
    return found


def _show(actor: Actor, found: PracticeCard, state: rules.State) -> None:
    """Put a card into a state; what belongs to it is seen by whom it is seen."""
    found.state = state
    found.version += 1
    for name, value in _by(actor).items():
        setattr(found, name, value)
    found.save()
    for rows in (PracticeMetric.objects, PracticePhoto.objects):
        rows.filter(card=found).update(published=state == "published")
    action = {"submitted": "submit", "published": "publish", "withdrawn": "withdraw"}[state]
    changes.record(actor, f"tiers.practice.{action}", "practice_card", found.id, found.area_code)


def _fields(given: CardText) -> dict[str, Any]:
    return {
        "title": given.title.strip(), "scenario": given.scenario, "tier": given.tier, "problem": given.problem.strip(),
        "done": given.done.strip(), "cost": given.cost, "cost_note": given.cost_note.strip(), "honours": given.honours.strip(),
        "recognition_id": given.recognition_id, "contact_unit": given.contact_unit.strip(),
        "contact_post": given.contact_post.strip(), "before_on": given.before_on, "after_on": given.after_on,
        "source": given.source.strip(),
        "parts": [
            [part.name.strip(), None if part.quantity is None else str(part.quantity), part.unit.strip(), part.note.strip()]
            for part in given.parts
        ],
    }  # fmt: skip


def _name(card: PracticeCard, metrics: Sequence[NamedMetric]) -> None:
    PracticeMetric.objects.bulk_create(
        PracticeMetric(
            id=uuid7(), card=card, area_code=card.area_code, published=False, position=at, metric=each.metric,
            stated_before=each.stated_before, stated_after=each.stated_after,
        )
        for at, each in enumerate(metrics)
    )  # fmt: skip


def _by(actor: Actor) -> dict[str, object]:
    return {"changed_at": clock.now(), "changed_by": actor.id, "changed_by_name": actor.name}
