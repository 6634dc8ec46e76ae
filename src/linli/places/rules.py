"""Decisions about places as pure functions: when two addresses are one dwelling, and how grids share out."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

KEY_BYTES = 16
_PARTS = ("village_code", "compound", "road", "door", "building", "unit", "room")


def address_key_text(prefix: str = "") -> pl.Expr:
    """The text whose hash is the address key; null where an address is not exact to a room or a door.

    Expects the columns of a parsed address, each with `prefix` (such as `home_`). Road and door are left out where
    compound, building and room name the home already, since people write either way.
    """
    part = {name: pl.col(prefix + name).cast(pl.String).fill_null("") for name in _PARTS}
    housed = (part["compound"] != "") & (part["building"] != "") & (part["room"] != "")
    for name in ("road", "door"):
        part[name] = pl.when(housed).then(pl.lit("")).otherwise(part[name])
    exact = (part["village_code"] != "") & ((part["room"] != "") | (part["door"] != ""))
    return pl.when(exact).then(pl.concat_str([part[name] for name in _PARTS], separator="\x1f"))


def address_key(frame: pl.DataFrame, prefix: str = "") -> pl.Series:
    """The key of each row's dwelling (BLAKE2b, 16 bytes; null without room or door), as a Binary column."""
    texts = frame.select(address_key_text(prefix).alias("address_key")).to_series()
    keys = [None if t is None else blake2b(t.encode(), digest_size=KEY_BYTES).digest() for t in texts.to_list()]
    return pl.Series("address_key", keys, dtype=pl.Binary)


# Codes of our own lists (the registry holds their words); no national list is known to us.
COMPOUND_KINDS = ("estate", "old", "employer", "rural", "affordable", "other")
BUILDING_KINDS = ("residential", "mixed", "dormitory", "courtyard", "commercial", "other")
HOME_KINDS = ("flat", "apartment", "dormitory", "shop", "office", "store", "other")
HOME_STATES = ("occupied", "rented", "empty", "other")
_HIGHEST = 120


def storey_of(floor: pl.Expr, room: pl.Expr) -> pl.Expr:
    """The floor as a number: as written (4, B1), else the room's number without its last two digits (401 is on 4).

    Null where neither says: a room 12 may be on any floor. Basements are negative; no building is above 120.
    """
    floor, room = floor.fill_null(""), room.fill_null("")
    written = floor.str.extract(r"^(\d{1,3})$").cast(pl.Int16, strict=False)
    below = -pl.coalesce(floor.str.extract(r"^B(\d)$"), room.str.extract(r"^B(\d)\d{2}$")).cast(pl.Int16, strict=False)
    numbered = room.str.extract(r"^(\d{1,3})\d{2}$").cast(pl.Int16, strict=False)
    found = pl.coalesce(written, below, numbered)
    return pl.when((found != 0) & (found <= _HIGHEST)).then(found)


def share_out(weights: Sequence[float], count: int) -> NDArray[np.int64]:
    """`count` grids shared among villages in proportion to `weights`, at least one each (largest remainders).

    Raises ValueError when there are fewer grids than villages.
    """
    weight = np.asarray(weights, dtype=np.float64)
    if count < len(weight):
        raise ValueError("fewer grids than villages")
    shares = np.ones(len(weight), dtype=np.int64)
    # A village whose quota is under one keeps its one; the others share the rest by their own weights.
    small = np.zeros(len(weight), dtype=bool)
    while True:
        free = count - int(small.sum())
        quota = np.where(small, 1.0, weight / max(weight[~small].sum(), 1e-12) * free)
        below = (quota < 1.0) & ~small
        if not below.any():
            break
        small |= below
    shares = np.maximum(np.floor(quota + 1e-9).astype(np.int64), 1)
    missing = count - int(shares.sum())
    order = np.lexsort((np.arange(len(weight)), -(quota - shares)))
    shares[order[:missing]] += 1
    return shares


def default_weight(town_kind: str, village_kind: str) -> float:
    """People in a village relative to a rural one, where the district states none (assumed, not official)."""
    urban, community = town_kind == "街道", village_kind == "居委会"
    if community:
        return 8.0 if urban else 5.0
    return 2.0 if urban else 1.2
