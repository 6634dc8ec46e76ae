"""Reads of good practice: cards by words, what they moved, tier and scenario; one with all its page shows. Fixed queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from linli.kernel import clock, paging
from linli.kernel.actors import Actor, system
from linli.kernel.paging import Page
from linli.kernel.scope import acting
from linli.places.models import Region
from linli.registry.queries import sql

from ..cursors import after_id
from ..permissions import COORDINATE, PRACTICE_EDIT, PRACTICE_PUBLISH, VIEW
from ..plans.models import UpgradeMeasure
from ..recognitions.models import Recognition
from ..systems.models import Indicator, IndicatorBound
from ..systems.queries import holding
from . import rules, sight
from .models import PracticeCard, PracticePhoto
from .moved import Moved, moved

#: The photo that stands for a card in the library: its first.
FIRST_PHOTO = """
SELECT DISTINCT ON (p.card_id) p.card_id, p.id FROM tiers_practice_photo p
WHERE p.card_id = ANY(%(cards)s) AND p.removed_at IS NULL ORDER BY p.card_id, p.id
"""


@dataclass(frozen=True, slots=True)
class PracticeFilter:
    """What the library may be narrowed by. `words`: a piece of any text or of the community's name; `indicator`: whose metrics a
    card moved (what moved this elsewhere?); `but`: a community whose own cards are left out."""

    words: str = ""
    indicator: str | None = None
    metric: str | None = None
    tier: str | None = None
    scenario: str | None = None
    state: str | None = None
    area: str | None = None
    but: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """An indicator by its code and name in the system that holds today, with whether its text is official."""

    code: str
    name: str
    tier: str
    certainty: str


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A card as the library shows it."""

    card: PracticeCard
    area_name: str
    town_name: str
    photo: UUID | None
    moved: Sequence[Moved]


@dataclass(frozen=True, slots=True)
class PracticeDetail:
    """A card with all its page shows, and what its reader may do with it."""

    card: PracticeCard
    area_name: str
    town_name: str
    moved: Sequence[Moved]
    indicators: Mapping[str, Sequence[Named]]
    photos: Sequence[PracticePhoto]
    recognition: Recognition | None
    recognitions: Sequence[Recognition]
    measures: Sequence[UpgradeMeasure]
    lacking: Sequence[str] = field(default=())
    may_edit: bool = False
    may_publish: bool = False
    may_copy: bool = False
    may_open: bool = False
    may_remove: bool = False


def library(
    actor: Actor, wanted: PracticeFilter, cursor: str | None = None, limit: int | None = None
) -> Page[PracticeRow]:
    """A page of the cards in sight, the newest first. At most seven queries."""
    actor.require(VIEW)
    size = paging.limit(limit)
    params: dict[str, Any] = {"size": size + 1, "after": after_id(cursor)}
    base = (
        "FROM tiers_practice_card c LEFT JOIN places_region r ON r.code = c.area_code "
        f"LEFT JOIN places_region t ON t.code = r.parent_code WHERE {_where(actor, wanted, params)}"
    )
    count = sql.count(f"SELECT c.id {base}", params) if cursor is None else None
    found = sql.rows(
        dict,
        f"SELECT c.id, coalesce(r.short_name, '') AS name, coalesce(t.name, '') AS town {base} "
        "AND (%(after)s::uuid IS NULL OR c.id < %(after)s::uuid) ORDER BY c.id DESC LIMIT %(size)s",
        params,
    )
    shown = found[:size]
    cards = {card.id: card for card in sight.seen(actor).filter(id__in=[row["id"] for row in shown])}
    photos = {row["card_id"]: row["id"] for row in sql.rows(dict, FIRST_PHOTO, {"cards": list(cards)})}
    told = moved(list(cards.values()))
    items = [
        PracticeRow(cards[row["id"]], row["name"], row["town"], photos.get(row["id"]), told.get(row["id"], ()))
        for row in shown
        if row["id"] in cards
    ]
    following = paging.encode((shown[-1]["id"],)) if len(found) > size else None
    return Page(items, following, count)


def _where(actor: Actor, wanted: PracticeFilter, params: dict[str, Any]) -> str:
    """What is in sight and wanted, as SQL over c, r and t. Adds to `params`."""
    conditions = [f"(c.state = 'published' OR {sql.ranges(sight.own_areas(actor), 'c.area_code', params, 'own')})"]
    if wanted.area:
        under = sql.held(system("practice", str(settings.LINLI_DISTRICT)), VIEW, wanted.area)
        conditions.append(sql.ranges(under, "c.area_code", params, "in"))
    for name in ("tier", "scenario", "state"):
        if value := getattr(wanted, name):
            params[name] = value
            conditions.append(f"c.{name} = %({name})s")
    if wanted.but:
        params["but"] = wanted.but
        conditions.append('c.area_code <> %(but)s COLLATE "C"')
    if words := wanted.words.strip():
        params["words"] = words.lower()
        text = "concat_ws(' ', c.title, r.short_name, t.name, c.problem, c.done, c.honours)"
        conditions.append(f"position(%(words)s IN lower({text})) > 0")
    if wanted.metric or wanted.indicator:
        params["metrics"] = [wanted.metric] if wanted.metric else metrics_of(wanted.indicator or "")
        named = "SELECT m.card_id FROM tiers_practice_metric m WHERE m.metric = ANY(%(metrics)s)"
        conditions.append(f"c.id IN ({named})")
    return " AND ".join(conditions)


def metrics_of(indicator: str) -> list[str]:
    """The metrics an indicator asks for something of, in the system that holds today. Two queries."""
    system_now = holding(clock.today())
    rows = IndicatorBound.objects.filter(indicator__system=system_now, indicator__code=indicator)
    return list(rows.values_list("metric", flat=True))


def indicators_by_metric(codes: Sequence[str] | None = None) -> dict[str, list[Named]]:
    """The indicators of the system that holds today, by the metrics they ask for. Two queries."""
    system_now = holding(clock.today())
    rows = IndicatorBound.objects.filter(indicator__system=system_now)
    if codes is not None:
        rows = rows.filter(metric__in=codes)
    found: dict[str, list[Named]] = {}
    columns = ("metric", "indicator__code", "indicator__name", "indicator__tier", "indicator__certainty")
    for metric, *rest in rows.order_by("indicator__position").values_list(*columns):
        found.setdefault(metric, []).append(Named(*rest))
    return found


def indicators_now() -> list[Indicator]:
    """The indicators of the system that holds today, to search by. Two queries."""
    return list(Indicator.objects.filter(system=holding(clock.today())).order_by("position"))


def detail(actor: Actor, card_id: UUID) -> PracticeDetail:
    """A card in sight. Raises Forbidden, NotFound. At most twelve queries."""
    card = sight.one(actor, card_id)
    told = moved([card]).get(card.id, ())
    photos = PracticePhoto.objects.filter(card_id=card.id, removed_at=None).order_by("id")
    with acting(system("practice", str(settings.LINLI_DISTRICT))):
        # What a published card names of its community is for all who see the card.
        said = list(Recognition.objects.filter(area_code=card.area_code, scope="community").order_by("-year", "-id"))
    may_edit = actor.may(PRACTICE_EDIT, card.area_code) and card.state != "published"
    area_name, town_name = names_of(card.area_code)
    return PracticeDetail(
        card, area_name, town_name, told, indicators_by_metric([each.metric for each in told]), list(photos),
        next((each for each in said if each.id == card.recognition_id), None), said if may_edit else (),
        measures_of([each.metric for each in told]),
        sight.lacking(card),
        may_edit, actor.may(PRACTICE_PUBLISH, card.area_code), card.state == "published" and actor.may(COORDINATE),
        actor.may(VIEW, card.area_code), sight.removable(actor, card),
    )  # fmt: skip


def submitted_count(actor: Actor) -> paging.Count:
    """How many cards wait for somebody to publish them, exact up to a bound. One query."""
    rows = PracticeCard.objects.restrict(actor, PRACTICE_PUBLISH).filter(state="submitted").order_by()
    found = rows.values("id")[: paging.EXACT_TO + 1].count()
    return paging.Count(min(found, paging.EXACT_TO), found <= paging.EXACT_TO)


def names_of(code: str) -> tuple[str, str]:
    """The names of a community and of its town. Two queries."""
    region = Region.objects.filter(code=code).first()
    town = Region.objects.filter(code=region.parent_code).first() if region is not None else None
    return (region.short_name if region else code), (town.name if town else "")


def measures_of(codes: Sequence[str]) -> list[UpgradeMeasure]:
    """The upgrade measures of the catalogue that move one of the metrics, each after those it needs. One query."""
    held = {each.code: each for each in UpgradeMeasure.objects.order_by("code")}
    effects = {code: [str(effect[0]) for effect in each.effects] for code, each in held.items()}
    needs = {code: each.needs for code, each in held.items()}
    return [held[code] for code in rules.measures_for(codes, effects, needs)]
