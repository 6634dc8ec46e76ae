"""What the checks need to know of the district as it stands now: its areas, addresses, codes, and where positions lie."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence

import polars as pl
from django.conf import settings

from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.scope import acting
from linli.places.queries import lookup
from linli.registry.queries.codes import all_items, sources
from linli.registry.queries.demo import is_demo
from linli.registry.ties.queries import tag_kinds

from .checking.areas import Areas
from .checking.codes import CodeList, word
from .checking.context import CheckContext, Elsewhere, Report, TagRule, Tied
from .fields import TAGS
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
    lists = {name: CodeList(name, words[name], tuple(labels[name]), tuple(codes[name])) for name in words}
    tags = [(kind.code, kind.name_zh, kind.name_en) for kind in tag_kinds(active_only=True)]
    return lists | {
        "tag": _list("tag", tags),
        "source": _list("source", [(source.code, source.name, source.name_en) for source in sources()]),
    }


def _list(name: str, items: Sequence[tuple[str, str, str]]) -> CodeList:
    """A list that the district keeps in a table of its own: code and both names."""
    words: dict[str, str] = {}
    for item in items:
        for written in filter(None, item):
            words.setdefault(word(written), item[0])
    return CodeList(name, words, tuple(item[1] for item in items), tuple(item[0] for item in items))


def _tag_rules() -> dict[str, TagRule]:
    """The catalogue of tags in use, for checks."""
    names = {source.code: source for source in sources()}
    rules = {}
    for kind in tag_kinds(active_only=True):
        source = names.get(kind.source_code)
        named = (source.name, source.name_en or source.name) if source else (kind.source_code, kind.source_code)
        rules[kind.code] = TagRule(kind.source_code, *named, kind.months)
    return rules


def check_context(
    batch: Batch,
    allowed: tuple[str, ...],
    report: Report,
    elsewhere: Elsewhere | None,
    codes: Dict[str, CodeList],
    tied: Tied | None = None,
) -> CheckContext:
    """The circumstances of a batch: `allowed` are the areas it may bring rows for; the others see `CheckContext`."""
    district = settings.LINLI_DISTRICT
    with acting(system("checking", district)):
        demo, names = is_demo(), _grid_names()
        tags = _tag_rules() if batch.kind == TAGS else {}
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
        tied=tied,
        tags=tags,
    )


def _grid_names() -> dict[str, str]:
    from linli.places.models import Grid

    return dict(Grid.objects.filter(valid_to=None).values_list("code", "name"))
