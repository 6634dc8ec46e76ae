"""The Django app of funding."""

from __future__ import annotations

from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "linli.funding"
    label = "funding"
    verbose_name = "Funding"
