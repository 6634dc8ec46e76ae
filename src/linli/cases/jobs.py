"""Background work of cases, found here by the worker; each part brings its own."""

from .suggesting import jobs as suggesting
from .telling import jobs as telling

__all__ = ["suggesting", "telling"]
