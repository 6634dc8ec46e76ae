"""Background work of the demo: one job per town and source. Doing one twice changes nothing."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

QUEUE = "intake"


@app.task(name="demo.take_in", queue=QUEUE, retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def take_in_file(people: int, seed: int, town: str, source: str) -> None:
    """Take in one spreadsheet of the demo, in a database that is one."""
    from linli.project.demo.base import DemoOrder
    from linli.project.demo.loading import take_in
    from linli.registry.queries.demo import is_demo

    if is_demo():
        take_in(DemoOrder(people, seed), town, source)


@app.task(name="demo.things", queue=QUEUE, retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def take_things(people: int, seed: int, kind: str) -> None:
    """Take in the district's file of a kind of things, in a database that is a demo."""
    from linli.project.demo.base import DemoOrder
    from linli.project.demo.loading import take_things_in
    from linli.registry.queries.demo import is_demo

    if is_demo():
        take_things_in(DemoOrder(people, seed), kind)


@app.task(name="demo.ties", queue=QUEUE, retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def tie_people(town: str) -> None:
    """State guardians and tags of a town's people, in a database that is a demo."""
    from linli.project.demo import ties
    from linli.registry.queries.demo import is_demo

    if is_demo():
        ties.tie_people(town)


@app.task(name="demo.forms", queue=QUEUE, retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def lay_forms(town: str) -> None:
    """Enter the forms of the demo's catalogue and have one filled for a town, in a database that is a demo."""
    from linli.project.demo import forms
    from linli.registry.queries.demo import is_demo

    if is_demo():
        forms.lay_forms(town)


@app.task(name="demo.newcomers", queue=QUEUE, retry=RetryStrategy(max_attempts=4, exponential_wait=5))
def bring_newcomers_in(people: int, seed: int, towns: list[str], username: str) -> None:
    """Have a town's clerk bring people of another town, in a database that is a demo."""
    from linli.project.demo.base import DemoOrder
    from linli.project.demo.loading import bring_newcomers
    from linli.registry.queries.demo import is_demo

    if is_demo():
        bring_newcomers(DemoOrder(people, seed), (towns[0], towns[1]), username)


@app.periodic(cron="*/5 * * * *")
@app.task(name="demo.trickle", queue="demo", queueing_lock="demo.trickle", lock="demo.trickle")
def move_cases(timestamp: int = 0) -> None:
    """By day, report and move a few cases, in a database that is a demo; LINLI_DEMO_TRICKLE=0 leaves them as they are."""
    from django.conf import settings

    from linli.registry.queries.demo import is_demo

    if settings.LINLI_DEMO_TRICKLE and is_demo():
        import numpy as np

        from linli.project.demo.trickle import trickle

        trickle(np.random.default_rng(timestamp))
