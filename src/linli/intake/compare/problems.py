"""Why two batches cannot be compared."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class Unlike(Conflict):
    """They are not of one source and kind, or their areas lie apart."""

    code = "intake.compare.unlike"
    text = Text(
        "只能比较同一来源、同一种表格的两个批次，且辖区相同或一个包含另一个。",
        "Only two batches of one source and kind can be compared, of the same area or one within the other.",
    )


class NotCompared(Conflict):
    """Tables of that kind are not compared."""

    code = "intake.compare.not_compared"
    text = Text(
        "“{zh}”表不能比较；“比对”一步已列出新增、更新和不变的行数。",
        "Tables of {en} are not compared; the step “match” tells how many rows are new, updated and unchanged.",
    )


class NotReady(Conflict):
    """A batch has not been checked, or its file is gone and it is not in the base."""

    code = "intake.compare.not_ready"
    text = Text(
        "“{name}”还没有检查，或原文件已删除又没有合并，无法比较。",
        "“{name}” has not been checked, or its file is gone and it was never merged; it cannot be compared.",
    )


class NoEarlier(Conflict):
    """There is nothing to compare with."""

    code = "intake.compare.no_earlier"
    text = Text(
        "这个来源在这里没有更早的已合并批次。", "There is no earlier merged batch of this source here to compare with."
    )


class NothingShared(Conflict):
    """No column of both tells their rows again."""

    code = "intake.compare.nothing_shared"
    text = Text(
        "两份表没有能认出同一条记录的共同列：证件号码、来源记录编号，或姓名加出生日期或住址。",
        "The two tables share no column that tells a record again: an identity number, the source's own number, or a "
        "name with a date of birth or a home.",
    )


class NeverDone(Problem):
    """Every worker that began the comparison was ended before it was done."""

    status, code = 500, "intake.compare.never_done"
    text = Text(
        "比较多次没有做完就中断了，已停止。请分区划导入后再比较；仍不行请告诉管理员。",
        "The comparison was broken off every time before it was done, and is given up. Compare files of smaller areas; if that "
        "does not help, tell the administrator.",
    )
