"""The seed texts: reports of our own writing, so that a new district has a usable first model. Synthetic, no real case."""

from __future__ import annotations

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
    found, code = [], ""
    for line in files("linli.cases.text").joinpath("data/seeds.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            code = line[1:].split()[0] if line[1:2].isdigit() else code
        elif line.strip():
            found.append(Seed(code, line.strip()))
    return tuple(found)
