"""Matching of records: standard forms, levels, candidates, odds, and clusters that never hold two identities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_frames import number

from linli.registry.matching import blocking, comparisons, engine, model, score, sources, store
from linli.registry.matching import explain as explaining
from linli.registry.matching.clustering import cluster
from linli.registry.matching.evaluate import evaluate
from linli.registry.matching.standard import standardise

HAN = model.prior("han", comparisons.HAN)


def frame(*rows: dict[str, str | None]) -> pl.DataFrame:
    """Records as text."""
    columns = list(dict.fromkeys(k for r in rows for k in r))
    data = {c: [r.get(c) for r in rows] for c in columns}
    return pl.DataFrame(data, schema=dict.fromkeys(columns, pl.String)).with_row_index("row")


def person(name: str, **more: str | None) -> dict[str, str | None]:
    return {
        "name": name, "sex": "女", "birth": "1980-05-19", "id_number": None, "phone": "10071234567", "town": "洪山镇",
        "village": "蒲家村", "address": "蒲家村3号楼2单元501室", **more,
    }  # fmt: skip


def levels(tmp_path: Path, left: dict[str, str | None], right: dict[str, str | None]) -> dict[str, str]:
    """What each comparison says of two records."""
    script = "han" if any(c >= "\u4e00" for c in str(left.get("name", ""))) else "latin"
    used = comparisons.BY_SCRIPT[script]
    with store.opened(tmp_path) as connection:
        score.load(connection, standardise(frame(left, right)))
        pairs = score.compare(connection, used, np.array([0], np.int32), np.array([1], np.int32))
    found = score.gammas(used, pairs.pattern)
    return {c.code: "unknown" if found[c.code][0] < 0 else c.level(int(found[c.code][0])).code for c in used}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("王建国", "王建国", "same"),
        ("王建国", " 王 建国（小）", "same"),
        ("王建国", "王健国", "sound"),
        ("王建国", "汪建国", "sound"),
        ("陈林", "程玲", "near"),
        ("张思", "章诗", "near"),
        ("王建国", "王国建", "order"),
        ("王建国", "建王国", "order"),
        ("王建国", "王国", "dropped"),
        ("王建国", "王建", "dropped"),
        ("王建国", "建国", "dropped"),
        ("王建国", "王建军", "one"),
        ("王建国", "王爱国", "one"),
        ("王建国", "孙建国", "given"),
        ("王建国", "王芳", "surname"),
        ("王伟", "王芳", "surname"),
        ("王伟", "李芳", "other"),
        ("欧阳建国", "欧阳健国", "sound"),
    ],
)
def test_names_are_compared_as_they_are_written_heard_and_mistyped(
    tmp_path: Path, one: str, other: str, level: str
) -> None:
    assert levels(tmp_path, person(one), person(other))["name"] == level
    assert levels(tmp_path, person(other), person(one))["name"] == level


NUMBER = number(123)


@pytest.mark.parametrize(
    ("other", "level"),
    [
        (NUMBER, "same"),
        (NUMBER[:6] + NUMBER[8:17], "widened"),
        (NUMBER[:10] + "9" + NUMBER[11:], "digit"),
        (NUMBER[:14] + NUMBER[15] + NUMBER[14] + NUMBER[16:], "digit"),
        (number(456), "other"),
    ],
)
def test_numbers_are_compared_digit_by_digit_and_across_both_lengths(
    tmp_path: Path, other: str | None, level: str
) -> None:
    found = levels(tmp_path, person("王建国", id_number=NUMBER), person("王建国", id_number=other))
    assert found["number"] == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("1980-05-19", "1980/5/19", "same"),
        ("19800519", "1980年5月19日", "same"),
        ("19/05/1980", "1980.05.19", "same"),
        ("1980-05-09", "1980-09-05", "swapped"),
        ("1980-05-19", "1980-05-18", "digit"),
        ("1980-05-19", "1980-06-30", "calendar"),
        ("1980-05-19", "1967-05-19", "day"),
        ("1980-05-19", "1980-11-28", "year"),
        ("1980-05-19", "1961-11-28", "other"),
        ("1980-05-19", "不详", "unknown"),
        ("1980-01-02", "1980-12", "unknown"),
        ("1980-01-02", "198012", "unknown"),
        ("1980-12-03", "1980/12/3 00:00:00", "same"),
        ("1980-05-19", "1980-02-30", "unknown"),
    ],
)
def test_dates_of_birth_are_compared_in_both_calendars(tmp_path: Path, one: str, other: str, level: str) -> None:
    assert levels(tmp_path, person("王建国", birth=one), person("王建国", birth=other))["birth"] == level


@pytest.mark.parametrize(
    ("village", "address", "level"),
    [
        ("蒲家村", "3-2-501", "door"),
        ("蒲家村", "三号楼2单元501", "dwelling"),
        ("蒲家村", "洪山镇蒲家村 3栋2单元501室", "dwelling"),
        ("蒲家村", "5-2-501", "village"),
        ("土峪村", "土峪村3-2-501", "town"),
        ("蒲家村村民委员会", "山东省淄博市淄川区洪山镇蒲家村村委会3号楼2单元501", "dwelling"),
        ("蒲家村委会", "蒲家村5组3-2-501", "door"),
    ],
)
def test_homes_are_compared_from_the_dwelling_to_the_town(
    tmp_path: Path, village: str, address: str, level: str
) -> None:
    one = person("王建国", address="3号楼2单元501室" if level != "door" else "阳光花园3号楼2单元501室")
    assert levels(tmp_path, one, person("王建国", village=village, address=address))["home"] == level


@pytest.mark.parametrize(
    ("village", "one", "other", "level"),
    [
        # Estates and markets end like districts and cities do; cities and counties are left out all the same.
        ("370302114001", "淄博市齐都花园一区3-2-501", "淄博市齐都花园二区3-2-501", "door"),
        ("370302114001", "淄博市中央花园A区3号楼2单元501", "淄博市中央花园B区3号楼2单元501", "door"),
        ("370302114001", "农贸市场3号楼2单元501", "建材市场3号楼2单元501", "door"),
        ("370302114001", "现代都市花园3号楼", "江南都市花园3号楼", "door"),
        ("370302114001", "淄博市场路3号", "市场路3号", "door"),
        ("370302114001", "山东省淄博市淄川区阳光花园3号楼2单元501", "阳光花园3-2-501", "dwelling"),
        ("370302114001", "山东淄博市高新技术开发区柳泉路3号", "柳泉路3号", "dwelling"),
        ("370302114001", "山东省诸城市人民路3号", "人民路3号", "dwelling"),
        ("370302114001", "新疆维吾尔自治区伊犁哈萨克自治州霍城县朝阳路3号", "朝阳路3号", "dwelling"),
        # Part of the home may stand before the village's name, or all of it.
        ("城一社区", "般阳路10号城一社区2单元501", "柳泉路88号城一社区2单元501", "village"),
        ("城一社区", "淄博市淄川区般阳路10号2单元501 城一社区", "255100山东省淄博市城一社区般阳路10号2单元501", "dwelling"),
        ("城一社区", "洪山镇般阳路10号城一社区2单元501", "城一社区般阳路10号2单元501", "dwelling"),
        ("城一社区", "般阳路十号城一社区2单元501", "柳泉路十号城一社区2单元501", "door"),
    ],
)  # fmt: skip
def test_different_homes_are_not_one_for_what_stands_before_their_numbers(
    tmp_path: Path, village: str, one: str, other: str, level: str
) -> None:
    first, second = (person("王建国", village=village, address=text) for text in (one, other))
    assert levels(tmp_path, first, second)["home"] == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("蒲家村3组12号", "蒲家村5组12号", "village"),
        ("蒲家村3组12号", "蒲家村13组12号", "village"),
        ("蒲家村3组12号", "蒲家村第三村民小组 12号", "door"),
        ("蒲家村3组12号", "蒲家村第五村民小组 12号", "village"),
        ("蒲家村03组12号", "蒲家村三组平房12号", "door"),
        ("蒲家村3组12号", "蒲家村12号", "door"),
        ("蒲家村12组8号", "蒲家村十二组8号", "door"),
    ],
)
def test_doors_of_one_number_in_two_groups_of_a_village_are_two(
    tmp_path: Path, one: str, other: str, level: str
) -> None:
    assert levels(tmp_path, person("王建国", address=one), person("王建国", address=other))["home"] == level


@pytest.mark.parametrize(
    "other",
    [
        "138-1234-5678", "+86 13812345678", "+86-138 1234 5678", "13812345678/13987654321", "13812345678、0533-5281234",
        "0533-5281234/13812345678", "5281234 13812345678", "13812345678 13987654321", "０５３３－５２８１２３４；１３８１２３４５６７８",
        "家0533-5281234，手机：138 1234 5678",
    ],
)  # fmt: skip
def test_of_several_phones_in_one_cell_the_first_mobile_one_is_compared(tmp_path: Path, other: str) -> None:
    one, two = person("王建国", phone="13812345678"), person("王建国", phone=other)
    assert levels(tmp_path, one, two)["phone"] == "same"


@pytest.mark.parametrize("run", ["138123456780519123", "13812345678051912X", "138123456780519", "138123456785281234"])
def test_a_run_of_digits_is_not_cut_to_a_phone(tmp_path: Path, run: str) -> None:
    one, two = person("王建国", phone="13812345678"), person("王建国", phone=run)
    assert levels(tmp_path, one, two)["phone"] == "other"


def test_what_the_same_number_says_of_both_is_no_second_witness(tmp_path: Path) -> None:
    one, other = person("王建国", id_number=NUMBER, birth=None), person("王建国", id_number=NUMBER, birth=None)
    assert levels(tmp_path, one, other)["birth"] == "unknown"
    other = person("王建国", birth="1950-03-04")
    assert levels(tmp_path, one, other)["birth"] == "same"


def test_a_filler_that_many_share_is_no_number() -> None:
    told = standardise(frame(*(person(f"王{c}", id_number=NUMBER) for c in "一二三四五六七八九十甲乙丙丁")))
    assert told["number"].null_count() == told.height
    assert not told["valid"].any()


def test_no_key_makes_more_pairs_than_a_fixed_number_for_each_record() -> None:
    for many in (50, 400):
        rows = frame(*(person("王建国", birth="1980-05-19", phone=None) for _ in range(many)))
        first, _ = blocking.candidates(standardise(rows), blocking.HAN)
        assert len(first) <= many * max(r.most for r in blocking.HAN) * len(blocking.HAN) / 2


def test_candidates_are_each_pair_once_that_shares_a_key() -> None:
    rows = frame(
        person("王建国"), person("王健国"), person("李芳", phone="10077654321", address="9号", birth="1961-11-28"),
    )  # fmt: skip
    first, second = blocking.candidates(standardise(rows), blocking.HAN)
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == [(0, 1)]


def chances(tmp_path: Path, *rows: dict[str, str | None]) -> pl.DataFrame:
    """How sure each pair is, by what is assumed before anything is seen."""
    told = standardise(frame(*rows))
    pairs = list(combinations(range(len(rows)), 2))
    with store.opened(tmp_path) as connection:
        score.load(connection, told)
        a, b = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
        compared = score.compare(connection, comparisons.HAN, a, b)
    found = score.probability(score.odds(HAN, compared, 500_000))
    return pl.DataFrame({"a": compared.first, "b": compared.second, "chance": found, "no": compared.forbidden}).sort(
        "a", "b"
    )


def test_namesakes_are_not_one_and_a_person_who_moved_is(tmp_path: Path) -> None:
    here = person("王建国")
    moved = person("王建国", address="鲁家村9号", village="鲁家村", phone="10070000001")
    elsewhere = {"address": "土峪村8号", "village": "土峪村", "town": "昆仑镇"}
    namesake = person("王建国", birth="1961-11-28", phone="10070000002", **elsewhere)
    found = chances(tmp_path, here, moved, namesake)["chance"].to_list()
    assert found[0] > 0.8
    assert max(found[1:]) < 0.1


def test_whoever_lives_together_is_not_one_for_that(tmp_path: Path) -> None:
    father, son = person("王建国", birth=None), person("王磊", birth="2001-02-03")
    brother = person("王建军", birth="1983-02-03")
    assert chances(tmp_path, father, son, brother)["chance"].max() < 0.2  # type: ignore[operator]


def test_a_household_that_moved_takes_its_other_members_along(tmp_path: Path) -> None:
    def home(village: str, door: str) -> dict[str, str]:
        return {"village": village, "address": f"{door}号"}

    wife, child = {"birth": "1981-03-04", "sex": "女"}, {"birth": None, "sex": "男", "phone": None}
    rows = [
        person("李芳", id_number=NUMBER, **wife, **home("蒲家村", "3")),
        person("李芳", id_number=NUMBER, **wife, **home("鲁家村", "9")),
        person("王若溪", **child, **home("蒲家村", "3")),
        person("王若溪", **child, **home("鲁家村", "9")),
        person("赵子昂", **child, **home("蒲家村", "3")),
        person("赵子昂", **child, **home("土峪村", "12")),
    ]
    told = standardise(frame(*rows))
    pairs = [(0, 1), (2, 3), (4, 5)]
    with store.opened(tmp_path) as connection:
        score.load(connection, told)
        a, b = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
        compared = score.compare(connection, comparisons.HAN, a, b)
    before = score.odds(HAN, compared, 500_000)
    raised = score.with_households(HAN, compared, 500_000, told["dwelling_code"].fill_null(0).to_numpy())
    after = score.odds(HAN, raised, 500_000)
    assert raised.followed is not None
    by_pair = dict(zip(zip(compared.first.tolist(), compared.second.tolist(), strict=True), range(3), strict=True))
    assert [bool(raised.followed[by_pair[p]]) for p in pairs] == [False, True, False]
    child_at, stranger_at = by_pair[2, 3], by_pair[4, 5]
    assert after[child_at] > 100 * before[child_at]
    assert after[stranger_at] == pytest.approx(before[stranger_at])
    (lines,) = explaining.explain(HAN, raised.at([child_at]), 500_000)
    assert any(line.say("en").startswith("moved with others of the household +") for line in lines)


def test_two_valid_numbers_forbid_what_everything_else_says(tmp_path: Path) -> None:
    one, other = (person("王建国", id_number=number(n)) for n in (123, 457))
    assert chances(tmp_path, one, other)["no"].to_list() == [True]
    broken = person("王建国", id_number=NUMBER[:10] + "9" + NUMBER[11:])
    assert chances(tmp_path, one, broken)["no"].to_list() == [False]


# --- clusters --------------------------------------------------------------------------------------------------------

PAIRS = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 14), st.floats(0.001, 1e6)).filter(lambda p: p[0] != p[1]), max_size=40
)


def clustered(identity: Sequence[int], pairs: Sequence[tuple[int, int, float]], threshold: float = 0.5) -> Any:
    best: dict[tuple[int, int], float] = {}
    for a, b, odds in pairs:
        key = (min(a, b), max(a, b))
        best[key] = max(odds, best.get(key, 0.0))
    first = np.array([a for a, _ in best], np.int64)
    second = np.array([b for _, b in best], np.int64)
    return cluster(len(identity), first, second, np.array(list(best.values())), np.array(identity, np.int64), threshold)


@given(st.lists(st.integers(0, 3), min_size=15, max_size=15), PAIRS, st.floats(0.1, 0.99))
def test_no_cluster_ever_holds_two_identities(
    identity: list[int], pairs: list[tuple[int, int, float]], threshold: float
) -> None:
    found = clustered(identity, pairs, threshold)
    held: dict[int, set[int]] = defaultdict(set)
    for row, label in enumerate(found.cluster.tolist()):
        held[label].add(identity[row])
    assert all(len(numbers - {0}) <= 1 for numbers in held.values())
    assert ((found.probability >= 0) & (found.probability <= 1)).all()
    # A cluster is named by its first row.
    assert all(found.cluster[label] == label for label in found.cluster.tolist())


@given(PAIRS)
def test_without_identities_sure_pairs_are_joined_whatever_their_order(pairs: list[tuple[int, int, float]]) -> None:
    sure = [(a, b, 1e6) for a, b, _ in pairs]
    forwards, backwards = clustered([0] * 15, sure), clustered([0] * 15, sure[::-1])
    assert forwards.cluster.tolist() == backwards.cluster.tolist()
    assert all(forwards.cluster[a] == forwards.cluster[b] for a, b, _ in sure)


def test_the_surer_of_two_identities_gets_the_record_between_them() -> None:
    found = clustered([1, 0, 2], [(0, 1, 1e4), (1, 2, 1e3)])
    assert found.cluster.tolist() == [0, 0, 2]


def test_a_record_halfway_between_two_people_joins_neither() -> None:
    found = clustered([1, 0, 2], [(0, 1, 9.0), (1, 2, 9.0)])
    assert found.cluster.tolist() == [0, 1, 2]
    assert found.chance.max() < 0.5


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30))
def test_evaluation_counts_pairs_as_one_would_by_hand(rows: list[tuple[int, int]]) -> None:
    found = evaluate(pl.Series([c for c, _ in rows]), pl.Series([t for _, t in rows]))
    said = [(a, b) for a, b in combinations(range(len(rows)), 2) if rows[a][0] == rows[b][0]]
    real = [(a, b) for a, b in combinations(range(len(rows)), 2) if rows[a][1] == rows[b][1]]
    both = len(set(said) & set(real))
    assert found.pairs.precision == (both / len(said) if said else 1.0)
    assert found.pairs.recall == (both / len(real) if real else 1.0)


def test_whole_clusters_are_right_only_when_nobody_is_missing_or_too_many() -> None:
    found = evaluate(pl.Series([1, 1, 2, 3, 3]), pl.Series(["a", "a", "b", "b", "c"]))
    assert (found.clusters.precision, found.clusters.recall) == (1 / 3, 1 / 3)
    assert (found.several.precision, found.several.recall) == (1 / 2, 1 / 2)


# --- the model -------------------------------------------------------------------------------------------------------


def test_a_model_is_kept_and_read_again() -> None:
    assert model.from_json(HAN.to_json()) == HAN


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", HAN.to_json().replace('"version": 1', '"version": 2'), HAN.to_json().replace('"sound"', '"tone"')],
)
def test_a_model_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        model.from_json(text)


def test_every_assumed_share_sums_to_one() -> None:
    for script, known in comparisons.BY_SCRIPT.items():
        for shares in model.prior(script, known).shares.values():
            for kind in (shares.m, shares.u, shares.kin):
                assert sum(kind) == pytest.approx(1.0)


def test_a_table_without_pairs_or_columns_is_matched_too(tmp_path: Path) -> None:
    for rows in (frame(person("王建国")), frame({"name": "王建国"}, {"name": "李芳"}), frame({"name": None})):
        done = engine.match(rows, tmp_path, model=HAN, estimating=False)
        assert done.clusters.cluster.tolist() == list(range(rows.height))


# --- sources and namesakes -------------------------------------------------------------------------------------------


def test_a_register_without_doubles_is_told_from_lists_that_share_its_people() -> None:
    register, list_ = [1] * 3000, [2] * 1000
    first = np.arange(1000)  # everybody of the list stands in the register, too
    chance = np.full(1000, 0.9)
    group = sources.groups(pl.Series([*("公安" for _ in register), *("民政" for _ in list_)]))
    assert group is not None
    usual = 900 * 2 / (4000 * 3999)
    look_alikes = np.array([10, 12]), np.array([11, 13])
    one = np.r_[first, look_alikes[0]], np.r_[first + 3000, look_alikes[1]]
    raised = sources.raised(group, *one, np.r_[chance, [0.01, 0.01]], usual)
    assert raised[0] > 0.5
    assert raised[-1] < -3.0
    few = sources.raised(group[[0, 3000]], np.array([0]), np.array([1]), np.array([0.9]), 0.1)
    assert abs(float(few[0])) < 0.1  # of two records nothing is learnt
    for alike in (None, pl.Series(["公安", "公安"]), pl.Series([None, None], dtype=pl.String)):
        assert sources.groups(alike) is None


def _three_lists(people: int) -> tuple[pl.DataFrame, list[int]]:
    """Two lists with numbers, and one that of every seventh says only name and sex; each name is one person's."""
    surnames, given = (
        "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜",
        "安邦昌达恩飞刚浩静凯兰梅宁鹏琴荣诗涛伟晓燕泽",
    )
    names = [f + a + b for f in surnames for a in given for b in given if a != b][::3][:people]
    rows = []
    for at, name in enumerate(names):
        born = date(1950, 1, 1) + timedelta(days=at * 17)
        known = {"birth": f"{born}", "id_number": number(at % 500 * 2, born)}
        rows += [
            person(name, **known, phone=f"1007{at:07d}", address=f"{at}号"),
            person(name, **known, phone=None, village=f"{at % 40}村", address=None),
            person(
                name,
                birth=None if at % 7 == 0 else f"{born}",
                phone=f"1008{at:07d}",
                town=None,
                village=None,
                address=None,
            ),
        ]
    return frame(*rows), [at // 3 for at in range(len(rows))]


def test_whoever_stands_in_three_lists_is_no_namesake_of_themselves(tmp_path: Path) -> None:
    rows, who = _three_lists(700)
    done = engine.match(rows, tmp_path)
    found = evaluate(pl.Series(done.clusters.cluster), pl.Series(who))
    assert (found.pairs.precision, found.pairs.recall) == (1.0, 1.0)
    same_name = done.pairs.shares["name"] > 0
    # Counted as records each name is borne by one other than a pair; of people nobody is seen to share it.
    assert float(done.pairs.shares["name"][same_name].max()) < 0.3 / 2700


# --- words -----------------------------------------------------------------------------------------------------------


def explained(
    tmp_path: Path, one: dict[str, str | None], other: dict[str, str | None]
) -> tuple[explaining.Evidence, ...]:
    with store.opened(tmp_path) as connection:
        score.load(connection, standardise(frame(one, other)))
        pairs = score.compare(connection, comparisons.HAN, np.array([0], np.int32), np.array([1], np.int32))
    (lines,) = explaining.explain(HAN, pairs, 500_000)
    assert sum(line.weight for line in lines) == pytest.approx(
        float(np.log2(score.odds(HAN, pairs, 500_000)[0])), abs=0.06
    )
    return lines


def test_an_explanation_adds_up_and_is_said_in_both_languages(tmp_path: Path) -> None:
    other = person("王健国", phone="10070000001", address=None, village="鲁家村")
    lines = explained(tmp_path, person("王建国"), other)
    said = {line.comparison: line.say("zh-CN") for line in lines}
    assert said["name"].startswith("姓名同音 +")
    assert said["phone"].startswith("电话不同 −")
    assert any(line.say("en").startswith("same pinyin +") for line in lines)
    assert "head" not in said
    assert explaining.from_json(explaining.as_json(lines))[1].level == lines[1].level


def test_what_a_shared_home_is_worth_is_taken_back_for_relatives(tmp_path: Path) -> None:
    lines = explained(tmp_path, person("王建国"), person("王磊", birth="2001-02-03"))
    assert lines[-1].comparison == explaining.HOUSEHOLD
    assert lines[-1].weight < -5


def test_every_level_has_words() -> None:
    assert all(zh and en for zh, en in explaining.WORDS.values())
    assert [explaining.signed(w) for w in (4.12, -1.26, 0.04, -0.02)] == ["+4.1", "−1.3", "0.0", "0.0"]
