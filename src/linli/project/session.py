"""What a command needs before it works: the database running and migrated, Django loaded, in that order."""

from __future__ import annotations

import gc
import hashlib
import importlib.metadata
import os
import sys
from datetime import date
from pathlib import Path

from linli.kernel.embedded import ClusterInfo, ensure_running, layout

SETTINGS = "linli.project.settings"


def tell(message: str) -> None:
    """A line about progress, on the error stream: standard output belongs to results."""
    print(message, file=sys.stderr, flush=True)


def open_database() -> ClusterInfo:
    """Have the database running while this process lives (a server of one's own is taken as it is)."""
    info = ensure_running(progress=tell)
    from django.conf import settings

    if settings.configured:  # read before a first start made the passwords
        from django.db import connections

        for alias, entry in connections.settings.items():
            login = {"owner": info.owner, "public": info.public}.get(alias) or info.app
            entry.update(HOST=login.host, PORT=str(login.port), PASSWORD=login.password)
    return info


def load_django() -> None:
    """Load settings and models; makes no connection."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.apps import apps

    if apps.ready:
        return
    # What modules make lives as long as the process: looking through it for garbage, now and later, is a tenth of a short command.
    collects = gc.isenabled()
    gc.disable()
    try:
        django.setup()
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def ready() -> ClusterInfo:
    """Everything a room's command needs. The embedded database is brought to this version of the program; a server
    of one's own is migrated by `linli migrate` alone, when its administrator says so."""
    info = open_database()
    load_django()
    if info.home is not None:
        state = schema_state()
        if layout.read_notes(info.home).get("schema") != state:
            run_migrations(info, verbosity=0)
    return info


def run_migrations(info: ClusterInfo, verbosity: int = 1) -> None:
    """Apply migrations and note, for the embedded database, that it was done."""
    from linli.project.migrate import migrate

    migrate(verbosity)
    if info.home is not None:
        layout.write_notes(info.home, schema=schema_state())


def schema_state() -> str:
    """A short mark of the migrations the program has, without loading them. It changes with the month too, since
    migrating also makes the coming months' partitions of append-only tables."""
    rooms = Path(__file__).resolve().parents[1]
    names = sorted(str(path.relative_to(rooms)) for path in rooms.glob("*/migrations/[0-9]*.py"))
    marks = [*names, importlib.metadata.version("procrastinate"), f"{date.today():%Y-%m}"]
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:16]
