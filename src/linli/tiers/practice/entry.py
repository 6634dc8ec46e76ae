"""Answers of the API of good practice made from what reads found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from ..entry import recognition_out, text_out, value_out
from ..schemas import TierTextOut
from ..systems.models import Indicator
from ..values.catalogue import metrics as catalogue
from .moved import Figure, Moved
from .queries import Named, PracticeDetail, PracticeRow
from .schemas import (
    PracticeCardOut,
    PracticeChoicesOut,
    PracticeFigureOut,
    PracticeIndicatorOut,
    PracticeMeasureOut,
    PracticeMetricChoiceOut,
    PracticeMovedOut,
    PracticePartIO,
    PracticePhotoOut,
    PracticeRowOut,
)

#: How much of what was done the library shows of a card.
SUMMARY = 140


def moved_out(each: Moved, indicators: Sequence[Named] = ()) -> PracticeMovedOut:
    """A metric with its figures before and after."""
    known = catalogue().get(each.metric)
    unit = known.unit if known else ""
    return PracticeMovedOut(
        metric=each.metric, name=text_out(each.metric), unit=unit, before=_figure(each.before, unit), after=_figure(each.after, unit),
        stated_before=value_out(each.stated_before, unit), stated_after=value_out(each.stated_after, unit),
        indicators=[_indicator(one) for one in indicators],
    )  # fmt: skip


def _figure(figure: Figure, unit: str) -> PracticeFigureOut:
    value = value_out(figure.value, unit)
    return PracticeFigureOut(value=value, how=figure.how, assessed_on=figure.assessed_on, said_on=figure.said_on)


def _indicator(one: Named) -> PracticeIndicatorOut:
    return PracticeIndicatorOut(
        code=one.code, name=one.name, tier=cast(Any, one.tier), certainty=cast(Any, one.certainty)
    )


def row_out(row: PracticeRow) -> PracticeRowOut:
    """A card in the library."""
    card = row.card
    told = card.done or card.problem or card.honours
    return PracticeRowOut(
        id=card.id, state=cast(Any, card.state), area_code=card.area_code, area_name=row.area_name, town_name=row.town_name,
        title=card.title, scenario=cast(Any, card.scenario), tier=cast(Any, card.tier or None),
        summary=told if len(told) <= SUMMARY else f"{told[:SUMMARY]}…", cost=card.cost, certainty=card.certainty, photo=row.photo,
        moved=[moved_out(each) for each in row.moved], changed_at=card.changed_at,
    )  # fmt: skip


def card_out(found: PracticeDetail) -> PracticeCardOut:
    """A card with all its page shows."""
    card = found.card
    return PracticeCardOut(
        id=card.id, version=card.version, state=cast(Any, card.state), area_code=card.area_code, area_name=found.area_name,
        town_name=found.town_name, title=card.title, scenario=cast(Any, card.scenario), tier=cast(Any, card.tier or None),
        problem=card.problem, done=card.done, cost=card.cost, cost_note=card.cost_note,
        parts=[
            PracticePartIO(name=name, quantity=None if quantity is None else Decimal(quantity), unit=unit, note=note)
            for name, quantity, unit, note in card.parts
        ],
        honours=card.honours, recognition=recognition_out(found.recognition) if found.recognition else None,
        recognitions=[recognition_out(each) for each in found.recognitions], contact_unit=card.contact_unit,
        contact_post=card.contact_post, before_on=card.before_on, after_on=card.after_on, source=card.source, said_on=card.said_on,
        certainty=card.certainty, withdrawn_reason=card.withdrawn_reason,
        moved=[moved_out(each, found.indicators.get(each.metric, ())) for each in found.moved],
        photos=[PracticePhotoOut(id=p.id, caption=p.caption, width=p.width, height=p.height) for p in found.photos],
        measures=[
            PracticeMeasureOut(code=m.code, name=TierTextOut(zh=m.name_zh, en=m.name_en)) for m in found.measures
        ],
        lacking=list(found.lacking), created_by_name=card.created_by_name, changed_at=card.changed_at,
        changed_by_name=card.changed_by_name, published_at=card.published_at, published_by_name=card.published_by_name,
        may_edit=found.may_edit, may_publish=found.may_publish, may_copy=found.may_copy, may_open=found.may_open, may_remove=found.may_remove,
    )  # fmt: skip


def choices_out(by_metric: Mapping[str, Sequence[Named]], indicators: Sequence[Indicator]) -> PracticeChoicesOut:
    """What can be chosen from."""
    return PracticeChoicesOut(
        metrics=[
            PracticeMetricChoiceOut(
                code=each.code, name=text_out(each.code), unit=each.unit,
                indicators=[_indicator(one) for one in by_metric.get(each.code, ())],
            )
            for each in catalogue().values()
        ],
        indicators=[_indicator(Named(each.code, each.name, each.tier, each.certainty)) for each in indicators],
    )  # fmt: skip
