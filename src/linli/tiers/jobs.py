"""Background work of tiers, found here by the worker."""

from .assessing import jobs as assessing

__all__ = ["assessing"]
