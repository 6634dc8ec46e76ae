"""Conditions as a line of text people can type, and back.

年龄>=60 且 独居                        age>=60 and lives_alone
60岁以上独居                            (conditions side by side must all hold)
(标签=低保 或 标签=特困) 且 非 有电话     (tag=minimum_living or tag=destitute) and not has_phone
年龄=60..79  性别=女  村居=370302001001   population_kind in (流动人口, 境外人员)
"住房面积">=60                           custom:0197…>=60  (a custom field, by its name or id)
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .columns import CUSTOM
from .conditions import (
    DEEPEST,
    EVERYBODY,
    FLAGS,
    MOST,
    NAMES,
    All,
    Any_,
    Condition,
    Flag,
    Not,
    Test,
    from_json,
    test_of,
    to_json,
    wrong,
)  # fmt: skip

LONGEST_WORD = 60
_TOKEN = re.compile(
    r"\s*(?:(?P<years>(\d{1,3})\s*(?:[-~至到]\s*(\d{1,3}))?\s*周?岁(以上|及以上|以下|及以下)?)|"
    r"(?P<op>>=|<=|!=|<>|==|=|>|<)|(?P<mark>[(),])|(?P<range>\.\.)|"
    r"\"(?P<quoted>[^\"]{0,60})\"|(?P<word>[^\s()=<>!,.\"]+))"
)
_FORMS = str.maketrans(
    {"（": "(", "）": ")", "，": ",", "、": ",", "≥": ">=", "≤": "<=", "≠": "!=", "＞": ">", "＜": "<", "＝": "=",
     "；": ",", "：": "="}
)  # fmt: skip
_QUOTES = str.maketrans({"“": '"', "”": '"', "＂": '"'})
_AND, _OR, _NOT, _IN = {"and", "且", "并且", "和", "同时", "&"}, {"or", "或", "或者", "|"}, {"not", "非", "不", "没"}, {
    "in", "在", "属于", "为", "是",
}  # fmt: skip
_GLUED = sorted((n for n in (*NAMES, *_AND, *_OR, "非", "不", "没") if not n.isascii()), key=len, reverse=True)
_JOINTS = ("并且", "或者", "同时", "且", "或")
_BEGINS = tuple(n for n in (*NAMES, "非", "不", "没") if not n.isascii())


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # word, quoted, op, mark, range, years, end
    text: str
    at: int
    years: tuple[str, ...] = ()


def from_text(text: str) -> Condition:
    """A condition from a line of text; of everybody when it is blank. Raises ConditionInvalid."""
    tokens = _tokens(text)
    if len(tokens) == 1:
        return EVERYBODY
    reader = _Reader(tokens)
    found = reader.alternatives(0)
    if reader.now.kind != "end":
        raise wrong(reader.now.at, "多出的内容", "there is more than is understood")
    return from_json(to_json(found))  # the same bounds as for JSON


def _tokens(text: str) -> list[_Token]:
    plain = _plain(text)
    found: list[_Token] = []
    place = 0
    while place < len(plain):
        if len(found) > MOST * 4:
            raise wrong(1, "条件太多", "it has too many parts")
        hit = _TOKEN.match(plain, place)
        if hit is None or hit.end() == place:
            raise wrong(place + 1, "有不认识的符号", "there is an unknown sign")
        kind = next(k for k in ("years", "op", "mark", "range", "quoted", "word") if hit.group(k) is not None)
        at = hit.start(kind) + 1
        if kind == "years":
            found.append(_Token(kind, hit["years"], at, tuple(g or "" for g in hit.group(2, 3, 4))))
        elif kind == "word" and len(hit["word"]) > LONGEST_WORD:
            raise wrong(at, "词太长", "a word is too long")
        elif kind == "word":
            found += [_Token("word", piece, at) for piece in _unglued(hit["word"])]
        else:
            found.append(_Token(kind, hit.group(kind), at))
        place = hit.end()
    return [*found, _Token("end", "", len(plain) + 1)]


def _plain(text: str) -> str:
    """The line with marks and letters in one form; what stands in quotes keeps its marks."""
    parts = text.translate(_QUOTES).split('"')
    quoted = set(range(1, len(parts) - 1, 2))
    told = [part if at in quoted else part.translate(_FORMS) for at, part in enumerate(parts)]
    told = [unicodedata.normalize("NFKC", part) for part in told]
    return '"'.join(part if at in quoted else part.translate(_FORMS) for at, part in enumerate(told)).rstrip()


def _unglued(word: str) -> list[str]:
    """独居且有电话 is three words, and so is 女或民族 in 性别=女或民族=回族; a word that is none of ours stays whole."""
    if word in NAMES or word.isascii():
        return [word]
    for joint in _JOINTS:
        place = word.find(joint, 1)
        rest = word[place + len(joint) :]
        if place > 0 and rest.startswith(_BEGINS):
            return [*_unglued(word[:place]), joint, *_unglued(rest)]
    for known in _GLUED:
        if word.startswith(known) and len(word) > len(known):
            rest_pieces = _unglued(word[len(known) :])
            if all(piece in NAMES or piece in _AND | _OR | _NOT for piece in rest_pieces):
                return [known, *rest_pieces]
    return [word]


class _Reader:
    """Recursive descent: alternatives of conjunctions of (negated) comparisons and flags."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._place = tokens, 0

    @property
    def now(self) -> _Token:
        return self._tokens[self._place]

    def _next(self) -> _Token:
        token = self.now
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _takes(self, words: set[str]) -> bool:
        if self.now.kind == "word" and self.now.text.lower() in words:
            self._next()
            return True
        return False

    def _marks(self, mark: str) -> bool:
        if self.now.kind == "mark" and self.now.text == mark:
            self._next()
            return True
        return False

    def alternatives(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise wrong(self.now.at, "嵌套太深", "it goes too deep")
        parts = [self._conjunction(depth)]
        while self._takes(_OR):
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def _conjunction(self, depth: int) -> Condition:
        parts = [self._factor(depth)]
        while True:
            if self._takes(_AND) or self._marks(","):
                parts.append(self._factor(depth))
            elif self.now.kind == "quoted" or (self.now.kind in ("word", "years") and self.now.text.lower() not in _OR):
                parts.append(self._factor(depth))  # side by side
            elif self.now.kind == "mark" and self.now.text == "(":
                parts.append(self._factor(depth))
            else:
                return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _factor(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise wrong(self.now.at, "嵌套太深", "it goes too deep")
        if self._takes(_NOT):
            return Not(self._factor(depth + 1))
        if self._marks("("):
            inner = self.alternatives(depth + 1)
            if not self._marks(")"):
                raise wrong(self.now.at, "缺少右括号", "a closing bracket is missing")
            return inner
        token = self._next()
        if token.kind == "years":
            return _years(token)
        if token.kind == "quoted":
            return self._comparison(f"{CUSTOM}{token.text}", token.at)
        if token.kind == "word" and token.text.lower().startswith(CUSTOM):
            return self._comparison(token.text.lower(), token.at)
        name = NAMES.get(token.text) or NAMES.get(token.text.lower())
        if token.kind != "word" or name is None:
            raise wrong(token.at, "没有这一项", "there is no such field")
        if name in FLAGS:
            return Flag(name)
        return self._comparison(name, token.at)

    def _comparison(self, name: str, at: int) -> Condition:
        if self.now.kind == "years":  # 年龄60岁以上
            if name.startswith(CUSTOM):
                raise wrong(self.now.at, "缺少比较符号", "an operator is missing")
            return _years(self._next())
        if self._takes(_IN):
            op = "="
        elif self.now.kind == "op":
            op = {"==": "=", "<>": "!="}.get(self.now.text, self.now.text)
            self._next()
        else:
            raise wrong(self.now.at, "缺少比较符号", "an operator is missing")
        if self._marks("("):
            values = [self._value()]
            while self._marks(","):
                values.append(self._value())
            if not self._marks(")"):
                raise wrong(self.now.at, "缺少右括号", "a closing bracket is missing")
            return test_of(name, op, values, at)
        first = self._value()
        if self.now.kind == "range" and op == "=":
            self._next()
            return test_of(name, "between", (first, self._value()), at)
        return test_of(name, op, (first,), at)

    def _value(self) -> str:
        token = self._next()
        if token.kind == "years" and token.years[1:] == ("", ""):
            return token.years[0]
        if token.kind not in ("word", "quoted"):
            raise wrong(token.at, "缺少值", "a value is missing")
        return token.text


def _years(token: _Token) -> Condition:
    low, high, side = token.years
    if high:
        return test_of("age", "between", (low, high), token.at)
    if side.endswith("以上"):
        return test_of("age", ">=", (low,), token.at)
    # 民法典 第一千二百五十九条: 以上 and 以下 include the number itself.
    return test_of("age", "<=" if side else "=", (low,), token.at)


def to_text(condition: Condition, nested: bool = False) -> str:
    """The condition as a line that `from_text` reads again."""
    match condition:
        case Flag(name):
            return name
        case Not(part):
            return f"not {to_text(part, True)}"
        case Test(field, op, values):
            told = [str(v) if re.fullmatch(r"[\w]+", str(v)) else f'"{v}"' for v in values]
            name = _name(field)
            if op == "between":
                return f"{name}={told[0]}..{told[1]}"
            return f"{name}{op}{told[0]}" if len(told) == 1 else f"{name}{op}({', '.join(told)})"
        case All(parts) | Any_(parts):
            word = " and " if isinstance(condition, All) else " or "
            line = word.join(to_text(p, True) for p in parts)
            return f"({line})" if nested and len(parts) > 1 else line


def _name(field: str) -> str:
    """How a line calls a field: a custom one by its id, else by its name in quotes."""
    if not field.startswith(CUSTOM) or re.fullmatch(rf"{CUSTOM}[0-9a-f-]{{36}}", field):
        return field
    return f'"{field.removeprefix(CUSTOM)}"'
