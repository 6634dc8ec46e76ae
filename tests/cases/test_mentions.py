"""Places, times and urgent matters in a report: spans and normal forms."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.cases.text.mentions import Kind, mentions, times, urgencies, urgent
from linli.cases.text.whereabouts import places
from linli.places.addresses import AddressParser, Gazetteer

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "span", "normal"),
    [
        ("昨晚8点有人放炮", "昨晚8点", "2026-11-25T20:00"),
        ("前天半夜", "前天半夜", "2026-11-24T00:00/04:00"),
        ("大前天停水", "大前天", "2026-11-23"),
        ("今早路口结冰", "今早", "2026-11-26T06:00/09:00"),
        ("3月5日下午三点半停水", "3月5日下午三点半", "2026-03-05T15:30"),
        ("12月3号没来", "12月3号", "2025-12-03"),
        ("2月29日那天", "2月29日", "2024-02-29"),
        ("2026年11月3日", "2026年11月3日", "2026-11-03"),
        ("于2026-11-03 14:20报警", "2026-11-03 14:20", "2026-11-03T14:20"),
        ("昨天上午9时30分", "昨天上午9时30分", "2026-11-25T09:30"),
        ("昨天下午五点一刻", "昨天下午五点一刻", "2026-11-25T17:15"),
        ("上周三晚上", "上周三晚上", "2026-11-18T18:00/24:00"),
        ("上上个星期天", "上上个星期天", "2026-11-15"),
        ("每天早上都吵", "每天早上", "dailyT06:00/09:00"),
        ("每晚十点开工", "每晚十点", "dailyT22:00"),
        ("每周末赶集", "每周末", "weekly-6"),
        ("每月15日缴费", "每月15日", "monthly-15"),
        ("凌晨两点还在施工", "凌晨两点", "T02:00"),
        ("晚上十二点", "晚上十二点", "T24:00"),
    ],
)
def test_a_time_is_found_with_its_normal_form(text: str, span: str, normal: str) -> None:
    (found,) = times(text, THURSDAY)
    assert (found.text, found.normal) == (span, normal)
    assert text[found.start : found.end] == span


@pytest.mark.parametrize(
    "text", ["3-5栋楼", "2.5吨", "2月30日", "13月1日", "早上25点", "100点5分", "一点也不好", "上面有很多天线"]
)
def test_what_is_no_time_is_left_alone(text: str) -> None:
    assert not [m for m in times(text, THURSDAY) if m.normal.startswith(("2026", "2025", "T"))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("五楼着火了，浓烟滚滚", ("fire",)),
        ("楼道里煤气味很大，老人昏迷", ("gas", "life")),
        ("施工挖破管道，天然气正在泄漏", ("gas",)),
        ("路面塌陷，一辆车掉下去", ("collapse",)),
        ("暴雨造成路面塌陷", ("collapse",)),
        ("电梯困人半小时", ("trapped",)),
        ("村委会旁边着火", ("fire",)),
        ("未成年人落水", ("drowning",)),
        ("担心着火", ()),
        ("一旦着火后果严重", ()),
        ("消除火灾隐患", ()),
        ("现场没有人被困", ()),
        ("建议组织防溺水宣传", ()),
        ("请修剪行道树", ()),
    ],
)
def test_danger_is_urgent_only_where_it_is_told_as_a_fact(text: str, said: tuple[str, ...]) -> None:
    assert urgent(text) == said


def test_a_fear_is_shown_but_not_certain() -> None:
    (found,) = urgencies("电瓶车在楼道充电，怕着火")
    assert (found.text, found.normal, found.certain) == ("着火", "fire", False)


@given(st.text(alphabet="昨今前天晚早每周一二三十点半月日号年上下午0123456789:-/.，着火漏气没有怕", max_size=40))
def test_any_text_is_read_and_spans_are_of_it(text: str) -> None:
    for found in mentions(text, THURSDAY):
        assert text[found.start : found.end] == found.text != ""
        assert found.normal


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return AddressParser(Gazetteer.packaged())


@pytest.mark.parametrize(
    ("text", "span", "code"),
    [
        ("我家住淄川区般阳路街道东关社区3号楼2单元，楼道堆满杂物", "般阳路街道东关社区3号楼2单元", "370302001008"),
        ("昆仑镇聂村东头有人倒渣土", "昆仑镇聂村", "370302102204"),
        ("昆仑镇磁村的路灯不亮", "昆仑镇磁村", "370302102217"),
        ("寨里镇也有", "寨里镇", "370302113"),
    ],
)
def test_the_districts_names_are_found(parser: AddressParser, text: str, span: str, code: str) -> None:
    (found,) = places(text, parser)
    assert (found.kind, found.text, found.normal, found.certain) == (Kind.PLACE, span, code, len(code) == 12)


def test_a_contradiction_is_shown_without_a_code(parser: AddressParser) -> None:
    (found,) = places("洪山镇土湾村昨晚有人焚烧垃圾", parser)
    assert (found.text, found.normal, found.certain) == ("洪山镇土湾村", "", False)


def test_a_text_without_places_has_none(parser: AddressParser) -> None:
    assert places("今天没有任何地方", parser) == ()
