"""The address parser: free text as people write it to town, village, road, door, building, unit, floor and room.

Columns at a time: texts are made uniform and cut in Polars, each distinct tail and each distinct place text is read
once, and the answers are put together in Polars again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import polars as pl

from .gazetteer import Gazetteer
from .placing import Place, Placer, Reason
from .tails import Tail, read_tail
from .text import BEHIND, PIECE, normal, with_arabic, without_ordinals


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """An address taken apart; empty text where a part is not there.

    `standard` is the normal form, `confidence` lies between 0 and 1, `reason` is a stable code, a colon and Chinese
    words, `alternatives` are the codes it may also mean (all of them when `village_code` is empty).
    """

    town_code: str = ""
    village_code: str = ""
    road: str = ""
    door: str = ""
    compound: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    standard: str = ""
    confidence: float = 0.0
    reason: str = ""
    alternatives: tuple[str, ...] = ()

    @property
    def reason_code(self) -> str:
        return self.reason.partition(":")[0]


COLUMNS: tuple[str, ...] = tuple(f.name for f in fields(ParsedAddress))
_PLACE_SCHEMA = {f"p_{name}": pl.Float64 if name == "confidence" else pl.String for name in Place._fields}
_TAIL_SCHEMA = {f"t_{name}": pl.Boolean if name == "unclear" else pl.String for name in Tail._fields}
_CUT = r"^([^0-9A-Z#]*)(.*)$"


class AddressParser:
    """Parses addresses against one gazetteer. Safe to share between threads; holds no state of its own."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._placer = Placer(gazetteer)

    def parse(self, text: str, within: str = "") -> ParsedAddress:
        """Parse one address; `within` is the code of the area it is taken to lie in, such as the writer's."""
        row = self.parse_many(pl.Series([text], dtype=pl.String), within).row(0, named=True)
        alternatives = tuple(filter(None, row.pop("alternatives").split("|")))
        return ParsedAddress(**row, alternatives=alternatives)

    def parse_many(self, texts: pl.Series, within: str | pl.Series = "") -> pl.DataFrame:
        """Parse a column. Answers one row per text, in order, with the columns of ParsedAddress.

        `alternatives` holds codes parted by "|"; all columns are text but `confidence`.
        """
        area = within if isinstance(within, pl.Series) else pl.lit(within)
        rows = pl.DataFrame({"text": texts.cast(pl.String)}).with_columns(area.alias("within").fill_null(""))
        distinct = rows.unique(maintain_order=True)
        parsed = self._parse_distinct(distinct)
        if distinct.height == rows.height:
            return parsed.select(COLUMNS)
        keyed = parsed.with_columns(distinct["text"], distinct["within"])
        joined = rows.join(keyed, on=["text", "within"], how="left", nulls_equal=True, maintain_order="left")
        return joined.select(COLUMNS)

    def _parse_distinct(self, rows: pl.DataFrame) -> pl.DataFrame:
        frame = with_arabic(rows.select("within", normal(pl.col("text")).alias("text")), "text")
        frame = frame.with_columns(without_ordinals("text"))
        cut = pl.col("text").str.extract_groups(_CUT).struct.rename_fields(["head", "tail"])
        frame = frame.select("within", "text", cut.alias("cut")).unnest("cut")
        frame = frame.with_columns(pl.col("head", "tail").fill_null(""))
        frame = _gather(frame, ["tail"], self._tails(frame["tail"].unique()))
        between, behind = pl.col("t_names"), pl.col("t_behind")
        place = pl.col("head") + _if(between, PIECE + between) + _if(behind, BEHIND + behind)
        frame = frame.with_columns(place.alias("place"))
        frame = _gather(frame, ["place", "within"], self._places(frame.select("place", "within").unique()))
        return frame.with_columns(self._slots()).with_columns(self._standard(), self._confidence(), self._reason())

    def _tails(self, tails: pl.Series) -> pl.DataFrame:
        data: list[Tail] = [read_tail(t) for t in tails.to_list()]
        return pl.DataFrame(data, schema=_TAIL_SCHEMA, orient="row").with_columns(tails.alias("tail"))

    def _places(self, places: pl.DataFrame) -> pl.DataFrame:
        read = self._placer.read
        data: list[Place] = [read(text, within) for text, within in places.iter_rows()]
        return pl.DataFrame(data, schema=_PLACE_SCHEMA, orient="row").with_columns(places["place"], places["within"])

    def _slots(self) -> list[pl.Expr]:
        """The columns of the answer; a number before a unit is a building unless it stands on a road."""
        door, building, unit = pl.col("t_door"), pl.col("t_building"), pl.col("t_unit")
        promoted = (door != "") & (building == "") & (unit != "") & (pl.col("p_road") == "")
        shown = pl.when(promoted).then(door).otherwise(building)
        compound, rest = pl.col("p_compound"), pl.col("p_rest")
        housed = (compound == "") & (shown != "")
        return [
            pl.col("p_town_code").alias("town_code"),
            pl.col("p_village_code").alias("village_code"),
            (pl.col("p_road") + pl.col("t_group")).alias("road"),
            pl.when(promoted).then(pl.lit("")).otherwise(door).alias("door"),
            pl.when(housed).then(rest).otherwise(compound).alias("compound"),
            pl.when(housed).then(pl.lit("")).otherwise(rest).alias("rest"),
            shown.alias("building"),
            unit.alias("unit"),
            pl.col("t_floor").alias("floor"),
            pl.col("t_room").alias("room"),
            pl.col("p_alternatives").alias("alternatives"),
        ]

    def _standard(self) -> pl.Expr:
        """The normal form: 般阳路街道城里社区淄城路123号阳光花园3号楼2单元401室."""
        names = self.gazetteer
        labels = {code: names.label(code) for code in (*names.towns, *names.villages)}
        code = pl.when(pl.col("village_code") != "").then(pl.col("village_code")).otherwise(pl.col("town_code"))
        place = code.replace_strict(list(labels), list(labels.values()), default="", return_dtype=pl.String)
        place = pl.when(pl.col("p_words") != "", pl.col("village_code") == "").then(pl.col("p_words")).otherwise(place)
        room = pl.col("room")
        floor = (pl.col("floor") != "") & ~room.str.contains("^[0-9A-Z]")
        lettered = pl.col("building").str.contains(r"^[A-Z]+$")
        building = pl.when(lettered).then(pl.col("building") + "座").otherwise(pl.col("building") + "号楼")
        door = _if(pl.col("door"), pl.col("door") + "号")
        on_road, group = pl.col("p_road") != "", pl.col("t_group")
        return pl.concat_str(
            place,
            "p_road",
            pl.when(on_road).then(group + door).otherwise(pl.lit("")),
            "compound",
            pl.when(on_road).then(pl.lit("")).otherwise(group + door),
            _if(pl.col("building"), building),
            _if(pl.col("unit"), pl.col("unit") + "单元"),
            pl.when(floor).then(pl.col("floor") + "层").otherwise(pl.lit("")),
            pl.when(room.str.contains(r"[0-9A-Z]$")).then(room + "室").otherwise(room),
            "rest",
            "p_note",
            "t_note",
        ).alias("standard")

    def _confidence(self) -> pl.Expr:
        detail = pl.when(pl.col("room") != "").then(1.0).when(pl.col("door") != "").then(0.97).otherwise(0.9)
        doubt = pl.when(pl.col("t_unclear") | (pl.col("rest") != "")).then(0.85).otherwise(1.0)
        score = (pl.col("p_confidence") * detail * doubt).round(2)
        return pl.when(pl.col("text") == "").then(0.0).otherwise(score).alias("confidence")

    def _reason(self) -> pl.Expr:
        empty = pl.lit(f"{Reason.EMPTY.code}: {Reason.EMPTY.words}")
        said = pl.when(pl.col("t_unclear")).then(pl.col("p_reason") + "；门牌部分不清楚").otherwise(pl.col("p_reason"))
        return pl.when(pl.col("text") == "").then(empty).otherwise(said).alias("reason")


def _if(condition: pl.Expr, text: pl.Expr) -> pl.Expr:
    return pl.when(condition != "").then(text).otherwise(pl.lit(""))


def _gather(frame: pl.DataFrame, keys: list[str], answers: pl.DataFrame) -> pl.DataFrame:
    return frame.join(answers, on=keys, how="left", maintain_order="left")


def as_dict(parsed: ParsedAddress) -> dict[str, Any]:
    """The parts by name, for answers as JSON."""
    return {name: getattr(parsed, name) for name in COLUMNS}
