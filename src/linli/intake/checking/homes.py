"""Where each row belongs: grid column, else position, else the compound's grid, else the village the address names."""

from __future__ import annotations

import polars as pl

from linli.kernel.areas import contains
from linli.kernel.coordinates import to_wgs84

from ..fields import ADDRESS_PARTS, BY_NAME
from ..mapping import Mapping
from .collect import Collector
from .columns import Columns
from .context import CheckContext

# What stands behind a bare number in a part column, so that the parts read as one address.
SUFFIX = {
    "home_door": "号",
    "home_building": "号楼",
    "home_unit": "单元",
    "home_floor": "层",
    "home_room": "室",
}
PARSED = {
    "village_code": "home_village_code",
    "road": "home_road",
    "door": "home_door",
    "compound": "home_compound",
    "building": "home_building",
    "unit": "home_unit",
    "floor": "home_floor",
    "room": "home_room",
    "standard": "home_standard",
    "confidence": "home_confidence",
}
SAME_PLACE = ("01", "1", "人户一致", "一致", "是")
AS_REGISTERED = r"^(?:同(?:户籍|户口|身份证)|人户一致$)"
OPEN = ("ambiguous", "town_mismatch")
SHOWN_ALTERNATIVES = 6
DISTRICT_LENGTH, VILLAGE_LENGTH = 6, 12


def check_homes(
    columns: Columns, mapping: Mapping, context: CheckContext, collector: Collector
) -> dict[str, pl.Series]:
    """`area_code` and the columns of the home group; findings go to the collector."""
    out: dict[str, pl.Series] = {}
    stated = _stated(columns, context, collector)
    text, as_registered = _text(columns), columns.empty(pl.Boolean).fill_null(False)
    given = pl.coalesce("village", "town", "usual").fill_null(context.default_area)
    within = stated.select(given).to_series()
    parsed = None
    if text is not None:
        context.report("address", 0.0)
        parsed = context.parser.parse_many(text, within)
        as_registered = text.str.replace_all(r"\s", "").str.contains(AS_REGISTERED).fill_null(False)
        text = pl.select(pl.when(_reason(parsed) != "empty").then(text)).to_series()  # 无, 同上: nothing is written
        out["home_text"] = text
        out |= {name: _none_if_blank(parsed[old]) for old, name in PARSED.items()}
    register = _register(columns, out, context)
    if register is not None:
        _home_where_registered(columns, out, register, as_registered)
    grid = _position(columns, mapping, out, context, collector)
    area = _decide(columns, stated, grid, text, parsed, register, context, collector)
    out["area_code"] = area
    outside = area.is_not_null() & ~_inside(area, context.allowed)
    shown = pl.DataFrame({"area": _labels(area, context)})
    collector.cells("area.outside", outside, field="area", column=_place(columns), values=area, each=shown)
    return out


def _stated(columns: Columns, context: CheckContext, collector: Collector) -> pl.DataFrame:
    """town, village, grid as codes where the file has such columns."""
    told: dict[str, pl.Series] = {}
    for kind, name in (("town", "home_town"), ("village", "home_village"), ("grid", "grid")):
        values = columns.get(name)
        if values is None:
            told[kind] = columns.empty()
            continue
        inside = told.get("town") if kind == "village" else told.get("village")
        found = context.areas.resolve(kind, values, inside, context.default_area)
        column, target = columns.source(name), BY_NAME[name]
        label = {"label": target.zh, "label_en": target.en}
        collector.cells("area.unknown", found.unknown, field=name, column=column, values=values, params=label)
        told[kind] = found.code
        told[f"{kind}_many"] = found.alternatives
        if kind == "village" and columns.get("home_text") is None:
            many = found.alternatives.is_not_null()
            each = pl.DataFrame({"alternatives": _alternatives(found.alternatives, context)})
            collector.cells("area.ambiguous", many, field=name, column=column, values=values, each=each)
    usual = columns.get("default_village")
    resolved = context.areas.resolve("village", usual, None, context.default_area) if usual is not None else None
    told["usual"] = resolved.code if resolved is not None else columns.empty()
    return pl.DataFrame(told)


def _text(columns: Columns) -> pl.Series | None:
    """The address as written: its own column, with parts behind it where it has no number; else the parts joined."""
    parts = [name for name in ADDRESS_PARTS if name in columns.values]
    whole = columns.get("home_text")
    details = [name for name in parts if name not in ("home_town", "home_village")]
    if whole is None and not details:
        return None
    frame = pl.DataFrame({name: columns.values[name] for name in parts})
    written = [_with_suffix(name) for name in parts]
    if whole is None:
        joined = pl.concat_str(written, ignore_nulls=True)
        any_detail = pl.any_horizontal(pl.col(details).is_not_null())
        return frame.select(pl.when(any_detail & (joined != "")).then(joined)).to_series()
    if not details:
        return whole
    frame = frame.with_columns(whole.alias("#whole"))
    tail = pl.concat_str([_with_suffix(name) for name in details], ignore_nulls=True)
    bare = ~pl.col("#whole").str.contains(r"\d")
    return frame.select(
        pl.when(pl.col("#whole").is_null() & (tail != ""))
        .then(tail)
        .when(bare)
        .then(pl.concat_str("#whole", tail, ignore_nulls=True))
        .otherwise("#whole")
    ).to_series()


def _with_suffix(name: str) -> pl.Expr:
    column = pl.col(name).str.strip_chars().str.replace(r"\.0$", "")
    suffix = SUFFIX.get(name)
    if suffix is None:
        return column
    return pl.when(column.str.contains(r"^[0-9A-Za-z]+$")).then(column + suffix).otherwise(column)


def _register(columns: Columns, out: dict[str, pl.Series], context: CheckContext) -> pl.DataFrame | None:
    """The 户籍 address parsed, for the village it lies in; addresses of other districts simply have none."""
    text = columns.get("register_address")
    if text is None:
        return None
    context.report("address", 0.5)
    parsed = context.parser.parse_many(text, context.default_area)
    out["register_address"] = text
    out["register_village_code"] = _none_if_blank(parsed["village_code"])
    return parsed


def _home_where_registered(
    columns: Columns, out: dict[str, pl.Series], register: pl.DataFrame, as_registered: pl.Series
) -> None:
    """A row that writes no home and says 人户一致 lives at its 户籍 address (GB/T 31000 人户一致标识 01).

    So does one that writes 同户籍地 for a home (`as_registered`).
    """
    said = columns.get("register_consistent")
    if said is None:
        if not as_registered.any():
            return
        said = columns.empty()
    blank = columns.empty()
    written = out.get("home_text", blank)
    frame = pl.DataFrame(
        {
            "same": (said.str.strip_chars().is_in(SAME_PLACE).fill_null(False) | as_registered) & written.is_null(),
            "home_text": written,
            "#home_text": columns.values["register_address"],
        }
    )
    for old, name in PARSED.items():
        frame = frame.with_columns(
            _none_if_blank(register[old]).alias(f"#{name}"),
            out.get(name, blank.cast(register[old].dtype)).alias(name),
        )
    for name in ("home_text", *PARSED.values()):
        out[name] = frame.select(pl.when("same").then(f"#{name}").otherwise(name).alias(name)).to_series()


def _position(
    columns: Columns, mapping: Mapping, out: dict[str, pl.Series], context: CheckContext, collector: Collector
) -> pl.Series:
    """The grid each position lies in, positions converted to WGS-84."""
    if columns.get("lon") is None or columns.get("lat") is None:
        return columns.empty()
    lon = columns.values["lon"].str.strip_chars().cast(pl.Float64, strict=False)
    lat = columns.values["lat"].str.strip_chars().cast(pl.Float64, strict=False)
    written = columns.values["lon"].is_not_null() | columns.values["lat"].is_not_null()
    valid = (lon.is_between(73, 136) & lat.is_between(3, 54)).fill_null(False)
    source = columns.source("lon")
    collector.cells("coordinate.invalid", written & ~valid, field="lon", column=source, values=columns.values["lon"])
    east, north = to_wgs84(lon.fill_null(0.0).to_numpy(), lat.fill_null(0.0).to_numpy(), mapping.datum)
    position = pl.DataFrame({"lon": east, "lat": north, "valid": valid})
    lon, lat = (position.select(pl.when("valid").then(c)).to_series() for c in ("lon", "lat"))
    out["lon"], out["lat"] = lon, lat
    if context.locate is None:
        return columns.empty()
    grid = context.locate(lon, lat)
    outside = valid & grid.is_null()
    collector.cells("coordinate.outside", outside, field="lon", column=source, values=columns.values["lon"])
    return grid


def _decide(
    columns: Columns,
    stated: pl.DataFrame,
    position: pl.Series,
    text: pl.Series | None,
    parsed: pl.DataFrame | None,
    register: pl.DataFrame | None,
    context: CheckContext,
    collector: Collector,
) -> pl.Series:
    """The area of every row and the findings that say why there is none, or that two statements disagree."""
    blank = columns.empty()
    named = _none_if_blank(parsed["village_code"]) if parsed is not None else blank
    registered = _none_if_blank(register["village_code"]) if register is not None else blank
    default = context.default_area if len(context.default_area) >= VILLAGE_LENGTH else None
    frame = pl.DataFrame(
        {
            "grid": stated["grid"],
            "position": position,
            "compound": _compound_grid(parsed, context) if parsed is not None else blank,
            "village": stated["village"],
            "named": named,
            "usual": stated["usual"],
            "registered": registered,
            "written": text if text is not None else blank,
        }
    )
    # The register tells where a person belongs only where no home is written.
    fallback = pl.when(pl.col("written").is_null()).then("registered")
    # A compound's grid counts only inside the village that the row states.
    fitting = pl.when(pl.col("village").is_null() | pl.col("compound").str.starts_with(pl.col("village"))).then(
        "compound"
    )
    other = pl.coalesce("grid", "position", "village")
    area = frame.select(
        # What the sheet's name tells stands behind what the row itself says of a home.
        pl.coalesce("grid", "position", fitting, "village", "named", "usual", fallback, pl.lit(default, pl.String))
    ).to_series()
    from_other = frame.select(other.is_not_null()).to_series()
    if parsed is not None and text is not None:
        _tell_address(columns, text, parsed, area, from_other, context, collector)
    if register is not None:
        lost = area.is_null() & (text.is_null() if text is not None else True)
        _tell_open(
            columns,
            "register_address",
            columns.values["register_address"],
            register,
            lost,
            context,
            collector,
        )
    elif text is None:
        missing = (
            area.is_null() & ~stated["village_many"].is_not_null()
            if "village_many" in stated.columns
            else area.is_null()
        )
        collector.cells("area.unresolved", missing, field="area", column=_place(columns))
    if text is not None:
        empty = (
            area.is_null()
            & text.is_null()
            & (columns.values["register_address"].is_null() if register is not None else True)
        )
        collector.cells("area.unresolved", empty, field="area", column=_place(columns))
    return area


def _tell_address(
    columns: Columns,
    text: pl.Series,
    parsed: pl.DataFrame,
    area: pl.Series,
    from_other: pl.Series,
    context: CheckContext,
    collector: Collector,
) -> None:
    source, code = _place(columns), _reason(parsed)
    _tell_open(columns, "home_text", text, parsed, area.is_null(), context, collector)
    named = _none_if_blank(parsed["village_code"])
    shown = _labels(area, context)
    placed = area.is_not_null() & text.is_not_null()
    many = placed & named.is_null() & code.is_in(OPEN)
    each = pl.DataFrame({"alternatives": _alternatives(parsed["alternatives"], context), "area": shown})
    collector.cells("address.ambiguous", many, field="home_text", column=source, values=text, each=each)
    unread = placed & named.is_null() & ~code.is_in(OPEN)
    told = pl.DataFrame({"area": shown})
    collector.cells("address.unresolved", unread, field="home_text", column=source, values=text, each=told)
    differs = placed & from_other & named.is_not_null() & (named != area.str.slice(0, VILLAGE_LENGTH))
    differ = pl.DataFrame({"parsed": _labels(named, context), "area": shown})
    collector.cells("address.differs", differs, field="home_text", column=source, values=text, each=differ)


def _tell_open(
    columns: Columns,
    field: str,
    text: pl.Series,
    parsed: pl.DataFrame,
    lost: pl.Series,
    context: CheckContext,
    collector: Collector,
) -> None:
    """Errors for rows whose area nothing else tells and whose address leaves it open."""
    code, source = _reason(parsed), columns.source(field) or _place(columns)
    lost = lost & text.is_not_null()
    each = pl.DataFrame({"alternatives": _alternatives(parsed["alternatives"], context)})
    many = lost & code.is_in(OPEN)
    collector.cells("area.ambiguous", many, field=field, column=source, values=text, each=each)
    away = lost & (code == "outside")
    collector.cells("area.elsewhere", away, field=field, column=source, values=text)
    rest = lost & ~code.is_in([*OPEN, "outside"])
    collector.cells("area.unresolved", rest, field=field, column=source, values=text)


def _reason(parsed: pl.DataFrame) -> pl.Series:
    return parsed["reason"].str.split(":").list.first()


def _compound_grid(parsed: pl.DataFrame, context: CheckContext) -> pl.Series:
    """The grid of a known compound that lies in one grid only.

    One that an import made tells it only for exact homes, since only exact homes had a say in it.
    """
    known = context.areas.compounds
    told = parsed.select("compound", "village_code", exact=(pl.col("door") != "") | (pl.col("room") != "")).join(
        known, on=["compound", "village_code"], how="left", maintain_order="left"
    )
    return told.select(pl.when(pl.col("exact") | ~pl.col("from_intake")).then("grid")).to_series()


def _alternatives(codes: pl.Series, context: CheckContext) -> pl.Series:
    """Codes parted by "|" as names people can choose from."""
    distinct = codes.drop_nulls().unique()
    shown = [
        "、".join(f"{context.areas.label(c)}（{c}）" for c in value.split("|")[:SHOWN_ALTERNATIVES] if c)
        for value in distinct.to_list()
    ]
    return codes.replace_strict(distinct, pl.Series(shown, dtype=pl.String), default=None, return_dtype=pl.String)


def _labels(codes: pl.Series, context: CheckContext) -> pl.Series:
    distinct = codes.drop_nulls().unique()
    shown = pl.Series([context.areas.label(code) for code in distinct.to_list()], dtype=pl.String)
    return codes.replace_strict(distinct, shown, default=None, return_dtype=pl.String)


def _inside(area: pl.Series, allowed: tuple[str, ...]) -> pl.Series:
    distinct = area.drop_nulls().unique()
    inside = pl.Series([any(contains(a, code) for a in allowed) for code in distinct.to_list()], dtype=pl.Boolean)
    return area.replace_strict(distinct, inside, default=False, return_dtype=pl.Boolean)


def _none_if_blank(values: pl.Series) -> pl.Series:
    if values.dtype != pl.String:
        return values
    return pl.select(pl.when(values != "").then(values)).to_series()


def _place(columns: Columns) -> str:
    """The column to mark for what is wrong with a row's place."""
    order = ("home_text", "grid", "home_village", *ADDRESS_PARTS, "register_address", "name")
    return next((columns.source(name) for name in order if columns.source(name)), "")
