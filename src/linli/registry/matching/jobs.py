"""The week's look for people who are in the base twice."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="37 18 * * 6")  # UTC: Sunday 02:37 in China, when nobody imports
@app.task(
    name="registry.match_people", queue="registry", queueing_lock="registry.match_people", lock="registry.match_people"
)
def look_for_duplicates(timestamp: int = 0) -> None:
    """File people of the district who may be one as proposals; doing it again files nothing twice."""
    from django.conf import settings

    from linli.kernel.actors import system

    from .duplicates import find

    find(system("matching", settings.LINLI_DISTRICT), settings.LINLI_DISTRICT)
