"""What cases tell staff: that one came to their unit, came back to it, was joined to another, or is about to be late."""

from linli.kernel.errors import Text
from linli.messages.kinds import NoticeKind, declare, named

CAME = "cases.came"
CAME_URGENT = "cases.came_urgent"
RETURNED = "cases.returned"
AMBER = "cases.amber"
OVERDUE = "cases.overdue"
SUPPORT_ASKED = "cases.support_asked"
SUPPORT_ANSWERED = "cases.support_answered"
SUPPORT_DECLINED = "cases.support_declined"
SUPPORT_WITHDRAWN = "cases.support_withdrawn"
HAND_OVER_ASKED = "cases.hand_over_asked"
HAND_OVER_TAKEN = "cases.hand_over_taken"
HAND_OVER_REFUSED = "cases.hand_over_refused"
HAND_OVER_WITHDRAWN = "cases.hand_over_withdrawn"
SUPERVISED = "cases.supervised"
SUPERVISION_ANSWERED = "cases.supervision_answered"
JOINED = "cases.joined"
JOINED_TO = "cases.joined_to"
SEPARATED = "cases.separated"
UNIT_ENDS = "cases.unit_ends"
UNIT_STAYS = "cases.unit_stays"
RESTRICTED = "cases.restricted"
RESTRICTED_URGENT = "cases.restricted_urgent"

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
    NoticeKind(
        JOINED,
        Text("本单位案件并入他案", "Case joined to another"),
        Text(
            "案件 {number}（{category}，{area}）已并入 {other}，不再单独办理。",
            "Case {number} ({category}, {area}) was joined to {other} and is not dealt with by itself any more.",
        ),
    ),
    NoticeKind(
        JOINED_TO,
        Text("有案件并入本单位案件", "Another joined to a case of the unit"),
        Text(
            "{other} 已并入案件 {number}（{category}，{area}），一并办理。",
            "{other} was joined to case {number} ({category}, {area}): deal with both as one.",
        ),
    ),
    NoticeKind(
        SEPARATED,
        Text("撤销并案", "Merge undone"),
        Text(
            "案件 {number}（{category}，{area}）与 {other} 的并案已撤销，分别办理。",
            "Case {number} ({category}, {area}) and {other} are not one any more: each is dealt with by itself.",
        ),
    ),
    NoticeKind(
        HAND_OVER_ASKED,
        Text("请本单位接收移交的案件", "Case offered to the unit"),
        Text("案件 {number}（{category}，{area}）请本单位接收。", "Your unit was asked to take over case {number} ({category}, {area})."),
    ),
    NoticeKind(
        HAND_OVER_TAKEN,
        Text("移交的案件已接收", "Case taken over"),
        Text("案件 {number}（{category}，{area}）已由另一单位接收。", "Case {number} ({category}, {area}) was taken over by another unit."),
    ),
    NoticeKind(
        HAND_OVER_REFUSED,
        Text("移交的案件未被接收", "Hand-over refused"),
        Text("案件 {number}（{category}，{area}）的移交未被接收。", "The unit asked did not take over case {number} ({category}, {area})."),
    ),
    NoticeKind(
        HAND_OVER_WITHDRAWN,
        Text("移交请求已撤回", "Offer taken back"),
        Text(
            "案件 {number}（{category}，{area}）不再请本单位接收。", "Your unit is asked no more to take over case {number} ({category}, {area})."
        ),
    ),
    NoticeKind(
        UNIT_ENDS,
        Text("本单位撤销", "Unit to be ended"),
        Text(
            "{unit} 自 {day} 起撤销，未办结的案件当日退回派遣。",
            "{unit} ends on {day}: its open cases go back to dispatch that day.",
        ),
    ),
    NoticeKind(
        UNIT_STAYS,
        Text("本单位不再撤销", "Unit not to be ended"),
        Text("{unit} 的撤销已取消。", "That {unit} is to end was taken back."),
    ),
    NoticeKind(
        RESTRICTED,
        Text("限定人员案件有新情况", "News of a restricted case"),
        Text("限定人员案件 {number} 有新情况，请登录查看。", "There is news of restricted case {number}: sign in to see it."),
        personal=True,
    ),
    NoticeKind(
        RESTRICTED_URGENT,
        Text("限定人员紧急案件", "Urgent restricted case"),
        Text("限定人员紧急案件 {number} 请立即登录查看。", "Urgent restricted case {number}: sign in and see it at once."),
        urgent=True,
        personal=True,
    ),
)  # fmt: skip


def for_readers(kind: str) -> str:
    """The kind by which restricted readers are told what others are told by `kind`: which case, and nothing else."""
    return RESTRICTED_URGENT if named(kind).urgent else RESTRICTED
