"""The API of the registry. Mount `router` at the root of the API."""

from __future__ import annotations

from ninja import Router

from linli.registry.addresses.api import router as addresses
from linli.registry.buildings.api import router as buildings
from linli.registry.bulk.api import router as bulk
from linli.registry.conflicts.api import router as conflicts
from linli.registry.custom.api import router as custom
from linli.registry.finding.api import router as finding
from linli.registry.proposals.api import router as proposals
from linli.registry.quality.api import router as quality
from linli.registry.regrouping.api import router as regrouping
from linli.registry.survivorship.api import router as survivorship
from linli.registry.ties.api import router as ties

from . import figures, forms, homes, people, things, transfers

router = Router()
for part in (people.router, homes.router, transfers.router, figures.router, things.router, forms.router):
    router.add_router("", part)
router.add_router("", buildings)
router.add_router("", addresses)
router.add_router("", ties)
router.add_router("", finding)
router.add_router("", bulk)
router.add_router("", quality)
router.add_router("", regrouping)
router.add_router("", conflicts)
router.add_router("", survivorship)
router.add_router("", proposals)
router.add_router("", custom)

__all__ = ["router"]
