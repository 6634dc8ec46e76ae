"""What stands on each paper of an application: one description, drawn as docx and as PDF. Papers are official and in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from linli.kernel import clock

from ..applying.models import ApplicationStep
from ..certainties import MARKS, counted, told
from ..plans.writing import TIER_NAMES
from .document import Block, Document, Facts, Heading, Paragraph, Seal, Table, day_of
from .dossier import Dossier, Line
from .kinds import TITLES, Kind, Offered

DRAFT, DEMO = "草稿　未生效", "演示数据"
UNKEPT = "办理时没有留存本件，本件按{day}的数据生成。"
VERDICTS = {"met": "达标", "missed": "未达标", "unknown": "未知", "not_asked": "不作要求"}
_NOTHING = "—"
_STAGES = {"self": "自评", "town": "镇街核查", "district": "区级验收"}
#: Of what a stage has confirmed no verdict.
_OPEN = {"self": "未确认", "town": "未核验", "district": "未核验"}


def document(found: Dossier, paper: Offered, today: date, late: bool = False) -> Document:
    """The paper of a kind. A draft says so on every page, and so does what is of a demo. `late`: it was issued when nothing was kept
    yet, and says that its figures are of today."""
    made = _MAKERS[paper.kind](found, today, paper.draft)
    marks = [*([DRAFT] if paper.draft else []), *([DEMO] if found.application.synthetic else [])]
    return Document(
        made.form,
        made.title,
        made.blocks,
        made.issuer,
        made.number,
        made.seals,
        "　".join(marks),
        made.foot + (UNKEPT.format(day=day_of(today)) if late else ""),
        made.landscape,
    )


def filename(found: Dossier, kind: Kind) -> str:
    """The name of the file, without its ending."""
    return f"{found.community}-{found.year.year}年{_tier(found)}-{TITLES[kind].zh}"


def _tier(found: Dossier) -> str:
    return TIER_NAMES[found.application.tier].zh


def _about(found: Dossier) -> str:
    return f"{found.community}{found.year.year}年度{_tier(found)}智慧社区"


def _day(step: ApplicationStep | None) -> date | None:
    return step.at.astimezone(clock.LOCAL).date() if step else None


def _unit(step: ApplicationStep | None, otherwise: str) -> str:
    return step.unit_name if step and step.unit_name else otherwise


def _facts(found: Dossier, *more: tuple[str, str]) -> Facts:
    system = found.year.system
    return Facts([
        ("申报社区", f"{found.town}{found.community}"), ("区划代码", found.application.area_code), ("申报类型", _tier(found)),
        ("创建年度", f"{found.year.year}年（{found.year.title}）"), ("指标体系", f"{system.title}（第{system.version}版）"), *more,
    ])  # fmt: skip


def _sums(lines: Sequence[Line], stage: str) -> str:
    """How many indicators a stage says what of; those it has not confirmed are counted as such."""
    return _counts([_word(line, stage) for line in lines])


def _counts(words: Sequence[str]) -> str:
    told = [
        f"{word}{words.count(word)}条" for word in dict.fromkeys([*VERDICTS.values(), *_OPEN.values()]) if word in words
    ]
    return "，".join(told) or "没有指标"


def _word(line: Line, stage: str) -> str:
    return VERDICTS.get(line.verdict(stage), _OPEN[stage])


def _mark(line: Line) -> str:
    return MARKS[line.sure]


def _judged(found: Dossier, stage: str, lines: Sequence[Line]) -> Table:
    """Indicators with the verdict of a stage, of the stage before, the reason, and how sure the indicator is."""
    order = list(_STAGES)
    before = order[order.index(stage) - 1] if order.index(stage) else None

    def reason(line: Line) -> str:
        return str(line.said[stage].reason) if stage in line.said else ""

    rows = [
        [line.code, line.name, _word(line, before) if before else VERDICTS[line.computed], _word(line, stage),
         reason(line), _mark(line)]
        for line in lines
    ]  # fmt: skip
    return Table(
        ("编号", "指标", _STAGES[before] if before else "计算值", _STAGES[stage], "说明", "标注"),
        rows,
        (2, 6, 3, 3, 6, 4),
    )


def _foot(found: Dossier) -> str:
    day = f"计算值取自 {found.assessed_on} 的评估。" if found.assessed_on else "没有评估结果，计算值未知。"
    return f"{_sources(found)}{day}" if found.lines else ""


def _sources(found: Dossier) -> str:
    """How much of what it was judged by is official text: on whatever is issued, also where no indicator is listed."""
    return told(counted(line.sure for line in found.lines)).zh if found.lines else ""


def _application(found: Dossier, today: date, draft: bool) -> Document:
    step = None if draft else found.step("submit")
    wanted = Table(
        ("编号", "指标", "标准要求", "标注"),
        [[line.code, line.name, line.requirement or _NOTHING, _mark(line)] for line in found.lines],
        (2, 6, 9, 4),
    )
    return Document(
        "paper", f"{_about(found)}创建申报书",
        [
            _facts(found, ("自评结果", _sums(found.lines, "self"))), Heading("一、申报意见"),
            Paragraph(f"{found.community}对照指标体系完成自评，申报创建{_tier(found)}智慧社区，并对所报材料的真实性负责。"),
            Heading("二、对照的指标"), wanted,
        ],
        seals=[Seal(f"{found.town}{found.community}", _day(step))], foot=_foot(found),
    )  # fmt: skip


def _self_assessment(found: Dossier, today: date, draft: bool) -> Document:
    step = None if draft else found.step("submit")
    blocks: list[Block] = [
        _facts(found, ("自评结果", _sums(found.lines, "self"))), Heading("一、逐条自评"), _judged(found, "self", found.lines),
    ]  # fmt: skip
    if found.gaps:
        blocks += [Heading("二、需整改的事项"), _gap_table(found)]
    return Document(
        "paper",
        f"{_about(found)}创建自评报告",
        blocks,
        seals=[Seal(f"{found.town}{found.community}", _day(step))],
        foot=_foot(found),
    )


def _gap_table(found: Dossier) -> Table:
    rows = [
        [each.indicator, found.names.get(each.indicator, ""), each.todo, each.owner, f"{each.due_on}",
         f"{each.done_on}" if each.done_on else "未完成"]
        for each in found.gaps
    ]  # fmt: skip
    return Table(("编号", "指标", "整改内容", "责任单位（岗位）", "完成时限", "完成情况"), rows, (2, 5, 7, 4, 4, 4))


def _gaps(found: Dossier, today: date, draft: bool) -> Document:
    left = sum(each.done_on is None for each in found.gaps)
    late = sum(each.done_on is None and each.due_on < today for each in found.gaps)
    said = f"截至{day_of(today)}，共{len(found.gaps)}项，未完成{left}项，其中已超过时限{late}项。"
    return Document(
        "paper", f"{_about(found)}创建整改清单", [_facts(found), Paragraph(said), _gap_table(found)],
        seals=[Seal(f"{found.town}{found.community}")], foot=_foot(found), landscape=True,
    )  # fmt: skip


def _town_opinion(found: Dossier, today: date, draft: bool) -> Document:
    step = None if draft else found.step("pass_town")
    said = f"经核查，{found.community}申报的指标中{_sums(found.lines, 'town')}。"
    said += "同意报区级验收。" if step else "核查尚未完成。"
    return Document(
        "paper", f"关于{_about(found)}创建的核查意见",
        [_facts(found), Heading("一、核查意见"), Paragraph(said), Heading("二、逐条核查"), _judged(found, "town", found.lines)],
        seals=[Seal(_unit(step, found.town), _day(step))], foot=_foot(found),
    )  # fmt: skip


def _acceptance(found: Dossier, today: date, draft: bool) -> Document:
    step = None if draft else found.step("pass_acceptance", "fail_acceptance")
    told = {"pass_acceptance": "同意通过验收。", "fail_acceptance": "不予通过验收。"}
    said = f"验收组对照指标体系逐条核验，{_sums(found.lines, 'district')}。" + (
        told[step.action] if step else "验收尚未完成。"
    )
    if step and step.reason:
        said += f"\n理由：{step.reason}"
    blocks: list[Block] = [_facts(found), Heading("一、验收结论"), Paragraph(said), Heading("二、验收组")]
    group = [
        [str(each.position + 1), each.name, each.unit or _NOTHING, each.post or _NOTHING, ""] for each in found.members
    ]
    blocks.append(
        Table(("序号", "姓名", "单位", "职务", "签字"), group, (1, 3, 5, 3, 3)) if group else Paragraph("未登记成员。")
    )
    blocks.append(Heading("三、实地验收"))
    seen = [[f"{each.day}", each.place, each.notes or _NOTHING] for each in found.visits]
    blocks.append(Table(("日期", "地点", "情况"), seen, (2, 3, 7)) if seen else Paragraph("未登记实地验收。"))
    blocks += [Heading("四、逐条验收"), _judged(found, "district", found.lines)]
    return Document(
        "paper",
        f"{_about(found)}创建验收意见书",
        blocks,
        seals=[Seal(_unit(step, found.district), _day(step))],
        foot=_foot(found),
    )


def _publication(found: Dossier, today: date, draft: bool) -> Document:
    each, step = found.application, None if draft else found.step("publish")
    since = None if draft else each.published_from  # of a draft the days are those of one that was taken back
    period = f"{day_of(since)}至{day_of(each.published_until)}" if since else "公示期待定"
    issuer = _unit(step, found.district)
    return Document(
        "letter", f"关于{_about(found)}创建验收结果的公示",
        [
            Paragraph(f"经社区自评、镇街核查、区级验收，{found.town}{found.community}拟通过{_tier(found)}智慧社区创建验收，现予公示。"),
            Paragraph(f"公示期：{period}。公示期内如有异议，请实名或匿名向公示单位提出，也可在网上公示页面提出；逾期不再受理。"),
            Facts([("镇街", found.town), ("社区", found.community), ("创建类型", _tier(found)), ("验收结果", _sums(found.lines, "district"))]),
        ],
        issuer=issuer, seals=[Seal(issuer, since)],
        foot=_foot(found),
    )  # fmt: skip


def _report(found: Dossier, today: date, draft: bool) -> Document:
    each, step = found.application, None if draft else found.step("report")
    answered = sum(one.answered_at is not None for one in found.objections)
    public = f"{day_of(each.published_from)}至{day_of(each.published_until)}公示" if each.published_from else "公示"
    heard = f"收到异议{len(found.objections)}件，已答复{answered}件" if found.objections else "未收到异议"
    issuer = _unit(step, found.district)
    return Document(
        "letter", f"关于申请认定{_about(found)}的函",
        [
            Paragraph("市级主管部门：", indent=False),
            Paragraph(f"{found.town}{found.community}已完成{_tier(found)}智慧社区创建，经验收合格，{public}，{heard}。现将有关材料报上，请予认定。"),
            Facts([
                ("社区", f"{found.town}{found.community}"), ("区划代码", each.area_code), ("申报类型", _tier(found)),
                ("验收结果", _sums(found.lines, "district")), ("验收日期", day_of(each.accepted_on)),
            ]),
            Paragraph("附件：验收意见书、自评报告、上报表"),
        ],
        issuer=issuer, number=each.report_document, seals=[Seal(issuer, each.reported_on)], foot=_foot(found),
    )  # fmt: skip


def _recognition(found: Dossier, today: date, draft: bool) -> Document:
    each, step = found.application, None if draft else found.step("recognise")
    issuer = _unit(step, found.district)
    basis = f"根据{each.decided_by}文件（{each.decision_document}）" if each.decided_on else "根据认定文件（待登记）"
    blocks: list[Block] = [
        Paragraph(f"{found.town}{found.community}：", indent=False),
        Paragraph(f"{basis}，你社区被认定为{found.year.year}年度{_tier(found)}智慧社区。认定后每年复核，复核不合格的取消等级。"),
        Facts([
            ("认定机关", each.decided_by or _NOTHING), ("认定文号", each.decision_document or _NOTHING), ("认定日期", day_of(each.decided_on)),
        ]),
    ]  # fmt: skip
    return Document(
        "letter", f"关于认定{_about(found)}的通知", blocks, issuer=issuer, seals=[Seal(issuer, each.decided_on)],
        foot=_sources(found),
    )  # fmt: skip


def _certificate(found: Dossier, today: date, draft: bool) -> Document:
    each = found.application
    return Document(
        "certificate", "证　书",
        [
            Paragraph(f"{found.district}{found.town}{found.community}：", indent=False),
            Paragraph(f"经{each.decided_by}认定，你社区为{found.year.year}年度{_tier(found)}智慧社区。"),
            Paragraph(f"认定文号：{each.decision_document}"), Paragraph("特发此证。"),
        ],
        seals=[Seal(each.decided_by, each.decided_on)], foot=_sources(found),
    )  # fmt: skip


def _recheck(found: Dossier, today: date, draft: bool) -> Document:
    each, step = found.application, found.step("open_recheck") if draft else found.step("keep", "lapse")
    done = step is not None and not draft
    said = {"keep": "复核合格，保留等级。", "lapse": "复核不合格，取消等级。"}.get(
        step.action if step else "", "复核尚未完成。"
    )
    if done and step and step.reason:
        said += f"\n理由：{step.reason}"
    figures = _counts([VERDICTS[line.computed] for line in found.lines])
    failing = [[line.code, line.name, line.requirement or _NOTHING, VERDICTS[line.computed], _mark(line)]
               for line in found.lines if line.computed in ("missed", "unknown")]  # fmt: skip
    blocks: list[Block] = [
        _facts(found, ("认定文号", each.decision_document), ("现时数据", figures)), Heading("一、复核意见"), Paragraph(said),
    ]  # fmt: skip
    if failing:
        blocks += [
            Heading("二、现时未达标和未知的指标"),
            Table(("编号", "指标", "标准要求", "现时", "标注"), failing, (2, 6, 8, 3, 4)),
        ]
    seal = Seal(_unit(step, found.district), _day(step) if done else None)
    return Document("paper", f"{_about(found)}复核意见", blocks, seals=[seal], foot=_foot(found))


_MAKERS: dict[Kind, Callable[[Dossier, date, bool], Document]] = {
    "application": _application, "self_assessment": _self_assessment, "gaps": _gaps, "town_opinion": _town_opinion,
    "acceptance": _acceptance, "publication": _publication, "report": _report, "recognition": _recognition,
    "certificate": _certificate, "recheck": _recheck,
}  # fmt: skip
