"""What may stand against a recode, in words."""

from __future__ import annotations

from typing import Final

from linli.kernel.errors import Conflict, FieldProblem, Invalid, Text

from .rules import Refused

WORDS: Final = {
    "form": Text("{names} 不是乡镇（9 位）或村居（12 位）代码。", "{names} is no code of a town (9 digits) or village (12)."),
    "elsewhere": Text("{names} 不属于本区县。", "{names} does not lie in the district."),
    "level": Text("新旧代码应为同一级。", "The two codes must be of one level."),
    "unknown": Text("{names} 不是现有区划。", "{names} is no present area."),
    "no_parent": Text("上级区划 {names} 不存在。", "There is no area {names} for it to lie in."),
    "given": Text(
        "{names} 已经用过，代码不能给另一个区划使用。", "{names} was given before; a code is not given to another area."
    ),
    "towns_join": Text(
        "乡镇不能整体并入 {names}：请把村居逐个划入。", "A town cannot join {names} as a whole: move its villages one by one."
    ),
    "too_many": Text("一个村居最多 999 个网格编号。", "A village has at most 999 grid numbers."),
    "nothing": Text("代码、名称和类别都没有变化。", "Neither code, name nor kind would change."),
    "name_long": Text("名称太长。", "The name is too long."),
    "name_twice": Text("同一上级之下已有“{names}”。", "There is another {names} beside it."),
    "kind": Text("类别应为：{names}。", "The kind is one of: {names}."),
    "ahead": Text("生效日期不能晚于今天。", "It cannot take effect later than today."),
    "before_area": Text("生效日期早于所涉区划或网格的启用日期。", "An area or grid concerned begins later than that."),
}  # fmt: skip


class BadRecode(Invalid):
    """A recode that cannot be; the field says which part of it and why."""

    code = "places.bad_recode"
    text = Text("区划变更不能进行，没有保存。", "The recode cannot be carried out; nothing was saved.")

    def __init__(self, refused: Refused) -> None:
        words = {"names": "、".join(refused.names)}
        super().__init__(fields=(FieldProblem(refused.field, refused.reason, WORDS[refused.reason], words),))


class NamesCollide(Conflict):
    """Both villages have compounds of one name; only one can keep it in the village they become."""

    code = "places.recode_names_collide"
    text = Text(
        "两个村居有同名小区院落，请先改名：{names}。", "Both villages have compounds of these names; rename them first: {names}."
    )  # fmt: skip


class RowsCollide(Conflict):
    """Something that may be there once would be there twice: buildings of one address, two requests for one person."""

    code = "places.recode_rows_collide"
    text = Text(
        "合并后会有重复的楼栋或待办请求（{constraint}），请先处理。",
        "Buildings or open requests would be there twice ({constraint}); settle them first.",
    )


class RecodeNotUndoable(Conflict):
    """A later change rests on it, it was undone already, or it is an undoing itself."""

    code = "places.recode_not_undoable"
    text = Text("此后所涉区划又有变更（或已撤销），不能撤销。", "Later changes rest on it, or it was undone already.")
