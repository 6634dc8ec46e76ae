"""What Open311 lists: services are the categories that may be reported, requests those that came this way and are of
public space (`Procedure.public`): what is between people, such as mediation, and what is for restricted readers, is nobody's to
list. No name of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery

from linli.kernel import area_names
from linli.kernel.scope import acting

from ..categories.models import Category
from ..engine import procedure
from ..engine.choices import MOST, categories_to_choose
from ..engine.models import CaseFlow
from ..engine.states import FINISHED, State
from ..reporters.desk import desk
from ..reporters.models import Reporter
from ..reporters.rules import stands
from . import rules
from .rules import Asked

VIA = "open311"
Service = dict[str, Any]


def code_of(category: Category) -> str:
    """A category's service code: kinds number their categories apart."""
    return f"{category.kind}-{category.code}"


def services() -> list[Service]:
    """Everything that may be reported. One query."""
    with acting(desk()):
        return [_service(category) for category in categories_to_choose("", MOST)]


def service(code: str) -> Category | None:
    """The category of a service code, if it may be reported. One query."""
    with acting(desk()):
        return next((each for each in categories_to_choose("", MOST) if code_of(each) == code), None)


def _service(category: Category) -> Service:
    return {
        "service_code": code_of(category), "service_name": category.name, "description": category.name, "metadata": "false",
        "type": "realtime", "keywords": category.major_name, "group": category.major_name,
    }  # fmt: skip


def requests(asked: Asked, language: str) -> list[dict[str, Any]]:
    """The requests that are asked for, the newest first. Three queries."""
    with acting(desk()):
        found = _requests()
        if asked.ids:
            found = found.filter(case__number__in=asked.ids)
        else:
            found = found.filter(created_at__gte=asked.start, created_at__lte=asked.end)
            if asked.open is not None:
                ended = [state.value for state in FINISHED]
                found = found.exclude(case__state__in=ended) if asked.open else found.filter(case__state__in=ended)
            if asked.services:
                wanted = {code_of(each): each.id for each in categories_to_choose("", MOST)}
                found = found.filter(case__category_id__in=[wanted[code] for code in asked.services if code in wanted])
        start = (asked.page - 1) * asked.size
        rows = list(found.order_by("-id")[start : start + asked.size])
        return _documents(rows, language)


def number_of(token: str) -> str | None:
    """The number of the request that a token was given out for. One query."""
    with acting(desk()):
        return Reporter.objects.filter(via=VIA, id=token).values_list("case__number", flat=True).first()


def _requests() -> QuerySet[Reporter]:
    last = CaseFlow.objects.filter(case_id=OuterRef("case_id")).values("case_id").annotate(at=Max("at")).values("at")
    shown = Reporter.objects.filter(via=VIA, case__procedure__in=procedure.public(), case__restricted_to="")
    return shown.select_related("case__category").annotate(updated=Subquery(last))


def _documents(rows: Sequence[Any], language: str) -> list[dict[str, Any]]:
    named = area_names.names_of({row.case.area_code for row in rows})
    return [_document(row, named, language) for row in rows]


def _document(row: Any, named: dict[str, str], language: str) -> dict[str, Any]:
    case, state = row.case, State(row.case.state)
    looked_at = rules.looked_at(state, filed=case.filed_at is not None)
    return {
        "service_request_id": case.number, "status": rules.status(state), "status_notes": stands(state, case.transferred).say(language),
        "service_name": case.category.name if case.category else None,
        "service_code": code_of(case.category) if case.category else None,
        "description": rules.hidden(case.description) if looked_at else None, "agency_responsible": case.unit_name or None, "service_notice": None,
        "requested_datetime": rules.w3c(case.reported_at), "updated_datetime": rules.w3c(row.updated),
        "expected_datetime": rules.w3c(case.due_at) if not case.provisional else None,
        "address": (rules.hidden(case.place_text) if looked_at else "") or named.get(case.area_code), "address_id": None,
        "zipcode": None, "lat": case.lat if looked_at else None, "long": case.lon if looked_at else None, "media_url": None,
    }  # fmt: skip
