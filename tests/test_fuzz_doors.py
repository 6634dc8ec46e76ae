"""Requests that open a door, with one value made odd: they get further than random ones, and still never a 5xx.

The doors are those of the permission suites, and each operation has one (test_doors.py), so an operation that comes
is fuzzed with it. Query parameters that no door names are taken from the API's description. Which values are tried is
fixed by the door's name; `make proof` tries all of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import odd_values
import pytest
import staff
import template_db
from django.core.files.uploadedfile import SimpleUploadedFile
from permissions import Door, PermissionSuite, _filled
from test_doors import meant, shape, suites
from test_operations import operations

from linli.kernel import permissions

FEW = 12
CALLER = "everything"
Prepared = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Shot:
    """One request."""

    method: str
    path: str
    body: Any = None
    file: tuple[str, bytes] | None = None

    def send(self) -> Any:
        browser = staff.client(_caller(), raise_request_exception=False)
        if self.file is not None:
            fields = {name: _as_form(value) for name, value in (self.body or {}).items()}
            return browser.post(self.path, {**fields, "file": SimpleUploadedFile(*self.file)})
        if self.body is None:
            return browser.generic(self.method, self.path)
        return browser.generic(self.method, self.path, odd_values.encoded(self.body), content_type="application/json")


@cache
def everything() -> list[tuple[type[PermissionSuite], Door]]:
    """Every door with its suite, in a fixed order."""
    return [(suite, door) for suite in suites() for door in suite.doors]


@cache
def queries() -> dict[str, list[str]]:
    """The query parameters of each operation, as the API describes them."""
    from linli.project.urls import api

    paths = api.get_openapi_schema()["paths"]
    return {
        f"{method.upper()} {shape(path).removeprefix('/api')}": [
            p["name"] for p in entry.get("parameters", ()) if p["in"] == "query"
        ]
        for path, methods in paths.items()
        for method, entry in methods.items()
    }


def shots(door: Door, names: dict[str, str]) -> Iterator[Shot]:
    """Every request that is the door's good one but for one value."""
    path = _filled(door.path, names)
    body = _filled(dict(door.body), names) if door.body is not None else None
    yield from (Shot(door.method, odd, body, door.file) for odd in odd_values.addresses(_with_query(door, path)))
    if body is not None:
        yield from (Shot(door.method, path, odd, door.file) for odd in odd_values.bodies(body) if _sendable(door, odd))
    if door.file is not None:
        for content in (b"", b"\x00" * 64, b"\xff\xfe\x00\xd8", b"{}", b"PK\x03\x04", b"PK\x05\x06" + b"\x00" * 18):
            yield Shot(door.method, path, body, (door.file[0], content))


def _with_query(door: Door, path: str) -> str:
    """The address with every parameter the operation knows, each with a value it could have."""
    named = {shape(name): name for name, _ in operations()}
    asked = queries().get(shape(str(meant(door, named))), [])
    given = {pair.partition("=")[0] for pair in path.partition("?")[2].split("&")}
    more = "&".join(f"{name}={staff.TOWN if name == 'area' else '1'}" for name in asked if name not in given)
    return path + ("&" if "?" in path else "?") * bool(more) + more


def _sendable(door: Door, body: Any) -> bool:
    return door.file is None or isinstance(body, dict)  # a form is nothing else


def _as_form(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()


def _caller() -> Any:
    from linli.access.models import Account
    from linli.kernel import scope

    with scope.acting(staff.OPERATOR):
        return Account.objects.get(username=CALLER)


@pytest.fixture(scope="module")
def prepared(test_databases: Any, db_template: str, seeded_template: str, django_db_blocker: Any) -> Iterator[Any]:
    """`prepared(suite)`: a database that holds the suite's sample and somebody with every right, and the names in it."""
    made: dict[type[PermissionSuite], Prepared] = {}

    def prepare(suite: type[PermissionSuite]) -> Prepared:
        if suite not in made:
            name = test_databases.clone(seeded_template if suite.seeded else db_template)
            template_db.point_django_at(test_databases.info, name)
            instance = suite()
            sample = instance.sample()
            codes = [p.code for p in permissions.catalogue()]
            caller = staff.staff(CALLER, area=staff.DISTRICT, permissions=codes)
            names = {**sample.own, **instance.belonging(caller)}
            template_db.close_django()
            made[suite] = name, names
        return made[suite]

    with django_db_blocker.unblock():
        yield prepare
    for name, _ in made.values():
        test_databases.drop(name)


def fire(test_databases: Any, prepared: Any, suite: type[PermissionSuite], door: Door, most: int | None) -> None:
    """Send the door's odd requests; what one has changed is undone before the next, by a fresh clone."""
    base, names = prepared(suite)
    chosen = list(shots(door, names))
    if most is not None and len(chosen) > most:
        chosen = random.Random(str(door)).sample(chosen, most)
    clone = None
    try:
        for shot in chosen:
            if clone is None:
                clone = test_databases.clone(base)
                template_db.point_django_at(test_databases.info, clone)
            answer = shot.send()
            if getattr(answer, "streaming", False):
                b"".join(answer)
            assert answer.status_code < 500, f"{answer.status_code} for {shot}: {PermissionSuite.text(answer)}"
            if door.method != "GET" and answer.status_code < 300:
                template_db.close_django()
                test_databases.retire(clone)
                clone = None
    finally:
        if clone is not None:
            template_db.close_django()
            test_databases.retire(clone)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    pairs = everything()
    metafunc.parametrize("suite,door", pairs, ids=[f"{suite.__name__}: {door}" for suite, door in pairs])


def test_an_opened_door_takes_an_odd_value_for_what_it_is(
    test_databases: Any, prepared: Any, suite: type[PermissionSuite], door: Door
) -> None:
    fire(test_databases, prepared, suite, door, FEW)


@pytest.mark.proof
def test_an_opened_door_takes_every_odd_value_for_what_it_is(
    test_databases: Any, prepared: Any, suite: type[PermissionSuite], door: Door
) -> None:
    fire(test_databases, prepared, suite, door, None)
