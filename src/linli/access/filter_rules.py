"""What of a list's filters may be saved under a name: codes and words of our own, nothing that tells of a person. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from linli.kernel.errors import FieldProblem, Text

MOST_FILTERS = 30  # of one account and list
MOST_VALUES = 20
LIST = r"^[a-z][a-z0-9-]{0,40}$"

_KEY = re.compile(r"[a-z][a-z0-9_]{0,30}")
#: Search words, whoever is looked at, and the area, which is chosen for all lists at once.
_NEVER = frozenset({"q", "words", "name", "number", "phone", "person", "account", "actor", "area", "cursor", "limit"})
_VALUE = re.compile(
    r"[a-z][a-z_-]{0,30}(,[a-z][a-z_-]{0,30}){0,7}"  # a word of ours, or several
    r"|[0-9A-Za-z]{1,8}"  # a code of a list
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}"  # a day
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # a unit or a group of areas
)
_DIGITS = re.compile(r"\d{5,}")
_NAME_LENGTH = 40

_PERSONAL = Text(
    "只能保存代码类筛选条件，不能保存姓名、号码等个人信息。",
    "Only codes can be saved, not names, numbers or anything else about a person.",
)
_NUMBER_IN_NAME = Text("名称里不要写号码。", "Leave numbers of people out of the name.")
_NO_NAME = Text("请填写名称，最多 40 个字。", "Give a name, 40 characters at most.")
_NOTHING = Text("没有可保存的筛选条件。", "There is no filter to save.")


def check(name: str | None, values: Mapping[str, str] | None) -> tuple[FieldProblem, ...]:
    """What stands against saving; None is not looked at."""
    found = []
    if name is not None:
        if not 1 <= len(name.strip()) <= _NAME_LENGTH:
            found.append(FieldProblem("name", "length", _NO_NAME))
        elif _DIGITS.search(name):
            found.append(FieldProblem("name", "personal", _NUMBER_IN_NAME))
    if values is not None:
        if not values:
            found.append(FieldProblem("values", "required", _NOTHING))
        elif len(values) > MOST_VALUES or not all(storable(key, value) for key, value in values.items()):
            found.append(FieldProblem("values", "personal", _PERSONAL))
    return tuple(found)


def storable(key: str, value: str) -> bool:
    """Whether a filter's value may be kept."""
    return bool(key not in _NEVER and _KEY.fullmatch(key) and _VALUE.fullmatch(value))
