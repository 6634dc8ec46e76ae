"""How two records are compared: levels of agreement for each fact, with what is usually true of them. Pure.

A level's condition is SQL over the columns of `standard`, suffixed `_l` and `_r` for the two records: Splink estimates
with the same words that pairs are judged by. Levels are listed from the strongest agreement down; the last is the rest.

The shares given with each level are where estimation starts from and what stays when a file is too small to say more:
`m` among records of one person, `u` among records of any two, `kin` among records of two who live together. They are ours
(inferred from errors as clerks make them, and from households of two to four), not of any standard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

NULL = -1


@dataclass(frozen=True, slots=True)
class Level:
    """One way of agreeing. `share`: the column that holds how often the agreeing value occurs, where that matters.

    `most`: what `m` is never more than, whatever is estimated. Clerks who copy a relative's number make it look as if
    people changed their names; twins would be taken for one.
    """

    code: str
    condition: str
    m: float
    u: float
    kin: float
    zh: str
    en: str
    share: str | None = None
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fact, when it cannot be compared (`unknown`), and its levels from the strongest down."""

    code: str
    zh: str
    en: str
    unknown: str
    levels: tuple[Level, ...]

    @property
    def size(self) -> int:
        """How many levels there are. Gamma counts them upwards: the weakest is 0, what is unknown NULL."""
        return len(self.levels)

    def level(self, gamma: int) -> Level:
        """The level of a gamma from 0."""
        return self.levels[self.size - 1 - gamma]

    def gamma(self, code: str) -> int:
        """The gamma of a level."""
        return self.size - 1 - next(i for i, level in enumerate(self.levels) if level.code == code)

    @property
    def sql(self) -> str:
        """The gamma of a pair."""
        cases = [f"WHEN {self.unknown} THEN {NULL}"]
        cases += [f"WHEN {level.condition} THEN {self.size - 1 - i}" for i, level in enumerate(self.levels[:-1])]
        return f"CASE {' '.join(cases)} ELSE 0 END"

    @property
    def share_sql(self) -> str | None:
        """How often the value they agree on occurs; null where the level does not ask."""
        told = [(i, level.share) for i, level in enumerate(self.levels) if level.share]
        if not told:
            return None
        cases = [f"WHEN {self.size - 1 - i} THEN greatest({c}_l, {c}_r)" for i, c in told]
        return f"CASE g_{self.code} {' '.join(cases)} END"


def _missing(column: str) -> str:
    return f"({column}_l IS NULL OR {column}_r IS NULL)"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _either(one: str, other: str) -> str:
    return f"({one}_l = {other}_r OR {other}_l = {one}_r)"


def _stated(column: str, side: str) -> str:
    """What a record says; what its number says is no second witness where the numbers are the same."""
    return f"(CASE WHEN number_code_l = number_code_r THEN {column}_said_{side} ELSE {column}_{side} END)"


_B_L, _B_R = _stated("birth", "l"), _stated("birth", "r")
_D_L, _D_R = _stated("day", "l"), _stated("day", "r")
_S_L, _S_R = _stated("sex", "l"), _stated("sex", "r")
_CLOSE = "jaro_winkler_similarity({0}_l, {0}_r) >= {1}"
# One digit or two neighbours wrong leave one half of a text as it is, which is quicker to see than the distance.
_ONE_OFF = (
    "abs(length({0}_l) - length({0}_r)) <= 1 AND (left({0}_l, length({0}_l) // 2 - 1) = left({0}_r, length({0}_l) // 2 - 1) "
    "OR right({0}_l, length({0}_l) // 2 - 1) = right({0}_r, length({0}_l) // 2 - 1)) "
    "AND damerau_levenshtein({0}_l, {0}_r) <= 1"
)
# Dates as numbers (yyyymmdd) of which one digit is another.
_DIGIT_APART = ", ".join(str(digit * 10**place) for place in range(6) for digit in range(1, 10))

NAME = Comparison(
    "name", "姓名", "name", _missing("name_code"),
    (
        Level("same", _same("name_code"), 0.88, 0.0006, 0.001, "姓名相同", "same name", "name_share"),
        Level("sound", _same("pinyin_code"), 0.04, 0.0004, 0.001, "姓名同音", "same pinyin", "pinyin_share"),
        Level("near", _same("near_code"), 0.01, 0.0002, 0.001, "姓名音近", "nearly the same pinyin"),
        Level("order", _same("letters_code"), 0.025, 0.00005, 0.001, "字序颠倒", "characters swapped"),
        Level(
            "dropped",
            f"abs(characters_l - characters_r) = 1 AND ({_same('family_code')} AND ({_same('first_code')} OR "
            f"{_either('first_code', 'second_code')} OR least(characters_l, characters_r) = 1) "
            f"OR {_either('given_code', 'pinyin_code')})",
            0.03, 0.002, 0.02, "漏一字", "a character left out",
        ),
        Level(
            "one",
            f"{_same('family_code')} AND least(characters_l, characters_r) >= 3 "
            f"AND ({_same('first_code')} OR {_same('second_code')})",
            0.012, 0.004, 0.12, "同姓且名中一字同音", "same surname, one character of the given name sounds alike",
        ),
        Level(
            "given", f"{_same('given_code')} AND least(characters_l, characters_r) >= 3",
            0.006, 0.0004, 0.002, "名同音，姓不同", "given name sounds alike, other surname",
        ),
        Level("surname", _same("family_code"), 0.004, 0.04, 0.45, "仅同姓", "only the surname is the same", most=0.004),
        Level("other", "", 0.003, 0.95, 0.4, "姓名不同", "another name", most=0.003),
    ),
)  # fmt: skip
GIVEN = Comparison(
    "given", "名", "given name", _missing("given"),
    (
        Level("same", _same("given"), 0.8, 0.005, 0.005, "名相同", "same given name", "given_share"),
        Level("close", _CLOSE.format("given", 0.88), 0.1, 0.008, 0.01, "名相近", "given name spelt nearly alike"),
        Level("swapped", _either("given", "family"), 0.04, 0.0005, 0.001, "姓名互换", "given name and surname swapped"),
        Level("letter", "given_l[1] = given_r[1]", 0.02, 0.07, 0.08, "首字母相同", "same first letter"),
        Level("other", "", 0.04, 0.9, 0.9, "名不同", "another given name"),
    ),
)  # fmt: skip
FAMILY = Comparison(
    "family", "姓", "surname", _missing("family"),
    (
        Level("same", _same("family"), 0.8, 0.002, 0.75, "姓相同", "same surname", "family_share"),
        Level("close", _CLOSE.format("family", 0.88), 0.1, 0.004, 0.02, "姓相近", "surname spelt nearly alike"),
        Level("swapped", _either("given", "family"), 0.04, 0.0005, 0.001, "姓名互换", "given name and surname swapped"),
        Level("other", "", 0.06, 0.99, 0.2, "姓不同", "another surname"),
    ),
)  # fmt: skip
NUMBER = Comparison(
    "number", "证件号码", "identity number", _missing("number_code"),
    (
        Level("same", f"{_same('number_code')} AND {_same('old')}", 0.9, 1e-7, 1e-4, "证件号码相同", "same identity number"),
        Level("widened", _same("number_code"), 0.02, 1e-8, 1e-5, "15位与18位号码相符", "15 and 18 digits of one number"),
        Level(
            "digit", f"length(number_l) >= 6 AND NOT (valid_l AND valid_r) AND {_ONE_OFF.format('number')}",
            0.06, 1e-6, 1e-4, "号码差一位或两位颠倒", "number one digit off or transposed",
        ),
        Level("other", "", 0.02, 1.0, 1.0, "证件号码不同", "another identity number"),
    ),
)  # fmt: skip
BIRTH = Comparison(
    "birth", "出生日期", "date of birth", f"({_B_L} IS NULL OR {_B_R} IS NULL)",
    (
        Level("same", f"{_B_L} = {_B_R}", 0.92, 4e-5, 0.004, "出生日期相同", "same date of birth"),
        Level(
            "swapped", f"{_B_L} // 10000 = {_B_R} // 10000 AND {_B_L} % 100 = {_B_R} // 100 % 100 AND {_B_R} % 100 = {_B_L} // 100 % 100",
            0.008, 4e-5, 1e-4, "月日颠倒", "day and month swapped",
        ),
        Level("digit", f"abs({_B_L} - {_B_R}) IN ({_DIGIT_APART})", 0.015, 0.0011, 0.002, "日期差一位", "date one digit off"),
        Level("calendar", f"abs({_D_L} - {_D_R}) <= 60", 0.02, 0.004, 0.006, "相差60天以内（农历与公历）", "within 60 days (the other calendar)"),
        Level("day", f"{_B_L} % 10000 = {_B_R} % 10000", 0.008, 0.0025, 0.0027, "月日相同，年份不同", "same day of another year"),
        Level("year", f"{_B_L} // 10000 = {_B_R} // 10000", 0.008, 0.01, 0.02, "仅年份相同", "only the year is the same"),
        Level("other", "", 0.02, 0.98, 0.96, "出生日期不同", "another date of birth"),
    ),
)  # fmt: skip
SEX = Comparison(
    "sex", "性别", "sex", f"({_S_L} IS NULL OR {_S_R} IS NULL)",
    (
        Level("same", f"{_S_L} = {_S_R}", 0.99, 0.5, 0.45, "性别相同", "same sex"),
        Level("other", "", 0.01, 0.5, 0.55, "性别不同", "another sex"),
    ),
)  # fmt: skip
PHONE = Comparison(
    "phone", "联系电话", "phone", _missing("phone_code"),
    (
        Level("same", _same("phone_code"), 0.5, 4e-6, 0.25, "电话相同", "same phone"),
        Level("digit", _ONE_OFF.format("phone"), 0.01, 2e-5, 2e-5, "电话差一位", "phone one digit off"),
        Level("other", "", 0.49, 1.0, 0.75, "电话不同", "other phone"),
    ),
)  # fmt: skip
_SOMEWHERE = "coalesce(dwelling_code_{0}, village_code_{0}, town_code_{0}) IS NULL"
# A group of villagers numbers its own doors; a list may well leave the group out.
_DOOR = f"{_same('door_code')} AND ({_missing('group_code')} OR {_same('group_code')})"
HOME = Comparison(
    "home", "住址", "home", f"({_SOMEWHERE.format('l')} OR {_SOMEWHERE.format('r')})",
    (
        Level("dwelling", _same("dwelling_code"), 0.6, 1e-5, 0.75, "同一住处", "same dwelling"),
        Level("door", _DOOR, 0.12, 2e-5, 0.08, "同村同门牌号", "same village and door numbers"),
        Level("village", _same("village_code"), 0.08, 0.004, 0.07, "同一村居", "same village"),
        Level("town", _same("town_code"), 0.04, 0.08, 0.02, "同一镇街", "same town"),
        Level("other", "", 0.16, 0.92, 0.08, "住址不同", "lives elsewhere"),
    ),
)  # fmt: skip
HEAD = Comparison(
    "head", "户主", "head of household", _missing("head_code"),
    (
        Level("same", _same("head_code"), 0.85, 0.0008, 0.85, "户主相同", "same head of household", None),
        Level("other", "", 0.15, 1.0, 0.15, "户主不同", "another head of household"),
    ),
)  # fmt: skip
STREET = Comparison(
    "street", "街道门牌", "street", _missing("street"),
    (
        Level("same", f"{_same('street_code')} AND {_same('street_number')}", 0.6, 2e-6, 0.7, "同街同号", "same street and number"),
        Level("street", _same("street_code"), 0.1, 0.0005, 0.05, "同街", "same street"),
        Level("close", _CLOSE.format("street", 0.9), 0.15, 0.001, 0.05, "街名相近", "street spelt nearly alike"),
        Level("number", _same("street_number"), 0.03, 0.015, 0.02, "门牌号相同", "same street number"),
        Level("other", "", 0.12, 0.99, 0.2, "街道不同", "another street"),
    ),
)  # fmt: skip
AREA = Comparison(
    "area", "地区", "area", "(coalesce(suburb_l, postcode_l) IS NULL OR coalesce(suburb_r, postcode_r) IS NULL)",
    (
        Level("same", f"{_same('suburb')} AND {_same('postcode')}", 0.7, 0.0005, 0.8, "同区同邮编", "same suburb and postcode"),
        Level("either", f"({_same('suburb')} OR {_same('postcode')})", 0.15, 0.002, 0.05, "区或邮编相同", "same suburb or postcode"),
        Level(
            "close", f"({_ONE_OFF.format('postcode')} OR {_CLOSE.format('suburb', 0.9)})",
            0.1, 0.02, 0.05, "区或邮编相近", "suburb or postcode nearly the same",
        ),
        Level("other", "", 0.05, 0.98, 0.1, "地区不同", "another area"),
    ),
)  # fmt: skip

HAN = (NAME, NUMBER, BIRTH, SEX, PHONE, HOME, HEAD)
LATIN = (GIVEN, FAMILY, NUMBER, BIRTH, SEX, PHONE, STREET, AREA, HEAD)
BY_SCRIPT = {"han": HAN, "latin": LATIN}
#: The column of `standard` without which a comparison says nothing, so that it is left out.
NEEDS = {
    "name": "name", "given": "given", "family": "family", "number": "number", "birth": "birth", "sex": "sex",
    "phone": "phone", "head": "head_code", "street": "street", "area": "suburb",
}  # fmt: skip
#: What the two records of a pair must have for `forbidden`: both valid, and different (issue: never one person).
FORBIDDEN = "(valid_l AND valid_r AND number_code_l <> number_code_r)"


def read_by(comparisons: tuple[Comparison, ...]) -> tuple[str, ...]:
    """The columns of `standard` that these comparisons and FORBIDDEN read, on either side."""
    told = [FORBIDDEN, *(c.sql for c in comparisons), *(c.share_sql or "" for c in comparisons)]
    return tuple(sorted({name for text in told for name in re.findall(r"\b([a-z][a-z_]*)_[lr]\b", text)}))
