"""A trained text classifier: which category a report is about, the second guess, and how sure it is.

One linear layer over weighted n-grams with calibrated probabilities. Numpy alone: the web process loads no scikit-learn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import grams
from .grams import Counts, Hashes

Floats = npt.NDArray[np.float32]

#: How often the head of a text is counted: a title names the matter, a narration wanders.
HEAD_TIMES = 2
LONGEST_HEAD = 60

_GREETING = re.compile(
    r"^[\s\u3000]*(?:(?:尊敬|敬爱|亲爱)的)?[\w\s]{0,12}?(?:领导|书记|市长|区长|县长|局长|镇长|主任|同志|您好|你好)[们]?"
    r"(?:[,，:：!！。、\s]*(?:您好|你们好|你好|上午好|下午好|晚上好))?[,，:：!！。、\s]+"
)
_SENTENCE = re.compile(r"[。！？!?\n\r；;]")


class Suggestion(NamedTuple):
    """A category with the probability that it is the right one."""

    label: str
    probability: float


class Reading(NamedTuple):
    """Features of one text that the model knows: their places, ascending, and weights of length one together."""

    places: npt.NDArray[np.int64]
    weights: Floats


def split_head(text: str) -> tuple[str, str]:
    """What stands for the title of a text: its first sentence behind the greeting; and the whole text."""
    start = _GREETING.match(text[:80])
    body = text[start.end() :] if start else text
    end = _SENTENCE.search(body, 4)
    head = body[: min(end.start() if end else LONGEST_HEAD, LONGEST_HEAD)]
    return head, text


def counted(text: str, head_times: int = HEAD_TIMES, longest: int = grams.LONGEST_GRAM) -> Counts:
    """The n-grams of a report, those of its head more often."""
    if head_times <= 1:
        return grams.count(text, longest)
    head, whole = split_head(text)
    return grams.count_parts(((whole, 1), (head, head_times - 1)), longest)


def softened(times: npt.NDArray[np.int64]) -> Floats:
    """What a number of occurrences weighs: the tenth says less than the first."""
    return (1 + np.log(times)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams a model knows, ascending, and how telling each is (inverse document frequency)."""

    grams: Hashes
    telling: Floats

    def read(self, counts: Counts) -> Reading:
        """The known features of a text, scaled to length one; none at all where nothing is known."""
        if not self.grams.size:
            return Reading(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        near = np.minimum(np.searchsorted(self.grams, counts.grams), self.grams.size - 1)
        known = self.grams[near] == counts.grams
        places = near[known]
        weights = softened(counts.times[known]) * self.telling[places]
        length = float(np.sqrt(np.dot(weights, weights)))
        return Reading(places, weights / np.float32(length) if length else weights)


@dataclass(frozen=True, slots=True)
class TextModel:
    """`weights`: n-grams × labels, `bias`: labels. Probabilities are a softmax over scores × `sharpness` + `offsets`.

    `notes`: what it was trained on and how good it was, to show and to compare by (`held_out_macro_f1` and others).
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    bias: Floats
    sharpness: float
    offsets: Floats
    head_times: int = HEAD_TIMES
    longest: int = grams.LONGEST_GRAM
    notes: dict[str, float | int | str] = field(default_factory=dict)

    def scores(self, texts: Iterable[str]) -> Floats:
        """Uncalibrated scores, texts × labels."""
        rows = [self._score(text) for text in texts]
        return np.stack(rows) if rows else np.empty((0, len(self.labels)), dtype=np.float32)

    def _score(self, text: str) -> Floats:
        places, weights = self.vocabulary.read(counted(text, self.head_times, self.longest))
        return weights @ self.weights[places] + self.bias

    def probabilities(self, texts: Iterable[str]) -> Floats:
        """How likely each label is, texts × labels; each row sums to one."""
        return calibrated(self.scores(texts), self.sharpness, self.offsets)

    def suggest(self, text: str, most: int = 2) -> tuple[Suggestion, ...]:
        """The likeliest labels of one text, best first; nothing for a text without letters."""
        if not has_letters(text):
            return ()
        chances = self.probabilities([text])[0]
        return tuple(Suggestion(self.labels[i], float(chances[i])) for i in best(chances[None, :], most)[0])

    def predict(self, texts: Sequence[str]) -> Iterator[tuple[Suggestion, ...]]:
        """The two likeliest labels of each text, in order; none for an empty text."""
        chances = self.probabilities(texts)
        for text, row, order in zip(texts, chances, best(chances, 2), strict=True):
            told = has_letters(text)
            yield tuple(Suggestion(self.labels[i], float(row[i])) for i in order) if told else ()


def has_letters(text: str) -> bool:
    """Whether a text says anything: letters or figures, not only marks."""
    return any(map(str.isalnum, text[: grams.LONGEST_TEXT]))


def calibrated(scores: Floats, sharpness: float, offsets: Floats) -> Floats:
    """Scores as probabilities: softmax(sharpness · score + offset)."""
    raised = scores * np.float32(sharpness) + offsets
    raised = np.exp(raised - raised.max(axis=1, keepdims=True))
    return (raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)


def best(chances: Floats, most: int) -> npt.NDArray[np.int64]:
    """Places of the largest values of each row, largest first; among equals the first label."""
    return np.argsort(-chances, axis=1, kind="stable")[:, :most]
