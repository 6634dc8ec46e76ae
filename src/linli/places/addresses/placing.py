"""The place text of an address: which town and village it names, and what road and compound stand behind.

A name that may mean several villages is never guessed: the village stays empty and the possibilities are listed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from . import words
from .gazetteer import Gazetteer, Home, Named, Rank
from .text import BEHIND, PIECE


class Reason(Enum):
    """Why the parser answered as it did: a stable code, words for people, and the confidence it starts from."""

    TOWN_VILLAGE = ("town_village", "镇街和村居都已写明", 0.98)
    VILLAGE = ("village", "村居名在全区唯一", 0.95)
    LISTED = ("listed", "按村居的别名认出", 0.92)
    SWAPPED = ("swapped", "按“村/社区”的另一种叫法认出", 0.88)
    SHORT = ("short", "按村居简称认出", 0.85)
    COMPOUND = ("compound", "按小区所在村居认出", 0.9)
    WITHIN = ("within", "按所选范围认出", 0.75)
    AMBIGUOUS = ("ambiguous", "可能是多个村居，需要核对", 0.3)
    TOWN_MISMATCH = ("town_mismatch", "写的镇街和村居对不上，需要核对", 0.3)
    TOWN_ONLY = ("town_only", "只认出镇街", 0.5)
    UNKNOWN = ("unknown", "没有认出村居", 0.2)
    OUTSIDE = ("outside", "不在本区", 0.5)
    EMPTY = ("empty", "没有内容", 0.0)

    def __init__(self, code: str, words: str, confidence: float) -> None:
        self.code = code
        self.words = words
        self.confidence = confidence
        self.said = f"{code}: {words}"


class Place(NamedTuple):
    """What the words of an address say."""

    town_code: str = ""
    village_code: str = ""
    road: str = ""
    compound: str = ""
    rest: str = ""  # words that are a compound if a building number stands behind them
    note: str = ""
    confidence: float = 0.0
    reason: str = ""
    alternatives: str = ""  # codes, parted by "|"
    words: str = ""  # town and village as written, where they could not be settled


# What is left of the pieces when town and village are taken out: in front of the building, and behind it.
_Left = tuple[list[str], list[str]]
_DOUBT = 0.8
_ASIDE = "东西南北正前后左右旁附对隔"


@dataclass(slots=True)
class _Found:
    """The search so far."""

    town: str = ""
    named: tuple[Named, ...] = ()
    rank: Rank = Rank.OFFICIAL
    hints: tuple[Named, ...] = ()
    mismatch: bool = False
    words: str = ""
    doubtful: bool = False
    last: str = ""  # the village's name as written


class Placer:
    """Reads place texts against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def read(self, text: str, within: str = "") -> Place:
        """Read one place text (pieces joined by PIECE); `within` is the area it is taken to lie in."""
        place = self._read(text, within)
        own = (h for h in self._homes(place.compound) if h.official and h.village_code == place.village_code)
        alias = next(own, None)
        return place._replace(compound=alias.official) if alias else place

    def _read(self, text: str, within: str) -> Place:
        front, _, after = text.partition(BEHIND)
        pieces, behind = ([p for p in part.split(PIECE) if p] for part in (front, after))
        if not pieces:
            pieces, behind = behind, []
        if not pieces:
            return self._without_village(_Found(), ([], []), within)
        first = self._without_upper(pieces[0])
        if self.gazetteer.is_elsewhere(first):
            whole = "".join(pieces + behind)
            return Place(confidence=Reason.OUTSIDE.confidence, reason=Reason.OUTSIDE.said, words=whole)
        pieces[0] = first
        found, left = self._search(pieces, behind)
        if found.named and not found.mismatch:
            return self._with_village(found, left, within)
        return self._without_village(found, left, within)

    def _without_upper(self, text: str) -> str:
        if text[:1] in self.gazetteer.upper_starts:
            for _ in range(2):  # 淄川区淄川区…: forms filled by two systems
                match = self.gazetteer.upper.match(text)
                if not match or not match.end():
                    break
                text = text[match.end() :]
        short = self.gazetteer.district.short
        if text.startswith(short) and len(text) > len(short):
            rest = text[len(short) :]
            if self._starts_place(rest):
                return rest
        if here := words.HERE.match(text):
            return text[here.end() :]
        return text

    def _starts_place(self, text: str) -> bool:
        names = self.gazetteer
        lookups = (names.town_names, names.short_town_names, names.village_names)
        return any(next(iter(lookup.at(text)), None) for lookup in lookups)

    def _search(self, pieces: list[str], behind: list[str]) -> tuple[_Found, _Left]:
        """Look for town and village at the start of each piece, then for a full village name anywhere.

        `behind` is only looked at where the rest names no village.
        """
        found, left, after = _Found(), list[str](), list[str]()
        for index, piece in enumerate(pieces):
            if rest := self._at_start(found, piece, index > 0):
                left.append(rest)
        if not found.named:
            self._inside(found, left)
        for piece in behind:
            if rest := piece if found.named else self._at_start(found, piece, True):
                after.append(rest)
        if not found.named:
            self._inside(found, after)
        return found, (left, after)

    def _at_start(self, found: _Found, piece: str, later: bool) -> str:
        rest = piece
        if not found.town:
            for size, code in self.gazetteer.town_names.at(rest):
                found.town, found.words, rest = code, rest[:size], rest[size:]
                break
            if found.town:  # 昆仑镇昆仑镇聂村: forms filled by two systems
                rest = next((rest[n:] for n, c in self.gazetteer.town_names.at(rest) if c == found.town), rest)
        if not found.named:
            rest = self._village_at_start(found, rest, only_full=later and rest == piece)
        return rest

    def _inside(self, found: _Found, left: list[str]) -> None:
        for index, piece in enumerate(left):
            if cut := self._village_inside(found, piece):
                left[index : index + 1] = [p for p in cut if p]
                break

    def _village_at_start(self, found: _Found, text: str, only_full: bool) -> str:
        """Take a village name off the start of `text`, with a bare town name before it if there is one."""
        if not found.town:
            for size, town in self.gazetteer.short_town_names.at(text):
                for length, named in self.gazetteer.village_names.at(text, size):
                    inside = tuple(n for n in named if n.code.startswith(town))
                    rest = text[size + length :]
                    if not inside:
                        continue
                    if min(n.rank for n in inside) < Rank.SHORT:
                        found.town = town
                        self._take(found, inside)
                        return self._without_repeat(found, rest)
                    if words.AFTER_SHORT.match(rest):
                        # 双杨藏梓12号 is clear; 罗村河东12号 may also be a 河东 of the village 罗村.
                        whole = (n for _, names in self.gazetteer.village_names.at(text) for n in names)
                        found.town, found.rank = town, Rank.SHORT
                        found.named = (*(n for n in whole if n.rank < Rank.SHORT), *inside)
                        found.words = text[: size + length]
                        return rest
        for length, named in self.gazetteer.village_names.at(text):
            rest = text[length:]
            here = tuple([n for n in named if n.code.startswith(found.town)]) if found.town else named
            best = min([n.rank for n in here or named])
            if best == Rank.SWAPPED and self._begins_compound(text, length):
                continue
            if best == Rank.SHORT and (only_full or not self._short_stands(found, text, length, here or named)):
                if not words.STREET.match(rest):
                    found.hints = found.hints or here or named
                continue
            if found.town and not here:
                if best == Rank.SHORT:
                    continue
                found.mismatch = True
                self._take(found, named)
                found.words += text[:length]
                return rest
            self._take(found, here)
            found.last = text[:length]
            landmark = None
            if rest and rest[0] in _ASIDE and words.NOTE.match(rest):
                landmark = words.LANDMARK.search(text[:length])  # 城里社区居委会 | 南边
            found.words += text[: landmark.start() if landmark else length]
            return landmark.group() + rest if landmark else self._without_repeat(found, rest)
        return text

    def _without_repeat(self, found: _Found, rest: str) -> str:
        """Leave out the village where forms name it twice: 土峪村村民委员会土峪村123号."""
        for length, named in self.gazetteer.village_names.at(rest):
            if any(n.rank < Rank.SHORT and n in found.named for n in named):
                return rest[length:] if words.AFTER_SHORT.match(rest[length:]) else rest
        return rest

    def _begins_compound(self, text: str, length: int) -> bool:
        """Whether a known compound begins with these `length` characters and more: 月庄社区楼, 凤凰阳光花园."""
        return any(size > length for size, _ in self.gazetteer.compounds.at(text))

    def _short_stands(self, found: _Found, text: str, length: int, named: tuple[Named, ...]) -> bool:
        """Whether the bare stem of `length` characters at the start of `text` is a village by what follows it."""
        if self._begins_compound(text, length):
            return False
        rest = text[length:]
        if any(home.village_code == n.code for home in self._homes(rest) for n in named):
            return True  # followed by a compound known to lie in it
        if words.AFTER_SHORT.match(rest) or rest.startswith(text[:length]):
            return True
        if found.hints:
            return False  # a longer stem was there and was refused: 十里铺花园 is not of 十里
        follows = words.ANY_AFTER_SHORT if found.town else words.NAMED_AFTER_SHORT
        found.doubtful = bool(follows.match(rest) or words.NAMED_AFTER_SHORT.match(rest))
        return found.doubtful

    def _village_inside(self, found: _Found, text: str) -> tuple[str, str] | None:
        """A full village name (three characters or more) anywhere in `text`; what stands before and behind."""
        for start in range(1, len(text) - 2):
            for length, named in self.gazetteer.village_names.at(text, start):
                here = tuple(n for n in named if n.code.startswith(found.town))
                if length < 3 or not here or min(n.rank for n in here) > Rank.LISTED:
                    continue
                self._take(found, here)
                found.words += text[start : start + length]
                return text[:start], text[start + length :]
        return None

    def _take(self, found: _Found, named: tuple[Named, ...]) -> None:
        found.rank = named[0].rank if len(named) == 1 else min([n.rank for n in named])
        found.named = named if len(named) == 1 else tuple([n for n in named if n.rank == found.rank])

    def _with_village(self, found: _Found, left: _Left, within: str) -> Place:
        road, compound, rest, note = self._words(left)
        if (compound or rest) == "楼":
            compound, rest = found.last + "楼", ""  # 月庄社区楼1号楼: the village's own buildings
        chosen, reason = found.named, _reason_of(found)
        if len(chosen) > 1 and (town := self._town_of(rest or note)):
            # 聂村(昆仑)12号: the town behind the village
            near = tuple(n for n in chosen if n.code.startswith(town))
            if len(near) == 1:
                chosen, reason, rest = near, Reason.TOWN_VILLAGE, ""
                note = "" if self._town_of(note) else note
        if len(chosen) > 1 and within:
            near = tuple(n for n in chosen if n.code.startswith(within) or within.startswith(n.code))
            if len(near) == 1:
                chosen, reason = near, Reason.WITHIN
        if len(chosen) > 1 and (homes := self._homes(compound or rest)):
            near = tuple(n for n in chosen if any(h.village_code == n.code for h in homes))
            if len(near) == 1:
                chosen, reason = near, Reason.COMPOUND
        if len(chosen) == 1:
            code, confidence = chosen[0].code, reason.confidence * (_DOUBT if found.doubtful else 1.0)
            others = "|".join([n.code for n in found.named if n.code != code])
            return Place(code[:9], code, road, compound, rest, note, confidence, reason.said, others)
        codes = [n.code for n in chosen]
        town = codes[0][:9] if len({c[:9] for c in codes}) == 1 else ""
        return self._open(Reason.AMBIGUOUS, town, codes, (road, compound, rest, note), found.words)

    def _town_of(self, text: str) -> str:
        names = self.gazetteer
        return (names.town_names.get(text) or names.short_town_names.get(text) or "") if text else ""

    def _without_village(self, found: _Found, left: _Left, within: str) -> Place:
        road, compound, rest, note = said = self._words(left)
        if found.mismatch:
            codes = [n.code for n in found.named]
            return self._open(Reason.TOWN_MISMATCH, "", [*codes, found.town], said, found.words)
        homes = [h for h in self._homes(compound or rest) if h.village_code.startswith(found.town)]
        villages = sorted({h.village_code for h in homes})
        near = [v for v in villages if v.startswith(within) or within.startswith(v)] if within else []
        if len(villages) == 1 or len(near) == 1:
            reason = Reason.COMPOUND if len(villages) == 1 else Reason.WITHIN
            code = villages[0] if len(villages) == 1 else near[0]
            others = "|".join(v for v in villages if v != code)
            return Place(code[:9], code, road, compound, rest, note, reason.confidence, reason.said, others)
        hinted = villages or sorted({n.code for n in found.hints if n.code.startswith(found.town)})
        near = [v for v in hinted if v.startswith(within) or within.startswith(v)] if within else []
        fits = not found.town or within.startswith(found.town)
        if len(within) >= 12 and fits and (not hinted or within[:12] in hinted):
            near = [within[:12]]
        if len(near) == 1:
            code, confidence = near[0], Reason.WITHIN.confidence
            return Place(code[:9], code, road, compound, rest, note, confidence, Reason.WITHIN.said)
        if hinted:
            return self._open(Reason.AMBIGUOUS, found.town, hinted, said)
        if found.town:
            return self._open(Reason.TOWN_ONLY, found.town, [], said)
        town = within[:9] if len(within) >= 9 else ""
        return self._open(Reason.UNKNOWN, town, [], said)

    def _open(
        self, reason: Reason, town: str, codes: list[str], said: tuple[str, str, str, str], words: str = ""
    ) -> Place:
        """An answer without a village; the reason names what it may be."""
        why = reason.said
        if codes:
            why += "：" + "、".join(f"{self.gazetteer.label(c)}({c})" for c in codes[:6])
        return Place(town, "", *said, reason.confidence, why, "|".join(codes), words)

    def _homes(self, compound: str) -> tuple[Home, ...]:
        return (self.gazetteer.compounds.get(compound) or ()) if compound else ()

    def _words(self, left: _Left) -> tuple[str, str, str, str]:
        """Split what is left into road, compound, words of unknown use, and a note of position."""
        front, behind = left
        road = compound = rest = note = ""
        for piece in front:
            text = piece
            if rest and text[0].isascii() and not words.PART.match(text):
                text, rest = rest + text, ""  # 淄矿 + 301宿舍
            if words.PART.match(text) and (compound or rest):
                compound, rest = (compound + text, rest) if compound else (compound, rest + text)
                continue
            if not road and (found := words.ROAD.match(text) or words.GROUP.match(text)):
                road, text = found.group(), text[found.end() :]
            if not text:
                continue
            if words.LANDMARK.match(text) or words.NOTE.fullmatch(text):
                note += text
                continue
            known = next((size for size, _ in self.gazetteer.compounds.at(text)), 0)
            if known:
                compound, text = compound or text[:known], text[known:]
            elif not compound and (found := words.COMPOUND.match(text)):
                compound, text = found.group(), text[found.end() :]
            if text and words.NOTE.fullmatch(text):
                note += text
            elif text:
                rest += text
        for piece in behind:
            if not compound and not rest and words.SURE_COMPOUND.match(piece):
                compound = piece
            else:
                note += piece
        return road, compound, rest, note


def _reason_of(found: _Found) -> Reason:
    if found.rank == Rank.OFFICIAL:
        return Reason.TOWN_VILLAGE if found.town else Reason.VILLAGE
    return {Rank.LISTED: Reason.LISTED, Rank.SWAPPED: Reason.SWAPPED}.get(found.rank, Reason.SHORT)
