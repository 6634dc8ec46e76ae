"""The wizard's way: upload, mapping, check, merge, undo over HTTP with a real queue; and who may do any of it."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import staff
from django.test import Client
from intake_tables import HEADER, Table, number, person

from linli.intake.models import Batch
from linli.kernel.scope import acting
from linli.registry.models import District

pytestmark = pytest.mark.usefixtures("demo_district", "api")
ADDRESS = "昆仑镇聂村3号楼2单元401"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def api(settings: Any) -> None:
    """Answer from the API of intake alone."""
    settings.ROOT_URLCONF = "intake_urls"


@pytest.fixture
def demo_district(seeded_db: str) -> None:
    with acting(staff.OPERATOR):
        District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})


@pytest.fixture
def clerk(demo_district: None) -> Iterator[Client]:
    """Somebody of 昆仑镇 who may take in tables."""
    yield signed_in("clerk", staff.TOWN)


def signed_in(name: str, area: str, permissions: list[str] | None = None) -> Client:
    may = permissions or [
        "intake.batch.view", "intake.batch.upload", "intake.batch.merge", "intake.batch.undo", "registry.person.view"
    ]  # fmt: skip
    return staff.client(staff.staff(name, area=area, permissions=may))


def work() -> None:
    """Run the queue until it is empty, with Procrastinate's own worker."""
    from procrastinate.contrib.django import app

    async def drain() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
            async with working.open_async():
                await working.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="never")

    asyncio.run(drain())


def upload(client: Client, path: Path, **form: Any) -> Any:
    with path.open("rb") as file:
        data = {"file": file, "source": "community", "area": staff.TOWN, **form}
        return client.post("/api/intake/batches", data)


def ask(client: Client, address: str, method: str = "get", body: Any = None, expect: int = 200) -> Any:
    more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    response = getattr(client, method)(f"/api/intake{address}", **more)
    assert response.status_code == expect, response.content.decode()
    return response.json()


def rows(*serials: int, **cells: str) -> list[list[str]]:
    return [HEADER, *(person(s, address=ADDRESS, **cells) for s in serials)]


def test_the_whole_way_through_the_wizard(clerk: Client, xlsx: Table) -> None:
    answer = upload(clerk, xlsx([*rows(1, 2), person(3, address=ADDRESS, id=number(3)[:-1] + "?")]))
    assert answer.status_code == 201
    batch = f"/batches/{answer.json()['id']}"
    assert ask(clerk, batch)["state"] == "uploaded" and ask(clerk, batch)["working"]
    work()
    assert ask(clerk, batch)["state"] == "mapping"
    preview = ask(clerk, f"{batch}/preview")
    assert [c["fields"] for c in preview["columns"]] == [["name"], ["id_number"], ["phone"], ["home_text"]]
    assert all(c["confidence"] > 0.8 and c["reason_text"] for c in preview["columns"])
    assert preview["rows"][0]["cells"][1].startswith("990***")
    ask(clerk, f"{batch}/mapping", "put", preview["mapping"])
    ask(clerk, f"{batch}/check", "post", expect=202)
    work()
    checked = ask(clerk, batch)
    assert (checked["state"], checked["match_counts"]["new"]) == ("matched", 2)
    assert [(f["code"], f["count"], f["severity"]) for f in checked["findings"]] == [("id.characters", 1, "error")]
    found = ask(clerk, f"{batch}/findings")
    assert found["count"]["value"] == 1
    assert (found["items"][0]["row"], found["items"][0]["column"]) == (4, "公民身份号码")
    assert number(3)[:-1] not in json.dumps(found) and found["items"][0]["remedy"]
    assert ask(clerk, f"{batch}/merge", "post", {}, expect=409)["code"] == "intake.batch.has_errors"
    ask(clerk, f"{batch}/merge", "post", {"skip_bad": True}, expect=202)
    work()
    merged = ask(clerk, batch)
    assert (merged["state"], merged["merge_counts"]["new"], merged["merge_counts"]["skipped"]) == (
        "merged",
        2,
        1,
    )
    ask(clerk, f"{batch}/undo", "post", expect=202)
    work()
    assert ask(clerk, batch)["state"] == "undone"


def test_the_errors_workbook_is_ones_own_file_marked(clerk: Client, xlsx: Table) -> None:
    batch = matched(clerk, xlsx([*rows(1), person(2, address=ADDRESS, phone="123")]))
    response = clerk.get(f"/api/intake{batch}/errors.xlsx", headers={"Accept-Language": "en"})
    assert response.status_code == 200 and response["Content-Type"] == XLSX
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cell = book["人员"]["C3"]
    assert cell.value == "123" and cell.fill.fgColor.rgb.endswith("FFC7CE")
    assert cell.comment is not None and "11 digits" in cell.comment.text
    assert book["人员"]["C2"].comment is None
    assert "用户clerk" in book["Findings"]["A1"].value


def matched(client: Client, path: Path) -> str:
    batch = f"/batches/{upload(client, path).json()['id']}"
    work()
    ask(client, f"{batch}/check", "post", expect=202)
    work()
    return batch


def test_a_repeat_points_to_the_earlier_batch(clerk: Client, xlsx: Table) -> None:
    path = xlsx(rows(1))
    first = matched(clerk, path)
    ask(clerk, f"{first}/merge", "post", {}, expect=202)
    work()
    again = matched(clerk, path)
    assert ask(clerk, again)["same_as"]["id"] == first.rpartition("/")[2]
    ask(clerk, f"{again}/merge", "post", {}, expect=202)
    work()
    assert ask(clerk, again)["merge_counts"]["nothing_changed"] is True


def test_cancelling_before_and_during_work(clerk: Client, xlsx: Table) -> None:
    waiting = f"/batches/{upload(clerk, xlsx(rows(1))).json()['id']}"
    assert ask(clerk, f"{waiting}/cancel", "post")["state"] == "cancelled"
    work()
    assert ask(clerk, waiting)["state"] == "cancelled"
    running = matched(clerk, xlsx(rows(2), name="b.xlsx"))
    ask(clerk, f"{running}/merge", "post", {}, expect=202)
    with acting(staff.OPERATOR):
        Batch.objects.filter(id=running.rpartition("/")[2]).update(cancel_asked=True)
    work()
    assert ask(clerk, running)["state"] == "cancelled"
    assert ask(clerk, f"{running}/merge", "post", {}, expect=409)["code"] == "intake.batch.state"


def test_a_bad_mapping_is_refused_and_nothing_is_lost(clerk: Client, xlsx: Table) -> None:
    batch = f"/batches/{upload(clerk, xlsx(rows(1))).json()['id']}"
    work()
    before = ask(clerk, f"{batch}/preview")["mapping"]
    wrong = {"columns": {"姓名": "name", "现住址": "name", "没有": "phone"}}
    problem = ask(clerk, f"{batch}/mapping", "put", wrong, expect=422)
    assert {f["code"] for f in problem["fields"]} == {"intake.mapping.twice", "intake.mapping.unknown_column"}
    assert ask(clerk, f"{batch}/preview")["mapping"] == before


@pytest.mark.parametrize(
    ("method", "part", "body"),
    [
        ("get", "", None),
        ("get", "/preview", None),
        ("put", "/mapping", {"columns": {"姓名": "name"}}),
        ("post", "/check", None),
        ("post", "/merge", {}),
        ("post", "/cancel", None),
        ("post", "/undo", None),
        ("get", "/findings", None),
        ("get", "/errors.xlsx", None),
        ("get", "/reviews", None),
        ("post", "/reviews/2", {"choice": "new"}),
    ],
)
def test_who_is_elsewhere_or_has_no_role_gets_nothing(
    clerk: Client, xlsx: Table, method: str, part: str, body: Any
) -> None:
    batch = matched(clerk, xlsx([*rows(1), person(2, address=ADDRESS, phone="123")]))
    foreign = signed_in("foreign", staff.OTHER_TOWN)
    nobody = signed_in("nobody", staff.TOWN, ["places.view"])
    more = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    address = f"/api/intake{batch}{part}"
    found = getattr(foreign, method)(address, **more)
    assert found.status_code == 404, found.content
    assert getattr(nobody, method)(address, **more).status_code == 403
    assert getattr(Client(), method)(address, **more).status_code in (401, 403)
    assert ask(clerk, batch)["state"] == "matched"


def test_an_upload_elsewhere_or_of_nonsense_is_refused(clerk: Client, xlsx: Table) -> None:
    path = xlsx(rows(1))
    assert upload(clerk, path, area=staff.OTHER_TOWN).status_code == 403
    assert upload(clerk, path, source="nobody").json()["fields"][0]["field"] == "source"
    assert upload(clerk, path, area="37").status_code == 422
    assert upload(clerk, path, observed_on="2999-01-01").status_code == 422
    empty = path.with_name("empty.xlsx")
    empty.write_bytes(b"")
    assert upload(clerk, empty).json()["code"] == "intake.file.empty"


def test_lists_take_the_same_number_of_queries_whatever_their_length(
    clerk: Client, xlsx: Table, django_assert_max_num_queries: Any
) -> None:
    for serial in range(1, 4):
        upload(clerk, xlsx(rows(serial), name=f"{serial}.xlsx"))
    with django_assert_max_num_queries(12):
        assert ask(clerk, "/batches")["count"]["value"] == 3
    first = ask(clerk, "/batches?limit=2")
    rest = ask(clerk, f"/batches?limit=2&cursor={first['next']}")
    names = [b["filename"] for b in (*first["items"], *rest["items"])]
    assert names == ["3.xlsx", "2.xlsx", "1.xlsx"] and rest["next"] is None


def test_sources_and_fields(clerk: Client) -> None:
    assert {"police", "community"} <= {s["code"] for s in ask(clerk, "/sources")}
    fields = {f["name"]: f for f in ask(clerk, "/fields")}
    assert fields["name"]["required"] and fields["sex"]["code_list"] == "sex"
    ask(clerk, "/sources", "post", {"code": "school", "name": "教育"}, expect=403)
    keeper = signed_in("keeper", staff.TOWN, ["intake.source.edit"])  # sources count in every town
    ask(keeper, "/sources", "post", {"code": "school", "name": "教育"}, expect=403)
    chief = signed_in("chief", staff.DISTRICT, ["intake.source.edit", "intake.batch.view"])
    assert ask(chief, "/sources", "post", {"code": "school", "name": "教育"}, expect=201)["name"] == "教育"


def test_work_of_a_closed_account_ends_with_its_reason(clerk: Client, xlsx: Table) -> None:
    batch = f"/batches/{upload(clerk, xlsx(rows(1))).json()['id']}"
    with acting(staff.OPERATOR):
        Batch.objects.update(uploader="00000000-0000-7000-8000-000000000000")
    work()
    found = ask(clerk, batch)
    assert (found["state"], found["problem"]["code"]) == ("failed", "intake.batch.uploader_gone")
    assert found["problem"]["text"]


def test_several_files_are_one_batch_and_its_sheets_can_be_chosen_anew(clerk: Client, xlsx: Table) -> None:
    paths = [xlsx(rows(serial), name=f"{serial}.xlsx") for serial in (1, 2)]
    with paths[0].open("rb") as one, paths[1].open("rb") as two:
        data = {"file": [one, two], "source": "community", "area": staff.TOWN}
        answer = clerk.post("/api/intake/batches", data)
    assert answer.status_code == 201, answer.content
    assert answer.json()["filename"] == "1 +1.zip"
    batch = f"/batches/{answer.json()['id']}"
    work()
    preview = ask(clerk, f"{batch}/preview")
    assert [(s["name"], s["taken"]) for s in preview["sheets"]] == [("1.xlsx/人员", True), ("2.xlsx/人员", True)]
    assert preview["total"] == 2
    ask(clerk, f"{batch}/sheets", "put", {"sheets": ["9.xlsx/人员"]}, expect=422)
    ask(clerk, f"{batch}/sheets", "put", {"sheets": ["1.xlsx/人员"]}, expect=202)
    work()
    ask(clerk, f"{batch}/sheets", "put", {"sheets": ["2.xlsx"]}, expect=202)
    work()
    preview = ask(clerk, f"{batch}/preview")
    assert preview["total"] == 1 and [s["taken"] for s in preview["sheets"]] == [True, False]
    assert preview["sheets"][1] | {"rows": 0, "columns": 0} == {
        "name": "1.xlsx", "hidden": False, "rows": 0, "columns": 0, "taken": False, "why": "unasked",
    }  # fmt: skip
    ask(clerk, f"{batch}/sheets", "put", {"sheets": []}, expect=202)
    work()
    assert ask(clerk, f"{batch}/preview")["total"] == 2
    ask(clerk, f"{batch}/cancel", "post")
    ask(clerk, f"{batch}/sheets", "put", {"sheets": []}, expect=409)
