"""Files taken in by themselves: each once, only from below the pick-up folder, never half-written, safe to be killed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import staff
from intake_tables import HEADER, person
from test_jobs_and_api import ADDRESS, ask, signed_in, work

from linli.intake import pickup
from linli.intake.models import Batch, PickedFile, Pickup
from linli.intake.perform import perform
from linli.intake.pickup import PickupForm, look, save_pickup
from linli.kernel.errors import Forbidden, Invalid, NotFound
from linli.kernel.scope import acting
from linli.registry.models import District, Person

pytestmark = pytest.mark.usefixtures("demo_district")


@pytest.fixture
def demo_district(seeded_db: str, settings: Any) -> None:
    settings.ROOT_URLCONF = "intake_urls"
    with acting(staff.OPERATOR):
        District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.LINLI_PICKUP_DIR = tmp_path / "pickup"
    (tmp_path / "pickup" / "community").mkdir(parents=True)
    yield tmp_path / "pickup" / "community"


def table(folder: Path, name: str, *rows: list[str], old: bool = True) -> Path:
    path = folder / name
    path.write_text("\n".join(",".join(row) for row in (HEADER, *rows)), "utf-8")
    if old:
        settle(path)
    return path


def settle(path: Path) -> None:
    os.utime(path, (time.time() - 600, time.time() - 600))


def a_pickup(then: str = "check", **more: Any) -> Pickup:
    form = {
        "area": staff.TOWN,
        "source": "community",
        "directory": "community",
        "pattern": "*.csv",
        "then": then,
        **more,
    }
    with acting(staff.OPERATOR):
        return save_pickup(staff.OPERATOR, PickupForm(**form))


def batches() -> list[Batch]:
    with acting(staff.OPERATOR):
        return list(Batch.objects.order_by("id"))


def one(serial: int, **cells: str) -> list[str]:
    return person(serial, address=ADDRESS, **cells)


def test_a_file_is_taken_once_checked_and_left_where_it_is(folder: Path) -> None:
    a_pickup()
    path = table(folder, "1.csv", one(1))
    before = path.read_bytes()
    assert look() == 1
    work()
    assert [b.state for b in batches()] == ["matched"]
    assert path.read_bytes() == before
    assert look() == 0
    path.rename(folder / "again.csv")  # another name, or time, is the same file
    settle(folder / "again.csv")
    assert look() == 0 and len(batches()) == 1
    table(folder, "again.csv", one(1), one(2))
    assert look() == 1


def test_what_is_being_written_hidden_linked_or_does_not_match_is_left(folder: Path, tmp_path: Path) -> None:
    a_pickup()
    table(folder, "new.csv", one(1), old=False)
    table(folder, "~$lock.csv", one(2))
    table(folder, "other.txt", one(3))
    secret = table(tmp_path, "secret.csv", one(4))
    (folder / "link.csv").symlink_to(secret)
    assert look() == 0 and batches() == []


def test_a_link_put_in_place_of_a_file_that_was_looked_at_is_not_followed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And put back in time, so that nothing shows afterwards."""
    a_pickup()
    path, secret = table(folder, "1.csv", one(1)), table(tmp_path, "secret.csv", one(4))
    aside, settled, upload = folder / "aside", pickup._settled, pickup.actions.upload_batch

    def swapped(*args: Any) -> Any:
        for found in settled(*args):
            path.rename(aside)
            path.symlink_to(secret)
            yield found

    def put_back(*args: Any, **more: Any) -> Batch:
        made = upload(*args, **more)
        aside.replace(path)
        return made

    monkeypatch.setattr(pickup, "_settled", swapped)
    monkeypatch.setattr(pickup.actions, "upload_batch", put_back)
    assert look() == 0 and batches() == []


def test_a_file_that_changes_while_it_is_kept_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_pickup()
    path = table(folder, "1.csv", one(1))
    upload = pickup.actions.upload_batch

    def slow(*args: Any, **more: Any) -> Batch:
        made = upload(*args, **more)
        with path.open("a") as file:
            file.write("\nmore")
        return made

    monkeypatch.setattr(pickup.actions, "upload_batch", slow)
    assert look() == 0 and batches() == []
    monkeypatch.undo()
    settle(path)
    assert look() == 1


def test_a_killed_look_leaves_both_file_and_batch_or_neither(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_pickup()
    table(folder, "1.csv", one(1))

    def killed(*args: Any, **more: Any) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(PickedFile.objects, "create", killed)
    with pytest.raises(SystemExit):
        look()
    assert batches() == []
    monkeypatch.undo()
    assert look() == 1 and len(batches()) == 1


def test_failures_are_batches(folder: Path) -> None:
    a_pickup("merge")
    table(folder, "a.csv").write_bytes(b"")
    (folder / "b.csv").write_bytes(b"%PDF-1.4")
    for name in ("a.csv", "b.csv"):
        settle(folder / name)
    assert look() == 2
    work()
    found = {b.filename: (b.state, b.problem["code"]) for b in batches() if b.problem}
    assert found == {"a.csv": ("failed", "intake.file.empty"), "b.csv": ("failed", "intake.file.wrong_kind")}
    assert look() == 0


def test_it_merges_by_itself_only_what_a_person_has_mapped_before(folder: Path) -> None:
    a_pickup("merge")
    table(folder, "1.csv", one(1))
    look()
    work()
    assert [b.state for b in batches()] == ["matched"]  # columns guessed for the first time
    table(folder, "2.csv", one(2))
    look()
    work()
    assert [b.state for b in batches()] == ["matched", "merged"]
    table(folder, "3.csv", one(3), one(4, phone="123"))
    look()
    work()
    assert [b.state for b in batches()] == ["matched", "merged", "matched"]  # it has errors
    with acting(staff.OPERATOR):
        Pickup.objects.update(then="skip_bad")
        assert Person.objects.count() == 1
    table(folder, "4.csv", one(5), one(6, phone="123"))
    look()
    work()
    assert batches()[-1].state == "merged" and (batches()[-1].merge_counts or {})["skipped"] == 1


def test_a_step_lost_with_a_killed_worker_is_taken_up_by_the_next_look(folder: Path) -> None:
    a_pickup()
    table(folder, "1.csv", one(1))
    look()
    perform("read", batches()[0].id)  # and the worker is killed before it asks for the check
    assert batches()[0].state == "mapping"
    look()
    work()
    assert batches()[0].state == "matched"


def test_columns_that_cannot_be_mapped_wait_for_a_person(folder: Path) -> None:
    a_pickup("skip_bad")
    path = folder / "1.csv"
    path.write_text("公民身份号码,联系电话\n990302198005170012,1\n", "utf-8")
    settle(path)
    look()
    work()
    look()
    work()
    found = batches()[0]
    assert (found.state, (found.problem or {})["code"]) == ("mapping", "intake.mapping.invalid")


def test_a_folder_outside_is_refused_and_one_that_leads_outside_takes_nothing(folder: Path, tmp_path: Path) -> None:
    for directory in ("/etc", "../x", "a/../../x", "a\\b"):
        with pytest.raises(Invalid):
            a_pickup(directory=directory)
    table(tmp_path, "secret.csv", one(1))
    (folder.parent / "out").symlink_to(tmp_path)
    a_pickup(directory="out")
    a_pickup(directory="nowhere")
    assert look() == 0
    with acting(staff.OPERATOR):
        codes = [p.problem["code"] for p in Pickup.objects.all() if p.problem]
    assert codes == ["intake.pickup.folder_missing"] * 2


def test_who_may_set_them_and_whose_rights_they_have(folder: Path) -> None:
    own = signed_in("own2", staff.DISTRICT, ["intake.source.edit", "intake.batch.upload"])
    form = {"area": staff.TOWN, "source": "community", "directory": "community", "pattern": "*.csv"}
    made = ask(own, "/pickups", "post", form, expect=201)
    assert ask(own, "/pickups")["items"][0]["id"] == made["id"]
    ask(own, "/pickups", "post", form | {"then": "merge"}, expect=403)  # who cannot merge cannot have it done
    town = signed_in("town2", staff.TOWN, ["intake.source.edit", "intake.batch.upload"])
    ask(town, "/pickups", "post", form, expect=403)  # the folders are everybody's, another town's files lie there too
    table(folder, "1.csv", one(1))
    look()
    assert batches()[0].area_code == staff.TOWN and batches()[0].uploader_name == "用户own2"
    with acting(staff.OPERATOR):
        pickup.remove_pickup(staff.OPERATOR, UUID(made["id"]))
        with pytest.raises(NotFound):
            pickup.remove_pickup(staff.OPERATOR, UUID(made["id"]))
    assert len(batches()) == 1
    with pytest.raises(Forbidden):
        pickup.check_pickup(staff.OPERATOR, PickupForm("410000", "community", "", "*", "check"))
