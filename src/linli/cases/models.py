"""The tables of cases, split by noun: each package declares its own."""

from __future__ import annotations

from .categories.models import Category, FilingRule

__all__ = ["Category", "FilingRule"]
