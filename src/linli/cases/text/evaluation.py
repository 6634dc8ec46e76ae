"""How good a recipe is on texts it has not seen, by folds that keep nearly identical texts together.

That split is the more honest one: where a campaign sent one letter forty times, random folds test on what was learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .judging import Bin, Integers, OfLabel, calibration, figures, of_label
from .model import calibrated
from .training import Counted, Recipe, calibrate, folds, learnt, out_of_fold, usable


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`gap` is the expected calibration error: the mean distance of certainty from truth, by rows.
    `grouped`: rows that had a near copy and stayed with it."""

    macro_f1: float
    accuracy: float
    top2: float
    gap: float
    rows: int
    grouped: int
    folds: int
    labels: tuple[OfLabel, ...]
    bins: tuple[Bin, ...]


def evaluate(
    texts: Sequence[str],
    labels: Sequence[str],
    groups: Integers,
    number: int = 5,
    recipe: Recipe | None = None,
) -> Evaluation:
    """Cross-validate: every fold learns, calibrates within what it learnt, and is tested on the rest."""
    recipe = recipe or Recipe()
    used = usable(texts, labels)
    names = tuple(sorted({labels[i] for i in used}))
    wanted = np.array([names.index(labels[i]) for i in used], dtype=np.int64)
    apart = np.asarray(groups)[used]
    found = Counted.of([texts[i] for i in used], recipe)
    chances = np.zeros((wanted.size, len(names)), dtype=np.float32)
    split = folds(wanted, apart, number)
    for learn, test in split:
        inner = found.rows(learn)
        sharpness, offsets = calibrate(
            out_of_fold(inner, wanted[learn], len(names), recipe, apart[learn]), wanted[learn]
        )
        vocabulary, weights, bias = learnt(found, learn, wanted, len(names), recipe)
        chances[test] = calibrated(found.matrix(test, vocabulary) @ weights + bias, sharpness, offsets)
    tested = np.concatenate([test for _, test in split])
    told = figures(chances[tested], wanted[tested])
    bins = calibration(chances[tested], wanted[tested])
    sizes = np.bincount(np.unique(apart, return_inverse=True)[1])
    return Evaluation(
        told["macro_f1"], told["accuracy"], told["top2"],
        sum(b.rows * abs(b.sure - b.right) for b in bins) / max(1, tested.size),
        int(tested.size), int(sizes[sizes > 1].sum()), len(split),
        tuple(of_label(name, i, chances[tested], wanted[tested]) for i, name in enumerate(names)), bins,
    )  # fmt: skip
