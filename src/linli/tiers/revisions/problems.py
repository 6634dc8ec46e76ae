"""The problems of revisions."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class RevisionChanged(Conflict):
    """Somebody else saved since it was opened; theirs is kept, and what was typed is not lost."""

    code = "tiers.revision_changed"
    text = Text(
        "{who} 刚刚改过这份修订稿，您填写的内容仍在，请刷新对照后再保存。",
        "{who} has just changed this revision. What you typed is still there; reload and compare before you save.",
    )


class RevisionFollowsOther(Conflict):
    """Another version was put in force since the differences were seen: they are others now."""

    code = "tiers.revision_follows_other"
    text = Text(
        "您对照的是第 {seen} 版，而第 {last} 版已经建立。没有施行，请重新查看差异后再施行。",
        "You compared with version {seen}, and version {last} has come since. Nothing was put in force; look at the differences anew first.",
    )


class RevisionOver(Conflict):
    """It was put in force, or dropped."""

    code = "tiers.revision_over"
    text = Text(
        "这份修订稿已施行或已作废，不能再改。", "This revision is in force or was dropped; it is changed no more."
    )


class RevisionSame(Conflict):
    """A version that says what the last one says is none."""

    code = "tiers.revision_same"
    text = Text(
        "修订稿与现有最新版本没有差异，没有可施行的内容。",
        "The revision says what the last version says: there is nothing to put in force.",
    )


class RevisionUnsound(Problem):
    """What was entered does not hold; nothing of it is saved."""

    status, code = 422, "tiers.revision_unsound"
    text = Text("有 {count} 处不成立，没有保存。", "{count} things do not hold; nothing was saved.")


class RevisionsMany(Conflict):
    """More revisions are open than anybody works on."""

    code = "tiers.revisions_many"
    text = Text(
        "已有 {most} 份修订稿未完成，请先施行或作废。",
        "{most} revisions are open: put some in force or drop them first.",
    )
