"""Fixtures every room's tests share: a real PostgreSQL, a fresh clone of the migrated database for each test."""

from __future__ import annotations

import os
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

# Time is measured in bench/: on a busy machine the first example of a test may take long.
hypothesis_settings.register_profile("linli", deadline=None)
hypothesis_settings.load_profile("linli")

# A checkout need not be installed to be tested; processes that tests start find it too.
SOURCE = str(Path(__file__).resolve().parents[1] / "src")
sys.path[:0] = [str(Path(__file__).parent), SOURCE]
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (SOURCE, os.environ.get("PYTHONPATH"))))

import template_db
from template_db import TestDatabases, close_django, point_django_at

# Before Django's settings are read (so they are not named in pyproject.toml, where pytest-django would read them
# earlier): tests never touch the home of the installation, nor a server of one's own.
# xdist's workers read them earlier too, but with the environment of the process that chose.
_read = sys.modules.get("linli.project.settings")
assert _read is None or template_db.test_home() == _read.HOME, "settings were read before tests chose their home"
os.environ["LINLI_HOME"] = str(template_db.test_home())
os.environ.pop("DATABASE_URL", None)
os.environ.pop("DATABASE_OWNER_URL", None)
os.environ.setdefault("LINLI_DEMO_TRICKLE", "0")  # nothing moves by itself while a journey looks at it
os.environ.setdefault("LINLI_THREE_OFFICES", "off")  # one administrator does for tests that are about something else
os.environ.pop("DATABASE_PUBLIC_URL", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["LINLI_FILES_DIR"] = tempfile.mkdtemp(prefix="linli-test-files-")


#: Files whose few tests take minutes: begun first, so that no worker is left alone with one at the end.
LONG = ("test_role_matrix.py", "test_survivorship.py", "test_regrouping.py", "test_cli_up.py", "test_backup.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long files first, then those of many tests (workers take files in this order: --no-loadscope-reorder)."""
    if config.getoption("--dist", "no") == "no" and "PYTEST_XDIST_WORKER" not in os.environ:
        return
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name not in LONG, -sizes[item.path], item.path))


def pytest_configure() -> None:
    """Load Django's settings and models, which test modules import; no connection is made.

    A room that does not load must not keep another room's pure tests from running: `db` says what is wrong.
    """
    import django

    try:
        django.setup()
    except Exception as error:
        warnings.warn(f"Django does not start, tests with a database will fail: {error!r}", stacklevel=1)
        from pytest_django import plugin

        plugin._setup_django = lambda *_: None  # it would try again and end the run
        return
    scan_the_console_once()
    if worker := os.environ.get(
        "PYTEST_XDIST_WORKER"
    ):  # a folder of its own: another worker's file of the moment is no leftover
        from django.conf import settings

        settings.LINLI_FILES_DIR = Path(os.environ["LINLI_FILES_DIR"]) / worker
        os.environ["LINLI_FILES_DIR"] = str(settings.LINLI_FILES_DIR)


def scan_the_console_once() -> None:
    """Every test client makes the middleware anew, and WhiteNoise lists the built console each time: hundreds of files."""
    from whitenoise.base import WhiteNoise

    from linli.project.settings import WEB_DIST

    scan, known = WhiteNoise.update_files_dictionary, {}

    def update(self: Any, root: str, prefix: str) -> None:
        if root != f"{WEB_DIST}/" or prefix != "/":
            scan(self, root, prefix)
            return
        if root not in known:
            scan(self, root, prefix)
            known[root] = dict(self.files)
        self.files.update(known[root])

    WhiteNoise.update_files_dictionary = update


def pytest_unconfigure() -> None:
    """Remove the files of this run (the process that made them, not xdist's workers)."""
    import shutil

    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["LINLI_FILES_DIR"], ignore_errors=True)


@pytest.fixture(scope="session")
def test_databases() -> Iterator[TestDatabases]:
    """The test cluster, started or joined; shared by all workers and runs."""
    databases = TestDatabases(template_db.start_cluster(Path(os.environ["LINLI_HOME"])))
    yield databases
    databases.retire()


@pytest.fixture(scope="session")
def db_template(test_databases: TestDatabases, django_db_blocker: Any) -> str:
    """The template with all migrations applied and no rows but theirs."""
    import django

    django.setup()  # does nothing when it went well before; otherwise says again what is wrong
    mark = template_db.fingerprint(*template_db.SCHEMA_SOURCES)
    with django_db_blocker.unblock():
        return test_databases.template("plain", mark, template_db.migrate_template(test_databases.info))


@pytest.fixture(scope="session")
def seeded_template(test_databases: TestDatabases, db_template: str, django_db_blocker: Any) -> str:
    """The template that also holds what `tests/seeds.py` loads."""
    import seeds

    def fill(dbname: str) -> None:
        point_django_at(test_databases.info, dbname)
        for seed in seeds.SEEDS:
            seed()
        close_django()
        with test_databases.connect(dbname) as connection:
            connection.execute("ANALYZE")

    mark = template_db.fingerprint(*template_db.SCHEMA_SOURCES, *seeds.SOURCES)
    with django_db_blocker.unblock():
        return test_databases.template("seeded", mark, fill, base=db_template)


def _fresh(test_databases: TestDatabases, template: str, blocker: Any) -> Iterator[str]:
    dbname = test_databases.clone(template)
    with blocker.unblock():
        point_django_at(test_databases.info, dbname)
        try:
            yield dbname
        finally:
            close_django()
            test_databases.retire(dbname)


@pytest.fixture
def db(test_databases: TestDatabases, db_template: str, django_db_blocker: Any) -> Iterator[str]:
    """A fresh migrated database for this test; commits are real. The value is its name."""
    yield from _fresh(test_databases, db_template, django_db_blocker)


@pytest.fixture
def seeded_db(test_databases: TestDatabases, seeded_template: str, django_db_blocker: Any) -> Iterator[str]:
    """Like `db`, with places and roles loaded (`tests/seeds.py`)."""
    yield from _fresh(test_databases, seeded_template, django_db_blocker)


@pytest.fixture
def owner_sql(request: pytest.FixtureRequest, test_databases: TestDatabases) -> Iterator[Callable[..., Sequence[Any]]]:
    """`owner_sql("SELECT …", [params])`: look (and write) behind row-level security, in this test's database.

    It connects as the superuser, since the owner is bound by FORCE ROW LEVEL SECURITY like everybody else.
    Returns rows as tuples; each statement commits by itself.
    """
    which = "seeded_db" if "seeded_db" in request.fixturenames else "db"
    with test_databases.connect(request.getfixturevalue(which)) as connection:

        def run(statement: str, params: Sequence[Any] | None = None) -> Sequence[Any]:
            cursor = connection.execute(statement.encode(), params)
            return cursor.fetchall() if cursor.description else []

        yield run
