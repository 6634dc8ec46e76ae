"""What cases tell staff: that one came to their unit, came back to it, or is about to be late."""

from linli.kernel.errors import Text
from linli.messages.kinds import NoticeKind, declare

CAME = "cases.came"
CAME_URGENT = "cases.came_urgent"
RETURNED = "cases.returned"
AMBER = "cases.amber"
OVERDUE = "cases.overdue"
SUPPORT_ASKED = "cases.support_asked"
SUPPORT_ANSWERED = "cases.support_answered"
SUPPORT_DECLINED = "cases.support_declined"
SUPPORT_WITHDRAWN = "cases.support_withdrawn"
SUPERVISED = "cases.supervised"
SUPERVISION_ANSWERED = "cases.supervision_answered"

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
    NoticeKind(
        SUPPORT_ASKED,
        Text("请本单位协办案件", "Support asked of the unit"),
        Text("案件 {number}（{category}，{area}）请本单位协办。", "Your unit was asked to support case {number} ({category}, {area})."),
    ),
    NoticeKind(
        SUPPORT_ANSWERED,
        Text("协办单位已答复", "Support given"),
        Text("案件 {number}（{category}，{area}）的协办单位已答复。", "A supporting unit has answered in case {number} ({category}, {area})."),
    ),
    NoticeKind(
        SUPPORT_DECLINED,
        Text("协办单位不予协办", "Support declined"),
        Text("案件 {number}（{category}，{area}）有单位不予协办。", "A unit has declined to support case {number} ({category}, {area})."),
    ),
    NoticeKind(
        SUPPORT_WITHDRAWN,
        Text("协办请求已撤回", "Request for support taken back"),
        Text(
            "案件 {number}（{category}，{area}）不再需要本单位协办。", "Case {number} ({category}, {area}) needs your unit's support no more."
        ),
    ),
    NoticeKind(
        SUPERVISED,
        Text("案件被督办", "Case supervised"),
        Text("案件 {number}（{category}，{area}）被督办，请答复。", "Case {number} ({category}, {area}) is supervised: please answer."),
    ),
    NoticeKind(
        SUPERVISION_ANSWERED,
        Text("督办已答复", "Supervision answered"),
        Text("您督办的案件 {number}（{category}，{area}）已答复。", "Your note on case {number} ({category}, {area}) was answered."),
    ),
)  # fmt: skip
