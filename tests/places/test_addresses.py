"""Addresses as people write them: read right where they are sure, never guessed where they are not."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.places.addresses import COLUMNS, AddressParser, Gazetteer, Home
from linli.places.packages import packaged

from .labelled import Labelled, labelled, shared_names

CITY_VILLAGE = "370302001001"  # 城里社区


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return AddressParser(Gazetteer.packaged())


@pytest.fixture(scope="module")
def examples() -> list[Labelled]:
    return labelled(packaged(), 6000)


@pytest.fixture(scope="module")
def answers(parser: AddressParser, examples: list[Labelled]) -> pl.DataFrame:
    return parser.parse_many(pl.Series([e.text for e in examples]))


def test_village_is_right_for_at_least_95_percent_of_each_way_of_writing(
    examples: list[Labelled], answers: pl.DataFrame
) -> None:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for example, village in zip(examples, answers["village_code"], strict=True):
        if example.village:
            for part in example.kind.split(" / "):
                total[part] += 1
                right[part] += village == example.village
    assert sum(total.values()) > 10_000
    poor = {kind: right[kind] / n for kind, n in total.items() if right[kind] / n < 0.95}
    assert not poor


def test_shared_names_without_a_town_are_never_guessed(examples: list[Labelled], answers: pl.DataFrame) -> None:
    shared = [i for i, e in enumerate(examples) if not e.village]
    assert len(shared) > 50
    rows = answers[shared]
    assert set(rows["village_code"]) == {""}
    assert all(len(a.split("|")) == 2 for a in rows["alternatives"])
    assert all(r.startswith("ambiguous:") for r in rows["reason"])


def test_a_village_is_never_wrong_without_a_doubt_said(examples: list[Labelled], answers: pl.DataFrame) -> None:
    wrong = [
        (e.text, got) for e, got in zip(examples, answers["village_code"], strict=True) if got and got != e.village
    ]
    assert not wrong


def test_building_unit_room_and_compound_are_right(examples: list[Labelled], answers: pl.DataFrame) -> None:
    wrong = []
    for example, row in zip(examples, answers.iter_rows(named=True), strict=True):
        said = (row["building"], row["unit"], row["room"], row["door"])
        meant = (example.building, example.unit, example.room, example.door)
        if said != meant or (example.village and row["compound"] != example.compound):
            wrong.append((example.text, said, row["compound"]))
    assert len(wrong) <= len(examples) * 0.01, wrong[:20]


def test_the_eight_shared_names(parser: AddressParser) -> None:
    eight = {"河洼村", "聂村", "坡子村", "东峪村", "南峪村", "袁家村", "梁家村", "郭家村"}
    assert shared_names(packaged()) == eight
    for name in eight:
        lone = parser.parse(f"{name}12号")
        assert (lone.village_code, lone.reason_code, len(lone.alternatives)) == ("", "ambiguous", 2)
        for code in lone.alternatives:
            town = parser.gazetteer.towns[code[:9]].name
            assert parser.parse(f"{town}{name}12号").village_code == code
            within = parser.parse(f"{name}12号", within=code[:9])
            assert (within.village_code, within.reason_code) == (code, "within")


def test_the_shared_names_in_an_area_that_has_neither_stay_open(parser: AddressParser) -> None:
    assert parser.parse("聂村12号", within="370302117").village_code == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("城里社区3-2-401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区3#2单元401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区３号楼２单元４０１", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区三号楼二单元四零一室", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区二十三号楼401", {"building": "23", "room": "401"}),
        ("城里社区3栋2单元4楼401室", {"building": "3", "unit": "2", "floor": "4", "room": "401"}),
        ("城里社区3#401", {"building": "3", "room": "401"}),
        ("城里社区3号楼2-401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区3-2-4-401", {"building": "3", "unit": "2", "floor": "4", "room": "401"}),
        ("城里社区03号楼02单元0401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区10号楼一单元二楼西户", {"building": "10", "unit": "1", "floor": "2", "room": "西户"}),
        ("城里社区B座1201", {"building": "B", "room": "1201"}),
        ("城里社区3号楼2门401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区12号2单元301", {"building": "12", "unit": "2", "room": "301"}),
        ("城里社区淄城路123号阳光花园3号楼2单元401",
         {"road": "淄城路", "door": "123", "compound": "阳光花园", "building": "3", "unit": "2", "room": "401"}),
        ("城里社区阳光花园A区3号楼401", {"compound": "阳光花园A区", "building": "3", "room": "401"}),
        ("城里社区鲁泰宿舍区3号楼401", {"compound": "鲁泰宿舍区", "building": "3", "room": "401"}),
        ("城里社区矿务局家属区3-2-401",
         {"compound": "矿务局家属区", "building": "3", "unit": "2", "room": "401"}),
        ("城里社区鲁泰生活区5号楼", {"compound": "鲁泰生活区", "building": "5"}),
        ("城里社区张博铁路宿舍院2号楼101", {"compound": "张博铁路宿舍院", "building": "2", "room": "101"}),
        ("城里社区淄矿301宿舍区2号楼101", {"compound": "淄矿301宿舍区", "building": "2", "room": "101"}),
        ("城里社区3#-2-401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区三号楼二单元四零一", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区第三号楼第二单元401室", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区3号楼2#401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区3号楼2单元401#", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区3号楼（2）单元401", {"building": "3", "unit": "2", "room": "401"}),
        ("城 里 社区 3 号 楼 2 单 元 401", {"building": "3", "unit": "2", "room": "401"}),
        ("地址：城里社区3号楼2单元401", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区3号楼2单元401-1", {"building": "3", "unit": "2", "room": "401-1"}),
        ("城里社区3号楼2单元401、402", {"building": "3", "unit": "2", "room": "401"}),
        ("城里社区3号楼2单元四楼西", {"building": "3", "unit": "2", "floor": "4", "room": "西户"}),
        ("城里社区3号楼负一层101", {"building": "3", "floor": "B1", "room": "101"}),
        ("城里社区3号楼2单元阁楼", {"building": "3", "unit": "2", "room": "阁楼"}),
        ("城里社区3号楼2单元车库5号", {"building": "3", "unit": "2", "room": "车库5"}),
        ("城里社区3号楼沿街商铺101", {"building": "3", "room": "沿街商铺101"}),
        ("城里社区沿街商铺", {"compound": "沿街商铺"}),
        ("城里社区沿街商铺12号", {"compound": "沿街商铺", "door": "12"}),
        ("城里社区六区12号", {"compound": "六区", "door": "12"}),
        ("城里社区新村3排5号", {"compound": "新村", "road": "3排", "door": "5"}),
        ("城里社区第3排第5户", {"road": "3排", "room": "5"}),
        ("城里社区第三村民小组12号", {"road": "3组", "door": "12"}),
        ("城里社区甲1号", {"door": "甲1"}),
        ("城里社区12附1号", {"door": "12-1"}),
        ("城里社区12号之一", {"door": "12-1"}),
        ("城里社区12之1号", {"door": "12-1"}),
        ("城里社区公租房3号楼401", {"compound": "公租房", "building": "3", "room": "401"}),
        ("城里社区5号附1号", {"door": "5-1"}),
        ("城里社区5-1号", {"door": "5-1"}),
        ("城里社区3组12号", {"road": "3组", "door": "12"}),
        ("城里社区5号院", {"door": "5"}),
    ],
)  # fmt: skip
def test_the_ways_numbers_are_written(parser: AddressParser, text: str, parts: dict[str, str]) -> None:
    parsed = parser.parse(text)
    assert parsed.village_code == CITY_VILLAGE
    slots = ("road", "door", "compound", "building", "unit", "floor", "room")
    assert {s: getattr(parsed, s) for s in slots if getattr(parsed, s)} == parts


@pytest.mark.parametrize(
    "remark",
    ["（租房）", "(租住)", " 租房", "【空置】", "（房东：张三）", "，电话见备注", "（女儿家）", " 2023年搬来", "（2023年3月搬来）",
     "（现租住于松龄东路5号）", "；原住昆仑镇聂村12号", "(空挂户)", "（张三家）", "，楼下超市"],
)  # fmt: skip
def test_remarks_behind_a_home_are_no_part_of_it(parser: AddressParser, remark: str) -> None:
    plain, noted = parser.parse("城里社区3号楼2单元401"), parser.parse(f"城里社区3号楼2单元401{remark}")
    slots = ("village_code", "road", "door", "compound", "building", "unit", "floor", "room", "reason_code")
    assert [getattr(noted, s) for s in slots] == [getattr(plain, s) for s in slots]
    assert noted.standard.startswith(plain.standard) and len(noted.standard) > len(plain.standard), "and not lost"


@pytest.mark.parametrize(
    "text",
    ["同上", "同 上", "同左", "无", "暂无", "不详", "未知", "-", "/", "——", "N/A", "null", "0", "同户籍地址", "外地"],
)
def test_words_that_say_nothing_are_no_address(parser: AddressParser, text: str) -> None:
    parsed = parser.parse(text)
    assert (parsed.reason_code, parsed.standard, parsed.room, parsed.door) == ("empty", "", "", "")
    assert parsed.confidence == 0.0


@pytest.mark.parametrize(
    ("text", "village", "reason"),
    [
        ("般阳路街道城里社区3号楼", CITY_VILLAGE, "town_village"),
        ("般阳路办事处城里社区居委会3号楼", CITY_VILLAGE, "town_village"),
        ("城里社区居委会南边", CITY_VILLAGE, "village"),
        ("城里3号楼2单元401", CITY_VILLAGE, "short"),
        ("城里居委会", CITY_VILLAGE, "listed"),
        ("高家社区5号楼", "370302004204", "listed"),  # the other list's name of 高家村
        ("钟楼街道辛庄村12号", "370302004005", "swapped"),
        ("辛庄村12号", "370302116232", "village"),
        ("辛庄12号", "", "ambiguous"),  # 辛庄社区 or 辛庄村
        ("罗村12号", "370302114201", "village"),
        ("昆仑聂村12号", "370302102204", "town_village"),
        ("罗村河东村7号", "370302114229", "town_village"),
        ("杨寨镇袁家村33号", "370302116213", "town_village"),  # a merged town
        ("昆仑镇城里社区3号楼", "", "town_mismatch"),
        ("罗村镇坡子村12号", "", "town_mismatch"),
        ("东升花园3号楼2单元401", "", "ambiguous"),  # a compound, perhaps in 东升社区
        ("淄城路123号", "", "unknown"),
        ("解放路12号", "", "unknown"),
        ("村委会南边", "", "unknown"),
        ("罗村镇", "", "town_only"),
        ("河南省郑州市金水区花园路1号", "", "outside"),
        ("博山区山头街道5号", "", "outside"),
        ("山东省济南市历下区", "", "outside"),
        ("河南村5号", "370302111214", "village"),
        ("东省村5号", "370302115203", "village"),
        ("山西村5号", "370302111255", "village"),
        ("东东峪村8号", "370302117281", "village"),
        ("淄城路123号城里社区3号楼", CITY_VILLAGE, "village"),
        ("3号楼2单元401(城里社区)", CITY_VILLAGE, "village"),
        ("般阳路街道城里鲁泰名仕3号楼", CITY_VILLAGE, "short"),
        ("双杨镇辛庄后街1号", "370302116232", "short"),
        ("双杨镇凤凰国际花园3号楼", "", "ambiguous"),
        ("十里铺花园2号楼2单元201室", "", "ambiguous"),  # not 十里村 and a compound 铺花园
        ("罗村河东12号", "", "ambiguous"),  # 河东村 of 罗村镇, or a 河东 of 罗村
        ("双杨藏梓12号", "370302116236", "short"),
        ("淄川区般阳路街道城里社区3#-2-401", CITY_VILLAGE, "town_village"),
        ("淄 川 区 昆 仑 镇 聂 村 12号", "370302102204", "town_village"),
        ("山东省淄博市淄川区昆仑镇昆仑镇聂村12号", "370302102204", "town_village"),
        ("聂村(昆仑)12号", "370302102204", "town_village"),
        ("聂村（罗村镇）12号", "370302114206", "town_village"),
        ("聂村(双杨)12号", "", "ambiguous"),
        ("昆仑镇聂村村委会南边第三排", "370302102204", "town_village"),
        ("聂村村委会南边", "", "ambiguous"),
        ("本村12号", "", "unknown"),
        ("阳光花园3-2-401（城里社区）", CITY_VILLAGE, "village"),
        ("将军路街道沿街商铺12号", "", "town_only"),
        ("", "", "empty"),
        ("   ", "", "empty"),
    ],
)
def test_which_village_and_why(parser: AddressParser, text: str, village: str, reason: str) -> None:
    parsed = parser.parse(text)
    assert (parsed.village_code, parsed.reason_code) == (village, reason)
    assert parsed.town_code == village[:9] or (not village and len(parsed.town_code) in (0, 9))


def test_a_place_nothing_names_is_taken_from_the_area_it_was_given_in(parser: AddressParser) -> None:
    parsed = parser.parse("3号楼2单元401", within=CITY_VILLAGE)
    assert (parsed.village_code, parsed.reason_code) == (CITY_VILLAGE, "within")
    assert parser.parse("3号楼2单元401", within="370302001").village_code == ""
    # What the text names wins over where it was written.
    assert parser.parse("张庄村5号", within=CITY_VILLAGE).village_code == "370302111218"


def test_known_compounds_give_their_village_unless_they_are_several() -> None:
    homes = [Home("阳光花园", CITY_VILLAGE), Home("锦绣家园", CITY_VILLAGE), Home("锦绣家园", "370302111218")]
    parser = AddressParser(Gazetteer.packaged().with_compounds(homes))
    known = parser.parse("阳光花园3号楼2单元401")
    assert (known.village_code, known.reason_code) == (CITY_VILLAGE, "compound")
    twin = parser.parse("锦绣家园3号楼2单元401")
    assert (twin.village_code, set(twin.alternatives)) == ("", {CITY_VILLAGE, "370302111218"})
    assert parser.parse("张庄村阳光花园3号楼").village_code == "370302111218"


def test_known_compounds_settle_what_a_bare_stem_means() -> None:
    names = [("祥和安居小区", "安居小区", "370302001012"), ("凤凰阳光花园", "凤凰阳光花园", CITY_VILLAGE)]
    homes = [Home(compound, village) for _, compound, village in names]
    parser = AddressParser(Gazetteer.packaged().with_compounds([*homes, Home("月庄社区楼", "370302116207")]))
    for text, compound, village in names:
        parsed = parser.parse(f"{text}3号楼401")
        assert (parsed.village_code, parsed.compound) == (village, compound)
    for text in ("月庄社区楼1号楼402", "月庄村月庄社区楼1号楼402"):
        assert parser.parse(text).compound == "月庄社区楼"
    generic = AddressParser(
        Gazetteer.packaged().with_compounds([Home("小区", CITY_VILLAGE), Home("2区", CITY_VILLAGE)])
    )
    assert generic.parse("小区3号楼").village_code == ""


def test_parts_of_compounds_are_named_one_way(parser: AddressParser) -> None:
    for text in ("城里社区阳光花园2区3号楼401", "城里社区阳光花园二区3号楼401", "城里社区阳光花园 2区3#401"):
        assert parser.parse(text).compound == "阳光花园二区"


def test_one_normal_text_for_all_ways_of_writing(parser: AddressParser) -> None:
    ways = [
        "山东省淄博市淄川区般阳路街道城里社区阳光花园3号楼2单元401室", "城里社区阳光花园3-2-401",
        "城里 阳光花园 3#2单元401", "城里社区居委会阳光花园三号楼二单元401户", "般阳街道城里社区阳光花园３栋２单元４楼４０１",
    ]  # fmt: skip
    standard = {parser.parse(way).standard for way in ways}
    assert standard == {"般阳路街道城里社区阳光花园3号楼2单元401室"}


def test_words_that_are_not_understood_are_kept_in_the_normal_text(parser: AddressParser) -> None:
    assert parser.parse("聂村村委会南50米").standard == "聂村村委会南50米"
    assert "蒲松龄故居" in parser.parse("蒲家村蒲松龄故居东侧").standard


def test_confidence_falls_with_doubt(parser: AddressParser) -> None:
    sure = parser.parse("般阳路街道城里社区3号楼2单元401").confidence
    short = parser.parse("城里3号楼2单元401").confidence
    open_ = parser.parse("聂村3号楼2单元401").confidence
    assert 1.0 >= sure > short > open_ > 0.0


def test_many_answers_in_order_with_repeats_nulls_and_areas_of_their_own(parser: AddressParser) -> None:
    texts = pl.Series(["聂村1号", None, "城里社区3-2-401", "聂村1号", "聂村1号"])
    within = pl.Series(["370302114", "", "", "370302102", ""])
    rows = parser.parse_many(texts, within)
    assert tuple(rows.columns) == COLUMNS
    assert rows["village_code"].to_list() == ["370302114206", "", CITY_VILLAGE, "370302102204", ""]
    assert rows["confidence"].null_count() == 0
    assert parser.parse_many(pl.Series([], dtype=pl.String)).height == 0


@settings(deadline=None)
@given(
    st.lists(
        st.text(st.sampled_from("城里聂村三二一十百号楼单元室栋#-0123456789AB东西户附院组淄路( ,"), max_size=24),
        max_size=8,
    )
)
def test_nothing_raises_and_one_line_in_is_one_line_out(parser: AddressParser, texts: list[str]) -> None:
    rows = parser.parse_many(pl.Series(texts, dtype=pl.String))
    assert rows.height == len(texts)
    assert rows.null_count().sum_horizontal().item() == 0
    assert rows["confidence"].is_between(0, 1).all()
    for text, row in zip(texts, rows.iter_rows(named=True), strict=True):
        parsed = parser.parse(text)
        assert {c: row[c] for c in COLUMNS if c != "alternatives"} == {
            c: getattr(parsed, c) for c in COLUMNS if c != "alternatives"
        }


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=60))
def test_any_text_is_survived(parser: AddressParser, text: str) -> None:
    parser.parse(text)
