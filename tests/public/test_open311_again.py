"""Open311: sent again it is one request; keys are asked before a body is read; what is cut off or too large is said in the format."""

from __future__ import annotations

import io
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import staff
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.db import connections
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))

from attachment_samples import photo
from case_world import village

from linli.cases.open311 import keys, repeats
from linli.kernel import clock, scope
from linli.kernel.limiting.actions import Limiter
from linli.public import open311, open311_body

KEY, POST = "an-apps-key", "/open311/v2/requests.json"


@pytest.fixture(autouse=True)
def _counted(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    for name in ("looks", "reports", "apps"):
        monkeypatch.setattr(open311, name, Limiter(name, 500, 60))
    settings.LINLI_OPEN311_KEYS = (KEY,)


@pytest.fixture
def good(seeded_db: str) -> Iterator[dict[str, Any]]:
    from linli.places.models import Region

    found, town = Region.objects.get(code=village()), Region.objects.get(code=staff.TOWN)
    yield {"api_key": KEY, "service_code": "component-01001", "address_string": f"{town.name}{found.name}"}


def requests() -> int:
    from linli.cases.models import Case, Reporter

    with scope.acting(staff.OPERATOR):
        assert Case.objects.count() == Reporter.objects.count()
        return Case.objects.count()


def test_a_report_sent_again_is_one_request_by_its_key_or_by_what_it_says(
    good: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def post(key: str = "", **changed: Any) -> Any:
        return Client(headers={"Idempotency-Key": key} if key else {}).post(POST, {**good, **changed})

    moment = [clock.now()]
    monkeypatch.setattr(clock, "now", lambda: moment[0])
    first = post("one", description="井盖缺失")
    assert post("one", description="井盖缺失").json() == first.json() and requests() == 1
    other = post("one", description="路灯不亮")
    assert other.status_code == 409 and other.json()[0]["code"] == 409, "another report is not swallowed"
    assert post("two", description="井盖缺失").json() != first.json() and requests() == 2
    assert post("é" * 3).status_code == post("x" * 101).status_code == 400

    # Without a key: the same words and the same photo within ten minutes, however often and at the same moment.
    def again(_: int) -> str:
        try:
            return str(post(description="漏水", media=io.BytesIO(photo())).json()[0]["service_request_id"])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(again, range(6)))) == 1 and requests() == 3
    assert post(description="漏水").status_code == 200 and requests() == 4, "without the photo it is another"
    # An edge between two stretches of ten minutes is none for a retry; after ten minutes the same words are news.
    edge = clock.now().replace(minute=10, second=0, microsecond=0) + timedelta(days=1)
    moment[0] = edge - timedelta(seconds=5)
    before = post(description="噪声").json()
    moment[0] = edge + timedelta(seconds=5)
    assert post(description="噪声").json() == before
    moment[0] = edge - timedelta(seconds=5) + repeats.AGAIN + timedelta(seconds=1)
    assert post(description="噪声").json() != before and requests() == 6
    # Two apps that say the same are two.
    with scope.acting(staff.OPERATOR) as actor:
        _, key = keys.issue(actor, "另一个应用")
    assert post(description="噪声", api_key=key).status_code == 200 and requests() == 7


class Watched(io.BytesIO):
    """A body that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.taken += len(piece)
        return piece


def test_nothing_is_read_for_whom_we_do_not_know_but_the_words_in_which_a_key_may_stand(
    good: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[str] = []
    new_file = MemoryFileUploadHandler.new_file
    monkeypatch.setattr(
        MemoryFileUploadHandler, "new_file", lambda self, *a, **k: (files.append(a[0]), new_file(self, *a, **k))
    )

    def post(fields: Any, query: str = "", **headers: str) -> tuple[Any, int]:
        content = encode_multipart(BOUNDARY, fields)
        body = Watched(content)
        answer = Client().generic(
            "POST", POST + query, CONTENT_TYPE=MULTIPART_CONTENT, CONTENT_LENGTH=str(len(content)),
            headers=headers, **{"wsgi.input": body},
        )  # fmt: skip
        return answer, body.taken

    big = {"media": io.BytesIO(photo((900, 700)) + b"\0" * 400_000)}
    unknown, read = post({**good, "api_key": "x", **big})
    assert unknown.status_code == 403 and read <= 2 * open311_body.WORDS_BODY and not files
    big["media"].seek(0)
    late, read = post({**big, **good})
    assert late.status_code == 403 and "文件之前" in late.json()[0]["description"] and not files
    for query, headers in (("?api_key=x", {}), ("", {"X-Api-Key": "x"})):
        big["media"].seek(0)
        told, read = post({**good, **big}, query, **headers)
        assert (told.status_code, read) == (403, 0), "not a byte"
    words, read = post({**good, "api_key": "x", "description": "长" * 200_000})
    assert words.status_code == 403 and read <= 2 * open311_body.WORDS_BODY
    assert requests() == 0
    del good["api_key"]
    small = {"media": io.BytesIO(photo())}
    known, _ = post({**small, **good}, **{"X-Api-Key": KEY})
    assert known.status_code == 200, known.content.decode()
    assert files == ["media"] and requests() == 1


def test_a_body_that_is_cut_off_odd_or_too_large_is_told_in_the_format_asked_for(good: dict[str, Any]) -> None:
    content = encode_multipart(BOUNDARY, {**good, "description": "井盖缺失", "media": io.BytesIO(photo())})
    whole = Client().generic("POST", POST, content, content_type=MULTIPART_CONTENT)
    assert whole.status_code == 200 and requests() == 1
    form = "application/x-www-form-urlencoded"
    for status, kind, sent in (
        (400, MULTIPART_CONTENT, content[:-40]), (400, MULTIPART_CONTENT, content[: len(content) // 2]),
        (400, "multipart/form-data", content), (400, "multipart/form-data; boundary=é", content),
        (403, "application/json", b"{}"), (403, "text/plain", b"x"), (403, form, b""), (413, form, b"x=" + b"y" * 70_000),
        (400, form, "&".join(f"f{n}=1" for n in range(60)).encode()),
    ):  # fmt: skip
        for format in ("json", "xml"):
            answer = Client().generic("POST", f"/open311/v2/requests.{format}", sent, content_type=kind)
            assert answer.status_code == status, (kind, sent[:40], answer.content[:200])
            if format == "json":
                assert answer.json()[0]["code"] == status
            else:
                told = ElementTree.fromstring(answer.content)
                assert (told.tag, told.findtext("error/code")) == ("errors", str(status))
    odd = Client(headers={"X-Api-Key": KEY}).generic("POST", POST, b"{}", content_type="application/json")
    assert odd.status_code == 400 and "multipart/form-data" in odd.json()[0]["description"]
    large = Client().generic("POST", POST, b"", content_type=MULTIPART_CONTENT, CONTENT_LENGTH=str(10**12))
    assert large.status_code == 413
    many = {**good, "media": [io.BytesIO(photo()) for _ in range(5)]}
    assert Client().post(POST, many).status_code == 400
    assert requests() == 1


def test_keys_are_given_out_and_ended_by_who_keeps_accounts_and_kept_nowhere(
    good: dict[str, Any], owner_sql: Any, settings: Any
) -> None:
    from linli.access.models import ChangeLog
    from linli.cases.commands import cases_app
    from linli.kernel.errors import Forbidden, Invalid, NotFound

    settings.LINLI_OPEN311_KEYS = ()
    run = CliRunner()
    told = run.invoke(cases_app, ["open311", "issue", "随手拍小程序"]).output.split()
    key_id, key = told[0], told[-1]
    assert key not in str(owner_sql("SELECT * FROM cases_open311_key"))
    assert Client().post(POST, {**good, "api_key": key}).status_code == 200 and requests() == 1
    listed = run.invoke(cases_app, ["open311", "list"]).output
    assert key_id in listed and key[-4:] in listed and key not in listed and "在用" in listed
    assert run.invoke(cases_app, ["open311", "end", key_id]).exit_code == 0
    assert Client().post(POST, {**good, "api_key": key}).status_code == 403 and requests() == 1
    assert run.invoke(cases_app, ["open311", "end", key_id]).exit_code == 0, "ended is ended"
    assert run.invoke(cases_app, ["open311", "end", str(uuid.uuid4())]).exit_code == 1
    acceptor = staff.staff("acceptor", "acceptor", staff.DISTRICT)
    assert run.invoke(cases_app, ["open311", "issue", "x", "--as", acceptor.username]).exit_code == 1
    with scope.acting(staff.OPERATOR) as actor:
        done = list(
            ChangeLog.objects.filter(subject_type="open311_key").order_by("id").values_list("action", flat=True)
        )
        assert done == ["cases.open311_key.issue", "cases.open311_key.end"]
        with pytest.raises(Invalid):
            keys.issue(actor, " ")
        with pytest.raises(NotFound):
            keys.end(actor, "x")
    with scope.acting(staff.actor(acceptor)) as actor, pytest.raises(Forbidden):
        keys.all_keys(actor)
