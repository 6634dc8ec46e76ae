"""An area in figures over HTTP."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from linli.kernel import areas, measures
from linli.kernel.area_names import names_of
from linli.kernel.http import actor_of, language_of, require
from linli.places.permissions import VIEW as PLACES
from linli.registry import schemas
from linli.registry.permissions import VIEW
from linli.registry.queries.decisions import open_reviews, transfers_to_decide
from linli.registry.queries.figures import area_figures, people_by_area

router = Router(tags=["figures"])
CODE = r"^\d{6}(\d{3}){0,3}$"


@router.get("/figures", auth=require(VIEW), response=schemas.FiguresOut)
def get_figures(request: HttpRequest, area: str | None = Query(None, pattern=CODE)) -> schemas.FiguresOut:
    """People and homes of an area (default: all the actor sees), and what waits for the actor."""
    actor = actor_of(request)
    found = area_figures(actor, area)
    shares = {
        "with_phone_share": found.with_phone / found.people if found.people else None,
        "with_home_share": found.with_home / found.people if found.people else None,
    }
    counts = {
        "people": found.people, "households": found.households, "dwellings": found.dwellings,
        "registered": found.registered, "floating": found.floating, "elders_80": found.elders_80,
    }  # fmt: skip
    code = area or next(iter(actor.areas_for(VIEW)), "")
    return schemas.FiguresOut(
        area=schemas.AreaRef(code=code, name=names_of([code]).get(code, "")),
        figures=[schemas.FigureOut(code=k, value=v, unit="count") for k, v in counts.items()]
        + [schemas.FigureOut(code=k, value=v, unit="share") for k, v in shares.items()],
        transfers_to_decide=transfers_to_decide(actor, area),
        reviews_to_decide=open_reviews(actor),
    )


@router.get(
    "/figures/measures", auth=require(PLACES), response=dict[str, float], summary="地图指标 / A measure by area"
)
def get_measure(
    request: HttpRequest,
    level: areas.Level,
    measure: str = Query(max_length=60),
    area: str | None = Query(None, pattern=CODE),
) -> dict[str, float]:
    """One measure for each area of a level; areas where the caller may not see what is counted are left out."""
    digits = next(n for n, name in areas.LENGTHS.items() if name == level)
    return measures.named(measure).by_area(actor_of(request), digits, area)


@router.get(
    "/figures/measures/catalogue", auth=require(PLACES), response=schemas.MeasuresOut, summary="指标目录 / Measures"
)
def get_measures(request: HttpRequest) -> schemas.MeasuresOut:
    """The measures the caller may see, with their definitions and the lists behind them."""
    language = language_of(request)
    return schemas.MeasuresOut(
        items=[
            schemas.MeasureOut(
                code=m.code, unit=m.unit, label=m.label.say(language), path=m.path,
                definition=schemas.DefinitionOut(
                    numerator=m.definition.numerator.say(language), denominator=m.definition.denominator.say(language),
                    version=m.definition.version, basis=m.definition.basis.say(language), certainty=m.definition.certainty,
                ) if m.definition else None,
            )
            for m in measures.of(actor_of(request))
        ]
    )  # fmt: skip


@router.get("/figures/people", auth=require(VIEW), response=dict[str, int])
def get_people_by_area(request: HttpRequest, level: areas.Level, area: str | None = None) -> dict[str, int]:
    """People per area of a level, for colouring the map."""
    digits = next(n for n, name in areas.LENGTHS.items() if name == level)
    return people_by_area(actor_of(request), digits, area)
