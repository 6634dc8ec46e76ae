"""Ratios and indices from counts. Pure.

Money-like exactness: shares are fractions, an index is rounded once, to two decimals, half up. A term whose ratio has no
cases has no score, and an index with such a term is not told: nobody is good or bad at what did not happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .indices import GRADES, Band, Class, Grade, Index, Term
from .ratios import RATIOS, Ratio

CENT = Decimal("0.01")
FIRST_CLASS_UP_TO = 99


@dataclass(frozen=True, slots=True)
class Share:
    """A ratio of something: its two counts, and their quotient where there is one."""

    ratio: Ratio
    numerator: int
    denominator: int

    @property
    def exact(self) -> Fraction | None:
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def value(self) -> float | None:
        exact = self.exact
        return None if exact is None else float(exact)


@dataclass(frozen=True, slots=True)
class Scored:
    """A term with what it looked at (`seen`) and its score from 0 to 100; None where there was nothing."""

    term: Term
    seen: float | None
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Result:
    """An index of something; `value` and `grade` None where a term has no score."""

    index: Index
    terms: tuple[Scored, ...]
    value: Decimal | None
    grade: Grade | None


def share(ratio: Ratio, counts: Mapping[str, int]) -> Share:
    """A ratio of counts by code; what is not among them is 0."""
    return Share(ratio, counts.get(ratio.numerator, 0), counts.get(ratio.denominator, 0))


def shares(counts: Mapping[str, int]) -> dict[str, Share]:
    """Every ratio of counts."""
    return {ratio.code: share(ratio, counts) for ratio in RATIOS}


def band(number: Fraction, bands: tuple[Band, ...]) -> int:
    """The score of a number: of the first band that reaches it."""
    return next(each.score for each in bands if each.upto is None or number <= each.upto)


def compose(
    index: Index, found: Mapping[str, Share], numbers: Mapping[str, Fraction], of_class: Class = "first"
) -> Result:
    """An index from ratios, and from the numbers its bands look at."""
    terms, total = [], Fraction(0)
    for term in index.terms:
        exact = numbers.get(term.of) if term.how == "band" else found[term.of].exact
        score: Fraction | None = None
        if exact is not None:
            score = _score(term, exact, index.bands.get(of_class, ()))
            total += score * term.weight / 100
        terms.append(Scored(term, None if exact is None else float(exact), None if score is None else rounded(score)))
    if any(each.score is None for each in terms):
        return Result(index, tuple(terms), None, None)
    value = rounded(total)
    return Result(index, tuple(terms), value, grade(value))


def _score(term: Term, exact: Fraction, bands: tuple[Band, ...]) -> Fraction:
    if term.how == "band":
        return Fraction(band(exact, bands))
    return 100 * (exact if term.how == "share" else 1 - exact)


def rounded(number: Fraction) -> Decimal:
    """A fraction to two decimals, half up."""
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(CENT, ROUND_HALF_UP)


def grade(value: Decimal) -> Grade:
    """A to E: each band includes its lower bound."""
    return next(letter for least, letter in GRADES if value >= least)


def class_of(area: str) -> Class:
    """Streets (街道, 001 to 099 after GB/T 10114) are areas of the first class, towns and villages the second: inferred."""
    return "first" if len(area) >= 9 and int(area[6:9]) <= FIRST_CLASS_UP_TO else "second"
