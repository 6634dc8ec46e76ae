"""The queue of waiting rows: across batches, side by side, given to somebody, and one's own count of the day."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
import staff
from permissions import Door, PermissionSuite, Sample

sys.path.insert(0, str(Path(__file__).parents[1] / "registry"))
from people_frames import merge, number, row

from linli.intake.models import Batch
from linli.intake.permissions import BATCH_MERGE
from linli.kernel import clock
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.merge import undo_people
from linli.registry.models import ReviewAssignment, SourceRecord
from linli.registry.permissions import VIEW
from linli.registry.reviewing import queries


def batch_in(village: str) -> Any:
    """An import that waits for decisions."""
    now = clock.now()
    with acting(staff.OPERATOR):
        return Batch.objects.create(
            id=uuid7(), area_code=village, uploader="x", uploader_name="x", source_code="community", filename="a.csv",
            file_size=1, sha256=str(uuid7()), observed_on=date(2026, 1, 1), state="in_review", created_at=now,
            changed_at=now,
        ).id  # fmt: skip


def waiting_in(village: str, serial: int, name: str) -> dict[str, str]:
    """Two people with one record id between them, and a row that may be either."""
    key = f"K{serial}"
    merge([row(serial, f"{name}甲", serial, village, record_key=key, phone="19900000001")])
    merge([row(serial + 1, f"{name}乙", serial + 1, village)], "police")
    batch = batch_in(village)
    _, counts = merge([row(serial, f"{name}丙", serial + 1, village, record_key=key, phone="19900000002")], batch=batch)
    assert counts.in_review == 1
    with acting(staff.OPERATOR):
        record = SourceRecord.objects.get(batch_id=batch)
    return {"record": str(record.id), "batch": str(batch), "row": str(serial)}


class TestReviewQueueDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/intake/reviews", BATCH_MERGE, also=(VIEW,), finds=True, logs="list"),
        Door("GET", "/api/intake/reviews/today", BATCH_MERGE),
        Door("GET", "/api/intake/reviews/colleagues", BATCH_MERGE),
        Door("POST", "/api/intake/reviews/{record}/assign", BATCH_MERGE, {"account_id": None}, also=(VIEW,)),
    ]

    def sample(self) -> Sample:
        own, foreign = waiting_in(staff.VILLAGE, 10, "本镇"), waiting_in(staff.OTHER_VILLAGE, 20, "外镇")
        return Sample(
            own=own, foreign=foreign, own_marks=["本镇丙"], foreign_marks=["外镇"],
            secrets=[number(s) for s in (10, 11, 20, 21)] + ["19900000002"],
        )  # fmt: skip


@pytest.fixture
def clerk(db: str) -> Any:
    """A clerk of the town, signed in."""
    return staff.client(staff.staff("clerk", "town_clerk"))


def post(browser: Any, path: str, body: dict[str, Any]) -> Any:
    return browser.post(path, body, content_type="application/json")


def queue(browser: Any, **filters: str) -> list[dict[str, Any]]:
    answer = browser.get("/api/intake/reviews", filters)
    assert answer.status_code == 200, answer.content
    return list(answer.json()["items"])


def test_a_row_stands_beside_those_it_may_be_field_by_field(clerk: Any) -> None:
    waiting_in(staff.VILLAGE, 10, "王")
    (waiting,) = queue(clerk)
    first, second = waiting["candidates"]
    assert (first["name"], first["choose"], first["choose_without"]) == ("王乙", True, False)
    assert (second["name"], second["choose"], second["choose_without"]) == ("王甲", False, True)
    assert [r["code"] for r in first["reasons"]] == ["same_number"]
    assert [r["code"] for r in second["reasons"]] == ["same_record"]
    verdicts = {line["field"]: line["verdict"] for line in second["lines"]}
    assert verdicts["name"] == verdicts["phone"] == verdicts["id_number"] == "differs"
    assert verdicts["sex"] == verdicts["birth"] == "same"
    assert {line["field"]: line["verdict"] for line in first["lines"]}["phone"] == "only_row"
    assert (waiting["new"], waiting["new_without"], waiting["mine"], waiting["assigned_to"]) == (
        False,
        True,
        False,
        None,
    )


def test_who_is_taken_out_while_the_queue_is_read_is_proposed_no_more(
    clerk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting_in(staff.VILLAGE, 10, "王")
    with acting(staff.OPERATOR):
        batch = SourceRecord.objects.get(name="王甲").batch_id
    whole = queries.sql.rows

    def then_undone(shape: Any, query: str, *args: Any) -> Any:
        found = whole(shape, query, *args)
        if query.startswith(queries._CANDIDATES[:40]):
            monkeypatch.setattr(queries.sql, "rows", whole)
            undo_people(batch, staff.OPERATOR, staff.DISTRICT)
        return found

    monkeypatch.setattr(queries.sql, "rows", then_undone)
    (waiting,) = queue(clerk)
    assert [c["name"] for c in waiting["candidates"]] == ["王乙"]


def test_rows_of_all_imports_come_and_go_with_their_decision(clerk: Any) -> None:
    one, two = waiting_in(staff.VILLAGE, 10, "王"), waiting_in(staff.VILLAGE, 20, "李")
    waiting_in(staff.OTHER_VILLAGE, 30, "外")
    assert {w["record_id"] for w in queue(clerk)} == {one["record"], two["record"]}
    assert clerk.get("/api/intake/reviews/today").json() == {"decided": 0}
    decided = post(clerk, f"/api/intake/batches/{one['batch']}/reviews/{one['row']}", {"choice": "skip"})
    assert decided.status_code == 200, decided.content
    assert {w["record_id"] for w in queue(clerk)} == {two["record"]}
    assert clerk.get("/api/intake/reviews/today").json() == {"decided": 1}
    other = staff.client(staff.staff("other", "town_clerk"))
    assert other.get("/api/intake/reviews/today").json() == {"decided": 0}, "told to oneself alone"


def test_rows_are_given_to_those_who_may_decide_on_them(clerk: Any) -> None:
    waiting = waiting_in(staff.VILLAGE, 10, "王")
    path = f"/api/intake/reviews/{waiting['record']}/assign"
    colleague, stranger = (
        staff.staff("colleague", "village_clerk", staff.VILLAGE),
        staff.staff("stranger", "town_clerk", staff.OTHER_TOWN),
    )
    offered = {c["account_id"] for c in clerk.get("/api/intake/reviews/colleagues").json()}
    assert str(colleague.id) in offered and str(stranger.id) not in offered
    refused = post(clerk, path, {"account_id": str(stranger.id)})
    assert refused.status_code == 422 and refused.json()["fields"][0]["field"] == "account_id"
    assert post(clerk, path, {"account_id": str(colleague.id)}).status_code == 204
    assert [w["assigned_to"] for w in queue(clerk)] == ["用户colleague"]
    assert queue(clerk, assigned="mine") == queue(clerk, assigned="nobody") == []
    assert len(queue(staff.client(colleague), assigned="mine")) == 1
    assert post(clerk, path, {"account_id": None}).status_code == 204
    assert len(queue(clerk, assigned="nobody")) == 1


def test_a_name_is_told_to_those_whose_colleague_it_is(clerk: Any) -> None:
    waiting = waiting_in(staff.VILLAGE, 10, "王")
    path = f"/api/intake/reviews/{waiting['record']}/assign"
    above = staff.staff("above", "town_clerk")
    assert post(clerk, path, {"account_id": str(above.id)}).status_code == 204
    assert [(w["assigned_to"], w["mine"]) for w in queue(clerk)] == [("用户above", False)]
    assert [(w["assigned_to"], w["mine"]) for w in queue(staff.client(above))] == [("用户above", True)]
    below = staff.client(staff.staff("below", "village_clerk", staff.VILLAGE))
    assert [(w["assigned_to"], w["mine"]) for w in queue(below)] == [("其他区域", False)]


def test_nothing_is_kept_of_who_was_to_decide(clerk: Any) -> None:
    one, two = waiting_in(staff.VILLAGE, 10, "王"), waiting_in(staff.VILLAGE, 20, "李")
    colleague = staff.staff("colleague", "village_clerk", staff.VILLAGE)
    for waiting in (one, two):
        post(clerk, f"/api/intake/reviews/{waiting['record']}/assign", {"account_id": str(colleague.id)})
    post(clerk, f"/api/intake/batches/{one['batch']}/reviews/{one['row']}", {"choice": "skip"})
    with acting(staff.OPERATOR):
        assert [str(a.record_id) for a in ReviewAssignment.objects.all()] == [two["record"]]
    gone = post(clerk, f"/api/intake/reviews/{one['record']}/assign", {"account_id": str(colleague.id)})
    assert gone.status_code == 409
    from uuid import UUID

    undo_people(UUID(two["batch"]), staff.OPERATOR, staff.DISTRICT)
    with acting(staff.OPERATOR):
        assert not ReviewAssignment.objects.exists()


def test_a_row_whose_record_came_anew_waits_no_more_and_is_nobodys_to_decide(clerk: Any) -> None:
    older = waiting_in(staff.VILLAGE, 10, "王")
    colleague = staff.staff("colleague", "village_clerk", staff.VILLAGE)
    give = {"account_id": str(colleague.id)}
    assert post(clerk, f"/api/intake/reviews/{older['record']}/assign", give).status_code == 204
    newer = batch_in(staff.VILLAGE)
    again = row(10, "王丙", 11, staff.VILLAGE, record_key="K10", phone="19900000003")
    _, counts = merge([again], batch=newer)
    assert counts.in_review == 1
    assert [(w["batch_id"], w["assigned_to"]) for w in queue(clerk)] == [(str(newer), None)]
    assert clerk.get("/api/intake/reviews").json()["count"]["value"] == 1
    with acting(staff.OPERATOR):
        assert not ReviewAssignment.objects.exists()
    assert post(clerk, f"/api/intake/reviews/{older['record']}/assign", give).status_code == 409
