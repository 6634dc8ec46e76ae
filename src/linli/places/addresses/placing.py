"""The place text of an address: which town and village it names, and what road and compound stand behind.

A name that may mean several villages is never guessed: the village stays empty and the possibilities are listed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .gazetteer import Gazetteer, Home, Named, Rank
from .text import PIECE


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


@dataclass(slots=True)
class _Found:
    """The search so far."""

    town: str = ""
    named: tuple[Named, ...] = ()
    rank: Rank = Rank.OFFICIAL
    hints: tuple[Named, ...] = ()
    mismatch: bool = False
    words: str = ""


_ROAD = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:路|大街|大道|街|胡同|巷|国道|省道|[东西南北]道)(?:[东西南北中]段|[东西南北]侧)?")
_GROUP = re.compile(r"[\u4e00-\u9fff]{1,6}?(?:自然村|村民小组|生产队)")
_COMPOUND = re.compile(
    r"[\u4e00-\u9fff0-9A-Z·]{1,16}?(?:小区|花园|家园|嘉园|公寓|新村|新居|宿舍|家属院|社区|新城|华庭|雅居|名居|名都|名邸|府邸"
    r"|国际|广场|大厦|公馆|别墅|山庄|庄园|苑|城|府|里|园|庭|湾|轩|郡|墅|院|大院|楼)(?:[东西南北中]区|[0-9A-Z][区期]|[东西南北]院)?"
)
_PART = re.compile(r"[0-9A-Z]+[区期]$")
_NOTE = re.compile(
    r"(?:村委会?|居委会?|大队部?|村部|村口|学校|小学|中学|卫生室|超市|广场|医院|桥头?|桥)?"
    r"(?:[正东西南北]{0,2}[东西南北前后旁左右](?:边|侧|面|头|首|邻|方|角|院|村)?|旁边?|附近|对面|对过|隔壁|路口|村头|村口|村内|院内|内|处)$"
)
_LANDMARK = re.compile(r"(?:村民委员会|居民委员会|村委会?|居委会?|大队部?|村部)")
_STREET = re.compile(r"[东西南北中]?(?:路|大街|街|大道|巷)")
# What may stand behind a bare stem (城里, 张庄) for it to be a village and not the start of another name.
_AFTER_SHORT = re.compile(
    rf"$|{PIECE}|[0-9A-Z#\-]|(?:村委|居委|大队|村部|村口|学校|小学|卫生室)|[东西南北前后]?(?:边|侧|面|头|首)"
    r"|[\u4e00-\u9fff]{2,7}?(?:路|大街|大道|胡同|巷)"
    r"|[\u4e00-\u9fff]{2,12}?(?:小区|花园|家园|嘉园|公寓|宿舍|家属院|新城|华庭|雅居|名居|国际|大厦|公馆|别墅|山庄|苑|府|园|庭|湾|轩|郡)"
)


class Placer:
    """Reads place texts against one gazetteer."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer

    def read(self, text: str, within: str = "") -> Place:
        """Read one place text (pieces joined by PIECE); `within` is the area it is taken to lie in."""
        pieces = [p for p in text.split(PIECE) if p]
        if not pieces:
            return self._without_village(_Found(), [], within)
        first = self._without_upper(pieces[0])
        if self.gazetteer.elsewhere.match(first):
            whole = "".join(pieces)
            return Place(confidence=Reason.OUTSIDE.confidence, reason=_said(Reason.OUTSIDE), words=whole)
        pieces[0] = first
        found, left = self._search(pieces)
        if found.named and not found.mismatch:
            return self._with_village(found, left, within)
        return self._without_village(found, left, within)

    def _without_upper(self, text: str) -> str:
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
        return text

    def _starts_place(self, text: str) -> bool:
        names = self.gazetteer
        lookups = (names.town_names, names.short_town_names, names.village_names)
        return any(next(iter(lookup.at(text)), None) for lookup in lookups)  # type: ignore[attr-defined]

    def _search(self, pieces: list[str]) -> tuple[_Found, list[str]]:
        """Look for town and village at the start of each piece, then for a full village name anywhere."""
        found, left = _Found(), []
        for index, piece in enumerate(pieces):
            rest = piece
            if not found.town:
                for size, code in self.gazetteer.town_names.at(rest):
                    found.town, found.words, rest = code, rest[:size], rest[size:]
                    break
            if not found.named:
                rest = self._village_at_start(found, rest, only_full=index > 0 and rest == piece)
            if rest:
                left.append(rest)
        if not found.named:
            for index, piece in enumerate(left):
                if cut := self._village_inside(found, piece):
                    left[index : index + 1] = [p for p in cut if p]
                    break
        return found, left

    def _village_at_start(self, found: _Found, text: str, only_full: bool) -> str:
        """Take a village name off the start of `text`, with a bare town name before it if there is one."""
        if not found.town:
            for size, town in self.gazetteer.short_town_names.at(text):
                for length, named in self.gazetteer.village_names.at(text, size):
                    inside = tuple(n for n in named if n.code.startswith(town))
                    if inside and min(n.rank for n in inside) < Rank.SHORT:
                        found.town = town
                        self._take(found, inside)
                        return text[size + length :]
        for length, named in self.gazetteer.village_names.at(text):
            rest = text[length:]
            here = tuple(n for n in named if n.code.startswith(found.town))
            best = min(n.rank for n in here or named)
            if best == Rank.SHORT and (only_full or not _AFTER_SHORT.match(rest)):
                if not _STREET.match(rest):
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
            landmark = _LANDMARK.search(text[:length]) if rest and _NOTE.match(rest) else None
            found.words += text[: landmark.start() if landmark else length]
            return landmark.group() + rest if landmark else rest
        return text

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
        found.rank = min(n.rank for n in named)
        found.named = tuple(n for n in named if n.rank == found.rank)

    def _with_village(self, found: _Found, left: list[str], within: str) -> Place:
        road, compound, rest, note = self._words(left)
        chosen, reason = found.named, _reason_of(found)
        if len(chosen) > 1 and within:
            near = tuple(n for n in chosen if n.code.startswith(within) or within.startswith(n.code))
            if len(near) == 1:
                chosen, reason = near, Reason.WITHIN
        if len(chosen) > 1 and (homes := self._homes(compound or rest)):
            near = tuple(n for n in chosen if any(h.village_code == n.code for h in homes))
            if len(near) == 1:
                chosen, reason = near, Reason.COMPOUND
        if len(chosen) == 1:
            code, confidence = chosen[0].code, reason.confidence
            others = "|".join(n.code for n in found.named if n.code != code)
            return Place(code[:9], code, road, compound, rest, note, confidence, _said(reason), others)
        codes = [n.code for n in chosen]
        town = codes[0][:9] if len({c[:9] for c in codes}) == 1 else ""
        return self._open(Reason.AMBIGUOUS, town, codes, (road, compound, rest, note), found.words)

    def _without_village(self, found: _Found, left: list[str], within: str) -> Place:
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
            return Place(code[:9], code, road, compound, rest, note, reason.confidence, _said(reason), others)
        hinted = sorted({n.code for n in found.hints if n.code.startswith(found.town)}) if not villages else villages
        near = [v for v in hinted if v.startswith(within) or within.startswith(v)] if within else []
        fits = not found.town or within.startswith(found.town)
        if len(within) >= 12 and fits and (not hinted or within[:12] in hinted):
            near = [within[:12]]
        if len(near) == 1:
            code, confidence = near[0], Reason.WITHIN.confidence
            return Place(code[:9], code, road, compound, rest, note, confidence, _said(Reason.WITHIN))
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
        why = _said(reason)
        if codes:
            why += "：" + "、".join(f"{self.gazetteer.label(c)}({c})" for c in codes[:6])
        return Place(town, "", *said, reason.confidence, why, "|".join(codes), words)

    def _homes(self, compound: str) -> tuple[Home, ...]:
        return (self.gazetteer.compounds.get(compound) or ()) if compound else ()

    def _words(self, left: list[str]) -> tuple[str, str, str, str]:
        """Split what is left into road, compound, words of unknown use, and a note of position."""
        road = compound = rest = note = ""
        for piece in left:
            text = piece
            if rest and text[0].isascii() and not _PART.match(text):
                text, rest = rest + text, ""  # 淄矿 + 301宿舍
            if _PART.match(text) and (compound or rest):
                compound, rest = (compound + text, rest) if compound else (compound, rest + text)
                continue
            if not road and (found := _ROAD.match(text)) or not road and (found := _GROUP.match(text)):
                road, text = found.group(), text[found.end() :]
            if not text:
                continue
            if _LANDMARK.match(text) or _NOTE.fullmatch(text):
                note += text
                continue
            known = next((size for size, _ in self.gazetteer.compounds.at(text)), 0)
            if known:
                compound, text = compound or text[:known], text[known:]
            elif not compound and (found := _COMPOUND.match(text)):
                whole = _COMPOUND.fullmatch(text)
                compound, text = (text, "") if whole else (found.group(), text[found.end() :])
            if text and _NOTE.fullmatch(text):
                note += text
            elif text:
                rest += text
        return road, compound, rest, note


def _reason_of(found: _Found) -> Reason:
    if found.rank == Rank.OFFICIAL:
        return Reason.TOWN_VILLAGE if found.town else Reason.VILLAGE
    return {Rank.LISTED: Reason.LISTED, Rank.SWAPPED: Reason.SWAPPED}.get(found.rank, Reason.SHORT)


def _said(reason: Reason) -> str:
    return f"{reason.code}: {reason.words}"
