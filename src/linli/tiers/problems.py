"""The problems of tiers."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Invalid, Problem, Text


class NoSystem(Conflict):
    """No system of indicators holds on a day."""

    code = "tiers.no_system"
    text = Text("{day} 没有生效的指标体系。", "No system of indicators holds on {day}.")


class NoCommunities(Conflict):
    """There is nothing to assess."""

    code = "tiers.no_communities"
    text = Text("没有可评估的社区，请先导入区划。", "There are no communities to assess: load the areas first.")


class AssessmentWaits(Conflict):
    """One is under way already."""

    code = "tiers.assessment_waits"
    text = Text("{day} 的评估正在进行，请等待完成。", "The assessment for {day} is under way; wait until it is done.")


class SystemUnsound(Problem):
    """A table of indicators has findings; nothing of it was taken."""

    status, code = 422, "tiers.system_unsound"
    text = Text("指标表有 {count} 处问题，没有导入。", "The table has {count} findings and was not imported.")


class SystemUnreadable(Problem):
    """A file is none that holds indicators."""

    status, code = 422, "tiers.system_unreadable"
    text = Text("请上传 xlsx 或 yaml 格式的指标表。", "Please bring the table of indicators as xlsx or yaml.")


class SystemTooEarly(Conflict):
    """A version has to begin after the one before."""

    code = "tiers.system_too_early"
    text = Text("生效日期须晚于上一版本的 {day}。", "It has to begin after {day}, when the version before began.")


class SystemPast(Conflict):
    """What was assessed or is applied for goes by the version before: a new one begins no earlier than today."""

    code = "tiers.system_past"
    text = Text(
        "第 {version} 版已用于评估或创建年度，新版本的生效日期不能早于今天（{today}）。",
        "Version {version} was assessed by, or a year of applications goes by it: the next one cannot begin before today ({today}).",
    )


class SystemEnded(Conflict):
    """A version that holds no more stays as it was."""

    code = "tiers.system_ended"
    text = Text("该版本已于 {day} 停用，不能再修改。", "This version ended on {day} and is changed no more.")


class SystemWithdrawn(Conflict):
    """A version that was withdrawn stays as it was and never holds."""

    code = "tiers.system_withdrawn"
    text = Text("第 {version} 版已撤回，不再生效。", "Version {version} was withdrawn and will not hold.")


class SystemBegan(Conflict):
    """Only what has not begun can be withdrawn."""

    code = "tiers.system_began"
    text = Text(
        "第 {version} 版已于 {day} 起施行，不能撤回；如需改动，请修订为新版本。",
        "Version {version} is in force since {day} and cannot be withdrawn; to change it, revise it as a new version.",
    )


class SystemFollowed(Conflict):
    """A later version follows this one: that one goes first."""

    code = "tiers.system_followed"
    text = Text(
        "第 {later} 版接在第 {version} 版之后，请先撤回第 {later} 版。",
        "Version {later} follows version {version}: withdraw that one first.",
    )


class SystemUsed(Conflict):
    """A year of applications was opened by it."""

    code = "tiers.system_used"
    text = Text(
        "已有年度采用第 {version} 版，不能撤回。",
        "A year of applications goes by version {version}; it cannot be withdrawn.",
    )


class EvidenceKind(Invalid):
    """A file is of a kind that proves nothing here, whatever its name says."""

    code = "tiers.evidence_kind"
    text = Text(
        "佐证材料只收照片（JPEG、PNG、WebP）、PDF、Word 和 Excel（docx、xlsx），且不含宏。文件内容不是其中一种。",
        "Evidence is a photo (JPEG, PNG, WebP), a PDF, or Word or Excel (docx, xlsx) without macros; this file is none of them.",
    )


class EvidenceFull(Conflict):
    """There are as many files as there may be."""

    code = "tiers.evidence_full"
    text = Text("每条指标最多 {most} 个文件。", "An indicator may have {most} files at most.")
