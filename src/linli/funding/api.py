"""Funding over HTTP: one router that mounts those of the packages."""

from __future__ import annotations

from ninja import Router

from .awards.api import router as awards
from .books.api import router as books
from .operations.api import router as operations
from .projects.api import router as projects

router = Router()
router.add_router("", books)
router.add_router("", projects)
router.add_router("", operations)
router.add_router("", awards)
