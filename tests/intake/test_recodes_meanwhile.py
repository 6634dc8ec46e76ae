"""Imports that run while areas get other codes: whatever comes first, people end in the area that holds now."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from intake_tables import DISTRICT, HEADER, TOWN, VILLAGE, Table, person
from test_faults import state_of, victim
from test_jobs_and_api import work
from test_runs import OPERATOR, people

from linli.intake import actions, perform
from linli.intake.models import Batch, Finding
from linli.intake.work import Work
from linli.kernel.actors import Actor, Grant
from linli.kernel.scope import acting
from linli.places.models import Grid
from linli.places.recode import actions as recodes
from linli.places.recode.rules import Wish
from linli.registry.models import District

NEW = TOWN + "399"
Sql = Callable[..., Sequence[Any]]
pytestmark = pytest.mark.usefixtures("demo_district")


@pytest.fixture
def demo_district(seeded_db: str) -> Iterator[str]:
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})
    yield seeded_db


@pytest.fixture
def clerk(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Actor]:
    """Somebody of the village alone, whose right goes with the village, as grants do in a recode."""
    may = frozenset({"intake.batch.view", "intake.batch.upload", "intake.batch.merge", "registry.person.view"})
    area = [VILLAGE]

    def now(_: str = "") -> Actor:
        return Actor("staff", "00000000-0000-7000-8000-000000000001", "clerk", (Grant(area[0], may),))

    monkeypatch.setattr(perform, "of_account", lambda _: now())
    now.area = area  # type: ignore[attr-defined]
    return now


def recode(clerk: Any) -> None:
    """In a connection of its own, as another process would."""

    def run() -> None:
        try:
            with acting(OPERATOR):
                recodes.do_recode(OPERATOR, Wish(VILLAGE, NEW))
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    other.start()
    other.join(60)
    assert not other.is_alive()
    clerk.area[0] = NEW


def queued(clerk: Any, path: Path, until: str) -> Batch:
    """A batch of the village on which a step waits. Rows state no home: they lie where the batch does."""
    with acting(clerk()), path.open("rb") as content:
        size = path.stat().st_size
        batch = actions.upload_batch(
            clerk(), content, filename=path.name, size=size, source="community", area=clerk.area[0]
        )
    for step in ("check", "merge"):
        if until == "read":
            break
        perform.perform("read" if step == "check" else "check", batch.id)
        with acting(clerk()):
            (actions.check_batch if step == "check" else actions.merge_batch)(clerk(), batch.id)
        if until == step:
            break
    return batch


def table(xlsx: Table) -> Path:
    return xlsx([HEADER[:3], *(person(i)[:3] for i in range(1, 6))])


def areas_of(owner_sql: Sql, name: str) -> set[str]:
    return {row[0][:12] for row in owner_sql(f"SELECT DISTINCT area_code FROM {name}")}


@pytest.mark.parametrize("step", ["read", "check", "merge"])
def test_a_batch_that_waits_goes_with_its_area(clerk: Any, xlsx: Table, owner_sql: Sql, step: str) -> None:
    batch = queued(clerk, table(xlsx), step)
    owner_sql("DELETE FROM procrastinate_jobs")
    recode(clerk)
    finish(clerk, batch, step)
    assert (state_of(batch.id), people()) == ("merged", 5)
    assert areas_of(owner_sql, "registry_person") == areas_of(owner_sql, "intake_batch") == {NEW}


def finish(clerk: Any, batch: Batch, step: str) -> None:
    """Do the step and what comes after it."""
    perform.perform(step, batch.id)
    if step == "read":
        with acting(clerk()):
            actions.check_batch(clerk(), batch.id)
        perform.perform("check", batch.id)
    if step != "merge":
        with acting(clerk()):
            actions.merge_batch(clerk(), batch.id)
        perform.perform("merge", batch.id)


@pytest.mark.parametrize(
    ("step", "moment"),
    [("read", "reading/read"), ("check", "checking/read"), ("check", "checking/check"), ("merge", "merging/read"),
     ("merge", "merging/check"), ("merge", "merging/duplicates")],
)  # fmt: skip
def test_a_recode_amid_a_step_is_taken_up_by_it(
    clerk: Any, xlsx: Table, owner_sql: Sql, monkeypatch: pytest.MonkeyPatch, step: str, moment: str
) -> None:
    bad = [*person(9)[:2], "123"]
    path = xlsx([HEADER[:3], *(person(i)[:3] for i in range(1, 6)), bad])
    batch = queued(clerk, path, "read" if step == "read" else "check")
    if step == "merge":
        perform.perform("check", batch.id)
        with acting(clerk()):
            actions.merge_batch(clerk(), batch.id, skip_bad=True)
    done: list[str] = []

    def watch(state: Any, stage: str, percent: int) -> None:
        if f"{state}/{stage}" == moment and not done:
            done.append(moment)
            recode(clerk)

    hold = lambda one, actor, watcher=None: Work(one.id, actor, perform.State(one.state), watch)  # noqa: E731
    monkeypatch.setattr(perform, "hold", hold)
    perform.perform(step, batch.id)
    assert done, f"{moment} never came"
    assert state_of(batch.id) == {"read": "mapping", "check": "matched", "merge": "merged"}[step]
    if step != "merge":
        monkeypatch.undo()
        monkeypatch.setattr(perform, "of_account", lambda _: clerk())
        if step == "read":
            with acting(clerk()):
                actions.check_batch(clerk(), batch.id)
            perform.perform("check", batch.id)
        with acting(clerk()):
            assert Finding.objects.filter(batch_id=batch.id).count() == 1, "findings lie where the batch does"
            actions.merge_batch(clerk(), batch.id, skip_bad=True)
        perform.perform("merge", batch.id)
    assert people() == 5 and areas_of(owner_sql, "registry_person") == {NEW}
    assert areas_of(owner_sql, "intake_finding") == {NEW}


def test_a_merge_killed_before_a_recode_goes_on_in_the_new_area(
    demo_district: str, clerk: Any, xlsx: Table, owner_sql: Sql
) -> None:
    with acting(OPERATOR):
        path = table(xlsx)
        with path.open("rb") as content:
            size = path.stat().st_size
            batch = actions.upload_batch(
                OPERATOR, content, filename=path.name, size=size, source="community", area=VILLAGE
            )
    perform.perform("read", batch.id)
    with acting(OPERATOR):
        actions.check_batch(OPERATOR, batch.id)
    perform.perform("check", batch.id)
    with acting(OPERATOR):
        actions.merge_batch(OPERATOR, batch.id)
    assert victim(demo_district, "perform:merge", "merging/golden", batch.id) == -signal.SIGKILL
    owner_sql("DELETE FROM procrastinate_jobs")
    recode(clerk)
    assert people() == 0
    perform.recover()
    work()
    assert (state_of(batch.id), people()) == ("merged", 5)
    assert areas_of(owner_sql, "registry_person") == {NEW}


def test_an_undo_amid_a_recode_takes_the_batch_back(
    clerk: Any, xlsx: Table, owner_sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = queued(clerk, table(xlsx), "merge")
    perform.perform("merge", batch.id)
    with acting(OPERATOR):
        actions.undo_batch(OPERATOR, batch.id)
        Batch.objects.filter(id=batch.id).update(options=batch.options | {"undone_by": clerk().id})
    done: list[bool] = []

    def watch(state: Any, stage: str, percent: int) -> None:
        if f"{state}/{stage}" == "undoing/undo" and not done:
            done.append(True)
            recode(clerk)

    hold = lambda one, actor, watcher=None: Work(one.id, actor, perform.State(one.state), watch)  # noqa: E731
    monkeypatch.setattr(perform, "hold", hold)
    perform.perform("undo", batch.id)
    assert done and (state_of(batch.id), people()) == ("undone", 0)


def test_a_grid_that_ended_while_its_rows_waited_takes_nobody_in(clerk: Any, xlsx: Table, owner_sql: Sql) -> None:
    with acting(OPERATOR):
        grid = Grid.objects.filter(village_code=VILLAGE, valid_to=None).order_by("code").first()
    assert grid is not None
    path = xlsx([[*HEADER[:3], "网格"], *([*person(i)[:3], grid.code] for i in range(1, 6))])
    batch = queued(clerk, path, "merge")
    recode(clerk)
    perform.perform("merge", batch.id)
    # The old code of the grid is known still, or the rows are told to be wrong: never merged into what has ended.
    assert areas_of(owner_sql, "registry_person") <= {NEW}
    assert state_of(batch.id) in ("merged", "matched")
