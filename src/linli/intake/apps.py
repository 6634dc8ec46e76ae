"""The Django app of the intake."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

HISTORIES = ("intake_round_history", "intake_return_history")


class IntakeConfig(AppConfig):
    name = "linli.intake"
    label = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from . import person_columns

        assert person_columns
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Make the coming months of history. Runs as the owner, with every `linli migrate`."""
    from django.db import connections

    from linli.kernel import clock
    from linli.kernel.partitions import ensure_months

    for table in HISTORIES:
        ensure_months(connections[using], table, clock.today())
