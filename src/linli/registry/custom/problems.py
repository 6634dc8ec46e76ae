"""What may go wrong with custom fields."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class FieldTaken(Conflict):
    """There is a field of this name and kind; forms that ask for it use that one."""

    code = "registry.custom.taken"
    text = Text(
        "已有同名同类型的数据项“{name}”，请直接使用它。",
        "There is a field “{name}” of this kind already; use that one.",
    )


class FieldChanged(Conflict):
    """Somebody changed the field since the page was opened."""

    code = "registry.custom.changed"
    text = Text(
        "该数据项刚被“{by}”修改，请核对后再保存；您填写的内容仍在。",
        "The field was changed by {by} meanwhile. Look at it and save again; what you typed is kept.",
    )


class FieldUsed(Problem):
    """What is held in a field forbids the change."""

    status, code = 422, "registry.custom.used"
    text = Text(
        "该数据项已有登记内容，类型和敏感标记不能再改；选项只能增加。",
        "Something is stated in this field already: its kind and sensitivity stay, and values can only be added.",
    )
