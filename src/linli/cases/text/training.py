"""Learning a text model from labelled texts. Loads scikit-learn when called: for jobs and commands, never the web.

Margins of a linear support vector machine and of complement naive Bayes are added: both are linear over the same
features, so the sum is one layer, and each errs elsewhere. Features are n-grams and what they say together of the things of
`akin` (decision record 022 has the comparison).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import akin, grams
from .grams import Counts, Hashes
from .judging import Integers, figures, threshold
from .model import HEAD_TIMES, Floats, TextModel, Vocabulary, calibrated, counted
from .problems import NothingToLearn

LEAST_PER_LABEL = 2
SEED = 22


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made. The defaults are what held best on texts of topics not trained on."""

    longest: int = 3
    length_weights: tuple[float, ...] = (1.0, 1.0, 0.2, 0.2)
    head_times: int = HEAD_TIMES
    least_texts: tuple[int, ...] = (2, 2, 3, 3)
    most_grams: int = 250_000
    penalty: float = 0.5
    bayes_share: float = 0.25
    bayes_smoothing: float = 0.5
    akin_share: float = 1.0
    folds: int = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """Texts as counts, made once and used by every fold: ends of rows, n-grams, occurrences."""

    ends: Integers
    grams: Hashes
    times: Integers

    @classmethod
    def of(cls, texts: Sequence[str], recipe: Recipe) -> Counted:
        rows = [counted(text, recipe.head_times, recipe.longest) for text in texts]
        ends = np.cumsum([row.grams.size for row in rows])
        empty = np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
        return cls(
            ends.astype(np.int64),
            np.concatenate([row.grams for row in rows]) if rows else empty[0],
            np.concatenate([row.times for row in rows]) if rows else empty[1],
        )

    def vocabulary(self, rows: Integers, recipe: Recipe) -> Vocabulary:
        """The n-grams in at least `least_texts` of the rows, the commonest where there are too many; and the words of `akin`."""
        taken = np.concatenate([self.grams[self._span(row)] for row in rows])
        known, texts = np.unique(taken, return_counts=True)
        kept = texts >= np.array(recipe.least_texts)[grams.lengths(known) - 1]
        if kept.any():  # a handful of short texts may have no run in common
            known, texts = known[kept], texts[kept]
        if known.size > recipe.most_grams:
            common = np.sort(np.argsort(-texts, kind="stable")[: recipe.most_grams])
            known, texts = known[common], texts[common]
        if recipe.akin_share:
            new = np.setdiff1d(akin.kin(recipe.longest).words, known)
            order = np.argsort(known := np.concatenate([known, new]))
            known, texts = known[order], np.concatenate([texts, np.zeros(new.size, texts.dtype)])[order]
        rare = 1 + np.log((1 + rows.size) / (1 + texts))
        return Vocabulary(known, (rare * np.array(recipe.length_weights)[grams.lengths(known) - 1]).astype(np.float32))

    def matrix(self, rows: Integers, vocabulary: Vocabulary) -> Any:
        """The rows as a sparse matrix of weights, each row of length one."""
        from scipy.sparse import csr_matrix

        read = [vocabulary.read(Counts(self.grams[s], self.times[s])) for s in map(self._span, rows)]
        ends = np.concatenate([[0], np.cumsum([r.places.size for r in read])])
        places = np.concatenate([r.places for r in read])
        weights = np.concatenate([r.weights for r in read])
        return csr_matrix((weights, places, ends), shape=(rows.size, vocabulary.grams.size))

    def rows(self, rows: Integers) -> Counted:
        """Some of the rows, in that order."""
        spans = [self._span(row) for row in rows]
        ends = np.cumsum([s.stop - s.start for s in spans])
        return Counted(
            ends, np.concatenate([self.grams[s] for s in spans]), np.concatenate([self.times[s] for s in spans])
        )

    def _span(self, row: int) -> slice:
        return slice(int(self.ends[row - 1]) if row else 0, int(self.ends[row]))


def train(
    texts: Sequence[str], labels: Sequence[str], groups: Integers | None = None, recipe: Recipe | None = None
) -> TextModel:
    """A calibrated model. `groups`: rows of one group (the same event told twice) never calibrate each other.

    Texts without letters and without a label are left out. Raises NothingToLearn.
    """
    recipe = recipe or Recipe()
    used = usable(texts, labels)
    names = tuple(sorted({labels[i] for i in used}))
    kept = [texts[i] for i in used]
    wanted = np.array([names.index(labels[i]) for i in used], dtype=np.int64)
    apart = np.array([groups[i] for i in used]) if groups is not None else None
    found = Counted.of(kept, recipe)
    held_out = out_of_fold(found, wanted, len(names), recipe, apart)
    sharpness, offsets = calibrate(held_out, wanted)
    rows = np.arange(wanted.size)
    vocabulary, weights, bias = learnt(found, rows, wanted, len(names), recipe)
    guessed = calibrated(held_out, sharpness, offsets)
    notes: dict[str, float | int | str] = {"rows": int(wanted.size), "threshold": threshold(guessed, wanted)}
    notes |= {f"held_out_{name}": round(value, 4) for name, value in figures(guessed, wanted).items()}
    return TextModel(
        names, vocabulary, weights, bias, sharpness, offsets, recipe.head_times, recipe.longest, notes
    )  # fmt: skip


def usable(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """The rows with letters, a label, and company in that label. Raises NothingToLearn for fewer than two labels."""
    rows = [i for i, (text, label) in enumerate(zip(texts, labels, strict=True)) if label and grams.plain(text)]
    sizes = Counter(labels[i] for i in rows)
    kept = [i for i in rows if sizes[labels[i]] >= LEAST_PER_LABEL]
    classes = len({labels[i] for i in kept})
    if classes < 2:
        raise NothingToLearn(least=LEAST_PER_LABEL, classes=len(sizes), rows=len(rows))
    return kept


def learnt(
    found: Counted, rows: Integers, wanted: Integers, labels: int, recipe: Recipe
) -> tuple[Vocabulary, Floats, Floats]:
    """Vocabulary, weights (n-grams × labels) and bias from some of the rows; `wanted` are the labels of all."""
    from scipy.sparse import hstack

    vocabulary = found.vocabulary(rows, recipe)
    matrix = found.matrix(rows, vocabulary)
    if not recipe.akin_share:
        return vocabulary, *fit(matrix, wanted[rows], labels, recipe)
    handed_on = recipe.akin_share * akin.bridge(vocabulary.grams, recipe.length_weights, recipe.longest)
    weights, bias = fit(hstack([matrix, matrix @ handed_on], format="csr"), wanted[rows], labels, recipe)
    own, of_things = weights[: vocabulary.grams.size], weights[vocabulary.grams.size :]
    return vocabulary, (own + handed_on @ of_things).astype(np.float32), bias


def fit(matrix: Any, wanted: Integers, labels: int, recipe: Recipe) -> tuple[Floats, Floats]:
    """Weights (features × labels) and bias of the two linear models added together."""
    from sklearn.svm import LinearSVC

    present = np.unique(wanted)
    machine = LinearSVC(C=recipe.penalty, class_weight="balanced", random_state=SEED, max_iter=3000)
    machine.fit(matrix, wanted)
    weights = np.zeros((matrix.shape[1], labels), dtype=np.float32)
    bias = np.full(labels, -10.0, dtype=np.float32)  # a label without a row in this fold
    two = present.size == 2  # then scikit-learn gives one margin, for the second
    weights[:, present] = np.vstack([-machine.coef_, machine.coef_]).T if two else machine.coef_.T
    bias[present] = np.concatenate([-machine.intercept_, machine.intercept_]) if two else machine.intercept_
    if recipe.bayes_share:
        weights[:, present] += recipe.bayes_share * _bayes(matrix, wanted, present, recipe.bayes_smoothing)
    return weights, bias


def _bayes(matrix: Any, wanted: Integers, present: Integers, smoothing: float) -> Floats:
    """Complement naive Bayes over the same features (Rennie and others 2003), its weights centred between labels."""
    shown = np.stack([np.asarray(matrix[wanted == label].sum(axis=0)).ravel() for label in present])
    others = shown.sum(axis=0) - shown + smoothing
    weights = -np.log(others / others.sum(axis=1, keepdims=True))
    weights = (weights - weights.mean(axis=0)).T
    return weights.astype(np.float32)


def out_of_fold(found: Counted, wanted: Integers, labels: int, recipe: Recipe, groups: Any = None) -> Floats:
    """Scores of each row from a model that has not seen it, nor its group."""
    scores = np.zeros((wanted.size, labels), dtype=np.float32)
    for learn, test in folds(wanted, groups, recipe.folds):
        vocabulary, weights, bias = learnt(found, learn, wanted, labels, recipe)
        scores[test] = found.matrix(test, vocabulary) @ weights + bias
    return scores


def folds(wanted: Integers, groups: Any, number: int, seed: int = SEED) -> list[tuple[Integers, Integers]]:
    """Rows to learn from and rows to test on, labels spread evenly, no group on both sides."""
    from sklearn.model_selection import StratifiedGroupKFold

    apart = np.arange(wanted.size) if groups is None else np.unique(groups, return_inverse=True)[1]
    most = min(int(np.bincount(wanted)[np.unique(wanted)].min()), int(apart.max()) + 1)
    if most < 2:  # everything is one text: better to test on copies than not at all
        return folds(wanted, None, number, seed) if groups is not None else []
    split = StratifiedGroupKFold(n_splits=max(2, min(number, most)), shuffle=True, random_state=seed)
    made = [(a, b) for a, b in split.split(np.zeros(wanted.size), wanted, apart) if b.size]
    kept = [(learn, test) for learn, test in made if np.unique(wanted[learn]).size >= 2]
    return kept or (folds(wanted, None, number, seed) if groups is not None else [])


def calibrate(scores: Floats, wanted: Integers) -> tuple[float, Floats]:
    """The sharpness and offsets under which the scores are the likeliest probabilities of what was right.

    Offsets are held near zero: a label with five rows has no rate of its own worth believing.
    """
    from scipy.optimize import minimize

    labels = scores.shape[1]
    rows = np.arange(wanted.size)
    wide = scores.astype(np.float64)

    def loss(parameters: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        sharpness, offsets = np.exp(parameters[0]), parameters[1:]
        raised = wide * sharpness + offsets
        raised -= raised.max(axis=1, keepdims=True)
        chances = np.exp(raised)
        chances /= chances.sum(axis=1, keepdims=True)
        told = -np.log(np.maximum(chances[rows, wanted], 1e-12)).sum() + (offsets**2).sum()
        chances[rows, wanted] -= 1
        slope = np.concatenate([[(chances * wide).sum() * sharpness], chances.sum(axis=0) + 2 * offsets])
        return float(told), slope

    start = np.concatenate([[np.log(3.0)], np.zeros(labels)])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(-4.0, 6.0)] + [(-5.0, 5.0)] * labels)
    return float(np.exp(found.x[0])), found.x[1:].astype(np.float32)
