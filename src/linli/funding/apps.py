"""The Django app of funding."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

HISTORIES = (
    "funding_source_history", "funding_budget_history", "funding_project_history", "funding_contract_history",
    "funding_usage_history", "funding_facility_history", "funding_revenue_contract_history", "funding_party_history",
    "funding_account_history",
)  # fmt: skip


class FundingConfig(AppConfig):
    name = "linli.funding"
    label = "funding"
    verbose_name = "Funding"

    def ready(self) -> None:
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Make the coming months of history and load the shipped accounts. Runs as the owner, with every `linli migrate`."""
    from django.db import connections

    from linli.kernel import clock
    from linli.kernel.partitions import ensure_months

    from .books.shipped import load_accounts

    if "funding_account" not in connections[using].introspection.table_names():
        return  # migrated back to nothing
    for table in HISTORIES:
        ensure_months(connections[using], table, clock.today())
    load_accounts(using)
