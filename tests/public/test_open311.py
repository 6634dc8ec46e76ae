"""Open311 GeoReport v2 with two clients of other makers, in both formats; malformed input gets the specification's errors."""

from __future__ import annotations

import io
import itertools
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import requests
import staff
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))

from attachment_samples import photo
from case_world import World, village
from georeport import GeoReport

from linli.cases.engine import procedure
from linli.cases.open311 import rules as georeport
from linli.kernel import scope
from linli.kernel.limiting.actions import Limiter
from linli.public import open311

itertools.ifilter = filter  # type: ignore[attr-defined]  # what `three` calls the built-in by
from three import Three

SITE, KEY = "http://testserver/open311/v2", "an-apps-key"


class Wire(requests.adapters.BaseAdapter):
    """Hands what a client sends to the program, without a network."""

    def send(self, request: Any, **_: Any) -> Any:
        body = request.body or b""
        answer = Client().generic(
            request.method, request.path_url, body if isinstance(body, bytes) else body.encode(),
            content_type=request.headers.get("Content-Type", ""),
        )  # fmt: skip
        response = requests.Response()
        response.status_code, response.url, response.request = answer.status_code, request.url, request
        response.headers.update(dict(answer.items()))
        response.raw = io.BytesIO(answer.content)
        return response

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def _wired(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(requests.Session, "get_adapter", lambda self, url: Wire())
    for name in ("looks", "reports", "apps"):
        monkeypatch.setattr(open311, name, Limiter(name, 500, 60))
    settings.LINLI_OPEN311_KEYS = ("another", KEY)


def errors(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer.json()
    assert found and set(found[0]) == {"code", "description"} and found[0]["code"] == answer.status_code
    return found


def test_clients_of_other_makers_report_and_follow_in_json_and_xml(seeded_db: str) -> None:
    from linli.cases.models import Attachment, Case, Reporter

    world, client = World.make(), Three(SITE, api_key=KEY)
    assert {service["service_code"] for service in client.services()} >= {"component-01001"}
    service = GeoReport(SITE).get_service_list()[0]
    assert set(service) == {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    assert GeoReport(SITE, output_format="xml").get_service_list()[0] == service
    for output in ("json", "xml"):
        defined = GeoReport(SITE, output_format=output).get_service_definition("component-01001")
        assert defined["service_code"] == "component-01001" and not defined["attributes"]
    (made,) = client.post(
        "component-01001", address=f"{area_name()}东口", name="Wang Fang", phone="13912345678",
        description="井盖缺失，请联系 139-1234-5678", media=io.BytesIO(photo()),
    )  # fmt: skip
    assert len(made["service_request_id"]) == 19 and "查询码" in made["service_notice"]
    assert client.token(made["token"])[0]["service_request_id"] == made["service_request_id"]
    with scope.acting(staff.OPERATOR):
        case = Case.objects.get()
        assert (
            case.category is not None and case.category.code == "01001" and Attachment.objects.get().case_id == case.id
        )
    unseen = Client().get(f"/open311/v2/requests/{made['service_request_id']}.json").json()[0]
    assert unseen["description"] is None and unseen["address"] and unseen["lat"] is None, "nobody has looked at it yet"
    world.until("to_dispatch", str(case.id))
    # What came by the district's own page is nobody's to list.
    from linli.cases.reporters.actions import PublicReport, issue, receive

    receive(PublicReport("邻居噪声", area=village()), issue())
    for output in ("json", "xml"):
        listed = GeoReport(SITE, output_format=output).get_service_requests()
        one = listed[0] if isinstance(listed, list) else listed
        assert one["service_request_id"] == made["service_request_id"] and one["status"] == "open"
        assert one["description"] == "井盖缺失，请联系 ***" and "Wang" not in str(listed) and "噪声" not in str(listed)
        assert (
            GeoReport(SITE, output_format=output).get_service_request(case.number)["service_name"] == case.category.name
        )
    world.until("closed", str(case.id))
    api = GeoReport(SITE)
    assert [len(api.get_service_requests(status=status)) for status in ("closed", "open", "open,closed")] == [1, 0, 1]
    assert len(client.requests("component-01001")) == 1 and client.requests("matter-01001") == []
    found = api.get_service_requests(service_request_id=f"{case.number},nothing")[0]
    assert found["status_notes"] == "已办结，请您评价" and found["agency_responsible"]
    assert found["requested_datetime"] <= found["updated_datetime"]
    names = {account.name for account in world.accounts.values()}
    assert not [name for name in names if name in str(found)]
    discovery = client.discovery()
    assert discovery["endpoints"][0]["url"] == "http://testserver/open311/v2"
    assert (
        ElementTree.fromstring(Client().get("/open311/v2/discovery.xml").content).find("endpoints/endpoint/url")
        is not None
    )
    with scope.acting(staff.OPERATOR):
        assert Reporter.objects.filter(via="open311").count() == 1


def test_what_is_between_people_is_listed_for_nobody(seeded_db: str) -> None:
    from linli.cases.models import Case

    world, client = World.make(), Three(SITE, api_key=KEY)
    made = {
        code: client.post("component-01001", address=f"{area_name()}东口", description=f"{code}：路口")[0]
        for code in procedure.choosable()
    }
    with scope.acting(staff.OPERATOR):
        for code, each in made.items():
            Case.objects.filter(number=each["service_request_id"]).update(procedure=code)
        Case.objects.filter(number=made["mediation"]["service_request_id"]).update(description="邻居王某家暴")
        ids = dict(Case.objects.values_list("number", "id"))
    world.until("to_dispatch", str(ids[made["mediation"]["service_request_id"]]))
    listed = {one["service_request_id"] for one in GeoReport(SITE).get_service_requests()}
    assert listed == {made[code]["service_request_id"] for code in ("standard", "quick", "hazard")}
    for code in ("mediation", "resident_request", "alarm"):
        number = made[code]["service_request_id"]
        assert Client().get(f"/open311/v2/requests/{number}.json").status_code == 404
        assert number not in Client().get(f"/open311/v2/requests.json?service_request_id={number}").content.decode()


def area_name() -> str:
    from linli.places.models import Region

    found = Region.objects.get(code=village())
    town = Region.objects.get(code=staff.TOWN)
    return f"{town.name}{found.name}"


def test_malformed_requests_are_told_what_is_wrong_and_leave_nothing(seeded_db: str) -> None:
    from linli.cases.models import Case

    client, good = Client(), {"api_key": KEY, "service_code": "component-01001", "address_string": area_name()}
    assert client.post("/open311/v2/requests.json", good).status_code == 200
    for status, changed in (
        (403, {"api_key": ""}), (403, {"api_key": "x"}), (403, {"api_key": "é"}), (400, {"service_code": ""}),
        (400, {"service_code": "component-99999"}), (400, {"address_string": ""}), (400, {"lat": "36.6"}),
        (400, {"lat": "x", "long": "y"}), (400, {"lat": "nan", "long": "nan"}), (400, {"lat": "1", "long": "1"}),
        (400, {"address_string": "没有的地方"}), (400, {"phone": "不告诉"}), (400, {"email": "a@"}), (400, {"description": "长" * 3000}),
        (400, {"media": io.BytesIO(b"<html>")}), (404, {"jurisdiction_id": "city.gov"}),
    ):  # fmt: skip
        errors_found = client.post("/open311/v2/requests.json", {**good, **changed})
        assert errors_found.status_code == status, (changed, errors_found.content.decode())
        errors(errors_found)
    for status, path in (
        (404, "nothing.json"), (404, "services/none.json"), (404, "requests/0.json"), (404, "requests/%00.json"),
        (404, f"tokens/{uuid.uuid4()}.json"), (404, "tokens/x.json"), (404, "services.csv"), (400, "requests.json?status=done"),
        (400, "requests.json?start_date=gestern"), (400, "requests.json?end_date=0001-01-02"),
        (400, "requests.json?start_date=9999-12-31T23:59:59Z"), (400, "requests.json?start_date=2026-01-01&end_date=2025-01-01"),
        (400, "requests.json?start_date=2025-01-01T00:00:00Z&end_date=2026-01-01T00:00:00Z"),
        (400, "requests.json?page_size=1001"), (400, "requests.json?page=0"), (400, "requests.json?page=²"),
        (404, "services.json?jurisdiction_id=x"),
    ):  # fmt: skip
        answer = client.get(f"/open311/v2/{path}")
        assert answer.status_code == status, (path, answer.content.decode())
        errors(answer)
    assert client.get("/open311/v2/requests.json?service_request_id=%00,1").json() == []
    assert client.put("/open311/v2/requests.json").status_code == 405
    assert client.post("/open311/v2/services.json").status_code == 405
    xml = ElementTree.fromstring(client.post("/open311/v2/requests.xml", {}).content)
    assert (xml.tag, xml.findtext("error/code")) == ("errors", "403")
    assert client.post("/open311/v2/requests.json", {**good, "media": io.BytesIO(b"%PDF-1.7 x")}).status_code == 400
    assert client.post("/open311/v2/requests.json", b"\xff{", content_type="application/json").status_code == 403
    with scope.acting(staff.OPERATOR):
        assert Case.objects.count() == 1


def test_a_flood_is_told_to_wait_and_a_database_that_is_away_is_said(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    monkeypatch.setattr(open311, "looks", Limiter("few", 1, 60))
    statuses = [Client().get("/open311/v2/discovery.json").status_code for _ in range(3)]
    assert statuses == [200, 429, 429]

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(open311, "looks", Limiter("more", 9, 60))
    monkeypatch.setattr("linli.cases.open311.queries.services", away)
    answer = Client().get("/open311/v2/services.json")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


# --- pure -----------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_a_range_is_ninety_days_by_default_from_either_end() -> None:
    assert georeport.asked({}, NOW).start == NOW - timedelta(days=90)
    assert georeport.asked({"start_date": "2026-01-01T00:00:00Z"}, NOW).end == datetime(2026, 4, 1, tzinfo=UTC)
    assert georeport.asked({"end_date": "2026-04-01T08:00:00+08:00"}, NOW).start == datetime(2026, 1, 1, tzinfo=UTC)
    assert georeport.asked({"start_date": "2026-11-01"}, NOW).end == NOW


@given(
    st.dictionaries(
        st.sampled_from(["status", "start_date", "end_date", "page", "page_size", "service_code"]), st.text(max_size=30)
    )
)
def test_any_arguments_are_read_or_refused(arguments: dict[str, str]) -> None:
    try:
        found = georeport.asked(arguments, NOW)
    except georeport.Malformed:
        return
    assert (
        found.start is not None and found.end is not None and timedelta() <= found.end - found.start <= georeport.SPAN
    )


@given(st.text(max_size=60))
def test_any_words_are_xml_and_long_numbers_are_in_none(words: str) -> None:
    written = georeport.as_xml("service_requests", [{"description": words, "lat": 1.5, "media_url": None}])
    assert ElementTree.fromstring(written).find("request/description") is not None
    assert georeport.hidden("致电 139 1234 5678 或 37030219900101123X") == "致电 *** 或 ***"
    assert georeport.hidden("138.1234.5678、138－1234－5678、138  1234  5678") == "***、***、***"
    assert georeport.hidden("写信给 wang@example.org。") == "写信给 ***。"
    assert georeport.hidden("3-2-501，2026年11月26日") == "3-2-501，2026年11月26日"
