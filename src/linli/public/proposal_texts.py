"""Words of the pages on which answers to proposals are published, in both languages."""

from __future__ import annotations

from linli.kernel.errors import Text

TEXTS: dict[str, Text] = {
    "title": Text("提案建议答复公开", "Published answers to proposals"),
    "lead": Text(
        "人大代表建议和政协提案的办理答复，按规定可以公开的在这里公布。答复为公文，只有中文。",
        "Answers to suggestions of deputies and proposals of CPPCC members, as far as they may be published. The documents are in Chinese.",
    ),
    "year": Text("年份", "Year"),
    "kind": Text("类型", "Kind"),
    "host": Text("主办单位", "Host unit"),
    "words": Text("编号或关键词", "Number or words"),
    "all": Text("全部", "All"),
    "search": Text("查找", "Search"),
    "found": Text("共 {count} 件", "{count} found"),
    "nothing": Text("没有符合条件的答复。", "There is no such answer."),
    "previous": Text("上一页", "Previous"),
    "next": Text("下一页", "Next"),
    "page": Text("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
    "cppcc": Text("提案", "Proposal"),
    "congress": Text("建议", "Suggestion"),
    "number": Text("编号", "Number"),
    "proposers": Text("建议人", "Proposer"),
    "cohosts": Text("协办、分办单位", "With"),
    "answered": Text("答复时间", "Answered"),
    "reply": Text("答复内容", "Answer"),
    "content": Text("建议内容", "What was proposed"),
    "about": Text("关于“{title}”{kind}的答复", "Answer: {title}"),
    "back": Text("全部答复", "All answers"),
    "privacy": Text(
        "未经本人同意的姓名、签发人和联系方式以“(略)”代替。",
        "Names without consent, signers and contacts are left out: (略).",
    ),
    "unknown_title": Text("没有这件答复", "There is no such answer"),
    "unknown": Text("编号有误，或这件答复没有公开。", "The number is wrong, or this answer is not public."),
    "often_title": Text("请稍候", "Please wait"),
    "often": Text("查看过于频繁，请一分钟后再试。", "You looked too often; try again in a minute."),
    "down_title": Text("暂时无法显示", "Not available just now"),
    "down": Text("系统维护中，请稍后再试。", "The system is being maintained. Try again a little later."),
    "other_language": Text("English", "中文"),
}


def words(language: str) -> dict[str, str]:
    """All texts in one language; those with figures are filled where they are used."""
    return {name: text.say(language) for name, text in TEXTS.items()}
