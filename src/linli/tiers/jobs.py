"""Background work of tiers, found here by the worker."""

from .applying import jobs as applying
from .assessing import jobs as assessing
from .plans import jobs as plans
from .practice import jobs as practice
from .values import jobs as values

__all__ = ["applying", "assessing", "plans", "practice", "values"]
