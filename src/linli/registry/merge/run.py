"""The merge itself: one transaction under one lock, from checked rows to golden records with provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
from django.db import connection

from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.scope import acting, current
from linli.kernel.slices import Changed

from . import alike, derive, golden, households, numbers, prepare, requests, stage, write
from .match import Outcomes, match, sight

Report = Callable[[str, float], None]
# Checked rows by rising `row`: a frame, or slices of one that can be read as often as wanted.
Rows = pl.DataFrame | Iterable[pl.DataFrame]
# One merge at a time in a district: two people importing one file must not both find nobody there.
MERGE_LOCK = 0x6C696E6C69
LEAST = 2_000  # rows of a piece: below that, starting it takes longer than it saves


@dataclass(frozen=True, slots=True)
class MatchCounts:
    """How many rows would have which outcome; nothing is written."""

    rows: int
    new: int
    updated: int
    unchanged: int
    in_review: int
    transfer: int


@dataclass(frozen=True, slots=True)
class MergeCounts(MatchCounts):
    """What a merge did."""

    people_created: int = 0
    people_changed: int = 0
    households: int = 0
    dwellings: int = 0


def lock() -> None:
    """Wait for every other merge of this district; released with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MERGE_LOCK])


def match_people(frame: Rows, source: str, uploader: Actor, district: str) -> MatchCounts:
    """Match checked rows against the base without writing.

    People outside the uploader's areas are as if they were not: a look that leaves no trace must not tell who is
    elsewhere. The merge itself opens the 迁入 request, which both places see.
    """
    whole = _complete(frame, clock.today())
    keys = prepare.row_keys(whole)
    with acting(system("matching", district)):
        outcomes = numbers.follow(match(keys.rows, source, uploader, foretell=True), keys)
        found = alike.look(whole, keys, outcomes, sight(uploader), district, foretell=True)
        return MatchCounts(**_counts(found.outcomes))


def merge_people(
    frame: Rows,
    *,
    source: str,
    batch_id: UUID | None,
    uploader: Actor,
    district: str,
    observed_on: date | None = None,
    reason: str | None = None,
    report: Report = lambda stage_name, share: None,
    with_raw: Callable[[pl.DataFrame], pl.DataFrame] = lambda touched: touched,
) -> MergeCounts:
    """Merge checked rows: records kept, people created or recomputed, 迁入 requests opened, reviews left open.

    Repeating a file changes nothing. Runs in the caller's transaction if there is one; `with_raw` adds the column `raw`
    to the rows that will be written, whose sealing would be wasted on unchanged ones. Only a slice of rows is in memory.
    """
    outer = current()
    actor = Actor(
        kind="system", id=uploader.id, name=uploader.name, grants=system("matching", district).grants,
        request_id=str(batch_id or outer.request_id),  # by which a person's history finds what changed it
    )  # fmt: skip
    with acting(actor):
        lock()
        report("match", 0.0)
        whole = _complete(frame, observed_on or clock.today())
        keys = prepare.row_keys(whole)
        found = alike.Alike(numbers.follow(match(keys.rows, source, uploader), keys), keys.shared)
        if batch_id is not None:  # whoever enters somebody by hand has looked for them
            found = alike.look(whole, keys, found.outcomes, sight(uploader), district)
        counts = _counts(found.outcomes)
        touched = counts["rows"] - counts["unchanged"]
        if touched == 0:
            return MergeCounts(**counts)
        report("prepare", 0.15)
        named = write.stage_rows(prepare.wide(with_raw(part)) for part in _touched(whole, keys, found))
        with ThreadPoolExecutor(1) as pool:
            tokens = pool.submit(derive.tokens_of, named)  # while the database writes
            report("write", 0.4)
            households_added = write.households(batch_id)
            dwellings = write.dwellings(batch_id)
            report("write", 0.5)
            write.records(source, batch_id, uploader, reason)
            report("golden", 0.65)
            created = write.new_people()
            derive.fresh(tokens.result())
        report("golden", 0.85)
        stage.analyze(touched)
        write.affected_by_stage()
        changed = golden.recompute(created_at=clock.now())
        derive.recompute()
        households.pass_over()
        households.recompute()
        requests.open_requests(source, batch_id, uploader)
        alike.file(found)
        report("golden", 1.0)
    return MergeCounts(
        **counts,
        people_created=created,
        people_changed=changed,
        households=households_added,
        dwellings=dwellings,
    )


def _complete(frame: Rows, observed_on: date) -> Changed:
    return Changed(
        [frame] if isinstance(frame, pl.DataFrame) else frame, lambda part: prepare.complete(part, observed_on)
    )


def _touched(whole: Iterable[pl.DataFrame], keys: prepare.Keys, found: alike.Alike) -> Iterator[pl.DataFrame]:
    """The rows to be written, in pieces, with their keys, outcomes and people."""
    people = prepare.People(found.shared)
    for part in whole:
        if not part.height:
            continue
        low, high = part.select(low=pl.col("row").min(), high=pl.col("row").max()).row(0)
        own = part.join(pl.concat(list(keys.rows.within(low, high))), on="row", maintain_order="left")
        touched = people.of(found.outcomes.of(own).filter(pl.col("outcome") != "unchanged"))
        # Of a small file too the database takes in one piece while the next is made ready.
        yield from touched.iter_slices(min(stage.SLICE, max(LEAST, -(-touched.height // 4))))


def _counts(outcomes: Outcomes) -> dict[str, int]:
    found = outcomes.counts
    return {
        "rows": sum(found.values()),
        "new": found.get("new", 0),
        "updated": found.get("update", 0),
        "unchanged": found.get("unchanged", 0),
        "in_review": found.get("review", 0),
        "transfer": found.get("transfer", 0),
    }
