"""The Django app of the registry."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

HISTORIES = (
    "registry_person_history", "registry_residence_history", "registry_household_history",
    "registry_legal_entity_history", "registry_key_place_history", "registry_component_history",
    "registry_rental_history", "registry_relation_history", "registry_tag_history",
    "registry_custom_value_history",
)  # fmt: skip


class RegistryConfig(AppConfig):
    name = "linli.registry"
    label = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from linli.access import demo, subjects

        from .queries.demo import is_demo
        from .regrouping.queries import ids_in_logs

        demo.provide(is_demo)
        subjects.provide(ids_in_logs)
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Make the coming months of history and load the code lists. Runs as the owner, with every `linli migrate`."""
    from django.db import connections

    from linli.kernel import clock
    from linli.kernel.partitions import ensure_months

    from .codes import load_shipped

    for table in HISTORIES:
        ensure_months(connections[using], table, clock.today())
    load_shipped(using)
