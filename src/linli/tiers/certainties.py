"""How sure the indicators are that something is judged by: the one way to count what is official and what inferred. Pure.

An indicator has a text and bounds (标准值), and each of them was read in an official table or not. Pages, papers and tables count by this
module, over the indicators that are asked for at a tier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from linli.kernel.errors import Text

#: `official`: the text and every bound; `bounds`: the text is official, a bound is inferred; `inferred`: the text is none.
Sure = Literal["official", "bounds", "inferred"]
INFERRED = "推断值,待官方文本校核"
MARKS: dict[Sure, str] = {"official": "官方", "bounds": f"官方文本，标准值为{INFERRED}", "inferred": INFERRED}
_ALL = Text("共 {of} 条指标，都是官方文本。", "{of} indicators, all of them official text.")
_SOME = Text(
    "共 {of} 条指标：官方文本 {texts} 条，推断 {inferred} 条；官方文本中 {bounds} 条的标准值也是推断的。推断的均为推断值,待官方文本校核。",
    "{of} indicators: {texts} official text, {inferred} inferred; of the official ones {bounds} have an inferred bound. What is inferred "
    "waits for the official text.",
)


@dataclass(frozen=True, slots=True)
class Sources:
    """How many indicators have an official text (`texts`), how many of these an inferred bound (`bounds`), how many an inferred text."""

    texts: int
    bounds: int
    inferred: int

    @property
    def of(self) -> int:
        return self.texts + self.inferred


def sure(certainty: str, bounds: Iterable[str]) -> Sure:
    """How sure an indicator is, by the certainty of its text and of its bounds."""
    if certainty != "official":
        return "inferred"
    return "official" if all(each == "official" for each in bounds) else "bounds"


def counted(found: Iterable[Sure]) -> Sources:
    """Count indicators by how sure they are."""
    kinds = list(found)
    return Sources(len(kinds) - kinds.count("inferred"), kinds.count("bounds"), kinds.count("inferred"))


def told(sources: Sources) -> Text:
    """The counts in words."""
    told = _SOME if sources.bounds or sources.inferred else _ALL
    given = {"of": sources.of, "texts": sources.texts, "bounds": sources.bounds, "inferred": sources.inferred}
    return Text(told.zh.format(**given), told.en.format(**given))
