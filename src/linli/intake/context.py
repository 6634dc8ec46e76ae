"""What the checks need to know of the district as it stands now: its areas, addresses, codes, and where positions lie."""

from __future__ import annotations

from collections.abc import Mapping as Dict

import polars as pl
from django.conf import settings

from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.scope import acting
from linli.places.queries import lookup
from linli.registry.queries.codes import all_items
from linli.registry.queries.demo import is_demo

from .checking.areas import Areas
from .checking.codes import CodeList, word
from .checking.context import CheckContext, Elsewhere, Report
from .limits import installed as limits
from .models import Batch


def code_lists() -> dict[str, CodeList]:
    """Every list with all the ways its values are written."""
    words: dict[str, dict[str, str]] = {}
    labels: dict[str, list[str]] = {}
    codes: dict[str, list[str]] = {}
    items = all_items()
    for item in items:
        own = words.setdefault(item.list, {})
        labels.setdefault(item.list, []).append(item.label_zh)
        codes.setdefault(item.list, []).append(item.code)
        own[word(item.code)] = item.code
    for item in items:  # after all codes: no label may hide a code
        for written in (item.label_zh, item.label_en, *item.variants.split("|")):
            if written:
                words[item.list].setdefault(word(written), item.code)
    return {name: CodeList(name, words[name], tuple(labels[name]), tuple(codes[name])) for name in words}


def check_context(
    batch: Batch,
    allowed: tuple[str, ...],
    report: Report,
    elsewhere: Elsewhere | None,
    codes: Dict[str, CodeList],
) -> CheckContext:
    """The circumstances of a batch: `allowed` are the areas it may bring rows for, `elsewhere` see `CheckContext`."""
    district = settings.LINLI_DISTRICT
    with acting(system("checking", district)):
        demo, names = is_demo(), _grid_names()
        parser, compounds = lookup.address_parser(), lookup.compound_grids()

    def locate(lon: pl.Series, lat: pl.Series) -> pl.Series:
        nan = float("nan")
        with acting(system("checking", district)):  # most files state no positions: the grids load for those that do
            grids = lookup.grid_index()
        found = grids.locate(lon.fill_null(nan).to_numpy(), lat.fill_null(nan).to_numpy())
        return pl.Series(found.astype(object), dtype=pl.String).replace("", None)

    return CheckContext(
        today=clock.today(),
        observed_on=batch.observed_on,
        default_area=batch.area_code,
        allowed=allowed,
        areas=Areas(parser.gazetteer, names, compounds),
        parser=parser,
        codes=codes,
        locate=locate,
        demo=demo,
        limits=limits(),
        report=report,
        kind=batch.kind,
        source=batch.source_code,
        elsewhere=elsewhere,
    )


def _grid_names() -> dict[str, str]:
    from linli.places.models import Grid

    return dict(Grid.objects.filter(valid_to=None).values_list("code", "name"))
