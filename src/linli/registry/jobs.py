"""Background work of the registry, found here by the worker."""

from .matching import jobs as matching
from .quality import jobs as quality
from .survivorship import jobs as survivorship

__all__ = ["matching", "quality", "survivorship"]
