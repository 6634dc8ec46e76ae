"""What is learnt: the seeds give a first model that helps, the better model stays, and the threshold is set by data."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from linli.cases.text import akin, keeping
from linli.cases.text.alike import groups
from linli.cases.text.commands import text_app
from linli.cases.text.grams import count, hashes, plain
from linli.cases.text.judging import calibration, figures, threshold
from linli.cases.text.model import split_head
from linli.cases.text.seeds import first_lessons, names, seeds
from linli.cases.text.training import Counted, Recipe, folds, learnt, train

CATEGORIES = Path(keeping.__file__).parents[1] / "data" / "categories.csv"


def test_every_seed_is_of_a_shipped_category_and_none_is_twice() -> None:
    with CATEGORIES.open(encoding="utf-8-sig") as file:
        known = {row["code"] for row in csv.DictReader(file) if row["kind"] in ("matter", "local")}
    shown = seeds()
    assert {s.code for s in shown} <= known
    assert len({s.code for s in shown}) >= 60
    assert all(sum(s.code == code for s in shown) >= 15 for code in {s.code for s in shown})
    assert len({s.text for s in shown}) == len(shown)
    assert {n.code for n in names()} == {s.code for s in shown}


def test_the_first_model_helps_with_texts_it_has_not_seen() -> None:
    """Two of three: the right one of 78 categories is among the first two. Chance would be one in 39."""
    shown, labels = seeds(), tuple(sorted({s.code for s in seeds()}))
    lessons = first_lessons()
    found = Counted.of([s.text for s in lessons], Recipe())
    wanted = np.array([labels.index(s.code) for s in lessons])
    scores = np.zeros((len(shown), len(labels)), dtype=np.float32)
    named = np.arange(len(shown), len(lessons))
    for learn, test in folds(wanted[: len(shown)], None, 5):
        learn = np.concatenate([learn, named])
        vocabulary, weights, bias = learnt(found, learn, wanted, len(labels), Recipe())
        scores[test] = found.matrix(test, vocabulary) @ weights + bias
    assert figures(scores, wanted[: len(shown)])["top2"] > 0.66


def test_a_thing_is_named_by_words_of_its_own_once_each() -> None:
    things = [line for heading in akin.headings() for line in heading]
    assert len(things) > 60
    for line in things:
        assert len(line) == len(set(line)) >= 5, line
        assert all(2 <= len(word) <= 6 and plain(word) == word.lower() for word in line), line
    kin = akin.kin()
    assert kin.things == len(things) + len(list(akin.headings()))
    assert set(kin.of.tolist()) == set(range(kin.things))


def test_a_word_never_learnt_from_is_known_by_its_fellows() -> None:
    """挂号 is learnt of; 就诊 is another word for the same thing, and only the list of words tells so."""
    texts = [f"{place}挂号{said}" for place in "甲乙丙丁" for said in ("难", "贵")]
    texts += [f"{place}公交{said}" for place in "甲乙丙丁" for said in ("慢", "少")]
    labels = ["卫生"] * 8 + ["交通"] * 8
    made = train(texts, labels)
    assert [made.suggest(said)[0].label for said in ("去戊就诊", "戊的巴士")] == ["卫生", "交通"]
    blind = train(texts, labels, recipe=Recipe(akin_share=0))
    assert np.allclose(blind.scores(["去戊就诊"]), blind.scores(["戊的巴士"]))


def test_training_without_a_file_learns_from_the_seeds(tmp_path: Path) -> None:
    path = tmp_path / "first.model"
    result = CliRunner().invoke(text_app, ["train", "--model", str(path), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["rows"] == len(first_lessons())
    first = keeping.load(path)
    assert "06042" in [s.label for s in first.suggest("楼下垃圾桶满了几天没人清运，垃圾溢出来了")]
    assert "54004" in [s.label for s in first.suggest("家里暖气不热，才十五度")]


def test_a_file_without_named_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    pl.DataFrame({"a": ["甲"]}).write_csv(path)
    result = CliRunner().invoke(text_app, ["train", str(path), "--model", str(tmp_path / "m")])
    assert result.exit_code == 2
    assert "--text" in result.output


def test_the_threshold_is_where_nine_in_ten_are_right() -> None:
    sure = np.array([0.99, 0.95, 0.9, 0.8, 0.7], dtype=np.float32)
    chances = np.stack([sure, 1 - sure], axis=1)
    assert threshold(chances, np.array([0, 0, 0, 1, 0])) == pytest.approx(0.9)
    assert threshold(chances, np.array([0, 0, 0, 0, 0])) == pytest.approx(0.7)
    assert threshold(chances, np.array([1, 1, 1, 1, 1])) > 1


def test_equally_sure_texts_stand_or_fall_together() -> None:
    chances = np.full((10, 2), (0.8, 0.2), dtype=np.float32)
    assert threshold(chances, np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])) > 1


def test_near_copies_are_one_group_and_a_common_phrase_is_none() -> None:
    letter = "我们小区门口的搅拌站整夜轰鸣，粉尘满天，老人孩子无法入睡，请尽快处理"
    texts = [
        letter,
        letter + "！谢谢",
        letter.replace("整夜", "通宵"),
        "请尽快处理路灯不亮的问题",
        "请尽快处理，水管爆了",
        "",
    ]
    found = groups(texts)
    assert found[0] == found[1] == found[2]
    assert len(set(found[2:])) == 4


def test_the_head_is_the_first_sentence_behind_the_greeting() -> None:
    assert split_head("尊敬的领导：您好！小区停水三天了。物业不管")[0] == "小区停水三天了"
    assert split_head("小区停水\n尊敬的领导您好")[0] == "小区停水"


def test_form_of_letters_does_not_matter() -> None:
    assert plain("ＡＢ　Ｃ１２３，停 水！！") == plain("ab c123 停水")
    assert plain("电话13800001234请回") == "电话 请回"


@given(st.text(max_size=60), st.integers(1, 4))
def test_every_run_is_counted_once_for_each_time_it_stands_there(text: str, longest: int) -> None:
    words = plain(text).split(" ")
    expected = sum(max(0, len(w) - n + 1) for w in words for n in range(1, longest + 1))
    assert hashes(plain(text), longest).size == int(count(text, longest).times.sum()) == expected


def test_bins_hold_every_text() -> None:
    chances = np.array([[0.55, 0.45], [1.0, 0.0], [0.1, 0.9]], dtype=np.float32)
    assert sum(b.rows for b in calibration(chances, np.array([0, 0, 1]))) == 3
