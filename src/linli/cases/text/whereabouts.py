"""Where: the district's own names in a report, read by the address parser. No database; the gazetteer is given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from linli.places.addresses import AddressParser
from linli.places.addresses.gazetteer import Gazetteer, Rank

from .mentions import Kind, Mention

# What may follow a name and still be the address: road, numbers of door, building, unit, floor and room.
_TAIL = re.compile(
    r"(?:(?!的)[\u4e00-\u9fff]{1,6}?(?:路|街|巷|小区|花园|家园|公寓))?"
    r"(?:[A-Z\d一二三四五六七八九十]{1,4}(?:号楼|号院|号|栋|幢|楼|单元|层|室|组))*(?:\d{3,4}(?!\d))?"
)
#: The shortest name that is believed without a town before it: 张庄 may be a part of any sentence.
SHORTEST = 3


def places(text: str, parser: AddressParser) -> tuple[Mention, ...]:
    """Towns, villages and compounds of the district that a report names, with what follows of an address.

    The normal form is the code of the village or, failing that, of the town; empty where what is written contradicts itself
    or may be several places. `certain` where one village is meant.
    """
    found = []
    for start, end in _spans(text, parser.gazetteer):
        read = parser.parse(text[start:end])
        code = read.village_code or read.town_code
        found.append(Mention(Kind.PLACE, start, end, text[start:end], code, bool(read.village_code)))
    return tuple(found)


def _spans(text: str, names: Gazetteer) -> Iterator[tuple[int, int]]:
    at = 0
    while at < len(text):
        size = _name(text, at, names)
        if not size:
            at += 1
            continue
        tail = _TAIL.match(text, at + size)
        end = tail.end() if tail else at + size
        yield at, end
        at = end


def _name(text: str, at: int, names: Gazetteer) -> int:
    """How many characters of a town, a village, both, or a compound begin here; 0 for none."""
    town = next((size for size, _ in names.town_names.at(text, at)), 0)
    if town:
        return town + next((size for size, _ in names.village_names.at(text, at + town)), 0)
    for size, named in names.village_names.at(text, at):
        if size >= SHORTEST and any(n.rank < Rank.SHORT for n in named):
            return size
    return next((size for size, _ in names.compounds.at(text, at) if size >= SHORTEST), 0)
