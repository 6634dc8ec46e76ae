"""What may go wrong with bulk edits, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Problem, Text


class TooManyChosen(Problem):
    """More rows than one edit may hold."""

    status, code = 422, "registry.bulk_too_many"
    text = Text(
        "一次最多修改 {most} 条，请先缩小范围。", "At most {most} rows can be changed at once; narrow the list first."
    )


class NothingChosen(Problem):
    """No row was chosen that the actor can see."""

    status, code = 422, "registry.bulk_nothing_chosen"
    text = Text("没有选中任何一条。", "Nothing was chosen.")


class NothingToChange(Conflict):
    """Nothing of what was chosen would change."""

    code = "registry.bulk_nothing_to_change"
    text = Text("选中的都不需要或不能修改。", "Nothing that was chosen needs to be changed or may be.")


class AlreadyDone(Conflict):
    """The edit was carried out before."""

    code = "registry.bulk_done"
    text = Text("这次批量修改已经执行过。", "This has been carried out already.")


class NotDone(Conflict):
    """There is nothing to take back: never carried out, or taken back before."""

    code = "registry.bulk_not_done"
    text = Text("这次批量修改没有执行，或已经撤销。", "This was not carried out, or has been undone already.")


class ChangedSince(Conflict):
    """Homes of the edit were changed by somebody since."""

    code = "registry.bulk_changed_since"
    text = Text(
        "没有撤销：之后有 {count} 套房屋又被修改，请先核对。",
        "Nothing was undone: {count} homes were changed again since. Look at those first.",
    )
