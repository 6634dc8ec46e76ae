"""The API of tiers. Mount `router` at the root of the API."""

from __future__ import annotations

from ninja import Router

from .applying.api import router as applying
from .assessing.api import router as assessing
from .coordination.api import router as coordination
from .papers.api import router as papers
from .plans.api import router as plans
from .practice.api import router as practice
from .recognitions.api import router as recognitions
from .revisions.api import router as revisions
from .systems.api import router as systems
from .values.api import router as values

router = Router()
for part in (applying, assessing, coordination, papers, plans, practice, recognitions, revisions, systems, values):
    router.add_router("", part)

__all__ = ["router"]
