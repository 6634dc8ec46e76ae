"""Background work of photos and files: what a killed process left goes."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="23 * * * *")
@app.task(name="cases.clear_files", queue="cases", queueing_lock="cases.clear_files")
def clear_case_files(timestamp: int = 0) -> None:
    """Remove kept files whose row was never committed."""
    from django.conf import settings

    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    from .actions import clear_files

    with acting(system("attachments", settings.LINLI_DISTRICT)):
        clear_files()
