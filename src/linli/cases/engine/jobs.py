"""Background work of clocks. Each may run twice, or be killed: what is done already is left alone."""

from __future__ import annotations

from procrastinate.contrib.django import app

QUEUE = "cases"


@app.periodic(cron="7 * * * *")
@app.task(
    name="cases.end_suspensions", queue=QUEUE, queueing_lock="cases.end_suspensions", lock="cases.end_suspensions"
)
def end_suspensions(timestamp: int = 0) -> None:
    """Have cases that were put on account to a day go on after it. A worker that slept catches up."""
    from .standing import end_suspensions as end_all

    end_all()


@app.periodic(cron="23 18 * * *")  # UTC: 02:23 in China
@app.task(name="cases.return_from_gone_units", queue=QUEUE, lock="cases.return_from_gone_units")
def return_from_gone_units(timestamp: int = 0) -> None:
    """Send cases whose unit was dissolved back to dispatch."""
    from .standing import return_from_gone_units as return_all

    return_all()


@app.periodic(cron="53 17 * * *")  # UTC: 01:53 in China; after a change of the calendar it runs at once
@app.task(name="cases.reckon_again", queue=QUEUE, lock="cases.reckon_again")
def reckon_again(timestamp: int = 0) -> None:
    """Bring the clocks of open cases to the work calendar as it is."""
    from .standing import reckon_again as reckon_all

    reckon_all()
