"""Open311 GeoReport v2 over HTTP, JSON and XML: discovery, services, definitions, requests, tokens. Whatever is malformed is told
in the specification's list of errors."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from linli.cases.open311 import queries, repeats
from linli.cases.open311 import rules as georeport
from linli.cases.open311.rules import Document, Malformed
from linli.cases.reporters import actions
from linli.cases.reporters import rules as numbers
from linli.cases.reporters.actions import PublicReport
from linli.kernel import clock, faults, http
from linli.kernel.errors import Problem, Text
from linli.kernel.limiting.actions import Limiter

from . import open311_body as body
from . import rules

log = structlog.get_logger("linli.public")
#: From one network, and by one key.
looks, reports = Limiter("open311", 600, 60.0), Limiter("open311_reports", 300, 60.0)
apps = Limiter("open311_apps", 300, 60.0)
AGAIN = "Idempotency-Key"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
UNKNOWN = Text("没有这个地址，或没有这种服务、事项。", "There is no such address, service or request.")
OFTEN = Text("请求过于频繁，请稍后再试。", "Too many requests; try again a little later.")
ELSEWHERE = Text("jurisdiction_id 不是本区。", "jurisdiction_id is not this district's.")
NO_SERVICE = Text("service_code 缺失，或没有这种服务。", "service_code is missing, or there is no such service.")
NO_PLACE = Text("需要 lat 和 long，或 address_string。", "lat and long are wanted, or address_string.")
METHOD = Text("不支持此操作。", "This address does not take that method.")
DOWN = Text("系统维护中，没有收下。", "Under maintenance; nothing was taken.")
NOTICE = Text(
    "查询码 {number}：在 /track 查看进展、答复和评价。请勿告诉他人。",
    "Tracking number {number}: follow, answer and rate at /track. Tell it to nobody.",
)


@csrf_exempt
def door(request: HttpRequest, what: str, form: str) -> HttpResponse:
    """Everything of GeoReport v2. `form` is the format, json or xml."""
    language = rules.language(None, request.headers.get("Accept-Language", ""))
    if form not in TYPES:
        return _errors("json", language, Malformed(UNKNOWN, 404))
    try:
        _bounded(reports if request.method == "POST" else looks, http.address_of(request))
        root, document, status = _answer(request, what.strip("/").split("/"), language)
    except Malformed as error:
        return _errors(form, language, error)
    except Problem as problem:
        said = [f"{f.field}: {f.text.say(language, f.params)}" for f in problem.fields]
        said = said or [problem.text.say(language, problem.params)]
        status = problem.status if problem.status in (413, 429) or problem.status >= 500 else 400
        return _respond(form, "errors", [{"code": status, "description": each} for each in said], status)
    except (DatabaseError, InterfaceError) as error:
        log.error("failed", error=type(error).__name__, sqlstate=faults.sqlstate(error))
        return _errors(form, language, Malformed(DOWN, 503))
    return _respond(form, root, document, status)


def _answer(request: HttpRequest, parts: list[str], language: str) -> tuple[str, Document, int]:
    if request.method == "POST" and parts == ["requests"]:
        _here(request.GET)
        return "service_requests", [_report(body.read(request), request.headers.get(AGAIN, ""), language)], 200
    given = request.GET
    _here(given)
    if request.method not in ("GET", "HEAD"):
        raise Malformed(METHOD, 405)
    match parts:
        case ["discovery"]:
            return "discovery", _discovery(request), 200
        case ["services"]:
            return "services", queries.services(), 200
        case ["services", code] if queries.service(code) is not None:
            return "service_definition", {"service_code": code, "attributes": []}, 200
        case ["requests"]:
            return "service_requests", queries.requests(georeport.asked(given, clock.now()), language), 200
        case ["requests", number]:
            found = queries.requests(georeport.Asked(ids=(number.replace("\0", ""),)), language)
            if found:
                return "service_requests", found, 200
        case ["tokens", token] if (known := _number_of(token)) is not None:
            return "service_requests", [{"service_request_id": known, "token": token}], 200
    raise Malformed(UNKNOWN, 404)


def _number_of(token: str) -> str | None:
    try:
        return queries.number_of(str(uuid.UUID(token)))
    except ValueError:
        return None


def _bounded(limiter: Limiter, source: str) -> None:
    if wait := limiter.wait(source):
        raise Malformed(OFTEN, 429, wait)


def _here(given: Mapping[str, str]) -> None:
    if given.get("jurisdiction_id", settings.LINLI_DISTRICT) != settings.LINLI_DISTRICT:
        raise Malformed(ELSEWHERE, 404)


def _report(sent: body.Sent, again: str, language: str) -> dict[str, Any]:
    """Take a report. Its words may be left out, then the service's name stands for them. Sent again, it is the same one."""
    _bounded(apps, sent.app)
    _here(sent.fields)
    text: Callable[[str], str] = lambda name: str(sent.fields.get(name, "")).replace("\0", "").strip()  # noqa: E731
    category = queries.service(text("service_code"))
    if category is None:
        raise Malformed(NO_SERVICE)
    place = georeport.position(sent.fields)
    if place is None and not text("address_string"):
        raise Malformed(NO_PLACE)
    lon, lat = place or (None, None)
    content = repeats.content_of(sent.fields, [photo for _, photo in sent.photos])
    form = repeats.form_of(sent.app, again, content, clock.now())
    number = actions.receive(
        PublicReport(
            text("description") or category.name, text("address_string"), None, lon, lat, text("phone"), text("email"),
            False, language, sent.photos, f"{text('last_name')} {text('first_name')}".strip(), category.id, queries.VIA, content,
        ),
        form,
    )  # fmt: skip
    known = actions.entered(number)
    return {
        "service_request_id": known.case.number, "token": str(known.id), "account_id": None,
        "service_notice": NOTICE.say(language, {"number": numbers.shown(number)}),
    }  # fmt: skip


def _discovery(request: HttpRequest) -> dict[str, Any]:
    return {
        "changeset": "2026-11-26T00:00:00Z", "contact": "12345",
        "key_service": "区社会治理服务中心发放 / The district's office gives out keys",
        "endpoints": [
            {
                "specification": SPECIFICATION, "url": request.build_absolute_uri("/open311/v2"),
                "changeset": "2026-11-26T00:00:00Z", "type": "production", "formats": ["text/xml", "application/json"],
            }
        ],
    }  # fmt: skip


def _errors(form: str, language: str, error: Malformed) -> HttpResponse:
    described = {"code": error.code, "description": error.text.say(language)}
    answer = _respond(form, "errors", [described], error.code)
    if error.code in (429, 503):
        answer["Retry-After"] = str(error.wait)
    return answer


def _respond(form: str, root: str, document: Document, status: int) -> HttpResponse:
    content = georeport.as_xml(root, document) if form == "xml" else orjson.dumps(document)
    answer = HttpResponse(content, content_type=TYPES[form], status=status)
    answer["Cache-Control"] = "no-store"
    return answer
