"""The key of a dwelling: one home however its address is written, none where the address is not exact."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.places.addresses import AddressParser, Gazetteer
from linli.places.rules import KEY_BYTES, address_key

parts = st.fixed_dictionaries(
    {name: st.sampled_from(["", "1", "2", "阳光花园"]) for name in
     ("village_code", "compound", "road", "door", "building", "unit", "room")}
)  # fmt: skip


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return AddressParser(Gazetteer.packaged())


def keys(parser: AddressParser, *texts: str) -> list[bytes | None]:
    return address_key(parser.parse_many(pl.Series(texts))).to_list()


def test_one_home_has_one_key_however_it_is_written(parser: AddressParser) -> None:
    same = keys(
        parser,
        "淄川区般阳路街道城里社区阳光花园3号楼2单元401室",
        "城里阳光花园3-2-401",
        "城里社区 阳光花园 三号楼二单元4楼401",
        "城里社区淄城路123号阳光花园3#2单元401",  # a road beside the compound changes nothing
    )
    assert len(set(same)) == 1
    assert same[0] is not None
    assert len(same[0]) == KEY_BYTES


def test_other_homes_have_other_keys(parser: AddressParser) -> None:
    different = keys(
        parser, "城里社区3-2-401", "城里社区3-2-402", "城里社区3-1-401", "城里社区2-3-401", "城里社区阳光花园3-2-401",
        "东关社区3-2-401", "城里社区45号", "城里社区淄城路45号", "城里社区45号401室",
    )  # fmt: skip
    assert None not in different
    assert len(set(different)) == len(different)


def test_addresses_not_exact_to_a_room_or_a_door_have_none(parser: AddressParser) -> None:
    vague = keys(parser, "", "城里社区", "城里社区3号楼2单元", "聂村12号", "城里社区居委会南边", "阳光花园3-2-401")
    assert vague == [None] * 6


def test_the_key_does_not_change_between_versions_of_the_program() -> None:
    """It is stored: a new hash or a new order of its parts would make every home a second one."""
    row = {"village_code": "370302001001", "compound": "阳光花园", "road": "", "door": "", "building": "3", "unit": "2",
           "room": "401"}  # fmt: skip
    frame = pl.DataFrame([row]).rename({name: f"home_{name}" for name in row})
    assert address_key(frame, "home_").to_list()[0].hex() == "bba3f897c307bb2770b4d91a21bc49a8"


@given(st.lists(parts, min_size=2, max_size=6))
def test_equal_keys_mean_equal_parts(rows: list[dict[str, str]]) -> None:
    seen: dict[bytes, tuple[str, ...]] = {}
    for row, key in zip(rows, address_key(pl.DataFrame(rows)).to_list(), strict=True):
        housed = row["compound"] and row["building"] and row["room"]
        meant = tuple("" if housed and name in ("road", "door") else row[name] for name in sorted(row))
        if key is None:
            assert not row["village_code"] or not (row["room"] or row["door"])
        else:
            assert seen.setdefault(key, meant) == meant


def test_nulls_count_as_nothing_written() -> None:
    frame = pl.DataFrame(
        {"village_code": ["370302001001"], "compound": [None], "road": [None], "door": ["45"], "building": [None],
         "unit": [None], "room": [None]},
        schema=dict.fromkeys(("village_code", "compound", "road", "door", "building", "unit", "room"), pl.String),
    )  # fmt: skip
    assert address_key(frame).to_list() == address_key(frame.fill_null("")).to_list() != [None]
