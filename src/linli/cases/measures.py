"""The measures of cases: ratios of the last whole month by area, from the definitions of evaluation."""

from __future__ import annotations

from functools import partial

from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.measures import Definition, Measure, declare

from .evaluation import counts
from .evaluation.behind import failing, last_month
from .evaluation.queries import shares_by_area
from .evaluation.ratios import RATIOS, Ratio
from .permissions import VIEW

#: Shares of few cases tell more of chance than of work.
LEAST = 3
LAST_MONTH = Text("（上月）", " (last month)")


def _by_area(ratio: Ratio, actor: Actor, digits: int, area: str | None) -> dict[str, float]:
    found = shares_by_area(actor, ratio, last_month(), digits, area)
    return {code: s.value for code, s in found.items() if s.value is not None and s.denominator >= LEAST}


def _measure(ratio: Ratio) -> Measure:
    top, below = counts.BY_CODE[ratio.numerator], counts.BY_CODE[ratio.denominator]
    definition = Definition(
        top.meaning,
        below.meaning,
        ratio.version,
        ratio.clause,
        "official" if ratio.certainty == "official" else "inferred",
    )
    label = Text(f"案件：{ratio.label.zh}{LAST_MONTH.zh}", f"Cases: {ratio.label.en}{LAST_MONTH.en}")
    path = f"/cases?figure=last:{failing(ratio)}"
    return Measure(f"cases_{ratio.code}", "share", label, (VIEW,), path, partial(_by_area, ratio), definition)


declare(*(_measure(ratio) for ratio in RATIOS))
