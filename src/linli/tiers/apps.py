"""The Django app of tiers."""

from __future__ import annotations

from django.apps import AppConfig


class TiersConfig(AppConfig):
    name = "linli.tiers"
    label = "tiers"
    verbose_name = "Tiers"
