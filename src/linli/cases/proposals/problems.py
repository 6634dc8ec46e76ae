"""What may go wrong with a proposal, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class NumberTaken(Conflict):
    """There is a proposal with this number of the same body."""

    code = "cases.proposal_number_taken"
    text = Text("编号 {number} 已经登记过。", "The number {number} is registered already.")


class DraftChanged(Conflict):
    """Somebody else saved the draft since it was opened; theirs is kept, and so is what was typed."""

    code = "cases.proposal_draft_changed"
    text = Text(
        "{who} 刚刚保存了这份草稿，您填写的内容仍在，请对照后再保存。",
        "{who} has just saved this draft. What you typed is still there; compare before you save.",
    )


class NotWritten(Conflict):
    """A letter is printed once there is something to print."""

    code = "cases.proposal_not_written"
    text = Text("还没有答复，不能生成答复函。", "There is no reply yet to make a letter of.")
