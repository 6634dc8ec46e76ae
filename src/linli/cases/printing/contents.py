"""What stands on the papers of a case, in the reader's language: values for the template, nothing drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text

from ..categories.rules import CLOCK_NAMES
from ..engine import procedure, rounds
from ..engine.models import Case, CaseFlow, CasePause
from ..engine.queries import CaseDetail
from ..engine.states import OUT, stands_as
from ..procedures.steps import LEVELS
from .rules import pieces, without_identifiers

Paper = Literal["file", "order"]
Row = list[list[str]]

TITLES: dict[Paper, Text] = {"file": Text("案卷", "Case file"), "order": Text("案件交办单", "Dispatch order")}
SOURCES = {
    "collector": Text("巡查上报", "Patrol"), "resident": Text("群众反映", "Resident"), "hotline": Text("12345", "12345 hotline"),
    "superior": Text("上级交办", "From above"), "sensor": Text("感知设备", "Sensor"), "camera": Text("视频", "Camera"),
    "visit": Text("走访", "Visit"),
}  # fmt: skip
PAUSES = {
    "waiting": Text("等待反映人", "Waiting for the reporter"), "suspended": Text("挂账", "On account"),
    "feedback": Text("结果核查中（退回重办，不计入）", "Result with the checkers (returned, not counted)"),
    "merged": Text("已并案（后撤销，不计入）", "Merged into another case (undone, not counted)"),
}  # fmt: skip
LEGEND = {
    "used": Text("已用", "used"), "paused": Text("停走", "stands"), "left": Text("剩余", "left"), "over": Text("超期", "over"),
}  # fmt: skip
RATINGS = {
    "responded": Text("及时响应", "Answered in time"), "solved": Text("已解决", "Solved"), "satisfied": Text("满意", "Satisfied"),
}  # fmt: skip
SAID: dict[str, Text] = {
    "source": Text("来源", "Source"),
    "urgent": Text("紧急程度", "Urgency"),
    "is_urgent": Text("紧急", "Urgent"),
    "not_urgent": Text("一般", "Normal"),
    "state": Text("状态", "State"),
    "category": Text("类别", "Category"),
    "procedure": Text("办理流程", "Procedure"),
    "none": Text("未确定", "Not given"),
    "unit": Text("处置单位", "Unit"),
    "area": Text("所属区域", "Area"),
    "place": Text("地点", "Place"),
    "position": Text("坐标（CGCS2000）", "Position (CGCS2000)"),
    "occurred": Text("发生时间", "Happened"),
    "reported": Text("上报时间", "Reported"),
    "filed": Text("立案时间", "Filed"),
    "limit": Text("办理时限", "Limit"),
    "due": Text("到期时间", "Due"),
    "provisional": Text("（暂定）", "(provisional)"),
    "reporter": Text("反映人", "Reporter"),
    "anonymous": Text("匿名", "Anonymous"),
    "problem": Text("问题描述", "What is the matter"),
    "filing": Text("立案条件", "Filing condition"),
    "closing": Text("结案条件", "Closing condition"),
    "result": Text("处理结果", "Result"),
    "result_of": Text("第{n}轮处理结果", "Result of round {n}"),
    "rating": Text("回访评价", "Rating"),
    "yes": Text("是", "yes"),
    "no": Text("否", "no"),
    "clock": Text("时限", "Clock"),
    "flow": Text("办理流程", "Flow"),
    "photos": Text("现场照片", "Photos"),
    "some_photos": Text("现场照片（前 {n} 张，共 {all} 张）", "Photos (the first {n} of {all})"),
    "to": Text("交办给", "Handed to"),
    "by": Text("派遣人", "Dispatched by"),
    "handed": Text("交办时间", "Handed over"),
    "remark": Text("派遣说明", "Remark"),
    "measures": Text("处理情况", "What was done"),
    "handler": Text("承办人签字", "Handler, signed"),
    "head": Text("负责人签字", "Head, signed"),
    "seal": Text("（盖章）", "(seal)"),
    "date": Text("年　　月　　日", "Date: ______________"),
    "foot": Text(
        "打印：{who}　{at}　用途：{purpose}　个人信息已遮蔽",
        "Printed by {who}, {at}. For: {purpose}. Personal data masked.",
    ),
    "report": Text("上报", "Report"),
}
HEAD = (
    Text("序", "No."), Text("时间", "When"), Text("步骤", "Step"), Text("办理人", "By"), Text("办理后状态", "State then"), Text("说明", "Notes"),
)  # fmt: skip


class Words:
    """The sentences in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **params: Any) -> str:
        return SAID[key].say(self.language, params)

    def of(self, text: Text) -> str:
        return text.say(self.language)


def contents(
    paper: Paper,
    found: CaseDetail,
    language: str,
    at: datetime,
    printed: dict[str, str],
    photos: Sequence[dict[str, str]],
    there: int,
) -> dict[str, Any]:
    """Everything the template needs. `printed`: who prints it and what for; `photos`: names of files and
    captions, of `there` in all."""
    say, case = Words(language), found.case
    stamp = say("foot", **(printed | {"at": moment(at)}))
    whole = paper == "file"
    blanks = [] if whole else [("measures", 45), ("handler", 12), ("head", 12)]
    return {
        "title": TITLES[paper].say(language), "number": case.number, "author": printed["who"],
        "lang": language[:2], "region": "cn" if language.startswith("zh") else "gb",
        "facts": _file_facts(found, say) if whole else _order_facts(found, say),
        "clock": _clock(case, found.pauses, say, at),
        "flow": _flow(found.flow, case.procedure, say) if whole else None,
        "photos": {"title": _photos(len(photos), there, say), "items": list(photos)} if photos else None,
        "blanks": [{"label": say(key), "mm": mm} for key, mm in blanks],
        "seal": {"label": say("seal"), "date": say("date")}, "foot": stamp,
    }  # fmt: skip


def moment(at: datetime | None) -> str:
    """A moment as people here read it."""
    return f"{at.astimezone(clock.LOCAL):%Y-%m-%d %H:%M}" if at else "—"


def dispatched(flow: Sequence[CaseFlow]) -> CaseFlow | None:
    """The step that handed the case to the unit it is with, or was with last."""
    return next((step for step in reversed(flow) if step.detail.get("unit")), None)


def _file_facts(found: CaseDetail, say: Words) -> list[Row]:
    case = found.case
    rows = [
        _pair(
            say,
            "state",
            say.of(stands_as(case.state, case.transferred)),
            "urgent",
            say("is_urgent" if case.urgent else "not_urgent"),
        ),
        _pair(say, "source", say.of(SOURCES[case.source]), "reporter", _reporter(found, say)),
        _pair(say, "reported", moment(case.reported_at), "occurred", moment(case.occurred_at)),
        _pair(say, "filed", moment(case.filed_at), "unit", case.unit_name or "—"),
        _pair(say, "limit", _limit(case, say), "due", _due(case, say)),
        *_where(case, say),
        _wide(say("category"), _category(case, say)),
        *_way(found, say),
        _wide(say("problem"), without_identifiers(case.description)),
        *_conditions(case, say),
    ]
    for step, serial in zip(found.flow, rounds.numbered(found.flow), strict=True):
        if told := (step.detail.get("round") or {}).get("result"):
            rows.append(_wide(say("result_of", n=serial - 1), without_identifiers(told)))
    if result := rounds.result_of(case, found.flow):
        rows.append(_wide(say("result"), without_identifiers(result)))
    rated = [(name, getattr(case, name)) for name in RATINGS]
    if any(value is not None for _, value in rated):
        told = [
            f"{say.of(RATINGS[name])}：{say('yes' if value else 'no')}" for name, value in rated if value is not None
        ]
        rows.append(_wide(say("rating"), "　".join(told)))
    return rows


def _way(found: CaseDetail, say: Words) -> list[Row]:
    """The procedure of a case that does not go the standard way, with the level of a hazard."""
    if found.case.procedure == procedure.STANDARD_CODE:
        return []
    level = next((step.detail["level"] for step in reversed(found.flow) if step.detail.get("level")), None)
    words = [procedure.of(found.case.procedure).label, *([LEVELS[level]] if level else [])]
    return [_wide(say("procedure"), " · ".join(say.of(each) for each in words))]


def _order_facts(found: CaseDetail, say: Words) -> list[Row]:
    case, step = found.case, dispatched(found.flow)
    rows = [
        _pair(say, "to", case.unit_name, "handed", moment(step.at if step else None)),
        _pair(say, "limit", _limit(case, say), "due", _due(case, say)),
        _pair(say, "by", f"{step.actor_unit} {step.actor_name}".strip() if step else "—",
              "urgent", say("is_urgent" if case.urgent else "not_urgent")),
        _pair(say, "source", say.of(SOURCES[case.source]), "reporter", _reporter(found, say)),
        _pair(say, "reported", moment(case.reported_at), "occurred", moment(case.occurred_at)),
        *_where(case, say),
        _wide(say("category"), _category(case, say)),
        *_way(found, say),
        _wide(say("problem"), without_identifiers(case.description)),
        *_conditions(case, say),
    ]  # fmt: skip
    if step and step.reason:
        rows.append(_wide(say("remark"), without_identifiers(step.reason)))
    return rows


def _pair(say: Words, left: str, a: str, right: str, b: str) -> Row:
    return [[say(left), a], [say(right), b]]


def _wide(label: str, value: str) -> Row:
    return [[label, value]]


def _where(case: Case, say: Words) -> list[Row]:
    chain = [case.area_code[:n] for n in (9, 12, 15) if n <= len(case.area_code)] or [case.area_code]
    named = names_of(chain)
    rows = [_wide(say("area"), " ".join(named[code] for code in chain))]
    if case.place_text:
        rows.append(_wide(say("place"), without_identifiers(case.place_text)))
    if case.lon is not None and case.lat is not None:
        rows.append(_wide(say("position"), f"{case.lon:.6f}, {case.lat:.6f}"))
    return rows


def _category(case: Case, say: Words) -> str:
    c = case.category
    return f"{c.code} {c.name}　{c.standard_ref}" if c else say("none")


def _conditions(case: Case, say: Words) -> list[Row]:
    if case.rule is None:
        return []
    told = (("filing", case.rule.filing_condition), ("closing", case.rule.closing_condition))
    return [_wide(say(key), text) for key, text in told if text]


def _reporter(found: CaseDetail, say: Words) -> str:
    return " ".join(filter(None, (found.reporter_name, found.reporter_phone))) or say("anonymous")


def _limit(case: Case, say: Words) -> str:
    return f"{case.limit_value} {say.of(CLOCK_NAMES[case.clock])}" if case.limit_value and case.clock else "—"


def _due(case: Case, say: Words) -> str:
    return moment(case.due_at) + (say("provisional") if case.provisional and case.due_at else "")


def _clock(case: Case, pauses: Sequence[CasePause], say: Words, at: datetime) -> dict[str, Any] | None:
    """The clock along its time, as far as it is known; None before filing, and where due depends on an open pause."""
    if case.clock_from is None or case.due_at is None:
        return None
    until = case.handed_back_at or at
    drawn = pieces(case.clock_from, case.due_at, until, [(p.since, p.until) for p in pauses])
    kinds = [kind for kind in LEGEND if any(piece.kind == kind for piece in drawn)]
    notes = [f"{say.of(PAUSES[p.kind])}　{moment(p.since)} – {moment(p.until) if p.until else ''}" for p in pauses]
    return {
        "title": f"{say('clock')}　{moment(case.clock_from)} – {_due(case, say)}",
        "pieces": [{"from": piece.start, "to": piece.end, "kind": piece.kind} for piece in drawn],
        "legend": [{"kind": kind, "words": say.of(LEGEND[kind])} for kind in kinds],
        "notes": notes,
    }


def _photos(shown: int, there: int, say: Words) -> str:
    return say("photos") if shown == there else say("some_photos", n=shown, all=there)


def _flow(flow: Sequence[CaseFlow], way: str, say: Words) -> dict[str, Any]:
    return {
        "title": say("flow"), "head": [say.of(text) for text in HEAD],
        "rows": [_step(step, way, say) for step in flow],
    }  # fmt: skip


def _step(step: CaseFlow, way: str, say: Words) -> list[str]:
    label = say.of(procedure.label_of(way, step.action))
    notes = [
        str(step.detail[key])
        for key in ("unit", "body", "document", "condition", "result", "until")
        if step.detail.get(key)
    ]
    return [
        str(step.version), moment(step.at), label, f"{step.actor_unit} {step.actor_name}".strip(),
        say.of(stands_as(step.to_state, step.action == OUT)), without_identifiers("；".join([*notes, step.reason] if step.reason else notes)),
    ]  # fmt: skip
