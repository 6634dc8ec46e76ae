"""Takes the demo's spreadsheets in through intake: the same steps, checks and states as a file a person brings."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from linli.kernel.actors import Actor
from linli.kernel.errors import Text, Unavailable
from linli.kernel.scope import acting
from linli.project.demo import things
from linli.project.demo.ages import REFERENCE
from linli.project.demo.base import DemoOrder, demo_actor, places_here
from linli.project.demo.district import District, generate
from linli.project.demo.newcomers import file_of_newcomers, file_to_try, path_to_try
from linli.project.demo.places import DistrictPlaces
from linli.project.demo.sheets import SourceFile
from linli.project.demo.workbooks import SOURCES, write_town_file, write_with_truth

#: tells (state, stage, percent) of the batch at work
Watcher = Callable[[Any, str, int], None]
#: about how many people the town has that is taken in first, while somebody waits
FIRST_TOWN_PEOPLE = 40_000


class DemoFileRefused(Unavailable):
    """Intake did not take a spreadsheet of the demo in; its batch says why."""

    code = "demo.file_refused"
    text = Text("演示文件 {file} 未能导入（{state}）。", "The demo's file {file} was not taken in ({state}).")


@dataclass(frozen=True)
class Taken:
    """What became of one file: rows in it, people new and changed, rows left out; all zero when it was there before."""

    filename: str
    rows: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    before: bool = False


def first_town(places: DistrictPlaces, people: int) -> str:
    """The town nearest to 40,000 people, to begin with."""
    shares = places.town_shares() * people
    nearest = min(range(len(shares)), key=lambda i: abs(shares[i] - FIRST_TOWN_PEOPLE))
    return places.towns[nearest].code


def towns_in_order(places: DistrictPlaces, people: int, count: int | None) -> list[str]:
    """Town codes in the order of loading, at most `count`."""
    first = first_town(places, people)
    rest = [t.code for t in places.towns if t.code != first]
    return [first, *rest][: count or None]


@lru_cache(maxsize=1)
def _town(order: DemoOrder, town: str) -> District:
    """The town's people; kept for the next file of the same town."""
    return generate(order.people, order.seed, places_here(), [town])


def spreadsheet(order: DemoOrder, town: str, source: str) -> SourceFile:
    """Writes one source's file of a town to the demo's folder, the same one each time."""
    return write_with_truth(_town(order, town), town, source, order.folder / "spreadsheets")


class Writer:
    """A second process that writes files while this one lays the ground and takes the first ones in."""

    def __init__(self, order: DemoOrder) -> None:
        self._order = order
        # fork is not safe beside the threads of Polars
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._files: dict[tuple[str, str], Future[SourceFile]] = {}

    def write(self, places: DistrictPlaces, town: str, source: str) -> None:
        """Has a file written; only 社区台账 names grids, so the others may be asked for before there are any."""
        order = self._order
        self._files[town, source] = self._pool.submit(
            write_town_file, order.people, order.seed, places, town, source, order.folder / "spreadsheets"
        )

    def file(self, town: str, source: str) -> SourceFile:
        """The file, once it is written."""
        return self._files[town, source].result()

    def close(self) -> None:
        """Ends the process; files not begun are not written."""
        self._pool.shutdown(cancel_futures=True)


def taken_before(town: str, source: str) -> bool:
    """Whether the town's file of the source was merged, whatever was done with it since."""
    from linli.intake.models import Batch

    with acting(demo_actor()) as actor:
        mine = Batch.objects.filter(uploader=actor.id, source_code=source, area_code=town)
        return bool(mine.filter(merged_at__isnull=False).exists())


def take_in(order: DemoOrder, town: str, source: str, writer: Writer | None = None) -> Taken:
    """Writes the file (or waits for the `writer`'s), uploads, maps, checks and merges it without its bad rows.

    Does nothing when it was merged before. A process killed on the way leaves the base as it was; the next call
    begins the file again. Raises DemoFileRefused when intake ends in another state than merged.
    """
    if source not in SOURCES:
        raise ValueError(source)
    if taken_before(town, source):
        return Taken("", before=True)
    file = writer.file(town, source) if writer else spreadsheet(order, town, source)
    return merge_file(demo_actor(), file)


def merge_file(actor: Actor, file: SourceFile, watcher: Watcher | None = None) -> Taken:
    """Brings one file through every step of intake as the actor, leaving bad rows out."""
    from linli.intake.runner import run_file

    outcome = run_file(
        actor,
        file.path,
        source=file.source_code,
        area=file.default_area,
        mapping=file.mapping,
        observed_on=file.observed_on,
        commit=True,
        skip_bad=True,
        watcher=watcher,
    )
    if outcome.problem is not None:
        raise outcome.problem
    if not outcome.merged:
        raise DemoFileRefused(file=file.path.name, state=str(outcome.state))
    counts = outcome.merge_counts
    return Taken(
        file.path.name,
        file.rows,
        int(counts.get("people_created", 0)),
        int(counts.get("people_changed", 0)),
        int(counts.get("skipped", 0)),
    )


def take_things_in(order: DemoOrder, kind: str) -> Taken:
    """Writes the district's file of a kind of things and merges it without its bad rows, once."""
    from linli.intake.models import Batch
    from linli.intake.runner import run_file
    from linli.places.models import Grid

    actor = demo_actor()
    with acting(actor):
        if Batch.objects.filter(uploader=actor.id, kind=kind, merged_at__isnull=False).exists():
            return Taken("", before=True)
        spots = list(Grid.objects.filter(valid_to=None).order_by("code").values_list("code", "lon", "lat"))
    places = places_here()
    file = things.write_file(kind, order.people, order.seed, places, spots, order.folder / "spreadsheets")
    outcome = run_file(
        actor,
        file.path,
        source=file.source_code,
        area=places.code,
        kind=kind,
        mapping={"version": 1, "columns": file.mapping, "datum": file.datum},
        observed_on=REFERENCE,
        commit=True,
        skip_bad=True,
    )
    if outcome.problem is not None:
        raise outcome.problem
    if not outcome.merged:
        raise DemoFileRefused(file=file.path.name, state=str(outcome.state))
    counts = outcome.merge_counts
    return Taken(file.path.name, file.rows, int(counts["things_created"]), 0, int(counts["skipped"]))


def defer_forms(town: str) -> None:
    """Puts the forms of the catalogue, one of them filled for a town, into the queue."""
    from linli.project.demo.jobs import lay_forms

    _defer(lay_forms, "demo:forms", town=town)


def defer_things(order: DemoOrder) -> None:
    """Puts a job for each kind of things into the queue."""
    from linli.project.demo.jobs import take_things

    for kind in things.FULL:
        _defer(take_things, f"demo:{kind}", people=order.people, seed=order.seed, kind=kind)


def defer_files(order: DemoOrder, pending: list[tuple[str, str]]) -> int:
    """Puts a job for each (town, source) into the queue, one lane for all of them; returns how many are new."""
    from linli.project.demo.jobs import take_in_file

    numbers = {"people": order.people, "seed": order.seed}
    return sum(
        _defer(take_in_file, f"demo:{town}:{source}", **numbers, town=town, source=source) for town, source in pending
    )


def defer_ties(towns: list[str]) -> None:
    """Puts guardians and tags of each town behind the files in the queue."""
    from linli.project.demo.jobs import tie_people

    for town in towns:
        _defer(tie_people, f"demo:{town}:ties", town=town)


def defer_newcomers(order: DemoOrder, towns: tuple[str, str], username: str) -> None:
    """Puts the newcomers behind the files in the queue."""
    from linli.project.demo.jobs import bring_newcomers_in

    numbers = {"people": order.people, "seed": order.seed}
    _defer(bring_newcomers_in, "demo:newcomers", **numbers, towns=list(towns), username=username)


def _defer(task: Any, once: str, **arguments: Any) -> bool:
    """Defers a job unless the same one waits already; the worker takes people's own uploads first."""
    from django.db import transaction
    from procrastinate.exceptions import AlreadyEnqueued

    with acting(demo_actor()):
        try:
            with transaction.atomic():
                task.configure(lock="demo", queueing_lock=once, priority=-10).defer(**arguments)
        except AlreadyEnqueued:
            return False
    return True


def write_file_to_try(order: DemoOrder, places: DistrictPlaces, towns: list[str], village: str) -> Path:
    """The table with many troubles that a user of the demo brings to the wizard; see `newcomers`."""
    path = path_to_try(places, village, order.folder)
    if not path.exists():
        pair = (towns[0], towns[1] if len(towns) > 1 else towns[0])
        file_to_try(order.people, order.seed, places, pair, village, order.folder)
    return path


def bring_newcomers(order: DemoOrder, towns: tuple[str, str], username: str) -> Taken:
    """Has a town's clerk bring people whom another town holds, which opens 迁入 requests. Once."""
    from linli.access.queries.actors import of_username
    from linli.intake.models import Batch

    clerk = of_username(username)
    with acting(demo_actor()):
        mine = Batch.objects.filter(uploader=clerk.id, area_code=towns[0], merged_at__isnull=False)
        if mine.exists():
            return Taken("", before=True)
    folder = order.folder / "spreadsheets"
    folder.mkdir(exist_ok=True, mode=0o700)
    return merge_file(clerk, file_of_newcomers(order.people, order.seed, places_here(), towns, folder))
