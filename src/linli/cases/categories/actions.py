"""Changing the directory by hand: a local minor more, a category closed, a rule begun or ended. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from linli.access import changes as change_log
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.pinyin import initials

from ..permissions import CATEGORY_EDIT
from . import rules
from .editions import LARGEST_LIMIT, LONGEST, LONGEST_OTHER, CategoryFacts, RuleFacts
from .marks import mark_cases
from .models import Category, FilingRule
from .problems import CategoryChanged, CategoryClosed, CategoryTaken, CodesUsedUp, RuleEnded, RuleTaken

SHORTEST_REASON = 2
_REQUIRED = Text("请填写此项。", "Please fill this in.")
_WHY = Text("请写明依据（至少 2 个字）。", "Please say on what ground (2 characters at least).")
_LONG = Text("最多 {most} 个字。", "At most {most} characters.")
_UNKNOWN = Text("没有这个选项。", "There is no such choice.")
_CODE = Text("编码须为五位数字，前两位是大类。", "The code has to be five digits and begin with its major.")
_MAJOR = Text("大类须为两位数字。", "A major has two digits.")
_LIMIT = Text("时限须为 1 至 {most} 的整数。", "The limit has to be a whole number from 1 to {most}.")
_SUCCESSOR = Text("接替分类须是另一个在用的分类。", "The successor has to be another category that holds then.")
_BEFORE = Text("日期不能早于开始日期 {day}。", "The day cannot lie before {day}, when it began.")


@dataclass(frozen=True, slots=True)
class NewCategory:
    """A category as it is entered by hand; without `code` it gets the next local minor of its major."""

    standard_ref: str
    kind: str
    facts: CategoryFacts
    code: str = ""


@dataclass(frozen=True, slots=True)
class NewRule:
    """A filing rule as it is entered by hand."""

    facts: RuleFacts
    rule_set: str
    target: str = "handle"
    filing_condition: str = ""


def add_category(actor: Actor, wanted: NewCategory, valid_from: date, reason: str) -> Category:
    """Enter a category that holds from a day on. Raises Forbidden, Invalid, CategoryTaken, CodesUsedUp."""
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    facts, major = wanted.facts, wanted.facts.major
    problems = [*_text(reason=reason, standard_ref=wanted.standard_ref, shortest=1), *check_facts(facts)]
    if wanted.kind not in rules.KINDS:
        problems.append(FieldProblem("kind", "unknown", _UNKNOWN))
    if wanted.code and not (len(wanted.code) == 5 and _digits(wanted.code) and wanted.code.startswith(major)):
        problems.append(FieldProblem("code", "format", _CODE))
    _refuse(problems)
    siblings = Category.objects.filter(standard_ref=wanted.standard_ref, kind=wanted.kind)
    with transaction.atomic():
        code = wanted.code or rules.next_minor(major, siblings.values_list("code", flat=True))
        if code is None:
            raise CodesUsedUp()
        if (taken := siblings.filter(code=code).first()) is not None:
            raise CategoryTaken(code=code, name=taken.name)
        with _once(CategoryTaken(code=code, name=facts.name)):
            made: Category = Category.objects.create(
                standard_ref=wanted.standard_ref.strip(), kind=wanted.kind, code=code, valid_from=valid_from,
                initials=initials(facts.name), **asdict(facts), **_traces(actor),
            )  # fmt: skip
        _record(actor, "add", made, reason, {"valid_from": str(valid_from)})
    return made


def check_facts(facts: CategoryFacts) -> list[FieldProblem]:
    """What is wrong with what a category is to be."""
    problems = _text(name=facts.name, major_name=facts.major_name, shortest=1)
    problems += _text(source=facts.source, note=facts.note, emergency_number=facts.emergency_number)
    if not (len(facts.major) == 2 and _digits(facts.major)):
        problems.append(FieldProblem("major", "format", _MAJOR))
    choices: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("procedure", rules.PROCEDURES), ("restricted_to", rules.RESTRICTIONS), ("certainty", rules.CERTAINTIES),
    )  # fmt: skip
    problems += [
        FieldProblem(name, "unknown", _UNKNOWN) for name, known in choices if getattr(facts, name) not in known
    ]
    return problems


def change_category(actor: Actor, category_id: UUID, facts: CategoryFacts, version: int, reason: str) -> Category:
    """Change what a category is, not its key or days. Raises Forbidden, NotFound, Invalid, CategoryChanged."""
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        category = _locked(category_id, version)
        problems = [*_text(reason=reason, shortest=1), *check_facts(facts)]
        if facts.major != category.major:
            problems.append(FieldProblem("major", "format", _CODE))
        _refuse(problems)
        changed = [f.name for f in fields(facts) if getattr(category, f.name) != getattr(facts, f.name)]
        for name in changed:
            setattr(category, name, getattr(facts, name))
        category.initials = initials(category.name)
        _save(actor, category)
        if "restricted_to" in changed:
            mark_cases()
        _record(actor, "change", category, reason, {"changed": changed})
    return category


def close_category(
    actor: Actor, category_id: UUID, on: date, successor_id: UUID | None, version: int, reason: str
) -> Category:
    """Close a category from a day on; cases filed under it and its rules stay.

    Raises Forbidden, NotFound, Invalid, CategoryChanged, CategoryClosed where it is closed by then already.
    """
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        category = _locked(category_id, version)
        _refuse(_text(reason=reason, shortest=1))
        if category.valid_until is not None and category.valid_until <= on:
            raise CategoryClosed(day=str(category.valid_until))
        if on < category.valid_from:
            raise Invalid(fields=(FieldProblem("on", "early", _BEFORE, {"day": str(category.valid_from)}),))
        if successor_id is not None:
            successor = Category.objects.filter(id=successor_id).exclude(id=category.id).first()
            if successor is None or not rules.holds(successor, on):
                raise Invalid(fields=(FieldProblem("successor_id", "unknown", _SUCCESSOR),))
        category.valid_until, category.superseded_by_id = on, successor_id
        _save(actor, category)
        _record(actor, "close", category, reason, {"from": str(on), "successor": str(successor_id or "")})
    return category


def reopen_category(actor: Actor, category_id: UUID, on: date, version: int, reason: str) -> Category:
    """Let a closed category hold again from a day on; one that is still to close does not close.

    Raises Forbidden, NotFound, Invalid, CategoryChanged.
    """
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    with transaction.atomic():
        category = _locked(category_id, version)
        _refuse(_text(reason=reason, shortest=1))
        if category.valid_until is not None:
            if category.valid_until <= on:
                category.valid_from = on
            category.valid_until, category.superseded_by_id = None, None
            _save(actor, category)
            _record(actor, "reopen", category, reason, {"from": str(on)})
    return category


def check_rule(wanted: NewRule) -> list[FieldProblem]:
    """What is wrong with a rule as it is entered."""
    facts = wanted.facts
    problems = _text(rule_set=wanted.rule_set, shortest=1)
    problems += _text(filing_condition=wanted.filing_condition, closing_condition=facts.closing_condition)
    problems += _text(unit_text=facts.unit_text, source=facts.source)
    choices = (
        ("target", wanted.target, rules.TARGETS), ("clock", facts.clock, rules.CLOCKS),
        ("certainty", facts.certainty, rules.CERTAINTIES),
    )  # fmt: skip
    problems += [FieldProblem(name, "unknown", _UNKNOWN) for name, value, known in choices if value not in known]
    if not 0 < facts.limit_value <= LARGEST_LIMIT:
        problems.append(FieldProblem("limit_value", "range", _LIMIT, {"most": LARGEST_LIMIT}))
    return problems


def add_rule(actor: Actor, category_id: UUID, wanted: NewRule, valid_from: date, reason: str) -> FilingRule:
    """Enter a rule that holds from a day on. Raises Forbidden, NotFound, Invalid, CategoryClosed, RuleTaken."""
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    _refuse([*_text(reason=reason, shortest=1), *check_rule(wanted)])
    with transaction.atomic():
        category = Category.objects.select_for_update().filter(id=category_id).first()
        if category is None:
            raise NotFound()
        if category.valid_until is not None and category.valid_until <= valid_from:
            raise CategoryClosed(day=str(category.valid_until))
        last = category.rules.aggregate(last=Max("position"))["last"] or 0
        with _once(RuleTaken()):
            made: FilingRule = FilingRule.objects.create(
                category=category, target=wanted.target, filing_condition=wanted.filing_condition.strip(),
                rule_set=wanted.rule_set.strip(), position=last + 1, valid_from=valid_from, **asdict(wanted.facts),
                **_traces(actor),
            )  # fmt: skip
        _record(actor, "rule_add", category, reason, {"rule": str(made.id), "from": str(valid_from)})
    return made


def end_rule(actor: Actor, rule_id: UUID, on: date, reason: str) -> FilingRule:
    """Let a rule hold no more from a day on; cases filed by it keep it. Raises Forbidden, NotFound, Invalid, RuleEnded."""
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    _refuse(_text(reason=reason, shortest=1))
    with transaction.atomic():
        rule = FilingRule.objects.select_for_update(of=("self",)).select_related("category").filter(id=rule_id).first()
        if rule is None:
            raise NotFound()
        if rule.valid_until is not None:
            raise RuleEnded(day=str(rule.valid_until))
        if on < rule.valid_from:
            raise Invalid(fields=(FieldProblem("on", "early", _BEFORE, {"day": str(rule.valid_from)}),))
        rule.valid_until = on
        for name, value in _traces(actor).items():
            setattr(rule, name, value)
        rule.save()
        _record(actor, "rule_end", rule.category, reason, {"rule": str(rule.id), "from": str(on)})
    return rule


def _locked(category_id: UUID, version: int) -> Category:
    category: Category | None = Category.objects.select_for_update().filter(id=category_id).first()
    if category is None:
        raise NotFound()
    if category.version != version:
        raise CategoryChanged(by=category.changed_by_name)
    return category


def _save(actor: Actor, category: Category) -> None:
    category.version += 1
    for name, value in _traces(actor).items():
        setattr(category, name, value)
    category.save()


def _traces(actor: Actor) -> dict[str, Any]:
    return {"changed_at": clock.now(), "changed_by": actor.id, "changed_by_name": actor.name}


def _text(shortest: int = 0, **texts: str) -> list[FieldProblem]:
    """What is wrong with texts, by their field. `reason` has to say something."""
    problems = []
    for name, value in texts.items():
        least = SHORTEST_REASON if name == "reason" else shortest
        if len(value.strip()) < least:
            problems.append(FieldProblem(name, "required", _WHY if name == "reason" else _REQUIRED))
        elif len(value) > (most := LONGEST.get(name, LONGEST_OTHER)):
            problems.append(FieldProblem(name, "long", _LONG, {"most": most}))
    return problems


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        raise Invalid(fields=tuple(problems))


@contextmanager
def _once(taken: Exception) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise taken from None


def _record(actor: Actor, what: str, category: Category, reason: str, more: dict[str, Any]) -> None:
    key = {"standard_ref": category.standard_ref, "kind": category.kind, "code": category.code, "name": category.name}
    change_log.record(
        actor, f"cases.category.{what}", "category", category.id, settings.LINLI_DISTRICT,
        key | {"reason": reason.strip()} | more,
    )  # fmt: skip
