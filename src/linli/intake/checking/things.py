"""The checks of one row about a legal entity, a key place, a component or a rented home: its codes, dates, figures, and its identity."""

from __future__ import annotations

import polars as pl

from linli.places.rules import address_key
from linli.registry.phones import read_phones
from linli.registry.things.kinds import KINDS
from linli.registry.things.rules import keys, kinds_of, read_component_codes, read_credit_codes

from ..fields import BY_KIND, Target, title_of
from .collect import Collector
from .columns import Columns
from .context import CheckContext
from .dates import read_dates
from .people import read_coded

BY_PATH = {kind.path: kind for kind in KINDS.values()}
COUNTY_LENGTH = 6
MOST_COUNTED = 1_000_000
HOME = tuple(
    f"home_{part}" for part in
    ("text", "village_code", "road", "door", "compound", "building", "unit", "floor", "room", "standard")
)  # fmt: skip
NUMBER = r"^(\d{1,9})(?:\.0+)?\s*(?:人|名|个|张|位|户)?$"


def check_thing(columns: Columns, context: CheckContext, collector: Collector) -> dict[str, pl.Series]:
    """Canonical columns of the facts that the file fills; findings go to the collector."""
    kind = BY_PATH[context.kind]
    out: dict[str, pl.Series] = {}
    ahead = {field.name for field in kind.fields if field.ahead}
    for target in BY_KIND[context.kind]:
        if target.name not in columns.values:
            continue
        match target.check:
            case "code" if target.code_list in context.codes:
                out[target.name] = read_coded(columns, target, context, collector)
            case "date":
                out[target.name] = _date(columns, target, context, collector, target.name in ahead)
            case "integer":
                out[target.name] = _integer(columns, target, collector)
            case "credit" | "component":
                out[target.name] = _code(columns, target, context, collector)
            case "phone":
                found = read_phones(columns.values[target.name], demo=context.demo)
                for codes in (found.wrong, found.note):
                    collector.codes(
                        codes, field=target.name, column=columns.source(target.name), values=columns.values[target.name]
                    )
                out[target.name] = found.number
            case "text" | "key" | "title":
                out[target.name] = _text(columns, target, collector)
    if kind.name == "component":
        _classes(columns, out, context, collector)
    if kind.name == "entity":
        _entity_kinds(columns, out, collector)
    title = title_of(kind)
    name = out.pop(title, columns.empty())
    if kind.name == "component" and "component_class" in out:
        labels = context.codes["component_class"]
        known = dict(zip(labels.codes, labels.labels, strict=True))
        name = name.fill_null(out["component_class"].replace_strict(known, default=None, return_dtype=pl.String))
    if not kind.home:  # a home has a name by its address
        collector.cells("title.missing", name.is_null(), field=title, column=columns.source(title))
    return out | {"name": name}


def identified(
    frame: pl.DataFrame, columns: Columns, context: CheckContext, collector: Collector
) -> tuple[pl.DataFrame, str]:
    """The frame with its `key` and only what the registry keeps, and the field that identity is told of.

    Rows that nothing identifies, and rows about what the base holds in another area, become findings.
    """
    kind = BY_PATH[context.kind]
    told = {"entity": "credit_code", "component": "component_code", "rental": "home_text"}.get(
        kind.name, title_of(kind)
    )
    column = columns.source(told) or columns.source(title_of(kind))
    if kind.home:
        frame = _in_homes(frame)
        collector.cells("title.missing", frame["name"].is_null(), field="home_text", column=columns.source("home_text"))
    key = keys(kind.name, frame, context.source)
    if kind.name == "entity":
        stated = columns.get("credit_code")
        unsaid = key.is_null() & (stated.is_null() if stated is not None else True)
        collector.cells("key.missing", unsaid, field=told, column=column)
    elif kind.name == "component":
        collector.cells("component.missing", columns.values[told].is_null(), field=told, column=column)
    if context.elsewhere is not None:
        foreign = context.elsewhere(key)
        collector.cells("thing.elsewhere", key.is_in(foreign.implode()), field=told, column=column)
    kept = [f.name for f in kind.fields if f.name in frame.columns]
    more: list[str] = [c for c in ("lon", "lat", "record_key", "observed_on") if c in frame.columns]
    more += [c for c in frame.columns if kind.home and (c == "dwelling_key" or c.startswith("home_"))]
    address = pl.col("home_text") if "home_text" in frame.columns else pl.lit(None, pl.String)
    return frame.select("row", key, "area_code", "name", *kept, *more, address.alias("address")), told


def _in_homes(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the key of each row's dwelling (hex; null where the address is not exact) and a name by its address."""
    held = [pl.col(c) if c in frame.columns else pl.lit(None, pl.String).alias(c) for c in HOME]
    whole = frame.with_columns(held)
    return whole.with_columns(
        address_key(whole, prefix="home_").bin.encode("hex").alias("dwelling_key"),
        pl.coalesce("name", "home_standard", "home_text").alias("name"),
    )


def _code(columns: Columns, target: Target, context: CheckContext, collector: Collector) -> pl.Series:
    values, source = columns.values[target.name], columns.source(target.name)
    if target.check == "component":
        county = context.default_area[:COUNTY_LENGTH]
        found = read_component_codes(values, county=county, classes=context.codes["component_class"].codes)
    else:
        found = read_credit_codes(values, demo=context.demo)
    cut = columns.rounded[target.name]
    label = {"label": target.zh, "label_en": target.en}
    collector.cells("number.rounded", cut, field=target.name, column=source, values=values, params=label)
    wrong = pl.select(pl.when(~cut).then(found.wrong)).to_series()
    each = pl.DataFrame({"length": values.str.replace_all(r"\s", "").str.len_chars()})
    for code in wrong.drop_nulls().unique(maintain_order=True):
        collector.cells(
            code, wrong == code, field=target.name, column=source, values=values, params=label,
            each=each if code.endswith(".length") else None,
        )  # fmt: skip
    return pl.select(pl.when(~cut).then(found.code)).to_series()


def _classes(columns: Columns, out: dict[str, pl.Series], context: CheckContext, collector: Collector) -> None:
    """The class stands in the code; a column that says another is remarked upon."""
    says = out["component_code"].str.slice(COUNTY_LENGTH, 5)
    stated = out.get("component_class")
    if stated is not None:
        source, values = columns.source("component_class"), columns.values["component_class"]
        each = pl.DataFrame({"expected": says})
        differs = stated != says
        collector.cells(
            "component.class_differs", differs, field="component_class", column=source, values=values, each=each
        )
        says = says.fill_null(stated)
    out["component_class"] = says


def _entity_kinds(columns: Columns, out: dict[str, pl.Series], collector: Collector) -> None:
    """What the credit code tells of the kind fills a blank; a kind that contradicts it is remarked upon."""
    code = out.get("credit_code")
    if code is None:
        return
    says, stated = kinds_of(code), out.get("entity_kind")
    if stated is None:
        out["entity_kind"] = says
        return
    # 39 (social organisation) and 14 (residents' committee) are only a finer or coarser word for what the code says.
    differs = says.is_not_null() & (stated != says) & ~stated.is_in(["14", "39", "99"])
    source, values = columns.source("entity_kind"), columns.values["entity_kind"]
    collector.cells("entity.kind_differs", differs, field="entity_kind", column=source, values=values)
    out["entity_kind"] = stated.fill_null(says)


def _date(columns: Columns, target: Target, context: CheckContext, collector: Collector, ahead: bool) -> pl.Series:
    values, source = columns.values[target.name], columns.source(target.name)
    found = read_dates(values, today=context.today, may_be_future=ahead)
    for code in found.wrong.drop_nulls().unique(maintain_order=True):
        each = pl.DataFrame({"partial": found.partial}) if code == "date.partial" else None
        collector.cells(code, found.wrong == code, field=target.name, column=source, values=values, each=each)
    return found.value


def _integer(columns: Columns, target: Target, collector: Collector) -> pl.Series:
    values = columns.values[target.name]
    text = values.str.replace_all(r"[\s,，\u{3000}]", "")
    number = text.str.extract(NUMBER).cast(pl.Int64)
    number = pl.select(pl.when(number <= MOST_COUNTED).then(number)).to_series()
    wrong = number.is_null() & text.is_not_null() & ~text.is_in(["", "-", "无", "不详", "未知"])
    label = {"label": target.zh, "label_en": target.en}
    source = columns.source(target.name)
    collector.cells("integer.form", wrong, field=target.name, column=source, values=values, params=label)
    return number


def _text(columns: Columns, target: Target, collector: Collector) -> pl.Series:
    text = columns.values[target.name].str.replace_all(r"[\s\u{3000}]+", " ").str.strip_chars()
    text = pl.select(pl.when(text != "").then(text)).to_series()
    if target.check == "key":
        cut, label = columns.rounded[target.name], {"label": target.zh, "label_en": target.en}
        source = columns.source(target.name)
        collector.cells("number.rounded", cut, field=target.name, column=source, values=text, params=label)
        return pl.select(pl.when(~cut).then(text)).to_series()
    return text
