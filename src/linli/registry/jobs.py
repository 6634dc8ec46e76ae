"""Background work of the registry, found here by the worker."""

from .survivorship import jobs as survivorship

__all__ = ["survivorship"]
