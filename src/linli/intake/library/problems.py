"""What keeps a mapping from being kept in the library."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class NameTaken(Conflict):
    """Another mapping of the kind has that name."""

    code = "intake.library.name_taken"
    text = Text(
        "已有名为“{name}”的列对应，请换个名称，或修改那一个。",
        "There is a mapping called “{name}” already; choose another name, or change that one.",
    )


class ChangedMeanwhile(Conflict):
    """Somebody else has changed the mapping since it was read."""

    code = "intake.library.changed"
    text = Text("这个列对应已被 {by} 修改，请刷新后再改。", "{by} has changed this mapping meanwhile; load it again.")
