"""The night's learning, and the first model of a new installation."""

from __future__ import annotations

from procrastinate.contrib.django import app

QUEUE = "cases"


@app.periodic(cron="53 19 * * *")  # UTC: 03:53 in China, when nobody closes cases
@app.task(name="cases.learn", queue=QUEUE, queueing_lock="cases.learn", lock="cases.learn")
def learn_from_cases(timestamp: int = 0) -> None:
    """Learn from what was closed since; a night on which nothing was closed makes no version."""
    from django.conf import settings

    from linli.kernel.actors import system

    from .learning import learn

    learn(system("learning", settings.LINLI_DISTRICT))


@app.periodic(cron="*/10 * * * *")
@app.task(name="cases.learn.first", queue=QUEUE, queueing_lock="cases.learn.first", lock="cases.learn")
def learn_the_first(timestamp: int = 0) -> None:
    """Make the first model of a new installation, from the seed texts, so that it need not wait for the night."""
    from .models import TextVersion

    if not TextVersion.objects.exists():
        learn_from_cases()
