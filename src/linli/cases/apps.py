"""The Django app of cases."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from linli.kernel.actors import Actor
from linli.kernel.worktime.watching import Changed

HISTORIES = (
    "cases_category_history", "cases_filing_rule_history", "cases_case_history", "cases_routing_rule_history",
    "cases_proposal_history",
)  # fmt: skip


class CasesConfig(AppConfig):
    name = "linli.cases"
    label = "cases"
    verbose_name = "Cases"

    def ready(self) -> None:
        from linli.intake.declared import bring
        from linli.kernel.worktime.watching import watch

        from .engine.procedure import known

        known()  # a procedure whose data does not hold stops the program before anybody works with it
        post_migrate.connect(_after_migrate, sender=self)
        watch(_reckon_again)
        bring("linli.cases.intake.kinds")


def _reckon_again(actor: Actor, changed: Changed) -> None:
    """The work calendar became another: the clocks of open cases follow, after this transaction, as a job."""
    from .engine.jobs import reckon_again

    reckon_again.defer()


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Make the coming months of history and load the shipped directory. Runs as the owner, with every `linli migrate`."""
    from django.db import connections

    from linli.kernel import clock
    from linli.kernel.partitions import ensure_months

    from .categories.shipped import load_shipped

    there = connections[using].introspection.table_names()
    if "cases_category" not in there:
        return  # migrated back to nothing
    for table in HISTORIES:
        ensure_months(connections[using], table, clock.today())
    load_shipped(using)
