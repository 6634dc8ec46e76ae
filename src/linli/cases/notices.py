"""What cases tell staff: that one came to their unit, came back to it, or is about to be late."""

from linli.kernel.errors import Text
from linli.messages.kinds import NoticeKind, declare

CAME = "cases.came"
CAME_URGENT = "cases.came_urgent"
RETURNED = "cases.returned"
AMBER = "cases.amber"
OVERDUE = "cases.overdue"

declare(
    NoticeKind(
        CAME,
        Text("案件派到本单位", "Case handed to the unit"),
        Text("案件 {number}（{category}，{area}）已派到本单位。", "Case {number} ({category}, {area}) was handed to your unit."),
    ),
    NoticeKind(
        CAME_URGENT,
        Text("紧急案件派到本单位", "Urgent case handed to the unit"),
        Text(
            "紧急案件 {number}（{category}，{area}）已派到本单位，请立即处置。",
            "Urgent case {number} ({category}, {area}) was handed to your unit: please act at once.",
        ),
        urgent=True,
    ),
    NoticeKind(
        RETURNED,
        Text("案件退回本单位重办", "Case returned to the unit"),
        Text("案件 {number}（{category}，{area}）被退回重办。", "Case {number} ({category}, {area}) was returned for rework."),
    ),
    NoticeKind(
        AMBER,
        Text("案件即将到期", "Case nearly due"),
        Text("案件 {number}（{category}，{area}）的时限已用去八成。", "Case {number} ({category}, {area}) has used four fifths of its time."),
    ),
    NoticeKind(
        OVERDUE,
        Text("案件超期", "Case overdue"),
        Text("案件 {number}（{category}，{area}）已超过时限。", "Case {number} ({category}, {area}) is overdue."),
    ),
)  # fmt: skip
