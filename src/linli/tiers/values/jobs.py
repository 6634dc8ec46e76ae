"""Background work of evidence: what a killed process left goes."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="31 * * * *")
@app.task(name="tiers.clear_files", queue="tiers", queueing_lock="tiers.clear_files")
def clear_evidence_files(timestamp: int = 0) -> None:
    """Remove kept files whose row was never committed."""
    from django.conf import settings

    from linli.kernel.actors import system
    from linli.kernel.scope import acting

    from .evidence import clear_files

    with acting(system("evidence", settings.LINLI_DISTRICT)):
        clear_files()
