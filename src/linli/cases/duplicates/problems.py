"""Why two cases cannot be merged, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class NotMergeable(Conflict):
    """The case that was named cannot take in another: `fields` say why."""

    code = "cases.not_mergeable"
    text = Text("不能并入这个案件。", "The case cannot be merged into that one.")


ITSELF = Text("不能并入自己。", "A case is not merged into itself.")
OTHER_READERS = Text(
    "两件各限定给不同的人员办理，不能合并。", "The two are for different restricted readers and are not merged."
)
UNKNOWN = Text("没有这个案件，或不在您的可见范围内。", "There is no such case, or you do not see it.")
BUSY = Text("那个案件正有人办理，请稍后再试。", "Somebody is acting on that case just now; try again in a moment.")
OVER = Text(
    "那个案件已经办结，不能并入；确属再次发生的，请照常办理。",
    "That case is over. What has come again is a case of its own.",
)
NOT_HERE = Text("“{way}”的案件不能并案。", "Cases that go “{way}” are not merged.")
IS_DUPLICATE = Text(
    "那个案件已并入 {number}，请改为并入 {number}。", "That case was merged into {number}; merge into {number} instead."
)
HAS_DUPLICATES = Text(
    "已有其他案件并入本案。请先撤销，或改为把对方并入本案。",
    "Other cases were merged into this one. Undo that first, or merge the other case into this one.",
)
