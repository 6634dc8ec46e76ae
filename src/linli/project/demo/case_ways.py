"""Cases of the demo that go by other procedures than the usual one, six of each, from just reported to closed and rated.

Parties in dispute are called 示例甲 and 示例乙, have neither phone nor number, and do not exist.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from linli.cases.mediation import actions as mediation
from linli.cases.mediation.models import Mediation
from linli.cases.mediation.rules import FollowUp, Party, Record
from linli.kernel import clock
from linli.project.demo.case_kinds import ENFORCEMENT, HOUSING, SAFETY, TRANSPORT
from linli.project.demo.case_stage import SHOWN, Matter, Stage, Walk

FIRE, MARKET = "消防救援大队", "市场监督管理局"
GIVEN = ("file", "dispatch", "take")
#: Beside the steps of a mediation: what is written into its record, and that the agreement was followed up.
OPEN, AGREED, FAILED, FOLLOWED = "record_open", "record_agreed", "record_failed", "follow_up"
PARTIES = (Party("applicant", "示例甲"), Party("respondent", "示例乙"))
#: What each case is about, and the way it went.
Went = tuple[Matter, tuple[str, ...]]


def _quick(code: str, words: str) -> Matter:
    return Matter("local", code, words, office="", procedure="quick", own=True)


def _request(code: str, words: str) -> Matter:
    return Matter("local", code, words, "hotline", "", "resident_request")


def _dispute(code: str, words: str) -> Matter:
    return Matter("local", code, words, "resident", "", "mediation")


def _hazard(code: str, words: str, office: str) -> Matter:
    return Matter("local", code, words, office=office, procedure="hazard")


def _alarm(code: str, words: str, source: str, office: str) -> Matter:
    return Matter("local", code, words, source, office, "alarm")


WENT: tuple[Went, ...] = (
    (_quick("56001", "新搬入一户，已当场登记"), ("settle",)),
    (_quick("56004", "出租房换了租户，已当场更新"), ("settle", "rate")),
    (_quick("56005", "门牌与登记不一致，已当场更正"), ("settle",)),
    (_quick("56002", "一户已迁出，已当场核实"), ("settle",)),
    (_quick("56003", "新生儿待登记，资料还没有备齐"), ()),
    (_quick("56005", "户主信息有矛盾，当场没能核清"), GIVEN),
    (_request("54001", "反映早晚用水高峰水压低"), ()),
    (_request("54004", "反映家中暖气不热"), GIVEN),
    (_request("54005", "反映小区电梯维修迟缓"), (*GIVEN, "hand_back")),
    (_request("54007", "反映村内路灯不亮"), (*GIVEN, "hand_back", "confirm_result")),
    (_request("54014", "咨询证明在哪里办理"), (*GIVEN, "hand_back", "confirm_result", "close", "not_reached")),
    (_request("54015", "咨询高龄津贴的申领条件"), (*GIVEN, "hand_back", "confirm_result", "close", "rate")),
    (_dispute("51002", "楼上漏水引起的邻里纠纷"), ()),
    (_dispute("51010", "物业费引起的纠纷"), (*GIVEN, OPEN)),
    (_dispute("51004", "装修合同引起的纠纷"), (*GIVEN, AGREED, "hand_back")),
    (_dispute("51006", "工钱结算引起的纠纷"), (*GIVEN, AGREED, "hand_back", FOLLOWED, "confirm_result")),
    (_dispute("51003", "院墙地界引起的纠纷"), (*GIVEN, AGREED, "hand_back", "confirm_result", FOLLOWED, "close")),
    (_dispute("51005", "犬只伤人的赔偿纠纷"), (*GIVEN, FAILED, "hand_back", "confirm_result", "close")),
    (_hazard("52001", "楼道堆放杂物，堵塞消防通道", FIRE), ()),
    (_hazard("52003", "餐馆燃气软管老化", HOUSING), GIVEN),
    (_hazard("52006", "门店存放烟花爆竹不合规定", SAFETY), (*GIVEN, "set_level")),
    (_hazard("52008", "电梯超期未检", MARKET), (*GIVEN, "hand_back")),
    (_hazard("52002", "楼下飞线充电", FIRE), (*GIVEN, "hand_back", "ask_check", "fail_check")),
    (_hazard("52004", "库房电线裸露", SAFETY), (*GIVEN, "hand_back", "ask_check", "pass_check", "close")),
    (_alarm("59001", "下穿道路积水传感器报警", "sensor", TRANSPORT), ()),
    (_alarm("59002", "林区摄像机发现烟点", "camera", SAFETY), ("acknowledge",)),
    (_alarm("59002", "烟点经核为炊烟", "camera", SAFETY), ("acknowledge", "refuse")),
    (_alarm("59001", "桥下水位传感器报警", "sensor", TRANSPORT), ("acknowledge", "dispatch_first", "take")),
    (_alarm("59001", "低洼路口积水报警", "sensor", ENFORCEMENT),
     ("acknowledge", "dispatch_first", "take", "file_afterwards", "hand_back")),
    (_alarm("59002", "摄像机发现野外明火", "camera", SAFETY),
     ("acknowledge", "dispatch_first", "take", "file_afterwards", "hand_back", "ask_check", "pass_check", "close")),
)  # fmt: skip


def go_their_ways(stage: Stage) -> int:
    """Make them; returns how many. In a smaller demo fewer of each procedure."""
    made = 0
    for code in dict.fromkeys(matter.procedure for matter, _ in WENT):
        for nth, (matter, steps) in enumerate(stage.some([each for each in WENT if each[0].procedure == code])):
            walk = Walk.begin(stage, matter, days=1 + nth)
            for step in steps:
                _step(walk, step)
            made += 1
    return made


def _step(walk: Walk, step: str) -> None:
    if step in (OPEN, AGREED, FAILED):
        with walk.then(walk.lead) as who:
            mediation.keep(who, walk.case.id, _record(step), None)
    elif step == FOLLOWED:
        with walk.then(walk.lead) as who:
            row = Mediation.objects.get(case_id=walk.case.id)
            mediation.follow_up(who, walk.case.id, FollowUp("full", clock.today(), f"已电话回访{SHOWN}"), row.version)
    elif step == "set_level":
        walk.take(step, level="major")
    else:
        walk.take(step)


def _record(step: str) -> Record:
    """What is written: an agreement, that there is none, or that it goes on."""
    now = clock.now()
    record = Record(
        "neighbours", ("示例调解员",), now, f"调解室{SHOWN}", f"双方陈述了经过，调解员讲明了道理和规定{SHOWN}。", PARTIES,
        f"人民调解委员会{SHOWN}",
    )  # fmt: skip
    if step == AGREED:
        by = now.astimezone(clock.LOCAL).date() + timedelta(days=30)
        agreement = f"双方各自承担一半费用，互不追究{SHOWN}。"
        return replace(record, agreed=True, form="written", agreement=agreement, fulfil_by=by)
    if step == FAILED:
        return replace(record, agreed=False, referred_to="court")
    return record
