"""The API of access with a few doors of its own that tests knock at: failing writes, forgotten scope, streams."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from ninja import NinjaAPI, Router

from linli.access import api as access_api
from linli.access import changes, reads
from linli.access.models import Account, Unit
from linli.kernel import http, scope
from linli.kernel.errors import Conflict

probe = Router()
calls: list[str] = []


@probe.post("/write", auth=http.signed_in)
def write(request: HttpRequest, status: int = 200, size: int = 1) -> Any:
    """Write one row, then answer with `status`."""
    actor = http.actor_of(request)
    calls.append(actor.id)
    changes.record(actor, "probe.row.write", "probe", uuid.uuid4(), actor.areas[0])
    if status == 409:
        raise Conflict()
    if status == 500:
        raise RuntimeError("secret 37030219900101001X")
    return HttpResponse(
        f'{{"call": {len(calls)}, "fill": "{"x" * size}"}}', status=status, content_type="application/json"
    )


@probe.get("/forgetful", auth=http.signed_in)
def forgetful(request: HttpRequest) -> Any:
    """A query whose author forgot `restrict`."""
    return {"codes": sorted(Unit.objects.values_list("area_code", flat=True))}


@probe.post("/foreign", auth=http.signed_in)
def foreign(request: HttpRequest, area: str) -> Any:
    """A write whose author forgot to check the area."""
    Unit.objects.create(name="外地", kind="village", area_code=area, created_at="2026-01-01T00:00:00Z")
    return {}


@probe.post("/search", auth=http.signed_in)
def writing_search(request: HttpRequest) -> Any:
    """A search whose author forgot that it must not write."""
    actor = http.actor_of(request)
    changes.record(actor, "probe.row.write", "probe", uuid.uuid4(), actor.areas[0])
    return {}


@probe.get("/look", auth=http.signed_in)
def look(request: HttpRequest, status: int = 200) -> Any:
    """Look at somebody twice, then answer with `status`."""
    reads.note("detail", "person", subject_id="p1", area="370302104")
    reads.note("list", "person", count=50)
    if status != 200:
        raise Conflict()
    return {}


@probe.get("/stream", auth=http.signed_in)
def stream(request: HttpRequest) -> StreamingHttpResponse:
    """A stream that reads while it is sent."""
    actor = http.actor_of(request)

    def body() -> Iterator[bytes]:
        assert scope.current() == actor
        reads.note("export", "person", count=Unit.objects.count())
        for code in Unit.objects.values_list("area_code", flat=True).iterator():
            yield code.encode() + b"\n"

    return StreamingHttpResponse(http.scoped_stream(actor, body))


@probe.get("/settings", auth=http.public)
def settings(request: HttpRequest) -> Any:
    """What the transaction carries."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('linli.lo', true), current_setting('linli.hi', true), "
            "current_setting('linli.one', true), current_setting('linli.scope', true), "
            "current_setting('linli.actor', true), current_setting('linli.request', true)"
        )
        return {"settings": cursor.fetchone(), "visible": Account.objects.count()}


@probe.get("/flaky", auth=http.signed_in)
def flaky(request: HttpRequest) -> Any:
    """Fails the first time, as a serialization conflict does."""
    calls.append("flaky")
    if len(calls) == 1:
        with connections["default"].cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE serialization_failure; END $$")
    return {"calls": len(calls)}


api = http.install(NinjaAPI(title="test", urls_namespace="access-test"))
api.add_router("", access_api.router)
api.add_router("/probe", probe)


def broken(request: HttpRequest) -> HttpResponse:
    """A plain view that fails."""
    raise RuntimeError("secret")


urlpatterns = [path("api/broken", broken), path("api/", api.urls)]
