"""What may go wrong with rules of survivorship, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class NotPlanned(Conflict):
    """Its day has come, or it was withdrawn before."""

    code = "registry.rules_not_planned"
    text = Text(
        "这次修改已经生效或已撤回；要改回来，请再修改一次。",
        "These rules hold already or were withdrawn; to go back, change them again.",
    )


class StillRunning(Conflict):
    """People are being computed anew by rules entered before."""

    code = "registry.rules_running"
    text = Text(
        "上一次修改还在重新计算，请等它完成。",
        "People are still being computed anew by the last change; wait until it is done.",
    )
