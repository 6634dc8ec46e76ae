"""What one town can learn about people of another: that a request is open, and nothing else (docs/security.md)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import polars as pl
import pytest
import staff
from people_frames import DISTRICT, OTHER_VILLAGE, TOWN, VILLAGE, clerk, merge, number, row

from linli.access.models import Account, Role
from linli.kernel.scope import acting
from linli.registry.merge import match_people
from linli.registry.models import Person
from linli.registry.queries.decisions import review_rows

VIEW, DECIDE = "registry.person.view", "registry.transfer.decide"
pytestmark = pytest.mark.usefixtures("db")


def keeper_elsewhere(account: Account) -> Account:
    """The same account with rights in the other town that have nothing to do with people: the database's fence is the
    union of all rights, so what is shown must be asked for by permission."""
    with acting(staff.OPERATOR):
        role = Role.objects.create(
            code="keeper", name="keeper", permissions=["access.account.view"], created_at=account.created_at
        )
        staff.appoint(account, role, staff.OTHER_TOWN)
    return account


def test_what_is_foretold_is_the_same_whether_or_not_somebody_elsewhere_exists() -> None:
    merge([row(4, "丁", 4, record_key="R9"), row(5, "戊", 5)])
    stranger = row(7, "甲", 1, OTHER_VILLAGE)
    asked = [
        row(2, "甲", 1),  # somebody of the other town by the number
        row(3, "某", 3, record_key="R1"),  # one of them by the number, another by the record id
        row(4, "丁", 2, record_key="R9"),  # one's own by the record id, somebody else's number
        row(5, "戊", 5, record_key="R2"),  # one's own by the number, somebody else's record id
        stranger,  # exactly what the other town has stated
        row(8, "己", 6),  # nobody
    ]
    frame = pl.DataFrame(asked, infer_schema_length=None)

    def foretold() -> dict[str, int]:
        return asdict(match_people(frame, "community", clerk(TOWN), DISTRICT))

    before = foretold()
    merge([
        stranger, row(8, "乙", 2, OTHER_VILLAGE, record_key="R1"), row(9, "丙", 3, OTHER_VILLAGE),
        row(10, "庚", 7, OTHER_VILLAGE, record_key="R2"),
    ])  # fmt: skip
    assert foretold() == before
    assert before == {"rows": 6, "new": 4, "updated": 1, "unchanged": 0, "in_review": 1, "transfer": 0}


def test_to_state_what_another_town_has_stated_is_a_request_and_not_a_confirmation() -> None:
    stated = row(7, "甲", 1, OTHER_VILLAGE)
    merge([stated])
    _, counts = merge([stated], uploader=clerk(TOWN))
    assert (counts.unchanged, counts.transfer) == (0, 1)
    _, again = merge([row(7, "甲", 1)], uploader=clerk(TOWN))
    _, repeated = merge([row(7, "甲", 1)], uploader=clerk(TOWN))
    assert again.unchanged == 0 and repeated.unchanged == 1, "one's own waiting row is one's own"


def test_each_side_of_a_request_is_told_its_own_and_not_who_and_where_beyond() -> None:
    merge([row(7, "钱多多", 1, OTHER_VILLAGE, phone="19900001234")])
    account = keeper_elsewhere(staff.staff("here", area=TOWN, permissions=[VIEW, DECIDE]))
    batch, _ = merge([row(2, "钱名误", 1)], uploader=clerk(TOWN))
    here, there = staff.client(account), staff.client(staff.staff("there", "town_clerk", staff.OTHER_TOWN))

    (asked,) = here.get("/api/transfers").json()["items"]
    assert (asked["name"], asked["batch_id"], asked["row"], asked["from_area"]) == ("钱名误", str(batch), 2, None)
    (seen,) = there.get("/api/transfers").json()["items"]
    assert (seen["name"], seen["batch_id"], seen["row"]) == ("钱多多", None, None)
    assert seen["to_area"]["code"] == VILLAGE, "who decides must know who asks"

    url = f"/api/transfers/{asked['id']}/reject"
    assert there.post(url, {"reason": "查无此事"}, content_type="application/json").status_code == 204
    answer = here.get("/api/transfers?state=rejected")
    (decided,) = answer.json()["items"]
    assert (decided["decided_by"], decided["reason"]) == ("其他区域", "查无此事")
    assert there.get("/api/transfers?state=rejected").json()["items"][0]["decided_by"] == "用户there"
    for secret in (staff.OTHER_TOWN, "钱多多", "用户there", "1234"):
        assert secret not in answer.content.decode(), secret


def test_candidates_of_a_waiting_row_are_people_whom_one_may_see() -> None:
    merge([row(2, "甲", 1, record_key="A1")])
    merge([row(7, "乙", 2, OTHER_VILLAGE)])
    batch, counts = merge([row(2, "甲", 2, record_key="A1")], uploader=clerk(TOWN))
    assert counts.in_review == 1
    account = keeper_elsewhere(staff.staff("here", area=TOWN, permissions=[VIEW]))
    actor = staff.actor(account)
    with acting(actor):
        names = [candidate.name for candidate in review_rows(actor, batch).items if candidate.person_id]
    assert names == ["甲"]


def test_who_tries_numbers_by_correcting_is_seen_by_the_town_it_concerns(owner_sql: Any) -> None:
    """A number belongs to one person, so the answer cannot but tell that it is taken; the try leaves a trace there."""
    merge([row(2, "甲", 1), row(7, "乙", 2, OTHER_VILLAGE)])
    with acting(staff.OPERATOR):
        own, other = Person.objects.get(name="甲"), Person.objects.get(name="乙")
        from linli.registry.models import District

        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})
    account = staff.staff("here", "town_clerk")
    body = {"changes": {"id_kind": "111", "id_number": number(2)}, "reason": "核对证件", "version": 1}
    answer = staff.client(account).patch(f"/api/people/{own.id}", body, content_type="application/json")
    assert answer.status_code == 422 and [f["code"] for f in answer.json()["fields"]] == ["taken"], answer.content
    assert "乙" not in answer.content.decode() and str(other.id) not in answer.content.decode()
    trace = owner_sql("SELECT actor, subject_id, area_code FROM access_read_log WHERE purpose = 'taken'")
    assert trace == [(str(account.id), str(other.id), OTHER_VILLAGE)]


def test_a_move_that_was_approved_is_told_to_both() -> None:
    merge([row(7, "钱多多", 1, OTHER_VILLAGE)])
    here = staff.client(staff.staff("here", "town_clerk"))
    there = staff.client(staff.staff("there", "town_clerk", staff.OTHER_TOWN))
    merge([row(2, "钱多多", 1)], uploader=clerk(TOWN), observed_on=date(2026, 6, 1))
    (seen,) = there.get("/api/transfers").json()["items"]
    there.post(f"/api/transfers/{seen['id']}/approve", {}, content_type="application/json")
    assert here.get("/api/transfers?state=approved").json()["items"][0]["decided_by"] == "其他区域"
    assert [p["name"] for p in here.get("/api/people").json()["items"]] == ["钱多多"]
