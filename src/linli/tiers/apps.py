"""The Django app of tiers."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

HISTORIES = (
    "tiers_upgrade_measure_history",
    "tiers_application_history",
    "tiers_indicator_verdict_history",
    "tiers_application_gap_history",
    "tiers_practice_card_history",
    "tiers_implementation_plan_history",
    "tiers_plan_task_history",
    "tiers_meeting_history",
    "tiers_study_visit_history",
)


class TiersConfig(AppConfig):
    name = "linli.tiers"
    label = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Make the coming months of history, load what is shipped. Runs as the owner, with every `linli migrate`."""
    from django.db import connections

    from linli.kernel import clock
    from linli.kernel.partitions import ensure_months

    from .plans import catalogue
    from .practice import shipped as practice
    from .shipped import load_shipped

    there = connections[using].introspection.table_names()
    for table in (each for each in HISTORIES if each in there):
        ensure_months(connections[using], table, clock.today())
    if "tiers_recognition" in there:
        load_shipped(using)
    if catalogue.there(using):
        catalogue.load_shipped(using)
    if practice.there(using):
        practice.load_shipped(using)
