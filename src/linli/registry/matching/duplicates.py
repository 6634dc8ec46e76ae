"""Looking for people who are in the base twice, and estimating parameters from what sources state.

Both read everybody of an area once, outside of any lock; what is found is filed under the lock of merges, of those who
are still there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import polars as pl
from django.conf import settings

from linli.access import changes as change_log
from linli.kernel import areas, clock, files
from linli.kernel.actors import Actor, system
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.scope import acting
from linli.registry.actions.elevated import on_behalf_of
from linli.registry.permissions import JOIN

from . import blocking, engine, facts, judging, pairing, parameters
from .filing import Filed, file_pairs
from .model import Model

_NO_AREA = Text("没有这个区划代码。", "There is no such area.")
# Of so many statements parameters are estimated; more of them say nothing new.
MOST_STATEMENTS = 600_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look for duplicates found, of how many people."""

    people: int
    pairs: int
    filed: Filed


@dataclass(frozen=True, slots=True)
class Estimated:
    """Parameters that were kept, and of how many statements."""

    version: int
    statements: int


def find(actor: Actor, area: str, watch: engine.Watch = lambda stage, seconds: None) -> Looked:
    """File everybody of an area who may be somebody else of it as a proposal. Decided pairs stay decided.

    Raises Invalid for what is no area code, Forbidden where the actor may not join people.
    """
    if not areas.is_code(area):
        raise Invalid(fields=(FieldProblem("area", "unknown", _NO_AREA),))
    actor.require(JOIN, area)
    begun = clock.now()
    low, high = areas.bounds(area)
    with acting(system("matching", settings.LINLI_DISTRICT)):
        people = facts.of("registry_person", f"t.area_code >= '{low}' AND t.area_code < '{high}'")
        known, limits = parameters.known(), parameters.thresholds()
    pairs = pl.DataFrame(schema=pairing.PAIRS)
    compared = 0
    if people.height > 1:
        compared, pairs = _likely(people, known.model, limits, watch)
    with on_behalf_of(actor):
        filed = file_pairs(pairs, known.version, begun, people["id"])
        change_log.record(
            actor, "registry.match.people", "area", area, area, {"people": people.height, "opened": filed.opened}
        )
    return Looked(people.height, compared, filed)


def _likely(
    people: pl.DataFrame, model: Model, limits: parameters.Thresholds, watch: engine.Watch
) -> tuple[int, pl.DataFrame]:
    """How many pairs were compared, and those likely enough to be asked about, the likeliest first. Two different numbers
    are never among them."""
    clock_at = time.perf_counter()
    standard = judging.standard_of(people.select(facts.MATCHED))
    first, second = blocking.candidates(standard, blocking.HAN)
    watch("block", time.perf_counter() - clock_at)
    pairs = pairing.likely(people, standard, first, second, model, limits)
    watch("judge", time.perf_counter() - clock_at)
    return len(first), pairs


def estimate(actor: Actor, watch: engine.Watch = lambda stage, seconds: None) -> Estimated:
    """Estimate parameters from the current statements of all sources, without labels, and keep them as the next version."""
    actor.require(JOIN, settings.LINLI_DISTRICT)
    with acting(system("matching", settings.LINLI_DISTRICT)):
        stated = facts.of(
            "registry_source_record",
            "t.superseded_by IS NULL AND t.state = 'linked' AND t.name IS NOT NULL "
            f"ORDER BY t.id DESC LIMIT {MOST_STATEMENTS}",
        )
        before = parameters.known()
    with files.scratch() as folder:
        matched = engine.match(
            stated.select(facts.MATCHED).with_row_index("row"), folder, model=before.model, watch=watch
        )
    with on_behalf_of(actor):
        version = parameters.keep(actor, matched.model)
        change_log.record(
            actor, "registry.match.estimate", "area", settings.LINLI_DISTRICT, settings.LINLI_DISTRICT,
            {"version": version, "statements": stated.height},
        )  # fmt: skip
    return Estimated(version, stated.height)
