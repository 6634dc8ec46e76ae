"""What may go wrong with messages, in the user's language."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class RobotExists(Conflict):
    """The unit has a robot of that name."""

    code = "messages.robot_exists"
    text = Text("该单位已有同名机器人。", "The unit has a robot of that name already.")


class NotDeliverable(Conflict):
    """Only what failed, or of which nobody knows whether it arrived, can be sent again."""

    code = "messages.not_deliverable"
    text = Text(
        "这条消息正在发送或已经送达，不必重发。",
        "This message is on its way or has arrived; it need not be sent again.",
    )
