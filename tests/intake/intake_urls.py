"""The API of the intake alone, where the program mounts it."""

from __future__ import annotations

from django.urls import path
from ninja import NinjaAPI

from linli.intake.api import router
from linli.intake.compare.api import router as comparisons
from linli.intake.library.api import router as mappings
from linli.intake.pickup_api import router as pickups
from linli.kernel import http

api = http.install(NinjaAPI(urls_namespace="intake-tests"))
api.add_router("/intake", router)
api.add_router("/intake", pickups)
api.add_router("/intake", comparisons)
api.add_router("/intake", mappings)
urlpatterns = [path("api/", api.urls)]
