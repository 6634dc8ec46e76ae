"""Funding over HTTP: one router that mounts those of the packages."""

from __future__ import annotations

from ninja import Router

from .books.api import router as books

router = Router()
router.add_router("", books)
