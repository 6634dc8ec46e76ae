"""How right a table of probabilities is: F1, the first two, calibration, and from where on to trust it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .model import Floats

BINS = 10

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OfLabel:
    """One label: precision, recall, F1 and its rows."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts whose probability lay in a tenth: how sure the model was on average and how often it was right."""

    rows: int
    sure: float
    right: float


def figures(chances: Floats, wanted: Integers) -> dict[str, float]:
    """Macro-F1, accuracy and how often the right label is among the first two."""
    order = np.argsort(-chances, axis=1, kind="stable")
    guessed = order[:, 0]
    scores = []
    for label in np.unique(wanted):
        right = int(((guessed == label) & (wanted == label)).sum())
        told = int((guessed == label).sum()) + int((wanted == label).sum())
        scores.append(2 * right / told if told else 0.0)
    among = (order[:, :2] == wanted[:, None]).any(axis=1)
    return {
        "macro_f1": float(np.mean(scores)), "accuracy": float((guessed == wanted).mean()), "top2": float(among.mean()),
    }  # fmt: skip


def calibration(chances: Floats, wanted: Integers) -> tuple[Bin, ...]:
    """Tenths of certainty about the first label, empty ones left out."""
    sure = chances.max(axis=1)
    right = chances.argmax(axis=1) == wanted
    tenth = np.minimum((sure * BINS).astype(int), BINS - 1)
    return tuple(
        Bin(int((tenth == i).sum()), float(sure[tenth == i].mean()), float(right[tenth == i].mean()))
        for i in range(BINS)
        if (tenth == i).any()
    )


def threshold(chances: Floats, wanted: Integers, precision: float = 0.9) -> float:
    """The least probability from which on the first label is right often enough; above 1 where it never is.

    The point below which a person chooses, set by data rather than by taste.
    """
    sure = chances.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    right = np.cumsum((chances.argmax(axis=1) == wanted)[order]) / np.arange(1, sure.size + 1)
    # Where several texts are equally sure they stand or fall together.
    last = np.append(sure[order][1:] != sure[order][:-1], True)
    held = np.flatnonzero((right >= precision) & last)
    return float(sure[order][held[-1]]) if held.size else 1.01


def of_label(name: str, label: int, chances: Floats, wanted: Integers) -> OfLabel:
    """The figures of one label by its number."""
    guessed = chances.argmax(axis=1) == label
    meant = wanted == label
    both = int((guessed & meant).sum())
    precision = both / int(guessed.sum()) if guessed.any() else 0.0
    recall = both / int(meant.sum()) if meant.any() else 0.0
    total = precision + recall
    return OfLabel(name, precision, recall, 2 * precision * recall / total if total else 0.0, int(meant.sum()))
