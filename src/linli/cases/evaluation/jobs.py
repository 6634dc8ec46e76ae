"""Background work of evaluation: facts of cases whose steps are new, and by night of every case."""

from __future__ import annotations

from procrastinate.contrib.django import app

QUEUE = "cases"


@app.periodic(cron="*/5 * * * *")
@app.task(name="cases.evaluation.recent", queue=QUEUE, queueing_lock="cases.evaluation.recent", lock="cases.evaluation")
def draw_recent_facts(timestamp: int = 0) -> None:
    """Draw the facts of cases that had steps; doing it twice changes nothing."""
    from linli.kernel.scope import acting

    from .facts import draw_recent
    from .keeper import keeper

    with acting(keeper()) as actor:
        draw_recent(actor)


@app.periodic(cron="53 18 * * *")  # UTC: 02:53 in China, when today has begun and few steps are taken
@app.task(name="cases.evaluation.all", queue=QUEUE, queueing_lock="cases.evaluation.all", lock="cases.evaluation")
def draw_all_facts(timestamp: int = 0) -> None:
    """Draw the facts of every case whose facts are not those of its last step."""
    from linli.kernel.scope import acting

    from .facts import draw_all
    from .keeper import keeper

    with acting(keeper()) as actor:
        draw_all(actor)
