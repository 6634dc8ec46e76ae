"""The seed texts: reports of our own writing, so that a new district has a usable first model. Synthetic, no real case."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Seed(NamedTuple):
    """A made-up report and the code of its category: local majors 51–59 or a matter of GB/T 47678.5."""

    code: str
    text: str


@cache
def seeds() -> tuple[Seed, ...]:
    """All seed texts, by category."""
    return tuple(Seed(code, line) for code, line, heading in _lines() if not heading)


@cache
def names() -> tuple[Seed, ...]:
    """The name of each category that has seed texts."""
    return tuple(Seed(code, line) for code, line, heading in _lines() if heading)


def first_lessons() -> tuple[Seed, ...]:
    """What a first model learns: the seed texts, and the names, whose words nobody needs to have used yet."""
    return seeds() + names()


def _lines() -> Iterator[tuple[str, str, bool]]:
    code = ""
    for line in files("linli.cases.text").joinpath("data/seeds.txt").read_text("utf-8").splitlines():
        if line[:1] == "#" and line[1:2].isdigit():
            code, name = line[1:].split(maxsplit=1)
            yield code, name.strip(), True
        elif line.strip() and not line.startswith("#"):
            yield code, line.strip(), False
