"""Coded values as columns: the code itself, its official label, or one of the ways people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Dict
from dataclasses import dataclass

import polars as pl

# Words that say the value is not known; they read as empty and are no error.
NOTHING = frozenset({"无", "未知", "不详", "暂无", "空", "-", "--", "/", "未填", "待核实", "null", "none", "n/a"})


@dataclass(frozen=True, slots=True)
class CodeList:
    """One list: `by_word` leads from the normal form of every code, label and variant to the code;
    `labels` are the official ones, for telling people what to choose from, and `codes` theirs, in the same order."""

    name: str
    by_word: Dict[str, str]
    labels: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Everything that is understood."""
        return frozenset(self.by_word)


@dataclass(frozen=True, slots=True)
class Coded:
    """Per row: the code, and what is wrong."""

    code: pl.Series
    wrong: pl.Series


def word(value: str) -> str:
    """The form values are compared in: half-width, lower case, without spaces and closing brackets."""
    text = unicodedata.normalize("NFKC", value)
    return re.sub(r"\s+", "", text).strip("。.,，;；").lower()


def read_codes(values: pl.Series, codes: CodeList) -> Coded:
    """Check a column. Works on the distinct values, of which a coded column has few."""
    distinct = values.drop_nulls().unique()
    found, wrong = [], []
    for value in distinct.to_list():
        code = _find(value, codes)
        found.append(code)
        wrong.append(None if code is not None or word(value) in NOTHING else "code.unknown")
    return Coded(
        values.replace_strict(distinct, pl.Series(found, dtype=pl.String), default=None, return_dtype=pl.String),
        values.replace_strict(distinct, pl.Series(wrong, dtype=pl.String), default=None, return_dtype=pl.String),
    )


def _find(value: str, codes: CodeList) -> str | None:
    plain = word(value)
    for candidate in (
        plain,
        re.sub(r"\.0$", "", plain),
        re.sub(r"[(（\[].*[)）\]]$", "", plain),
        # "01汉族", "1-男", "汉族(01)": the label with its code beside it.
        re.sub(r"^[0-9]+[-.、:_\s]*", "", plain),
    ):
        if candidate in codes.by_word:
            return codes.by_word[candidate]
    # Excel makes 1 of 01.
    padded = plain.zfill(2)
    return codes.by_word.get(padded) if plain.isdigit() else None
