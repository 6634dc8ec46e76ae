"""The suite every room's endpoints pass through: own area, foreign area, no role, masks, export, read log.

A room subclasses `PermissionSuite`, lists its doors and makes one sample in the own area and one in a foreign one:

    class TestPeopleDoors(PermissionSuite):
        doors = [
            Door("GET", "/api/people", "registry.person.view", logs="list"),
            Door("GET", "/api/people/{person}", "registry.person.view", logs="detail"),
            Door("POST", "/api/people/{person}/reveal", "registry.person.reveal", {"field": "phone", "purpose": "…"},
                 also=("registry.person.view",), reveals=True, logs="reveal"),
        ]

        def sample(self) -> Sample: …
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from linli.kernel import permissions as catalogue


@dataclass(frozen=True)
class Door:
    """One operation. `{names}` in path and body are filled from the sample.

    `permission` is None where signing in is enough. `also` are permissions the operation needs beside its own,
    `instead` are others that open it too. `file` is a name and content sent as a form, with `body` as its fields.
    `answers` are the statuses that mean it opened. `finds` says that the own sample must be in the answer.
    `foreign` are the statuses a foreign sample gets: not found by default, since existence is a secret too.
    `reveals` is set where the answer holds an identifier in the clear by right; `logs` names the read-log kind.
    """

    method: str
    path: str
    permission: str | None
    body: Mapping[str, Any] | None = None
    also: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()
    file: tuple[str, bytes] | None = None
    answers: tuple[int, ...] = (200, 201, 204)
    foreign: tuple[int, ...] = (404,)
    finds: bool = False
    reveals: bool = False
    logs: str | None = None
    district_only: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names_something(self) -> bool:
        """Whether the address points at one thing, which may be foreign."""
        return "{" in self.path or any("{" in text for text in _texts(self.body or {}))


@dataclass(frozen=True)
class Sample:
    """One thing in the own town and the like in a foreign one.

    `own` and `foreign` fill the doors' names. `own_marks` and `foreign_marks` are texts (names, ids) by which answers
    are told apart; `secrets` are identifiers in the clear, of both, which no answer may hold.
    """

    own: Mapping[str, str]
    foreign: Mapping[str, str]
    own_marks: Sequence[str] = ()
    foreign_marks: Sequence[str] = ()
    secrets: Sequence[str] = field(default_factory=tuple)


AREA, FOREIGN_AREA = staff.TOWN, staff.OTHER_TOWN


class PermissionSuite:
    """Subclass it as `Test…`; `urlconf` only where the room is tested on addresses of its own, `seeded` where the
    sample lies in the packaged district."""

    doors: ClassVar[Sequence[Door]] = ()
    urlconf: ClassVar[str | None] = None
    seeded: ClassVar[bool] = False

    def sample(self) -> Sample:
        """Make the sample. Runs in a fresh database."""
        raise NotImplementedError

    def belonging(self, who: Any) -> Mapping[str, str]:
        """Names of things that belong to whoever knocks, such as a session of their own."""
        return {}

    # --- the machinery ----------------------------------------------------------------------------------------

    @pytest.fixture(autouse=True)
    def _addresses(self, request: pytest.FixtureRequest, settings: Any) -> None:
        request.getfixturevalue("seeded_db" if self.seeded else "db")
        if self.urlconf:
            settings.ROOT_URLCONF = self.urlconf

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "door" in metafunc.fixturenames:
            doors = type(self).doors
            if "pointing" in metafunc.function.__name__:
                doors = [d for d in doors if d.names_something]
            elif "logged" in metafunc.function.__name__:
                doors = [d for d in doors if d.logs]
            elif "found" in metafunc.function.__name__:
                doors = [d for d in doors if d.finds]
            elif "permission" in metafunc.function.__name__:
                doors = [d for d in doors if d.permission]
            metafunc.parametrize("door", doors, ids=str)

    @staticmethod
    def knock(who: Any, door: Door, names: Mapping[str, str]) -> Any:
        """Send the operation with its names filled in."""
        browser = staff.client(who, raise_request_exception=False)
        path, body = _filled(door.path, names), _filled(dict(door.body or {}), names)
        if door.method == "GET":
            return browser.get(path)
        if door.file is not None:
            return browser.post(path, {**body, "file": SimpleUploadedFile(*door.file)})
        return browser.generic(door.method, path, json.dumps(body), content_type="application/json")

    @staticmethod
    def holder(door: Door, area: str = AREA, name: str = "holder") -> Any:
        """Someone with exactly what the door asks for, in one area."""
        area = staff.DISTRICT if door.district_only else area
        asked = sorted(filter(None, {door.permission, *door.also}))
        return staff.staff(name, area=area, permissions=asked or None)

    @staticmethod
    def text(answer: Any) -> str:
        """The whole answer as text, streams included."""
        content = b"".join(answer) if getattr(answer, "streaming", False) else answer.content
        return content.decode("utf-8", errors="replace")

    # --- the tests --------------------------------------------------------------------------------------------

    def test_the_permission_is_declared(self, door: Door) -> None:
        assert all(catalogue.declared(p) for p in (str(door.permission), *door.also, *door.instead))

    def test_nobody_gets_in_unsigned(self, door: Door) -> None:
        answer = self.knock(None, door, self.sample().own)
        assert answer.status_code == 401, self.text(answer)

    def test_nobody_gets_in_without_the_permission(self, door: Door) -> None:
        answer = self.knock(staff.staff("nobody"), door, self.sample().own)
        assert answer.status_code == 403, self.text(answer)

    def test_every_other_permission_together_does_not_open_it(self, door: Door) -> None:
        others = [p.code for p in catalogue.catalogue() if p.code not in (door.permission, *door.instead)]
        answer = self.knock(staff.staff("others", area=AREA, permissions=others), door, self.sample().own)
        assert answer.status_code in (403, 404), self.text(answer)

    def test_the_holder_gets_in(self, door: Door) -> None:
        sample, holder = self.sample(), self.holder(door)
        answer = self.knock(holder, door, {**sample.own, **self.belonging(holder)})
        text = self.text(answer)
        assert answer.status_code in door.answers, text
        if not door.district_only:
            assert not [m for m in sample.foreign_marks if m in text], "foreign data in the answer"
        if not door.reveals:
            assert not [s for s in sample.secrets if s in text], "an identifier in the clear"

    def test_the_own_sample_is_found(self, door: Door) -> None:
        sample = self.sample()
        text = self.text(self.knock(self.holder(door), door, sample.own))
        assert all(mark in text for mark in sample.own_marks), text

    def test_a_pointing_door_hides_the_foreign(self, door: Door) -> None:
        """Foreign and absent look the same."""
        sample, holder = self.sample(), self.holder(door)
        if door.district_only:
            pytest.skip("held over the whole district")
        answer = self.knock(holder, door, sample.foreign)
        text = self.text(answer)
        assert answer.status_code in door.foreign, text
        assert not [m for m in (*sample.foreign_marks, *sample.secrets) if m in text and m not in _echo(answer)]
        absent = self.knock(holder, door, {name: _absent(value) for name, value in sample.foreign.items()})
        assert _shape(absent) == _shape(answer)

    def test_holding_it_elsewhere_shows_nothing_here(self, door: Door) -> None:
        if door.district_only or not door.permission:
            pytest.skip("held over the whole district, or by everyone")
        sample = self.sample()
        answer = self.knock(self.holder(door, FOREIGN_AREA), door, sample.own)
        assert not [m for m in (*sample.own_marks, *sample.secrets) if m in self.text(answer)]
        if door.names_something:
            assert answer.status_code in door.foreign

    def test_a_look_is_logged(self, door: Door) -> None:
        sample = self.sample()
        holder = self.holder(door)
        self.text(self.knock(holder, door, sample.own))
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT kind, purpose, subject_id FROM access_read_log WHERE actor = %s", [str(holder.id)])
            rows = cursor.fetchall()
        assert door.logs in {row[0] for row in rows}
        assert not [s for s in sample.secrets if any(s in str(row) for row in rows)]


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for name, filler in names.items():
            value = value.replace("{" + name + "}", filler)
        return value
    if isinstance(value, Mapping):
        return {key: _filled(item, names) for key, item in value.items()}
    return [_filled(item, names) for item in value] if isinstance(value, list | tuple) else value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [text for item in inner for text in _texts(item)]


def _absent(value: str) -> str:
    try:
        uuid.UUID(value)
    except ValueError:
        return value
    return str(uuid.uuid4())


def _shape(answer: Any) -> tuple[int, str]:
    try:
        return answer.status_code, str(json.loads(answer.content).get("code"))
    except (ValueError, AttributeError):
        return answer.status_code, ""


def _echo(answer: Any) -> str:
    """What the caller has sent may come back."""
    return str(answer.request.get("PATH_INFO", ""))
