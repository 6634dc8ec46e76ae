"""The API of the intake, mounted at /api/intake: sources, batches with progress, mapping, findings, reviews."""

from . import batches, results, reviewing, sources
from .router import router

__all__ = ["batches", "results", "reviewing", "router", "sources"]
