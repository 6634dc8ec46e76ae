"""Pure decisions of the registry: meaning of a search, pieces of names, order of names, facts typed by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from people_frames import number

from linli.registry import pinyin, rules, search

TODAY = date(2026, 11, 22)
NAMES = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6)


@given(NAMES, st.data())
def test_every_part_of_a_name_is_findable_by_its_pieces(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    part = name[start : data.draw(st.integers(start + 1, len(name)))]
    tokens = {(name + "$")[i : i + 2] for i in range(len(name))}
    if len(part) == 1:
        assert any(part <= token < search.next_text(part) for token in tokens)
    else:
        assert set(search.pieces(part)) <= tokens


@given(st.text(max_size=30))
def test_understanding_never_fails(words: str) -> None:
    search.understand(words)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("王建国", "name"), ("wjg", "initials"), ("123X", "tail"), ("12345x", "id_tail"), ("13800001111", "phone"),
        ("0533-1234567", "phone"), ("3号楼2单元401", "address"), ("张庄村", "address"), ("银座花园", "address"),
        ("E12345678", "id"), ("H0123456701", "id"), ("FRA370302112233", "id"), ("  ", None),
    ],
)  # fmt: skip
def test_words_are_understood(words: str, meaning: str | None) -> None:
    found = search.understand(words)
    assert (found.meaning if found else None) == meaning


def test_surnames_are_read_as_surnames() -> None:
    assert pinyin.initials("单雄信") == "sxx"
    assert pinyin.initials("曾国藩") == "zgf"
    assert pinyin.initials("尉迟恭") == "ycg"
    assert pinyin.sort_key("王建国").startswith("wang jian guo")
    assert sorted(["张三", "李四", "阿大"], key=pinyin.sort_key) == ["阿大", "李四", "张三"]


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(serial: int, birth: date, place: int, shift: int) -> None:
    good = number(serial, birth)
    assert rules.identity_of("111", good, TODAY, demo=True) == ("111", good)
    assert not rules.identity_of("111", good, TODAY, demo=False), "nobody's county counts only in a demo"
    bad = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert not rules.identity_of("111", bad, TODAY, demo=True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"id_number": "11010519491231002x"}, {"id_kind": "111", "id_number": "11010519491231002X"}),
        ({"id_number": "110105491231002"}, {"id_kind": "111", "id_number": "11010519491231002X"}),
        ({"id_number": "e12345678", "id_kind": "414"}, {"id_kind": "414", "id_number": "E12345678"}),
        ({"phone": "0533-5181234"}, {"phone": "05335181234"}),
        ({"phone": "138 0000 1111"}, {"phone": "13800001111"}),
        ({"name": "王建国"}, {"name": "王建国"}),
    ],
)
def test_numbers_typed_by_hand_are_kept_as_files_and_search_write_them(
    typed: dict[str, str | None], kept: dict[str, str | None]
) -> None:
    assert rules.canonical(typed, TODAY, demo=False) == kept


@pytest.mark.parametrize("kind", ["111", "414", "516", "554"])
def test_no_kind_of_document_takes_a_number_of_wrong_form(kind: str) -> None:
    assert rules.identity_of(kind, "12", TODAY, demo=True) is None
