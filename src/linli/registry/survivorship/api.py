"""Rules of survivorship over HTTP: what holds, what a change would do, entering and withdrawing it, how far it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.access import reads
from linli.access.queries import actors
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import PageOut, actor_of, language_of, require
from linli.registry import fields as declared
from linli.registry.codes import MANUAL
from linli.registry.merge.priorities import GENERAL, Rule
from linli.registry.permissions import SURVIVORSHIP
from linli.registry.queries.codes import labels, sources

from . import actions, queries
from .models import RuleChange

router = Router(tags=["survivorship"])


class RuleIn(Schema):
    """A source's priority for a field ("*": in general) from a day on; null takes an exception back."""

    field: str = Field(max_length=40)
    source: str = Field(max_length=40)
    priority: int | None


class RulesIn(Schema):
    rules: list[RuleIn] = Field(max_length=300)
    valid_from: date


class EnterIn(RulesIn):
    reason: str = Field(max_length=200)


class RuledSourceOut(Schema):
    """A source with its priority in general; the lower counts more. `fixed`: by hand counts most, always."""

    code: str
    name: str
    priority: int
    fixed: bool


class RuledFieldOut(Schema):
    """A field with the exceptions that hold: priority by source."""

    name: str
    label: str
    exceptions: dict[str, int]


class RulesOut(Schema):
    day: date
    sources: list[RuledSourceOut]
    fields: list[RuledFieldOut]


class FieldCountOut(Schema):
    field: str
    label: str
    people: int


class SampleOut(Schema):
    person_id: UUID
    name: str
    area_name: str
    field: str
    label: str
    before: str | None
    after: str | None


class RulesPreviewOut(Schema):
    """What rules would change; `complete` where all whom they concern were looked at."""

    looked_at: int
    complete: bool
    people: int
    counts: list[FieldCountOut]
    samples: list[SampleOut]


class ChangedRuleOut(Schema):
    field: str
    label: str
    source: str
    source_name: str
    before: int | None
    priority: int | None


class RuleChangeOut(Schema):
    id: UUID
    valid_from: date
    rules: list[ChangedRuleOut]
    reason: str
    state: Literal["planned", "running", "done", "withdrawn"]
    made_at: datetime
    made_by: str
    people: int
    changed: int
    finished_at: datetime | None


class ChangesQuery(Schema):
    cursor: str | None = None
    limit: int | None = None


@router.get("/survivorship", auth=require(SURVIVORSHIP), response=RulesOut)
def get_rules(request: HttpRequest) -> RulesOut:
    """Which source counts most for which field, today."""
    known, english = queries.rules_on(), language_of(request) == "en"
    listed = [
        RuledSourceOut(
            code=source.code, name=(english and source.name_en) or source.name,
            priority=known.general.get(source.code, source.priority), fixed=source.code == MANUAL,
        )
        for source in sources()
    ]  # fmt: skip
    return RulesOut(
        day=clock.today(),
        sources=sorted(listed, key=lambda source: (source.priority, source.code)),
        fields=[
            RuledFieldOut(name=f.name, label=_label(f.name, english), exceptions=dict(known.exceptions.get(f.name, {})))
            for f in declared.FIELDS
        ],
    )


@router.post("/survivorship/preview", auth=require(SURVIVORSHIP), response=RulesPreviewOut)
def preview(request: HttpRequest, given: RulesIn) -> RulesPreviewOut:
    """What rules would change: counts by field, and some people before and after, numbers masked."""
    actor, language = actor_of(request), language_of(request)
    wanted = _rules(given)
    actions.check_rules(actor, wanted, given.valid_from)
    found = queries.preview(actor, wanted, given.valid_from)
    reads.note("list", "person", over=[s.area_code for s in found.samples], count=len(found.samples))
    named, said, english = names_of(s.area_code for s in found.samples), labels(language), language == "en"
    return RulesPreviewOut(
        looked_at=found.looked_at,
        complete=found.complete,
        people=found.people,
        counts=[
            FieldCountOut(field=c.field.name, label=_label(c.field.name, english), people=c.people)
            for c in found.counts
        ],
        samples=[
            SampleOut(
                person_id=s.person_id, name=s.name, area_name=named[s.area_code], field=s.field.name,
                label=_label(s.field.name, english), before=_say(s.field, s.before, said),
                after=_say(s.field, s.after, said),
            )
            for s in found.samples
        ],
    )  # fmt: skip


@router.get("/survivorship/changes", auth=require(SURVIVORSHIP), response=PageOut[RuleChangeOut])
def list_changes(request: HttpRequest, wanted: Annotated[ChangesQuery, Query()]) -> PageOut[RuleChangeOut]:
    """Changes of rules, latest first, with how far people have been computed anew."""
    page = queries.changes_page(wanted.cursor, wanted.limit)
    return PageOut[RuleChangeOut](items=_changes(list(page.items), language_of(request)), next=page.next)


@router.post("/survivorship/changes", auth=require(SURVIVORSHIP), response={201: RuleChangeOut})
def enter(request: HttpRequest, given: EnterIn) -> tuple[int, RuleChangeOut]:
    """Enter rules; whom they concern is computed anew in the background."""
    made = actions.enter_rules(actor_of(request), _rules(given), given.valid_from, given.reason)
    return 201, _changes([made], language_of(request))[0]


@router.post("/survivorship/changes/{change_id}/withdraw", auth=require(SURVIVORSHIP), response={204: None})
def withdraw(request: HttpRequest, change_id: UUID) -> tuple[int, None]:
    """Take rules back whose day has not come."""
    actions.withdraw(actor_of(request), change_id)
    return 204, None


def _rules(given: RulesIn) -> list[Rule]:
    return [Rule(rule.field, rule.source, rule.priority) for rule in given.rules]


def _changes(found: list[RuleChange], language: str) -> list[RuleChangeOut]:
    english = language == "en"
    known = {s.code: (english and s.name_en) or s.name for s in sources()}
    names = actors.names_of(change.made_by for change in found)
    return [
        RuleChangeOut.model_validate(
            {
                **{n: getattr(c, n) for n in ("id", "valid_from", "reason", "state", "made_at", "people", "changed", "finished_at")},
                "made_by": actors.display_name(c.made_by, names),
                "rules": [
                    {**rule, "label": _label(rule["field"], english), "source_name": known.get(rule["source"], rule["source"])}
                    for rule in c.rules
                ],
            }
        )
        for c in found
    ]  # fmt: skip


def _label(name: str, english: bool) -> str:
    if name == GENERAL:
        return "In general" if english else "总体"
    field = declared.BY_NAME[name]
    return field.en if english else field.zh


def _say(field: declared.Field, value: str | None, said: dict[tuple[str, str], str]) -> str | None:
    coded = "relation_to_head" if field.name == "household" else field.code_list
    return said.get((coded, value), value) if coded and value else value
