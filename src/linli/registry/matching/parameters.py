"""What people of the base are matched by: the parameters that hold, and from how sure on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text

from .comparisons import HAN
from .model import Model, from_json, prior
from .models import MatchModel, MatchThreshold

_ORDER = Text(
    "阈值须在 0 和 1 之间，且待核的低于合并的。",
    "Thresholds lie between 0 and 1, that of asking below that of joining.",
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From `merge` on two are put together, from `review` on somebody is asked."""

    merge: float = 0.95
    review: float = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """Parameters with their version; 0 where nothing has been estimated."""

    version: int
    model: Model


def known() -> Known:
    """The parameters that hold."""
    row = MatchModel.objects.order_by("-version").first()
    if row is None:
        return Known(0, prior("han", HAN))
    return Known(row.version, from_json(json.dumps(row.parameters)))


def keep(actor: Actor, model: Model) -> int:
    """Keep parameters as the next version, which it returns."""
    last = MatchModel.objects.order_by("-version").values_list("version", flat=True).first() or 0
    MatchModel.objects.create(
        version=last + 1, parameters=json.loads(model.to_json()), made_at=clock.now(), made_by=actor.id
    )
    return last + 1


def thresholds(on: date | None = None) -> Thresholds:
    """What holds on a day, today by default."""
    row = MatchThreshold.objects.filter(valid_from__lte=on or clock.today()).order_by("-valid_from").first()
    return Thresholds(row.merge, row.review) if row else Thresholds()


def set_thresholds(actor: Actor, merge: float, review: float, valid_from: date) -> None:
    """Have other thresholds hold from a day on. Raises Invalid."""
    if not 0.0 < review < merge <= 1.0:
        raise Invalid(fields=(FieldProblem("thresholds", "match.thresholds", _ORDER),))
    MatchThreshold.objects.update_or_create(
        valid_from=valid_from,
        defaults={"merge": merge, "review": review, "made_at": clock.now(), "made_by": actor.id},
    )
