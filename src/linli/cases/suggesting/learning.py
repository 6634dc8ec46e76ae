"""Learning a new version of the model from the district's own closed cases, and keeping it only if it does better.

A case is held out by its id, once and for ever, so no version ever learnt from it and all are judged alike. A held-out
case whose words stand in a learnt one as well (the same letter sent twice) is not asked about. Loads scikit-learn: for
the night's job and the command.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from linli.kernel import clock, files, scope
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7

from ..engine.states import State
from ..permissions import CATEGORY_EDIT
from ..text.alike import groups
from ..text.judging import figures, threshold
from ..text.keeping import save
from ..text.model import Floats, TextModel
from ..text.seeds import first_lessons
from ..text.training import train
from . import holding
from .actions import do_use
from .directory import Directory, directory, ids_of_codes
from .models import TextVersion

#: One case in so many is held out.
ONE_IN = 5
#: Fewer held-out cases than this say nothing about which of two models is better.
LEAST_HELD_OUT = 40
#: Fewer than this set no threshold of their own; seed texts held out in turn set it.
LEAST_FOR_THRESHOLD = 100
#: The newest cases learnt from, in all and of one category: a night is short, and one busy category must not fill it.
MOST, MOST_PER_CATEGORY = 8_000, 400
#: So many files of versions are kept, beside the one in use.
FILES_KEPT = 10
CLOSED = (State.CLOSED.value, State.EVALUATED.value)


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed case to learn from: its words and the category people gave it, as that goes by today."""

    id: UUID
    text: str
    category: str


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn from: seed texts, closed cases, and how far the closing had come."""

    seeds: Sequence[tuple[str, str]]
    learnt: Sequence[Closed]
    held_out: Sequence[Closed]
    closed: int
    newest: datetime | None


def learn(actor: Actor, again: bool = False) -> TextVersion | None:
    """Make a version, judge it beside the one in use and use the better. None where nothing was closed since the last, or
    where too little was closed to tell which is better.

    `again`: also where nothing was closed since. Runs for seconds to minutes; only reading and writing down are in transactions.
    """
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    learning = system("learning", settings.LINLI_DISTRICT)
    with scope.acting(learning):
        known = directory()
        last = TextVersion.objects.order_by("-id").first()
        closed, newest = _closed()
        if last is not None and not again and (last.closed, last.newest) == (closed, newest):
            return None
        lessons = gathered(known, closed, newest)
        current = TextVersion.objects.filter(current=True).first()
        before = holding.read(current.id) if current else None
    if before is not None and not enough(lessons.held_out):
        return None
    texts = [text for _, text in lessons.seeds] + [case.text for case in lessons.learnt]
    labels = [label for label, _ in lessons.seeds] + [case.category for case in lessons.learnt]
    made = train(texts, labels, groups(texts))
    told = judged(made, lessons.held_out, known)
    earlier = judged(before, lessons.held_out, known) if before is not None else None
    better = told is not None and earlier is not None and told.macro_f1 > earlier.macro_f1
    outcome = "first" if before is None else "better" if better else "not_better"
    kept = told or Judged.of_notes(made)
    version = TextVersion(
        id=uuid7(), made_at=clock.now(), made_by=actor.id, outcome=outcome, seeds=len(lessons.seeds),
        cases=len(lessons.learnt), closed=closed, newest=newest, labels=len(made.labels),
        held_out=len(lessons.held_out) if told else 0, macro_f1=kept.macro_f1, accuracy=kept.accuracy, top2=kept.top2,
        before_macro_f1=earlier.macro_f1 if told and earlier else None, threshold=kept.threshold, size=0,
    )  # fmt: skip
    with scope.acting(learning):
        version.size = _keep_file(made, version.id)
        version.save(force_insert=True)
        if outcome != "not_better":
            do_use(actor, version)
        _let_go()
    return version


@dataclass(frozen=True, slots=True)
class Judged:
    """How a model did on texts it has not seen, and from which probability on it is to be trusted."""

    macro_f1: float
    accuracy: float
    top2: float
    threshold: float

    @classmethod
    def of_notes(cls, model: TextModel) -> Judged:
        """The figures a model brings along: each of its texts asked of a model that had not seen it."""
        names = ("held_out_macro_f1", "held_out_accuracy", "held_out_top2", "threshold")
        return cls(*(float(model.notes[name]) for name in names))


def judged(model: TextModel, cases: Sequence[Closed], known: Directory) -> Judged | None:
    """A model on held-out cases, its labels read as what they go by today; None where the cases are too few to tell.

    A label that was closed without a successor can be right for no case, and takes its share of the probability along.
    """
    if not enough(cases):
        return None
    names = {case.category for case in cases}
    today = [known.of_label(label) for label in model.labels]
    columns = sorted({*names, *(str(c.id) for c in today if c)})
    chances = np.zeros((len(cases), len(columns)), dtype=np.float32)
    told: Floats = model.probabilities([case.text for case in cases])
    for at, category in enumerate(today):
        if category is not None:
            chances[:, columns.index(str(category.id))] += told[:, at]
    wanted = np.array([columns.index(case.category) for case in cases], dtype=np.int64)
    found = figures(chances, wanted)
    own = len(cases) >= LEAST_FOR_THRESHOLD
    least = threshold(chances, wanted) if own else float(model.notes.get("threshold", 1.01))
    return Judged(found["macro_f1"], found["accuracy"], found["top2"], least)


def enough(cases: Sequence[Closed]) -> bool:
    """Whether held-out cases can tell which of two models is better."""
    return len(cases) >= LEAST_HELD_OUT and len({case.category for case in cases}) > 1


def held_out(case_id: UUID) -> bool:
    """Whether a case is one of those that no version learns from."""
    return sha256(case_id.bytes).digest()[0] % ONE_IN == 0


def gathered(known: Directory, closed: int, newest: datetime | None) -> Lessons:
    """Seed texts in the district's own categories, and the closed cases, learnt and held out."""
    codes = ids_of_codes(known)
    seeds = [(str(codes[seed.code]), seed.text) for seed in first_lessons() if seed.code in codes]
    cases = _cases(known)
    alike = groups([case.text for case in cases])
    learnt = [at for at, case in enumerate(cases) if not held_out(case.id)]
    seen = {int(alike[at]) for at in learnt}
    asked = [at for at, case in enumerate(cases) if held_out(case.id) and int(alike[at]) not in seen]
    return Lessons(seeds, [cases[at] for at in learnt], [cases[at] for at in asked], closed, newest)


def _closed() -> tuple[int, datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(closed_at) FROM cases_case WHERE state = ANY(%s) AND category_id IS NOT NULL "
            "AND restricted_to = ''",
            [list(CLOSED)],
        )
        count, newest = cursor.fetchone()
    return int(count), newest


def _cases(known: Directory) -> list[Closed]:
    """The newest closed cases with their categories as they go by today; a category closed for good teaches nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, description, category_id FROM cases_case WHERE state = ANY(%s) AND category_id IS NOT NULL "
            "AND restricted_to = '' ORDER BY id DESC LIMIT %s",
            [list(CLOSED), MOST],
        )
        rows = cursor.fetchall()
    found, counted = [], Counter[UUID]()
    for id_, text, category in rows:
        now = known.present.get(category)
        if now is not None and counted[now] < MOST_PER_CATEGORY:
            counted[now] += 1
            found.append(Closed(id_, text, str(now)))
    return found


def _keep_file(model: TextModel, version: UUID) -> int:
    with files.scratch() as folder:
        path = Path(folder) / "text.model"
        save(model, path)
        content = path.read_bytes()
    files.keep_until_commit(io.BytesIO(content), version, "cases-text")
    return len(content)


def _let_go() -> None:
    """Let the files of old versions go; their figures stay."""
    old = list(TextVersion.objects.filter(has_file=True, current=False).order_by("-id")[FILES_KEPT:])
    for version in old:
        version.has_file = False
        version.save(update_fields=["has_file"])
        transaction.on_commit(partial(files.remove, version.id))
    for reference in files.unsettled("cases-text"):
        files.settle("cases-text", reference, TextVersion.objects.filter(id=reference, has_file=True).exists())
