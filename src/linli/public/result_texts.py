"""Words of the pages on which results of the ladder are published, in both languages."""

from __future__ import annotations

from linli.kernel.errors import Text

TEXTS: dict[str, Text] = {
    "title": Text("智慧社区创建结果公示", "Results of smart communities"),
    "lead": Text(
        "正在公示和公示过的验收结果，以及已认定的智慧社区。公示期内任何人都可以提出异议。",
        "Results that are or were published, and communities that were recognised. During its publication anybody may object to a result.",
    ),
    "year": Text("年度", "Year"),
    "tier": Text("类型", "Tier"),
    "stage": Text("阶段", "Stage"),
    "all": Text("全部", "All"),
    "search": Text("查找", "Search"),
    "found": Text("共 {count} 项结果", "{count} results"),
    "nothing": Text("没有符合条件的结果。", "No result matches."),
    "previous": Text("上一页", "Previous"),
    "next": Text("下一页", "Next"),
    "page": Text("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "basic": Text("基础型", "Basic"),
    "growing": Text("成长型", "Growing"),
    "model": Text("标杆型", "Model"),
    "open": Text("公示中", "Under publication"),
    "publicised": Text("公示已结束", "Publication over"),
    "reported": Text("已上报，待认定", "Reported, to be decided"),
    "recognised": Text("已认定", "Recognised"),
    "rechecking": Text("已认定，复核中", "Recognised, in re-check"),
    "lapsed": Text("等级已取消", "Tier withdrawn"),
    "community": Text("社区", "Community"),
    "town": Text("镇街", "Town"),
    "plan": Text("创建年度", "Plan year"),
    "period": Text("公示期", "Published"),
    "from_to": Text("{since} 至 {until}（含当日）", "{since} to {until}, that day included"),
    "result": Text("验收结果", "Result of the acceptance"),
    "sums": Text("{of} 条指标：达标 {met}，未达标 {missed}，未知 {unknown}", "{of} indicators: {met} met, {missed} missed, {unknown} unknown"),
    "system": Text("指标体系", "Indicators"),
    "report": Text("上报文号和日期", "Report: number and date"),
    "decision": Text("认定文号", "Decision: number"),
    "authority": Text("认定机关", "Authority"),
    "decided": Text("认定日期", "Decided on"),
    "demo": Text("演示数据，不是真实结果。", "Of a demonstration: not a real result."),
    "before": Text("历年公布的文件怎么说", "What texts published in earlier years say"),
    "before_lead": Text("不同文件说法不一致的，都列出。", "Where texts contradict each other, all of them are listed."),
    "reached": Text("创建成功", "reached"),
    "missed": Text("未达标准", "missed"),
    "rechecked": Text("通过复核", "passed the re-check"),
    "back": Text("全部结果", "All results"),
    "privacy": Text("本页不含任何个人信息。", "Nothing on this page is about a person."),
    "object": Text("提出异议", "Object"),
    "object_lead": Text(
        "请写明对哪项结果有异议、理由是什么。不要写身份证号等个人信息。",
        "Say which result you object to, and why. Leave out identity numbers and other personal information.",
    ),
    "text": Text("异议内容", "Your objection"),
    "required": Text("必填", "required"),
    "text_hint": Text(
        "最多 2000 字。被公示的社区、镇街和区里办理人员都能看到全文：不愿让他们知道您是谁的，请不要写姓名、住址、电话和能认出您的事。",
        "At most 2000 characters. The community concerned, its town and the district read every word: if they are not to know who you "
        "are, leave out your name, address, phone and whatever tells it.",
    ),
    "contact": Text("联系方式（可不填）", "How to reach you (may be empty)"),
    "contact_hint": Text(
        "最多 100 字。只给区里答复的人看，只用于告诉您答复；加密保存，到期销毁。",
        "At most 100 characters. Shown only to those at the district who answer, only for telling you the answer; kept encrypted, and "
        "destroyed when its time is over.",
    ),
    "send": Text("提交异议", "Send the objection"),
    "over": Text("公示已于 {until} 结束，不再受理异议。", "The publication ended on {until} and takes no more objections."),
    "typed": Text("您写的内容", "What you wrote"),
    "thanks": Text(
        "已收到您的异议，答复之后公示才会结束、上报。",
        "Your objection has been received; the publication is not closed, nor anything reported, before it is answered.",
    ),
    "mend": Text("请改正标出的内容。", "Please mend what is marked."),
    "expired": Text("页面已过期，请再次提交；您写的内容仍在。", "The page was open too long. Send it again; what you wrote is kept."),
    "often": Text("提交过于频繁，请 {seconds} 秒后再试；您写的内容仍在。", "Sent too often; try again in {seconds} seconds. What you wrote is kept."),
    "enough": Text(
        "今天提交的异议已达上限，请明天再提交；您写的内容仍在。",
        "As many objections as are taken in a day have been sent; send this one tomorrow. What you wrote is kept.",
    ),
    "large": Text("内容过长。", "This is too long."),
    "unknown_title": Text("没有这项结果", "There is no such result"),
    "unknown": Text("地址有误，或这项结果没有公示。", "The address is wrong, or this result is not published."),
    "looked_title": Text("请稍候", "Please wait"),
    "looked": Text("查看过于频繁，请一分钟后再试。", "You looked too often; try again in a minute."),
    "down_title": Text("暂时无法显示", "Not available just now"),
    "down": Text("系统暂时无法读取数据，请稍后再试。", "The data cannot be read just now. Try again a little later."),
    "other_language": Text("English", "中文"),
}  # fmt: skip


def words(language: str) -> dict[str, str]:
    """All texts in one language; those with figures are filled where they are used."""
    return {name: text.say(language) for name, text in TEXTS.items()}
