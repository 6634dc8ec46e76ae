"""What the procedures that come with the program need of the engine besides the standard table: guards, entries, effects.

自处置: who reports deals with it and closes it the same day. 回访: how the person was asked afterwards. Both by our own
reading of published practice (inferred); the forms of words are this program's. 隐患级别: how grave a hazard is, which its flow
keeps; its 整改期限 is the limit it was filed with.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.kernel import clock
from linli.kernel.errors import FieldProblem, Invalid, Text

from ..attachments.models import Attachment
from ..categories.models import FilingRule
from ..categories.queries import rules_on
from ..categories.rules import without_condition
from ..engine import effects, guards, lacking
from ..engine.effects import Step
from ..engine.models import Case

#: A quick case has no filing rule's limit where its category has no rule: a day (inferred).
QUICK_LIMIT = (1, "natural_day")
CHANNELS: dict[str, Text] = {
    "phone": Text("电话", "By phone"),
    "visit": Text("上门", "In person"),
    "message": Text("短信", "By SMS"),
    "online": Text("网络", "Online"),
}
#: 隐患级别 after the two of 《安全生产事故隐患排查治理暂行规定》 (order 16 of 2007), Art. 3 (secondary).
LEVELS: dict[str, Text] = {
    "general": Text("一般隐患", "General hazard"),
    "major": Text("重大隐患", "Major hazard"),
}
SELF = "self"
NO_LEVEL = Text("请选择隐患级别。", "Say how grave the hazard is.")
NO_CHANNEL = Text("请选择联系方式。", "Say how the person was asked.")

# --- quick: settled by who reports it -------------------------------------------------------------------------------

SAME_DAY = guards.unless_lacking(
    "same_day",
    Text(
        "自处置须在上报当日办结；已过当日，请由受理员改用标准流程。",
        "It is settled on the day of its report. That day is over: an acceptor changes it to the standard procedure.",
    ),
)
CATEGORY = guards.unless_lacking("category", Text("办结前须确定类别。", "It takes a category before it is closed."))
QUICK_PHOTO = guards.unless_lacking("quick_photo", guards.PHOTO.text)


def quick_rule(case: Case) -> FilingRule | None:
    """The filing rule a quick case is settled by: the one that counts where nobody chooses a condition."""
    if case.category is None:
        return None
    choice = without_condition(rules_on(case.category, clock.today()))
    return choice.rule if choice else None  # type: ignore[return-value]  # a rule of the directory, as it came


def _day_over(case: Case) -> bool:
    return case.reported_at.astimezone(clock.LOCAL).date() != clock.today()


def _no_photo(case: Case) -> bool:
    rule = quick_rule(case)
    if rule is None or not rule.photo_needed:
        return False
    shown = Attachment.objects.filter(
        case_id=case.id, purpose="after", kind__startswith="image/", ready_at__isnull=False, removed_at=None
    )
    return not shown.exists()


def _settled(step: Step) -> dict[str, Any]:
    """The case is the unit's of who reported it, under its category's rule, and its clock ran since the report; that it is
    filed, handed back and closed at once say the effects of those names."""
    case, rule = step.case, quick_rule(step.case)
    limit, kind = (rule.limit_value, rule.clock) if rule else QUICK_LIMIT
    case.rule, case.limit_value, case.clock = rule, limit, kind
    case.clock_from = case.reported_at
    if step.actor.unit_id:
        case.unit_id, case.unit_name = UUID(step.actor.unit_id), step.actor.unit_name
    effects.reckon(case)
    assert case.category is not None  # the guard asked for it
    return {
        "category": case.category.name, "code": case.category.code, "limit": limit, "clock": kind,
        "condition": rule.filing_condition if rule else "", "by_hand": rule is None, "unit": case.unit_name,
    }  # fmt: skip


# --- asking the person afterwards -----------------------------------------------------------------------------------


def _channel(step: Step) -> dict[str, Any]:
    if step.actor.kind == "anonymous":  # who reported says it themselves, by their tracking number
        return {"channel": SELF}
    if step.given.channel not in CHANNELS:
        raise Invalid(fields=(FieldProblem("channel", "required", NO_CHANNEL),))
    return {"channel": step.given.channel}


# --- hazards: how grave --------------------------------------------------------------------------------------------


def _level(step: Step) -> dict[str, Any]:
    if step.given.level not in LEVELS:
        raise Invalid(fields=(FieldProblem("level", "required", NO_LEVEL),))
    return {"level": step.given.level}


guards.register("same_day", SAME_DAY)
guards.register("category", CATEGORY)
guards.register("quick_photo", QUICK_PHOTO)
lacking.declare("same_day", _day_over)
lacking.declare("category", lambda case: case.category_id is None)
lacking.declare("quick_photo", _no_photo)
effects.register("settled", _settled)
effects.enter("channel", _channel)
effects.enter("level", _level)
