"""No operation of the API without the permission suite: each is a Door of some suite, or stands here with its reason."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver
from permissions import Door, PermissionSuite
from test_operations import operations

TESTS = Path(__file__).parent

#: Operations that nobody has to be let in to. Each has tests of its own in tests/access/test_sign_in.py.
WITHOUT_A_DOOR = {
    "GET /session": "the sign-in page asks who is signed in, and gets the token for its first write",
    "POST /session": "signing in; counted and locked instead (docs/security.md)",
    "POST /session/second-step": "the second step of signing in; counted and locked (tests/access/test_second_factor.py)",
    "DELETE /session": "signing out ends the caller's own session, if there is one",
}
#: Addresses beside the API. They know nothing about people.
BESIDE_THE_API = {
    "q/<str:code>": "the code on a door: a page for residents, a way on for staff (tests/public)",
    "report": "the form on which anybody reports a problem (tests/public/test_public_report.py)",
    "open311/v2/<path:what>.<str:form>": "GeoReport v2: reading is public, reporting takes a key (tests/public/test_open311.py)",
    "track": "a case as whoever holds its tracking number sees it (tests/public/test_public_report.py)",
    "proposals": "the published answers to proposals, with a search (tests/cases/test_answering_proposals.py)",
    "proposals/<str:body>/<str:number>": "one published answer (tests/cases/test_answering_proposals.py)",
    "tiers-public": "results under publication and those recognised (tests/public/test_published_results.py)",
    "tiers-public/<uuid:application_id>": "one result, with the form for an objection (tests/public/test_published_results.py)",
    "track/photos/<uuid:photo_id>": "a small picture of that case (tests/public/test_told.py)",
    "told": "confirming or stopping messages by the code they carry (tests/public/test_told.py)",
    "told/<str:code>": "the same, as a message links to it",
    "healthz": "whether the process answers",
    "readyz": "whether its database does",
    "metrics": "counters of the process; a proxy keeps them inside",
    "oidc/start": "leads a browser to the identity provider (tests/access/test_oidc.py)",
    "oidc/callback": "takes a browser back from it; holds what the provider signed, and this browser's own state",
    "^(?!api/|oidc/|open311/|assets/).*$": "the console's page, the same for everyone",
}
PLAIN = {"openapi-json": "what this very test goes by: no data", "api-root": "where the API begins; answers nothing"}


def suites() -> list[type[PermissionSuite]]:
    """Every suite in the tests, wherever it stands."""
    for path in sorted(TESTS.rglob("test_*.py")):
        if "PermissionSuite" in path.read_text(encoding="utf-8") and path != Path(__file__):
            folder, name = path.parent, path.stem
            while (folder / "__init__.py").exists():  # the name pytest gives it
                folder, name = folder.parent, f"{folder.name}.{name}"
            # As pytest does for every conftest on the way down.
            above = [up for up in folder.parents if up.is_relative_to(TESTS) and (up / "conftest.py").exists()]
            sys.path[:0] = [str(folder), *map(str, above)]
            importlib.import_module(name)
    return [suite for suite in _below(PermissionSuite) if suite.doors]


def _below(suite: type[PermissionSuite]) -> list[type[PermissionSuite]]:
    return [found for below in suite.__subclasses__() for found in (below, *_below(below))]


def shape(address: str) -> str:
    """An address without its query and without the names of what it points at."""
    return re.sub(r"\{[^}]*\}", "{}", address.partition("?")[0])


def meant(door: Door, shapes: dict[str, str]) -> str | None:
    """The operation a door knocks at: the one of exactly its form, else the one its address fits."""
    wanted = f"{door.method} {shape(door.path).removeprefix('/api')}"
    if wanted in shapes:
        return shapes[wanted]
    fits = (name for form, name in shapes.items() if re.fullmatch(re.escape(form).replace(r"\{\}", "[^/]+"), wanted))
    return next(fits, None)


def test_every_operation_has_a_door_or_a_reason_and_each_door_asks_what_the_operation_asks() -> None:
    asked = {name: operation.auth_callbacks[0].permissions for name, operation in operations()}
    shapes = {shape(name): name for name in asked}
    assert len(shapes) == len(asked)
    covered: dict[str, set[str | None]] = {}
    for suite in suites():
        for door in suite.doors:
            name = meant(door, shapes)
            assert name is not None, f"{suite.__name__}: {door} leads nowhere"
            covered.setdefault(name, set()).add(door.permission)
    missing = sorted(asked.keys() - covered.keys() - WITHOUT_A_DOOR.keys())
    assert not missing, "no Door in any suite: " + ", ".join(missing)
    assert not covered.keys() & WITHOUT_A_DOOR.keys()
    wrong = {name: (held, asked[name]) for name, held in covered.items() if held != (set(asked[name]) or {None})}
    assert not wrong, "doors and marks differ"


def test_the_schema_lists_what_the_routers_hold() -> None:
    """Coverage is counted over the routers; whoever reads openapi.json sees the same operations."""
    from linli.project.urls import api

    listed = {
        f"{method.upper()} {shape(path).removeprefix('/api')}"
        for path, entry in api.get_openapi_schema()["paths"].items()
        for method in entry
    }
    assert listed == {shape(name) for name, _ in operations()}


def test_nothing_is_served_beside_the_api_but_what_is_named_here() -> None:
    from linli.project import urls

    def outside(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                known = {shape(name.partition(" ")[2].lstrip("/")) for name, _ in operations()}
                for inner in entry.url_patterns:
                    route = re.sub(r"<[^>]*>", "{}", str(inner.pattern))
                    if route not in known and str(getattr(inner, "name", "")) not in PLAIN:
                        yield f"{entry.pattern}{route}"
            else:
                yield str(entry.pattern)

    assert set(outside(urls.urlpatterns)) == set(BESIDE_THE_API)
