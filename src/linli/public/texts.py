"""Words of the public pages in both languages."""

from __future__ import annotations

from linli.kernel.errors import Text

TEXTS: dict[str, Text] = {
    "title": Text("您所在的社区", "Your community"),
    "grid": Text("网格", "Grid"),
    "compound": Text("小区", "Compound"),
    "town": Text("镇街", "Town"),
    "who": Text("网格与村居联系人", "Who to call here"),
    "worker": Text("网格员", "Grid worker"),
    "lead": Text("分网格长", "Grid lead"),
    "chief": Text("总网格长", "Chief of the community's grids"),
    "nobody": Text(
        "本网格暂未公布联系电话。咨询、反映问题请拨打 12345。",
        "No number has been given out for this grid yet. To ask or report something, call 12345.",
    ),
    "unknown_title": Text("二维码无效", "This code is not in use"),
    "unknown": Text(
        "这个二维码已更换或不存在。请联系社区或村委会补发。",
        "This code was replaced or never existed. Ask your community's office for a new one.",
    ),
    "often_title": Text("请稍候", "Please wait"),
    "often": Text(
        "查看过于频繁，请一分钟后再试。", "This was opened too often from your network. Try again in a minute."
    ),
    "down_title": Text("暂时无法显示", "Not available just now"),
    "down": Text("系统维护中，请稍后再试。", "The system is being maintained. Try again a little later."),
    "urgent": Text("紧急求助与热线", "Emergencies and hotline"),
    "police": Text("报警", "Police"),
    "fire": Text("火警", "Fire"),
    "ambulance": Text("急救", "Ambulance"),
    "hotline": Text("政务热线", "City hotline"),
    "larger": Text("大字", "Larger type"),
    "smaller": Text("标准字", "Normal type"),
    "other_language": Text("English", "中文"),
    "staff": Text("工作人员入口", "Staff"),
    "privacy": Text(
        "本页不含住户的任何信息，也不记录您的身份。",
        "This page holds nothing about the people who live here, and does not record who you are.",
    ),
}

#: Numbers that are the same in the whole country, with the key of what they are for.
URGENT = (("110", "police"), ("119", "fire"), ("120", "ambulance"), ("12345", "hotline"))


def words(language: str) -> dict[str, str]:
    """All texts in one language."""
    return {name: text.say(language) for name, text in TEXTS.items()}
