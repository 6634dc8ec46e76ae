"""The problems of plans."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class PlanRefused(Problem):
    """A question the optimiser refuses, in its words."""

    status, code = 422, "tiers.plan_refused"
    text = Text("{reason}", "{reason_en}")


class NothingChanged(Conflict):
    """A change that changes nothing is none."""

    code = "tiers.measure_same"
    text = Text("没有改动。", "Nothing was changed.")


class MeasureChanged(Conflict):
    """Somebody else changed the prices since they were read; theirs are kept."""

    code = "tiers.measure_changed"
    text = Text(
        "{who} 刚刚改过这项措施的单价，没有保存。您填写的内容仍在，请对照改动记录后再保存。",
        "{who} has just changed this measure; nothing was saved. What you typed is still there: compare it with the changes below first.",
    )


class NoAssessmentYet(Conflict):
    """A plan starts from the values of an assessment."""

    code = "tiers.no_assessment"
    text = Text("还没有完成的评估，请先评估。", "There is no finished assessment: make one first.")


class NothingToPlan(Conflict):
    """The area has no community."""

    code = "tiers.nothing_to_plan"
    text = Text("该区域没有可提升的社区。", "There are no communities to raise in this area.")


class ScenarioOpen(Conflict):
    """It is not finished."""

    code = "tiers.scenario_open"
    text = Text("该情景尚未算完。", "This scenario is not finished.")
