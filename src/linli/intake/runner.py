"""Takes in one file from start to end in this process: what `linli intake run` and the demo do.

The same steps as behind the wizard, with the same batch and states; tables are read and checked once.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl

from linli.access import changes
from linli.kernel.actors import Actor
from linli.kernel.errors import Problem
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

from . import actions, kinds, perform, rules
from .download import stamp
from .engine import Engine
from .mapping import Mapping, from_json
from .models import Batch
from .packing import folder_files, packed
from .permissions import BATCH_MERGE
from .problems import MappingInvalid
from .rules import State
from .work import Watcher, Work
from .workbook import write_errors


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file. `problem` is set when it failed; `counts` as the batch keeps them."""

    batch_id: UUID | None
    state: State
    rows: int
    check_counts: dict[str, Any]
    match_counts: dict[str, Any]
    merge_counts: dict[str, Any]
    problem: Problem | None = None
    errors: Path | None = None

    @property
    def merged(self) -> bool:
        """Whether the rows are in the base (some may wait for a review)."""
        return self.state in rules.IN_BASE

    @property
    def has_errors(self) -> bool:
        """Whether rows had errors."""
        return int(self.check_counts.get("bad_rows", 0)) > 0


def run_file(
    actor: Actor,
    path: Path,
    *,
    source: str,
    area: str,
    mapping: Any = None,
    sheet: str | None = None,
    observed_on: date | None = None,
    constants: Dict[str, str] | None = None,
    kind: str | None = None,
    commit: bool = False,
    skip_bad: bool = False,
    errors: Path | None = None,
    language: str = "zh-CN",
    filename: str | None = None,
    watcher: Watcher | None = None,
) -> Outcome:
    """Take in a file, or a folder of files as one batch. Problems of the file come back in the outcome; those of the
    base or the program, and a folder without tables, are raised."""
    if path.is_dir():
        with packed(folder_files(path)) as archive:
            return run_file(
                actor,
                archive,
                source=source,
                area=area,
                mapping=mapping,
                sheet=sheet,
                observed_on=observed_on,
                constants=constants,
                kind=kind,
                commit=commit,
                skip_bad=skip_bad,
                errors=errors,
                language=language,
                filename=filename or f"{path.resolve().name or 'folder'}.zip",
                watcher=watcher,
            )
    batch_id = uuid7()
    # The hold comes before the batch: nobody who looks for killed work finds one without its lock.
    with Work(batch_id, actor, State.UPLOADED, watcher) as work:
        with acting(actor), path.open("rb") as content:
            batch = actions.upload_batch(
                actor,
                content,
                filename=filename or path.name,
                size=path.stat().st_size,
                source=source,
                area=area,
                sheet=sheet,
                observed_on=observed_on,
                constants=constants,
                kind=kind,
                by_command=True,
                batch_id=batch_id,
            )
        work.tell(State.UPLOADED)
        engine = Engine(batch, actor, work, path)
        return _steps(engine, mapping, constants, commit, skip_bad, errors, language)


def _steps(
    engine: Engine,
    mapping: Any,
    constants: Dict[str, str] | None,
    commit: bool,
    skip_bad: bool,
    errors: Path | None,
    language: str,
) -> Outcome:
    batch, actor, problem, made = engine.batch, engine.actor, None, None
    try:
        perform.read(engine)
        if mapping is not None:
            stated = from_json(mapping)
            if constants:
                stated = Mapping(stated.columns, {**stated.constants, **constants}, stated.datum)
            batch.mapping = stated.to_json()
            if not batch.options.get("kind"):  # a mapping says more than the columns alone
                batch.kind = kinds.holding(stated.fields, batch.kind)
            with acting(actor):
                Batch.objects.filter(id=batch.id).update(mapping=batch.mapping, kind=batch.kind)
        fitted = engine.mapping()
        checked = perform.check_only(engine)
        with acting(actor):
            actions.remember(actor, batch, fitted)
        if errors is not None:
            made = _write(engine, checked.findings, errors, language)
        bad = checked.bad.len()
        if commit and not rules.blocks_merge(bad, skip_bad):
            _commit(engine, skip_bad)
        else:
            engine.work.step(State.MATCHED, match_counts=perform.as_json(engine.match(checked)))
    except Problem as error:
        problem = error
        perform.note_failure(engine, error)
        if isinstance(error, MappingInvalid):
            with acting(actor):
                actions.close(perform.load(batch.id), State.CANCELLED)
    except BaseException:
        # Ctrl-C or a fault: what is not in the base is cleared; a killed process leaves that to the next start.
        perform.clear(engine)
        raise
    now = perform.load(batch.id)
    return Outcome(
        batch.id,
        State(now.state),
        now.rows or 0,
        now.check_counts or {},
        now.match_counts or {},
        now.merge_counts or {},
        problem,
        made,
    )


def _commit(engine: Engine, skip_bad: bool) -> None:
    """checked → matched → merging → merged, on the tables at hand."""
    batch = engine.batch
    batch.options = batch.options | {"skip_bad": skip_bad, "merged_by": engine.actor.id}
    engine.actor.require(BATCH_MERGE, batch.area_code)
    with acting(engine.actor):
        changes.record(engine.actor, "intake.batch.merge", "batch", batch.id, batch.area_code, {"skip_bad": skip_bad})
    engine.work.step(State.MATCHED, options=perform.as_json(batch.options))
    perform.merge(engine)


def _write(engine: Engine, findings: pl.DataFrame, target: Path, language: str) -> Path:
    assert engine.path is not None
    write_errors(engine.path, target, engine.table, findings, language=language, stamp=stamp(engine.actor))
    return target
