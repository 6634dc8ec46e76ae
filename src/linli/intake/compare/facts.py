"""Which facts of a kind are compared, how they are masked, and by what rows of a kind are told again."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Dict
from dataclasses import dataclass

import polars as pl

from linli.registry.things.kinds import KINDS as THINGS
from linli.registry.things.kinds import ThingKind

from ..fields import BY_NAME, PEOPLE
from .problems import NothingShared
from .rules import Side

AREA, POSITION, HOME, STANDARD = "area_code", "position", "home_text", "home_standard"
# A home is one fact: its parts are only how it was read.
PERSON_FACTS = (
    "name", "former_name", "id_kind", "id_number", "sex", "birth", "nation", "phone", "native_place", "marital",
    "education", "political", "occupation", "workplace", "nationality", "population_kind", "register_consistent",
    "inflow_reason", "permit_kind", "left_behind_kind", "register_address", "household_no", "relation_to_head",
    "head_name", "head_id_number", HOME, "home_kind", AREA,
)  # fmt: skip
PERSON_MASKS = {
    "mark": "id", "id_number": "id", "head_id_number": "id", "household_no": "id", "phone": "phone",
    "native_place": "text", "occupation": "text", "workplace": "text", "register_address": "text", HOME: "text",
}  # fmt: skip
# The number a thing is known by, beside its name.
MARKS = {
    "entity": "credit_code", "place": "credit_code", "component": "component_code", "rental": "registration_no",
}  # fmt: skip
BY_PATH = {kind.path: kind for kind in THINGS.values()}
NONE = pl.lit(None, pl.String)


@dataclass(frozen=True, slots=True)
class FactLabel:
    """What a fact is called, and the code list of its values."""

    zh: str
    en: str
    code_list: str | None = None


def labels_of(kind: str) -> dict[str, FactLabel]:
    """The facts of a kind that are compared, in the order they are shown."""
    more = {POSITION: FactLabel("坐标", "Position"), AREA: FactLabel("所属辖区", "Area")}
    if kind == PEOPLE:
        held = {name: BY_NAME[name] for name in PERSON_FACTS if name in BY_NAME}
        return {name: FactLabel(t.zh, t.en, t.code_list) for name, t in held.items()} | {AREA: more[AREA]}
    return {field.name: FactLabel(field.zh, field.en, field.code_list) for field in BY_PATH[kind].every} | more


def sides(kind: str, before: pl.DataFrame, after: pl.DataFrame) -> tuple[Side, Side]:
    """Two batches in canonical form (see `stated`) ready to be compared. Raises NothingShared."""
    shared = set(before.columns) & set(after.columns)
    if kind != PEOPLE:
        return _thing(BY_PATH[kind], before), _thing(BY_PATH[kind], after)
    if not shared & {"id_number", "record_key", "birth", HOME}:
        raise NothingShared()
    return _person(before, shared), _person(after, shared)


def _person(frame: pl.DataFrame, shared: Collection[str]) -> Side:
    shown = frame.select(pl.col(name).cast(pl.String) for name in PERSON_FACTS if name in frame.columns)
    home = pl.coalesce(name for name in (STANDARD, HOME) if name in frame.columns) if HOME in shown.columns else NONE
    values = frame.select(home=home).to_series()
    number = pl.concat_str(pl.col("id_kind").fill_null("111"), pl.lit(":"), "id_number")
    likeness = [pl.col(name).cast(pl.String).fill_null("") for name in ("birth",) if name in shared]
    likeness += [home.fill_null("")] if HOME in shared else []
    rows = frame.select(
        "row",
        AREA,
        "flawed",
        "name",
        mark=pl.col("id_number") if "id_number" in frame.columns else NONE,
        identity=pl.when(pl.col("id_number").is_not_null()).then(number) if "id_number" in shared else NONE,
        record=pl.col("record_key") if "record_key" in shared else NONE,
        likeness=pl.concat_str("name", *likeness, separator="|") if likeness else NONE,
    )
    return Side(rows, shown.with_columns(values.alias(HOME)) if HOME in shown.columns else shown, shown, PERSON_MASKS)


def _thing(kind: ThingKind, frame: pl.DataFrame) -> Side:
    """Things are told by their key alone, as the registry does (`registry.things.rules.keys`)."""
    mark = MARKS[kind.name]
    rows = frame.select(
        "row",
        AREA,
        "flawed",
        "name",
        mark=pl.col(mark) if mark in frame.columns else NONE,
        identity="key",
        record=NONE,
        likeness=NONE,
    )
    facts = [name for name in labels_of(kind.path) if name in frame.columns]
    values = frame.select(pl.col(name).cast(pl.String) for name in facts)
    return Side(rows, values, values, _masks(kind))


def _masks(kind: ThingKind) -> Dict[str, str]:
    """Phones, and free text, in which people write numbers; names of organisations are what they are."""
    free = (field.name for field in kind.every if field.form == "text" and not field.name.endswith("name"))
    return {"phone": "phone"} | dict.fromkeys(free, "text")
