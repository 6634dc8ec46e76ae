from __future__ import annotations

from .categories.models import Category, FilingRule
from .duplicates.models import CaseMerge
from .engine.models import Adjustment, Case, CaseFlow, CasePause, NumberDay
from .suggesting.models import Suggestion, TextVersion

__all__ = [
    "Adjustment",
    "Case",
    "CaseFlow",
    "CaseMerge",
    "CasePause",
    "Category",
    "FilingRule",
    "NumberDay",
    "Suggestion",
    "TextVersion",
]
