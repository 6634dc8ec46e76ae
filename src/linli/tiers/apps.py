"""The Django app of tiers."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TiersConfig(AppConfig):
    name = "linli.tiers"
    label = "tiers"
    verbose_name = "Tiers"

    def ready(self) -> None:
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Load the shipped system and recognitions. Runs as the owner, with every `linli migrate`."""
    from django.db import connections

    from .plans import catalogue
    from .shipped import load_shipped

    if "tiers_recognition" in connections[using].introspection.table_names():
        load_shipped(using)
    if catalogue.there(using):
        catalogue.load_shipped(using)
