"""How alike reports are, by what is rare in them and by the company they keep.

Two tellers of one event share a name and the matter and little else, so a direct comparison misses many pairs. Reports are
therefore compared by the company they keep: how far the neighbours overlap that name each other, as their nearest name them too
(k-reciprocal encoding, as image search does it; Zhong and others 2017). Where an event has too few tellers to keep company it helps that
each is also seen through its nearest: two reports whose neighbours are alike are alike (query expansion). Sparse products only; loads
scipy when called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..text import grams
from ..text.model import softened

Numbers = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]

#: How often a place of its own is counted beside the text.
PLACE_TIMES = 3
#: Runs of two and three characters: single ones say nothing here, and longer ones punish every slip of the pen.
LONGEST_GRAM = 3
#: What a run of three weighs beside one of two: it remembers phrases, which tellers of one event seldom share.
OF_THREE = 0.7
#: Runs in more than this share of the reports are no sign of one event, and in more than so many they cost too much.
COMMONEST_SHARE, COMMONEST = 0.06, 3_000
#: Through how many of its nearest a report is seen: about as many as tell of a large event, fewer among few reports.
NEIGHBOURS = 60
#: By how many of its nearest a report's company is smoothed, as a share of NEIGHBOURS; and how many it has at most.
SMOOTHED, MOST_COMPANY = 0.4, 160
#: The share of the company in common in the last word; the rest is the likeness through neighbours, which helps where an
#: event has too few tellers to keep company.
COMPANY_SHARE = 0.8
#: Nearest kept of each report, and pairs proposed of it: groups of a hundred tellers stay whole.
MOST, MOST_PAIRS = 120, 250
LEAST = 0.02
#: What a run in one report alone weighs in that report's length.
UNSHARED = 0.3
OTHER_CATEGORY = 0.8
#: Time between two reports lowers their likeness, at most to this share: an event may be told of for a year.
LONG_AGO, HALF_LIFE_DAYS = 0.75, 90.0
_ROWS = 512


@dataclass(frozen=True, slots=True)
class Report:
    """What is compared of a report; place, category and day count where both have them."""

    text: str
    place: str = ""
    category: str = ""
    day: date | None = None


class Pairs(NamedTuple):
    """Rows of reports, the smaller first, with a score between 0 and 1, best first."""

    one: Numbers
    other: Numbers
    score: Scores


def pairs(reports: Sequence[Report]) -> Pairs:
    """Every pair that may tell of one event."""
    if len(reports) < 2:
        return Pairs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
    direct = neighbours(vectors(reports))
    alike = COMPANY_SHARE * in_company(direct) + (1 - COMPANY_SHARE) * through_neighbours(direct)
    return _ordered(circumstances(_nearest(alike.tocsr(), MOST_PAIRS), reports))


def similar(report: Report, others: Sequence[Report], most: int = 5) -> list[tuple[int, float]]:
    """The rows of `others` that may tell of the same event as `report`, best first: for a report being written.

    Compares directly: the others are candidates already, of the same place or the last weeks.
    """
    if not others:
        return []
    matrix = vectors([report, *others])
    direct = (matrix[1:] @ matrix[0].T).toarray().ravel()
    factors = _factors([report, *others], np.zeros(len(others), dtype=np.int64), np.arange(1, len(others) + 1))
    scores = calibrated(direct * factors, DIRECT)
    order = np.argsort(-scores, kind="stable")[:most]
    return [(int(i), float(scores[i])) for i in order if direct[i] >= LEAST]


def vectors(reports: Sequence[Report]) -> Any:
    """Reports as sparse rows of length one over the runs of characters that at least two of them share."""
    from scipy.sparse import csr_matrix

    counted = [grams.count_parts(((r.text, 1), (r.place, PLACE_TIMES)), LONGEST_GRAM) for r in reports]
    row = np.repeat(np.arange(len(reports)), [c.grams.size for c in counted])
    times = np.concatenate([c.times for c in counted])
    known, column, texts = np.unique(
        np.concatenate([c.grams for c in counted]), return_inverse=True, return_counts=True
    )
    # Among a handful of reports what two share may be in half of them, and must count all the same.
    few = len(reports) < 2 / COMMONEST_SHARE
    weight = np.log((len(reports) + few) / texts).astype(np.float32)
    weight[grams.lengths(known) == LONGEST_GRAM] *= OF_THREE
    most = len(reports) if few else max(NEIGHBOURS, min(COMMONEST_SHARE * len(reports), COMMONEST))
    telling = (grams.lengths(known) > 1) & (texts <= most)
    kept = telling & (texts >= 2)
    place = np.cumsum(kept) - 1
    used = kept[column]
    told = softened(times[used]) * weight[column[used]]
    matrix = csr_matrix((told, (row[used], place[column[used]])), shape=(len(reports), int(kept.sum())))
    # Runs that nobody shares lengthen a row too: two reports with one phrase in common are not one report.
    own = telling[column]
    every = softened(times[own]) * weight[column[own]] * np.where(texts[column[own]] > 1, 1.0, UNSHARED)
    lengths = np.sqrt(np.bincount(row[own], weights=every**2, minlength=len(reports)))
    matrix.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(matrix.indptr)).astype(np.float32)
    return matrix


def neighbours(matrix: Any, most: int = MOST) -> Any:
    """Likeness of each row to its `most` nearest, as a symmetric sparse matrix with an empty diagonal."""
    from scipy.sparse import csr_matrix

    turned = matrix.T.tocsr()
    rows, columns, values = [], [], []
    for start in range(0, matrix.shape[0], _ROWS):
        block = (matrix[start : start + _ROWS] @ turned).toarray()
        size = block.shape[0]
        block[np.arange(size), np.arange(start, start + size)] = 0
        most_here = min(most, block.shape[1] - 1)
        near = np.argpartition(-block, most_here - 1, axis=1)[:, :most_here] if most_here else np.empty((size, 0), int)
        value = np.take_along_axis(block, near, axis=1)
        told = value >= LEAST
        rows.append(np.repeat(np.arange(start, start + size), near.shape[1])[told.ravel()])
        columns.append(near[told])
        values.append(value[told])
    whole = csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(matrix.shape[0],) * 2
    )
    return whole.maximum(whole.T).tocsr()


def through_neighbours(direct: Any) -> Any:
    """Likeness of what two rows' nearest say: W·S·Wᵀ scaled to one on the diagonal, each pair once, above it."""
    from scipy.sparse import csr_matrix, identity, vstack

    rows = direct.shape[0]
    itself = identity(rows, dtype=np.float32, format="csr")
    whole, weights = (
        (direct + itself).tocsr(),
        (_standing_out(direct, min(NEIGHBOURS, 1 + int(rows**0.5))) + itself).tocsr(),
    )
    turned = weights.T.tocsr()
    spans = [slice(start, min(start + _ROWS, rows)) for start in range(0, rows, _ROWS)]
    lengths = np.concatenate([np.asarray((weights[s] @ whole).multiply(weights[s]).sum(axis=1)).ravel() for s in spans])
    scale = (1 / np.sqrt(np.maximum(lengths, 1e-9))).astype(np.float32)
    found = []
    for span in spans:
        seen = ((weights[span] @ whole) @ turned).tocoo()
        alike = seen.data * scale[seen.row + span.start] * scale[seen.col]
        told = (seen.col > seen.row + span.start) & (alike >= LEAST)
        shape = (span.stop - span.start, rows)
        found.append(_nearest(csr_matrix((alike[told], (seen.row[told], seen.col[told])), shape=shape), MOST_PAIRS))
    return vstack(found).tocsr()


def in_company(direct: Any) -> Any:
    """How far the company of two rows overlaps (Jaccard over weights), each pair once, above the diagonal.

    A row's company are itself and the nearest that count it among theirs, weighed by how far they stand out, and averaged
    with the company of its very nearest: tellers whom chance made alike name each other, but do not have friends in common.
    """
    from scipy.sparse import csr_matrix, identity, vstack

    rows = direct.shape[0]
    most = min(NEIGHBOURS, 1 + int(rows**0.5))
    itself = identity(rows, dtype=np.float32, format="csr")
    near = _nearest(_standing_out(direct, most), most)
    mutual = near.multiply(near.T > 0).tocsr()
    usual = float(np.median(mutual.data)) if mutual.nnz else 1.0
    nearest = _nearest(direct, max(1, round(SMOOTHED * most)))
    company = _nearest((_shares(nearest.sign() + itself) @ _shares(mutual + usual * itself)).tocsr(), MOST_COMPANY)
    turned, sizes = company.tocsc(), np.asarray(company.sum(axis=1)).ravel()
    found = []
    for row in range(rows):
        span = slice(company.indptr[row], company.indptr[row + 1])
        spans = [slice(turned.indptr[c], turned.indptr[c + 1]) for c in company.indices[span]]
        others = np.concatenate([turned.indices[s] for s in spans])
        shared = np.concatenate(
            [np.minimum(turned.data[s], weight) for s, weight in zip(spans, company.data[span], strict=True)]
        )
        overlap = np.bincount(others, weights=shared, minlength=rows)[row + 1 :]
        at = np.flatnonzero(overlap)
        alike = overlap[at] / (sizes[row] + sizes[at + row + 1] - overlap[at])
        found.append(csr_matrix((alike.astype(np.float32), (np.zeros(at.size, int), at + row + 1)), shape=(1, rows)))
    return vstack(found).tocsr()


def circumstances(alike: Any, reports: Sequence[Report]) -> Any:
    """The likeness lowered where category or day of two reports differ."""
    found = alike.tocoo()
    found.data = found.data * _factors(reports, found.row, found.col)
    return found


def _factors(reports: Sequence[Report], one: Numbers, other: Numbers) -> Scores:
    factors = np.ones(one.size, dtype=np.float32)
    kinds = np.unique([r.category for r in reports], return_inverse=True)[1]
    known = np.array([r.category != "" for r in reports])
    factors[known[one] & known[other] & (kinds[one] != kinds[other])] *= OTHER_CATEGORY
    days = np.array([r.day.toordinal() if r.day else 0 for r in reports])
    dated = (days[one] > 0) & (days[other] > 0)
    apart = np.abs(days[one] - days[other])[dated]
    factors[dated] *= (LONG_AGO + (1 - LONG_AGO) * np.exp2(-apart / HALF_LIFE_DAYS)).astype(np.float32)
    return factors


#: Logistics of the likeness, in company and directly among candidates, fitted on our own development sets: steepness, and
#: the likeness at which the chance is even.
COMPANY, DIRECT = (12.4, 0.58), (55.0, 0.11)


def calibrated(likeness: npt.NDArray[Any], fitted: tuple[float, float]) -> Scores:
    """Likeness as the chance that two reports tell of one event, on messages like those of the development set."""
    slope, even = fitted
    return (1 / (1 + np.exp(np.float32(-slope) * (likeness.astype(np.float32) - np.float32(even))))).astype(np.float32)


def _ordered(found: Any) -> Pairs:
    order = np.argsort(-found.data, kind="stable")
    return Pairs(
        found.row[order].astype(np.int64), found.col[order].astype(np.int64), calibrated(found.data[order], COMPANY)
    )


def _standing_out(matrix: Any, most: int) -> Any:
    """By how much the `most` largest of each row exceed the next: nobody stands out where all are equally far."""
    kept = matrix.copy()
    for row in range(matrix.shape[0]):
        values = kept.data[kept.indptr[row] : kept.indptr[row + 1]]
        next_best = (
            np.partition(values, values.size - most - 1)[values.size - most - 1] if values.size > most else LEAST
        )
        np.maximum(values - next_best, 0, out=values)
    kept.eliminate_zeros()
    return kept


def _shares(matrix: Any) -> Any:
    """Rows scaled to a sum of one."""
    found = matrix.tocsr().astype(np.float32)
    sums = np.maximum(np.asarray(found.sum(axis=1)).ravel(), 1e-9)
    found.data /= np.repeat(sums, np.diff(found.indptr)).astype(np.float32)
    return found


def _nearest(matrix: Any, most: int) -> Any:
    """The `most` largest of each row."""
    kept = matrix.copy()
    for row in range(matrix.shape[0]):
        span = slice(kept.indptr[row], kept.indptr[row + 1])
        values = kept.data[span]
        if values.size > most:
            values[np.argpartition(-values, most)[most:]] = 0
    kept.eliminate_zeros()
    return kept
