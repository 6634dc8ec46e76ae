"""Background work of the registry, found here by the worker."""

from .quality import jobs as quality
from .survivorship import jobs as survivorship

__all__ = ["quality", "survivorship"]
