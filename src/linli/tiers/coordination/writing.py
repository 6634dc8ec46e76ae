"""What all writes of coordination share: who writes, the row as it was read, what is wrong with a line, who takes part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models

from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, NotFound, Text
from linli.places.models import Region

from ..numbers import holds_any_number, holds_personal_number
from ..permissions import COORDINATE
from . import rules, seeing
from .models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting
from .problems import ChangedMeanwhile

Row = TypeVar("Row", ImplementationPlan, PlanTask, StudyVisit, TierMeeting)
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("最多 {most} 个字。", "At most {most} characters.")
NUMBER = Text(
    "请填写岗位或单位，不要填写电话号码、证件号码。", "Name a post or a unit, not a telephone or identity number."
)
PERSONAL = Text("请不要写电话号码或证件号码。", "Leave out telephone and identity numbers.")
AREA = Text("没有这个区域，或不在您的可见范围内。", "There is no such area, or you do not see it.")
REASON = Text("请写明理由（至少 4 个字）。", "Please give the reason (at least 4 characters).")


def check_line(
    field: str, text: str, *, needed: bool = False, post: bool = False, most: int = rules.LONGEST_LINE
) -> list[FieldProblem]:
    """What is wrong with a line that names something. None holds a person's number; one that names a `post` or unit no number
    at all that one could call."""
    said = text.strip()
    if not said:
        return [FieldProblem(field, "required", NEEDED)] if needed else []
    if len(said) > most:
        return [FieldProblem(field, "long", LONG, {"most": most})]
    if post and holds_any_number(said):
        return [FieldProblem(field, "number", NUMBER)]
    return [FieldProblem(field, "number", PERSONAL)] if holds_personal_number(said) else []


def check_text(field: str, text: str) -> list[FieldProblem]:
    """What is wrong with a longer text, which others read: it holds no person's number."""
    if len(text) > rules.LONGEST_TEXT:
        return [FieldProblem(field, "long", LONG, {"most": rules.LONGEST_TEXT})]
    return [FieldProblem(field, "number", PERSONAL)] if holds_personal_number(text) else []


def check_reason(text: str) -> list[FieldProblem]:
    """What is wrong with a reason that has to be given."""
    if len(text.strip()) < rules.SHORTEST_REASON:
        return [FieldProblem("reason", "required", REASON)]
    return check_text("reason", text)


def place(actor: Actor, area_code: str) -> None:
    """Hold that somebody may write there, in an area there is. Raises Forbidden, NotFound. One query."""
    actor.require(COORDINATE, area_code)
    inside = area_code == settings.LINLI_DISTRICT or areas.contains(settings.LINLI_DISTRICT, area_code)
    if not (areas.is_code(area_code) and len(area_code) <= 12 and inside):
        raise NotFound()
    if not Region.objects.filter(code=area_code, valid_to=None).exists():
        raise NotFound()


def partakers(area_code: str, codes: Iterable[str]) -> list[FieldProblem]:
    """What is wrong with the areas that take part in something of `area_code`: they lie in it. One query."""
    asked = sorted(set(codes))
    if not asked:
        return []
    formed = all(areas.is_code(each) and len(each) <= 12 and areas.contains(area_code, each) for each in asked)
    if not formed or Region.objects.filter(code__in=asked, valid_to=None).count() < len(asked):
        return [FieldProblem("areas", "unknown", AREA)]
    return []


def with_towns(codes: Iterable[str]) -> list[str]:
    """Areas with the towns they lie in: a town sees what its communities take part in. The district sees all anyhow."""
    return sorted({part for code in codes for part in areas.ancestors(code) if 6 < len(part) <= 12})


def born(actor: Actor) -> dict[str, Any]:
    """The fields that say who made a row."""
    now = clock.now()
    return {
        "created_at": now, "created_by": actor.id, "created_by_name": actor.name, "changed_at": now, "changed_by_name": actor.name,
    }  # fmt: skip


def locked(model: type[Row], actor: Actor, row_id: UUID, version: int | None) -> Row:
    """A row to be changed, as it was read. Raises NotFound, Forbidden for one that is only seen, ChangedMeanwhile. Two queries.

    It is read before it is locked: a lock asks for the right to change, and row-level security would hide from who takes part
    what they do see.
    """
    rows: models.QuerySet[Row] = seeing.seen(model, actor).filter(id=row_id)
    area = rows.values_list("area_code", flat=True).first()
    if area is None:
        raise NotFound()
    if not actor.may(COORDINATE, area):
        raise Forbidden(permission=COORDINATE)
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound()
    if version is not None and found.version != version:
        title = found.topic if isinstance(found, StudyVisit) else found.title
        raise ChangedMeanwhile(who=found.changed_by_name, title=title)
    return found


def keep(actor: Actor, row: models.Model) -> None:
    """Write a changed row: the next version, by whom."""
    changed: Any = row
    changed.version += 1
    changed.changed_at, changed.changed_by_name = clock.now(), actor.name
    changed.save()
