"""The tables of cases, split by noun: each package declares its own."""

from __future__ import annotations

from .categories.models import Category, FilingRule
from .engine.models import Adjustment, Case, CaseFlow, CasePause, NumberDay

__all__ = ["Adjustment", "Case", "CaseFlow", "CasePause", "Category", "FilingRule", "NumberDay"]
