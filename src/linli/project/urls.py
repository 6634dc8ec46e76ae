"""Addresses: the API of every room, health, metrics, and the console for everything else."""

from __future__ import annotations

from typing import Any, cast

import orjson
from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import path, re_path
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from linli import __version__
from linli.access.api import router as access
from linli.access.oidc import views as oidc
from linli.cases.attachments.api import router as attachments
from linli.cases.categories.api import router as case_directory
from linli.cases.cooperation.api import router as case_cooperation
from linli.cases.duplicates.api import router as case_duplicates
from linli.cases.engine.api import router as cases
from linli.cases.evaluation.api import router as case_evaluation
from linli.cases.intake.api import router as case_sheets
from linli.cases.mediation.api import router as case_mediation
from linli.cases.printing.api import router as case_papers
from linli.cases.proposals.api import router as proposals
from linli.cases.recurring.api import router as case_places
from linli.cases.reporters.api import router as reporters
from linli.cases.routing.api import router as case_routing
from linli.cases.suggesting.api import router as case_suggestions
from linli.cases.views.api import router as case_views
from linli.funding.api import router as funding
from linli.intake.api import router as intake
from linli.intake.catalogue.api import router as forms
from linli.intake.compare.api import router as comparisons
from linli.intake.generating.api import router as generated
from linli.intake.ledgers.api import router as ledgers
from linli.intake.library.api import router as mappings
from linli.intake.pickup_api import router as pickups
from linli.intake.rounds.api import router as rounds
from linli.kernel import http
from linli.kernel.errors import FieldProblem, Invalid
from linli.messages.api import router as messages
from linli.places.api import router as places
from linli.places.buildings.api import router as map_files
from linli.project.installation import router as installation
from linli.public import open311
from linli.public import proposal_views as answers
from linli.public import report_views as reporting
from linli.public import result_views as results
from linli.public import told_views as telling
from linli.public import views as public
from linli.registry.api import router as registry
from linli.tiers.api import router as tiers


class Renderer(BaseRenderer):
    """JSON by orjson: several times the standard library's speed, and Chinese as it is written."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: object, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str)


class JsonParser(Parser):
    """JSON as RFC 8259 has it: NaN and Infinity, which Python's own reader takes for numbers, are refused.

    So is the character NUL in any text: no column of PostgreSQL holds it, and some ways there (COPY) fail in the middle.
    """

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = cast("dict[str, Any]", orjson.loads(request.body))
        if rb"\u0000" in request.body and (where := http.holding_nul(body)) is not None:
            raise Invalid(fields=(FieldProblem(where, "form", http.FORM),))
        return body


api = http.install(
    NinjaAPI(
        title="Linli 邻里",
        version=__version__,
        urls_namespace="api",
        docs_url=None,
        openapi_url="/openapi.json",
        renderer=Renderer(),
        parser=JsonParser(),
    )
)
api.add_router("", access)
api.add_router("", messages)
api.add_router("", places)
api.add_router("", map_files)
api.add_router("", registry)
api.add_router("", installation)
api.add_router("/intake", intake)
api.add_router("/intake", pickups)
api.add_router("/intake", comparisons)
api.add_router("/intake", mappings)
api.add_router("/ledgers", ledgers)
api.add_router("/forms", forms)
api.add_router("/forms", generated)
api.add_router("", rounds)
api.add_router("", case_directory)
api.add_router("", case_suggestions)  # before the cases, whose addresses take any word for an id
api.add_router("", case_duplicates)
api.add_router("", case_places)
api.add_router("", case_cooperation)
api.add_router("", case_views)
api.add_router("", case_papers)
api.add_router("", case_mediation)
api.add_router("", case_routing)
api.add_router("", case_sheets)
api.add_router("", cases)
api.add_router("", attachments)
api.add_router("", reporters)
api.add_router("", case_evaluation)
api.add_router("", proposals)
api.add_router("", tiers)
api.add_router("", funding)


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Whether the process can serve: its database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return JsonResponse({"ready": False}, status=503)
    return JsonResponse({"ready": True})


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics of this process."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def console(request: HttpRequest) -> HttpResponseBase:
    """The console: one page whatever the address, since it routes by itself."""
    index = settings.WEB_DIST / "index.html"
    if not index.exists():
        return HttpResponse("The console is not built. Run: make build", status=503, content_type="text/plain")
    response = FileResponse(index.open("rb"), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


urlpatterns = [
    path("api/", api.urls),
    path("oidc/start", oidc.start),
    path("oidc/callback", oidc.callback),
    path("q/<str:code>", public.door),
    path("report", reporting.report),
    path("track", reporting.track),
    path("proposals", answers.listing),
    path("proposals/<str:body>/<str:number>", answers.answer),
    path("tiers-public", results.listing),
    path("tiers-public/<uuid:application_id>", results.result),
    path("track/photos/<uuid:photo_id>", reporting.picture),
    path("told", telling.told),
    path("told/<str:code>", telling.told),
    path("open311/v2/<path:what>.<str:form>", open311.door),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    re_path(r"^(?!api/|oidc/|open311/|assets/).*$", console),
]
