"""Words of the pages on which people report and follow a case, in both languages."""

from __future__ import annotations

from linli.cases.reporters.actions import MOST_PHOTOS
from linli.cases.reporters.rules import OBJECT_DAYS, OBJECT_MOST
from linli.kernel.errors import Text

from .report_rules import PHOTO_MB, REPORTS

TEXTS: dict[str, Text] = {
    "report_title": Text("反映问题", "Report a problem"),
    "report_lead": Text(
        "路灯不亮、井盖缺失、垃圾堆放、噪声扰民等，请在这里告诉我们。不需要注册，可以匿名。",
        "A broken lamp, a missing manhole cover, rubbish, noise: tell us here. No account is needed, nor your name.",
    ),
    "danger": Text("有人身危险时请直接拨打：", "Where anybody is in danger, call:"),
    "what": Text("发生了什么", "What is the matter"),
    "what_hint": Text(
        "写清楚是什么、有多久了、影响到谁。请不要写他人的姓名和身份证号。",
        "What it is, since when, whom it affects. Please leave out other people's names and ID numbers.",
    ),
    "where": Text("在哪里", "Where it is"),
    "where_hint": Text("如：昆仑镇 XX 小区 3 号楼东侧", "Such as: east of building 3, XX compound"),
    "area": Text("村、社区", "Village or community"),
    "area_hint": Text("写了完整地址或使用了定位，可以不选", "May be left out with a full address or your position"),
    "unchosen": Text("不选", "Not chosen"),
    "here": Text("使用我现在的位置", "Use my position"),
    "here_done": Text("已使用现在的位置", "Your position is used"),
    "here_failed": Text("没有取得位置，请选择村、社区", "No position; choose the village or community"),
    "photos": Text("照片（最多 {most} 张，每张 {mb} MB 以内）", "Photos (up to {most}, of {mb} MB each)"),
    "photos_hint": Text("照片中的拍摄信息会被去除。", "What a photo says of your phone is taken out."),
    "photos_again": Text("请重新选择照片。", "Please choose your photos again."),
    "phone": Text("手机号（可不填）", "Mobile number (optional)"),
    "email": Text("邮箱（可不填，仅用于通知）", "E-mail (optional, to be told only)"),
    "tell": Text(
        "受理、询问、办结时通知我", "Tell me when it is accepted, when there is a question, when it is closed"
    ),
    "privacy": Text(
        "您留下的联系方式加密保存，只用于办理这件事；工作人员看到的是遮蔽后的号码，查看全文须说明用途并留痕。"
        "用于通知的手机号或邮箱在办结后按期销毁，也可以随时在查询页删除。",
        "What you leave is encrypted and used for this matter alone. Staff see it masked; seeing it in full takes a purpose and "
        "is logged. The number or address for notices is destroyed some time after closing, or at once by you on the tracking page.",
    ),
    "send": Text("提交", "Send"),
    "to_track": Text("查询已反映的事项", "Follow what you reported"),
    "to_report": Text("反映新的问题", "Report something new"),
    "track_title": Text("查询办理进展", "Follow a case"),
    "track_lead": Text("请输入提交时得到的查询码。", "Enter the tracking number you were given."),
    "number": Text("查询码", "Tracking number"),
    "number_hint": Text("18 位字母和数字，不分大小写", "18 letters and digits, in any case"),
    "look": Text("查询", "Look"),
    "keep": Text(
        "请记下或截屏保存查询码。凭它可以查看进展、答复和评价；丢失后无法找回，也不要告诉他人。",
        "Write this number down or take a screenshot. With it you follow, answer and rate. It cannot be found again, and should be told to nobody.",
    ),
    "wrong_number": Text(
        "没有这个查询码，请逐个核对字母和数字。", "There is no such number; please check each letter and digit."
    ),
    "case_number": Text("事项编号", "Case number"),
    "due": Text("预计办理时限", "To be dealt with by"),
    "said": Text("您反映的内容", "What you reported"),
    "answers": Text("答复", "Answer"),
    "course": Text("办理过程", "What happened"),
    "question": Text("办理单位问您", "The unit asks you"),
    "answer": Text("您的答复", "Your answer"),
    "answer_send": Text("提交答复", "Send the answer"),
    "rate_title": Text("请您评价", "Please rate it"),
    "responded": Text("有人及时联系或到场", "Somebody got in touch or came in time"),
    "solved": Text("问题解决了", "It is solved"),
    "satisfied": Text("对办理满意", "I am satisfied"),
    "yes": Text("是", "Yes"),
    "no": Text("否", "No"),
    "rate_send": Text("提交评价", "Send the rating"),
    "rated": Text("您的评价", "Your rating"),
    "object_title": Text("没有办好？", "Not done?"),
    "object_hint": Text(
        "说明原因后重新办理，不会无理由地再交给原来的单位。办结后 {days} 天内、最多 {times} 次。",
        "Give the reason and it is taken up again; it does not go to the same unit without one. Within {days} days, {times} times at most.",
    ),
    "object": Text("原因", "Reason"),
    "object_send": Text("要求重新办理", "Have it taken up again"),
    "told": Text("进展通知发往", "You are told at"),
    "stop": Text("不再通知，并删除联系方式", "Stop, and delete where to"),
    "leave": Text("退出（公用设备请务必退出）", "Leave (do so on a shared device)"),
    "done_answer": Text("答复已提交，继续办理。", "Your answer arrived; it goes on."),
    "done_rate": Text("谢谢您的评价。", "Thank you for rating it."),
    "done_object": Text("已重新办理。", "It is taken up again."),
    "unproved": Text(
        "这个号码（邮箱）还没有确认，30 天内最多收到 3 条通知。确认方法写在通知里。",
        "This number (address) is not confirmed and gets three messages in thirty days at most. How to confirm it stands in each.",
    ),
    "left_alone": Text(
        "这个号码（邮箱）的使用人不接收通知，请凭查询码查看。",
        "Whoever holds this number (address) wants no messages; please look with your tracking number.",
    ),
    "to_told": Text("通知：确认或停止", "Notices: confirm or stop"),
    "told_title": Text("通知", "Notices"),
    "told_lead": Text(
        "有人反映问题时留下了您的手机号或邮箱。不是您，或不想再收到，请停止；是您，请确认，以便继续收到进展。不需要账号。",
        "Somebody gave your number or address when they reported something. Not you, or enough? Stop it. It was you? Confirm it to go "
        "on being told. No account is needed.",
    ),
    "told_code": Text("通知码", "Code"),
    "told_hint": Text("写在收到的每条通知里，18 位字母和数字", "It stands in every message: 18 letters and digits"),
    "told_stop": Text("停止一切通知", "Stop all messages"),
    "told_confirm": Text("是我的，继续通知", "It is mine, go on telling me"),
    "told_more": Text(
        "停止后，任何人再留下这个号码或邮箱，也不会再发通知；想恢复时在这里确认即可。",
        "Once stopped, nothing is sent to it whoever gives it again. Confirm it here if you change your mind.",
    ),
    "told_stopped": Text("现在：不发送任何通知。", "Now: nothing is sent."),
    "told_confirmed": Text("现在：已确认，会收到进展。", "Now: confirmed, news is sent."),
    "told_unproved": Text("现在：没有确认，最多收到 3 条。", "Now: not confirmed, three messages at most."),
    "wrong_code": Text(
        "没有这个通知码，请逐个核对字母和数字。", "There is no such code; please check each letter and digit."
    ),
    "done_told_stop": Text("已停止，不会再给您发送任何通知。", "Stopped: nothing is sent to you any more."),
    "done_told_confirm": Text("已确认，有进展时通知您。", "Confirmed: you are told when there is news."),
    "photos_own": Text("您提供的照片", "Your photos"),
    "photos_after": Text("处理后", "Afterwards"),
    "full": Text(
        "服务器磁盘空间不足，没有收下。请稍后再提交；不带照片也可以。",
        "The server's disk is full and nothing was taken. Send it again later; it may do without photos.",
    ),
    "done_stop": Text("不会再通知您，联系方式已删除。", "You are told nothing more; where to was deleted."),
    "mend": Text("请按提示修改后再提交，您填写的内容仍在。", "Please mend what is marked; what you typed is kept."),
    "often": Text(
        "来自您所用网络的反映过多，没有收下，您填写的内容仍在。请 {minutes} 分钟后再提交，紧急情况请拨打 12345。",
        "Too many reports came from your network and this was not taken; what you typed is kept. Send it again in {minutes} minutes, or "
        "call 12345.",
    ),
    "looked_often": Text("查询过于频繁，请一分钟后再试。", "You looked too often; try again in a minute."),
    "busy": Text(
        "现在提交的人较多，没有收下。请稍候再提交一次，您填写的内容仍在。",
        "Many people are sending just now and this was not taken. Send it again in a moment; what you typed is kept.",
    ),
    "down": Text(
        "系统维护中，没有收下。请稍后再提交一次。",
        "The system is being maintained and this was not taken. Send it again a little later.",
    ),
    "large": Text(
        "照片太大了，没有收下。请减少张数或缩小后再提交。",
        "The photos are too large and nothing was taken. Send fewer or smaller ones.",
    ),
    "expired": Text(
        "页面已过期，请再提交一次，您填写的内容仍在。",
        "This page has expired. Send it once more; what you typed is kept.",
    ),
    "other_language": Text("English", "中文"),
    "required": Text("必填", "required"),
}


#: What stands in braces in them.
FIGURES = {
    "most": MOST_PHOTOS, "mb": PHOTO_MB, "days": OBJECT_DAYS, "times": OBJECT_MOST, "minutes": int(REPORTS[1] // 60),
}  # fmt: skip


def words(language: str) -> dict[str, str]:
    """All texts in one language."""
    return {name: text.say(language, FIGURES) for name, text in TEXTS.items()}


def often(language: str, wait: int) -> str:
    """That a network has reported too often, and in how many minutes it may again."""
    return TEXTS["often"].say(language, FIGURES | {"minutes": -(-wait // 60)})
