"""The whole API under what Schemathesis makes of its own description: whatever comes, never an error of ours (5xx).

Each operation is called in a clone of its own, destructive ones too, by an administrator with every right and by a
clerk of a town: with what the schema allows, with what it forbids, and with values that break programs (NUL,
surrogates, numbers without end, dates at the edge), half of the time with ids and areas that exist. Examples are few
and the same every time; `make proof` tries many more.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import fuzz_world
import odd_values
import pytest
import schemathesis
import staff
import template_db
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from schemathesis.generation.modes import GenerationMode

from linli.kernel.http import SESSION_COOKIE

FEW = int(os.environ.get("LINLI_FUZZ_EXAMPLES", "6"))
MANY = int(os.environ.get("LINLI_FUZZ_EXAMPLES", "150"))
TOKEN = "a" * 32  # any token that header and cookie agree on stands for our own page
CALLERS = (fuzz_world.ADMIN, fuzz_world.CLERK)
AREA_NAMES = {
    "area",
    "area_code",
    "village_code",
    "code",
    "codes",
    "within",
    "parent",
    "old",
    "new",
    "areas",
    "village",
}


@cache
def description() -> Any:
    """The API as it describes itself, called in this process."""
    from linli.project.urls import api
    from linli.project.wsgi import application

    schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
    schema.app = application
    return schema


def labels() -> list[str]:
    """Every operation by its name, such as `GET /api/people`."""
    return [result.ok().label for result in description().get_all_operations()]


@pytest.fixture(scope="session")
def fuzz_template(test_databases: Any, seeded_template: str, django_db_blocker: Any) -> str:
    """The seeded district with a little of everything in it."""

    def fill(dbname: str) -> None:
        template_db.point_django_at(test_databases.info, dbname)
        fuzz_world.fill()
        template_db.close_django()

    import seeds

    mark = template_db.fingerprint(
        *template_db.SCHEMA_SOURCES, *seeds.SOURCES, "tests/fuzz_world.py", "tests/staff.py", "registry/**/*.py"
    )
    with django_db_blocker.unblock():
        return str(test_databases.template("fuzz", mark, fill, base=seeded_template))


@pytest.fixture
def world(test_databases: Any, fuzz_template: str, django_db_blocker: Any) -> Iterator[fuzz_world.Ids]:
    """A clone of the district; the value is what exists in it."""
    dbname = test_databases.clone(fuzz_template)
    with test_databases.connect(dbname) as look:
        found = fuzz_world.ids(lambda sql: look.execute(sql.encode()).fetchall())
    with django_db_blocker.unblock():
        template_db.point_django_at(test_databases.info, dbname)
        try:
            yield found
        finally:
            template_db.close_django()
            test_databases.retire(dbname)


# --- what is sent ---------------------------------------------------------------------------------------------


def cases(operation: Any, ids: fuzz_world.Ids) -> st.SearchStrategy[Any]:
    """Requests of one operation: as described, as forbidden, and with something odd in them."""
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    known = st.tuples(good, st.randoms(use_true_random=False)).map(lambda drawn: _with_known(*drawn, ids))
    odd = st.tuples(known, st.randoms(use_true_random=False)).map(lambda drawn: _with_odd(*drawn))
    kinds = [good, known, odd, odd]
    if operation.path_parameters.items or operation.query.items or operation.body.items:
        kinds.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    return st.one_of(kinds)


def _with_known(case: Any, random: Any, ids: fuzz_world.Ids) -> Any:
    """The same request about things and areas that exist."""
    case.path_parameters = {k: _known(k, v, random, ids) for k, v in (case.path_parameters or {}).items()}
    case.query = {k: _known(k, v, random, ids) if random.random() < 0.7 else v for k, v in (case.query or {}).items()}
    if isinstance(case.body, dict):
        case.body = _walk("", case.body, random, ids)
    return case


def _walk(name: str, value: Any, random: Any, ids: fuzz_world.Ids) -> Any:
    if isinstance(value, dict):
        return {key: _walk(key, entry, random, ids) for key, entry in value.items()}
    if isinstance(value, list):
        return [_walk(name, entry, random, ids) for entry in value]
    return _known(name, value, random, ids) if isinstance(value, str) else value


def _known(name: str, value: Any, random: Any, ids: fuzz_world.Ids) -> Any:
    if name in AREA_NAMES:
        return random.choice(fuzz_world.AREAS)
    subject = name.removesuffix("_id").removesuffix("s")
    if name.endswith("_id") or name in ("unit", "account", "person", "compound", "building", "homes", "ids", "group"):
        fitting = [found for table, found in ids.items() if table.endswith(f"_{subject}")]
        return random.choice([one for some in fitting for one in some] or ids["*"])
    return value


def _with_odd(case: Any, random: Any) -> Any:
    """The same request with one value replaced by an odd one."""
    places = [(case.query, key) for key in case.query or {}] + [
        (case.path_parameters, key) for key in case.path_parameters or {}
    ]
    if isinstance(case.body, dict | list) and not _is_form(case):
        case.body = copy.deepcopy(case.body)
        places += list(_leaves(case.body)) * 2
    if places:
        holder, key = random.choice(places)
        holder[key] = random.choice(odd_values.ODD)
        if holder is not case.body and (holder is case.query or holder is case.path_parameters):
            holder[key] = str(holder[key]).encode("utf-8", "replace").decode() or "x"
    return case


def _leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(entry, dict | list):
            yield from _leaves(entry)


def _is_form(case: Any) -> bool:
    return str(case.media_type or "").startswith("multipart/")


# --- what must not come back ------------------------------------------------------------------------------------


def fuzz(label: str, caller: str, ids: fuzz_world.Ids, examples: int) -> None:
    """Call an operation so often, always signed in; fail on the first answer that is an error of ours."""
    operation = description().find_operation_by_label(label)
    account = fuzz_world.account(caller)

    @settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases(operation, ids))
    def call(case: Any) -> None:
        session = staff.client(account).cookies[SESSION_COOKIE].value  # the last call may have ended it
        cookies = {SESSION_COOKIE: session, "csrftoken": TOKEN}
        try:
            answer = case.call(headers={"X-CSRFToken": TOKEN}, cookies=cookies, base_url="http://localhost")
        except UnicodeEncodeError:  # a lone surrogate where this client takes none; test_fuzz_doors.py sends it
            reject()
        assert answer.status_code < 500, (
            f"{answer.status_code} {answer.text}\n{label} {case.path_parameters} {case.query} {case.body!r}"
        )

    call()


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("label", labels())
def test_no_request_is_an_error_of_ours(world: fuzz_world.Ids, label: str, caller: str) -> None:
    fuzz(label, caller, world, FEW)


@pytest.mark.proof
@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("label", labels())
def test_none_of_many_requests_is_an_error_of_ours(world: fuzz_world.Ids, label: str, caller: str) -> None:
    fuzz(label, caller, world, MANY)
