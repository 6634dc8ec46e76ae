"""A real server, worker and browser over a small district: what the journeys of each role share."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from screens import CHROMIUM, FLAGS, PASSWORD, PEOPLE, SLOW, WEB, WIDE, Visit
from template_db import TestDatabases, close_django, point_django_at


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One line says why nothing here ran."""
    here = [item for item in items if Path(item.fspath).is_relative_to(Path(__file__).parent)]
    reason = (
        "no Chromium found (apt-get install chromium)" if CHROMIUM is None
        else "the console is not built (make build)" if not (WEB / "dist" / "index.html").exists()
        else ""
    )  # fmt: skip
    for item in here:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.xdist_group("e2e"))
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def site(test_databases: TestDatabases, seeded_template: str, django_db_blocker: Any) -> Iterator[str]:
    """The address of a running server with a worker behind it; the district is a demo, so invented numbers pass."""
    import staff  # not above: it loads models, and this file is read before Django is set up

    from linli.kernel.scope import acting
    from linli.registry.models import District

    dbname = test_databases.clone(seeded_template)
    with django_db_blocker.unblock():
        point_django_at(test_databases.info, dbname)
        with acting(staff.OPERATOR):
            District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})
        for username, (role, area) in PEOPLE.items():
            staff.staff(username, role, area, password=PASSWORD)
        stop_worker, stop_server = _worker(), None
        try:
            address, stop_server = _server()
            yield address
        finally:
            if stop_server:
                stop_server()
            stop_worker()
            close_django()
            test_databases.retire(dbname)


def _server() -> tuple[str, Callable[[], None]]:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from linli.project.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Requests are of no interest here."""

    def late(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith("/api/"):
            time.sleep(random.uniform(0, 0.2 * SLOW))
        return application(environ, start_response)

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(late if SLOW > 1 else application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(10)

    return f"http://127.0.0.1:{server.server_port}", stop


def _worker() -> Callable[[], None]:
    """Procrastinate's own worker on a thread of this process."""
    started, loop = threading.Event(), asyncio.new_event_loop()
    task: list[asyncio.Task[None]] = []

    async def work() -> None:
        from procrastinate import App
        from procrastinate.contrib.django import app

        # An app of its own: with its connector in the place of the site's, jobs would be queued beside the transaction
        # of the request and begin before it is over, which they do not where server and worker are two processes.
        working = App(connector=app.connector.get_worker_connector())  # type: ignore[attr-defined]
        working.tasks, working.periodic_registry = app.tasks, app.periodic_registry
        async with working.open_async():
            task.append(
                asyncio.create_task(
                    working.run_worker_async(install_signal_handlers=False, fetch_job_polling_interval=0.3)
                )
            )
            started.set()
            await asyncio.gather(*task, return_exceptions=True)

    thread = threading.Thread(
        target=lambda: (asyncio.set_event_loop(loop), loop.run_until_complete(work())), daemon=True
    )
    thread.start()
    started.wait(30)

    def stop() -> None:
        loop.call_soon_threadsafe(task[0].cancel)
        thread.join(20)

    return stop


@pytest.fixture(scope="session")
def chromium(site: str) -> Iterator[Any]:
    """The system's browser, started after the database is set up: Playwright's loop must not be around the ORM."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000 * SLOW)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, site: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """`visit("kunlun", size=PHONE, language="en")`: a fresh browser, signed in if a name is given.

    Fails the test when a page threw, broke the content policy or asked for something outside this server.
    """
    contexts: list[Any] = []
    visits: list[Visit] = []

    def start(
        username: str | None = None, *, size: dict[str, int] = WIDE, language: str = "zh-CN", theme: str = "light"
    ) -> Visit:
        context = chromium.new_context(viewport=size, locale=language, accept_downloads=True)
        context.add_init_script(
            f"localStorage.getItem('linli.language') ?? localStorage.setItem('linli.language', '{language}');"
            f"localStorage.getItem('linli.theme') ?? localStorage.setItem('linli.theme', '{theme}')"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000 * SLOW)
        if SLOW > 1:
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOW})
        here = Visit(page, site, [])
        page.on("pageerror", lambda error: here.troubles.append(str(error)))
        page.on(
            "console",
            lambda said: (
                here.troubles.append(said.text)
                if said.type == "error" and "Failed to load resource" not in said.text
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((site, "data:", "blob:")) else here.troubles.append(asked.url),
        )
        visits.append(here)
        if username:
            here.sign_in(username)
        return here

    yield start
    for number, here in enumerate(visits):
        here.picture(f"last-{request.node.name}-{number}")
    for context in contexts:
        context.close()
    assert not [trouble for v in visits for trouble in v.troubles]
