"""Which texts are nearly the same: a complaint sent twice, or copied along a street. They must not be on both sides of a
test, where remembering would look like knowing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from . import grams

#: Share of three-character runs (weighed by rarity) that two texts have in common to be one text.
SAME = 0.6
#: Runs in more texts than this say nothing about sameness and would cost the square of it.
COMMONEST = 200
_ROWS = 2_000


def groups(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """A group number for each text, the same for texts that are nearly the same, also by way of a third."""
    from scipy.sparse import coo_matrix, csr_matrix
    from scipy.sparse.csgraph import connected_components

    rows, runs = [], []
    for at, text in enumerate(texts):
        found = grams.count(text, 3).grams
        runs.append(found[grams.lengths(found) == 3])
        rows.append(np.full(runs[-1].size, at))
    if not texts:
        return np.empty(0, dtype=np.int64)
    known, column, texts_with = np.unique(np.concatenate(runs), return_inverse=True, return_counts=True)
    row = np.concatenate(rows)
    shared = (texts_with[column] > 1) & (texts_with[column] <= COMMONEST)
    rare = np.sqrt(np.log((1 + len(texts)) / texts_with))[column].astype(np.float32)
    # Lengths count every run, also those in one text alone: two texts with one phrase in common are not one text.
    counted = texts_with[column] <= COMMONEST
    lengths = np.sqrt(np.bincount(row[counted], weights=rare[counted] ** 2, minlength=len(texts)))
    scaled = rare / np.maximum(lengths, 1e-9)[row].astype(np.float32)
    whole = csr_matrix((scaled[shared], (row[shared], column[shared])), shape=(len(texts), known.size))
    turned = whole.T.tocsr()
    ones, others = [], []
    for start in range(0, len(texts), _ROWS):
        near = (whole[start : start + _ROWS] @ turned).tocoo()
        same = near.data >= SAME
        ones.append(near.row[same] + start)
        others.append(near.col[same])
    # A letter sent more often than COMMONEST has no run left to be known by: the same words are one text all the same.
    first, copy = np.unique([grams.plain(text) for text in texts], return_index=True, return_inverse=True)[1:]
    one, other = np.concatenate([*ones, np.arange(len(texts))]), np.concatenate([*others, first[copy]])
    links = coo_matrix((np.ones(one.size, dtype=np.int8), (one, other)), shape=(len(texts), len(texts)))
    return connected_components(links, directed=False)[1].astype(np.int64)
