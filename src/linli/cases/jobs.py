"""Background work of cases, found here by the worker; each part brings its own."""

from .categories import jobs as categories
from .engine import jobs as engine
from .evaluation import jobs as evaluation
from .suggesting import jobs as suggesting
from .telling import jobs as telling

__all__ = ["categories", "engine", "evaluation", "suggesting", "telling"]
