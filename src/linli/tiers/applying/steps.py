"""Steps of applications: added to the record of who did what, in which unit, when and why; and who was quicker."""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Text
from linli.kernel.ids import uuid7

from .models import Application, ApplicationStep, IndicatorVerdict, Objection
from .problems import ApplicationTaken
from .table import ACTIONS, STAGE_NAMES

PLANNED = Text("列入年度计划", "Planned")
#: Taken with the recognition of another application, by nobody for itself: it is no action of the table.
SUPERSEDE = "supersede"
SUPERSEDED = Text("由之后的申报取代", "Superseded by a later application")
OBJECTED = Text("提出异议", "Objection")


def title_of(action: str) -> Text:
    """The words of a step."""
    if action == SUPERSEDE:
        return SUPERSEDED
    return ACTIONS[action].title if action in ACTIONS else PLANNED


def write(actor: Actor, taken: Sequence[tuple[Application, str, str, str]]) -> None:
    """Add steps: of which application as it is after it, the action, the state before, the reason."""
    now = clock.now()
    ApplicationStep.objects.bulk_create(
        ApplicationStep(
            id=uuid7(), application=each, version=each.version, action=action, from_state=before, to_state=each.state, at=now,
            actor=actor.id, actor_name=actor.name, unit_name=actor.unit_name, reason=reason,
        )
        for each, action, before, reason in taken
    )  # fmt: skip


def taken(application: Application) -> ApplicationTaken:
    """Somebody did something to the application since it was read: who, and what. Three queries."""
    step = ApplicationStep.objects.filter(application=application).order_by("-version").first()
    verdict = IndicatorVerdict.objects.filter(application=application).order_by("-at").first()
    objection = Objection.objects.filter(application=application).order_by("-id").first()
    told = []
    if step is not None:
        told.append((step.at, f"{step.unit_name} {step.actor_name}".strip(), title_of(step.action)))
    if verdict is not None:
        told.append((verdict.at, f"{verdict.unit_name} {verdict.actor_name}".strip(), STAGE_NAMES[verdict.stage]))  # type: ignore[index]
    if objection is not None:
        told.append((objection.at, objection.actor_name, OBJECTED))
    _, who, what = max(told, key=lambda each: each[0])
    text = Text(f"{who}：{what.zh}", f"{who}: {what.en}")
    return ApplicationTaken(who=who, version=application.version, fields=(FieldProblem("version", "taken", text),))
