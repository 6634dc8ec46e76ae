"""Frozen rows: what a return held when it was submitted, packed, encrypted and sealed by a checksum; and read again.

A column that nobody could read again would be no record, so rows are plain lines of JSON inside the ciphertext. Only texts
stand in them, as they stood in cells. No number is ever in the clear on a disk.
"""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

import polars as pl
from cryptography.exceptions import InvalidTag
from django.db import connection

from linli.kernel import area_names, secrets
from linli.kernel.actors import Actor
from linli.kernel.masking import masked_column
from linli.kernel.scope import acting
from linli.registry.queries import sql

from ..ledgers.columns import REVEALS, SEALED, Bindable
from ..ledgers.rows import AREA, DATED, OTHERS, SOURCE, Piece, Wanted
from .asking import BLANKS, KEY, LABEL, STALE, keeper
from .models import FrozenPart, ReturnVersion

HEAD = (KEY, LABEL, AREA, SOURCE, DATED, BLANKS, STALE)
NOW = "#now"
ROWS_A_PART = 500
TYPED = {"number": pl.Int64, "decimal": pl.Float64, "serial": pl.Int64, "date": pl.Date}


def lines(frame: pl.DataFrame) -> bytes:
    """Rows as lines of JSON: what is kept, and what the checksum is over."""
    target = io.BytesIO()
    frame.write_ndjson(target)
    return target.getvalue()


def digest(frame: pl.DataFrame, parts: Sequence[str], left_out: Sequence[str] = ()) -> str:
    """The checksum of a version's own rows, of the versions it is made of, and of what of those is left out."""
    found = sha256(lines(frame))
    for part in parts:
        found.update(bytes.fromhex(part))
    for key in left_out:
        found.update(key.encode())
    return found.hexdigest()


def packed(frame: pl.DataFrame) -> Iterator[bytes]:
    """The rows as ciphertexts, some in each."""
    for piece in frame.iter_slices(ROWS_A_PART):
        yield secrets.encrypt(base64.b64encode(zlib.compress(lines(piece))).decode())


def unpacked(sealed: Sequence[bytes], fields: Sequence[str]) -> pl.DataFrame:
    """The rows behind ciphertexts, in their order."""
    schema = dict.fromkeys([*HEAD, *fields], pl.String)
    text = b"".join(zlib.decompress(base64.b64decode(secrets.decrypt(part))) for part in sealed)
    return pl.read_ndjson(io.BytesIO(text), schema=schema) if text else pl.DataFrame(schema=schema)


def own_rows(version: ReturnVersion) -> pl.DataFrame:
    """What a version itself holds. One query."""
    sealed = FrozenPart.objects.filter(version_id=version.id).order_by("number").values_list("sealed", flat=True)
    return unpacked([bytes(part) for part in sealed], version.fields)


def all_rows(version: ReturnVersion) -> pl.DataFrame:
    """What a version holds with the versions it is made of, everybody once. Two queries.

    Whoever sees all of a version sees what it was made of, whichever town a village belongs to by now: the program reads it.
    """
    if not version.parts:
        return own_rows(version)
    with acting(keeper()):
        below = {v.id: v for v in ReturnVersion.objects.filter(id__in=version.parts)}
        frames = [own_rows(version), *_many([below[i] for i in version.parts])]
    return without(together(frames, version.fields), version.left_out)


def of_versions(versions: Sequence[ReturnVersion], fields: Sequence[str]) -> pl.DataFrame:
    """What several versions hold, everybody once."""
    return together(_many(versions), fields)


def _many(versions: Sequence[ReturnVersion]) -> list[pl.DataFrame]:
    sealed: dict[UUID, list[bytes]] = {v.id: [] for v in versions}
    rows = FrozenPart.objects.filter(version_id__in=list(sealed)).order_by("version_id", "number")
    for version_id, part in rows.values_list("version_id", "sealed"):
        sealed[version_id].append(bytes(part))
    return [unpacked(sealed[v.id], v.fields) for v in versions]


def together(frames: Sequence[pl.DataFrame], fields: Sequence[str]) -> pl.DataFrame:
    """Rows of several areas in the order of areas; who is in two, in the first."""
    schema = dict.fromkeys([*HEAD, *fields], pl.String)
    joined = pl.concat([pl.DataFrame(schema=schema), *frames], how="diagonal")
    return joined.unique(KEY, keep="first", maintain_order=True).sort(AREA, maintain_order=True)


def without(frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Rows without some, by their keys."""
    return frame.filter(~pl.col(KEY).is_in(list(keys))) if keys else frame


def total(frame: pl.DataFrame, name: str) -> int:
    """How many blanks, or stale values, rows had when they were taken."""
    return int(frame[name].cast(pl.Int64).sum())


def where_now(frame: pl.DataFrame, area: str) -> pl.DataFrame:
    """Rows of an area's version with their areas by the codes these go by now: rights (NOW) and sheets (AREA) are of today.
    Those of a village that went to another town since stand under the area itself, whose version they are of. One query."""
    now = pl.col(AREA).replace(area_names.present(frame[AREA].unique().to_list()))
    placed = pl.when(now.str.starts_with(area)).then(now).otherwise(pl.lit(area))
    return frame.with_columns(now.alias(NOW), placed.alias(AREA))


def who_now(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with people by the ids they have now: who was joined into another since is that one, once. One query."""
    return _as_one(frame).drop("#was")


def counted_before(whole: pl.DataFrame) -> list[str]:
    """The keys of rows about people who were joined with one of another row: they count once. One query."""
    kept = set(_as_one(whole)["#was"].to_list())
    return [key for key in whole[KEY].to_list() if key not in kept]


def _as_one(frame: pl.DataFrame) -> pl.DataFrame:
    """`who_now`, with the key each row had in `#was`."""
    with acting(keeper()), connection.cursor() as cursor:
        cursor.execute(
            "SELECT old_id::text, person_id::text FROM registry_person_alias WHERE old_id = ANY(%s::uuid[])",
            [[key for key in frame[KEY].to_list() if len(key) == 36]],  # figures are kept by the codes of villages
        )
        joined = dict(cursor.fetchall())
    frame = frame.with_columns(pl.col(KEY).alias("#was"))
    if not joined:
        return frame
    led = frame.with_columns(pl.col(KEY).is_in(list(joined)).alias("#led"), pl.col(KEY).replace(joined))
    return led.sort("#led", maintain_order=True).unique(KEY, keep="first", maintain_order=True).drop("#led")


def intact(version: ReturnVersion) -> bool:
    """Whether a version holds what it was submitted with, and the versions it is made of are there. Run by who sees all."""
    found = dict(ReturnVersion.objects.filter(id__in=version.parts, gone_at=None).values_list("id", "sha256"))
    if len(found) < len(version.parts):
        return False
    try:
        rows = own_rows(version)
    except (InvalidTag, LookupError, ValueError, zlib.error, pl.exceptions.PolarsError):
        return False
    return digest(rows, [found[i] for i in version.parts], version.left_out) == version.sha256


def damaged(most: int) -> tuple[int, list[ReturnVersion]]:
    """How many of the versions made last were looked at, and those of them that are not intact. A few queries a version."""
    latest = list(ReturnVersion.objects.filter(gone_at=None).select_related("owner__round").order_by("-id")[:most])
    return len(latest), [version for version in latest if not intact(version)]


@dataclass(frozen=True, slots=True)
class Frozen:
    """Frozen rows as the supply of a ledger, for whoever takes it: numbers stand in full where they may see them."""

    actor: Actor
    frame: pl.DataFrame

    def _in(self, wanted: Wanted) -> pl.DataFrame:
        return self.frame.filter(pl.col(AREA).str.starts_with(wanted.area))

    def total(self, wanted: Wanted) -> int:
        """How many rows lie in an area."""
        return self._in(wanted).height

    def pieces(self, wanted: Wanted) -> Iterator[Piece]:
        """The rows of an area, in one piece."""
        frame = self._in(wanted)
        if not frame.height:
            return
        areas = sql.held(self.actor, REVEALS[wanted.subject])
        near = [pl.col(NOW).str.starts_with(area) for area in areas]
        told = pl.lit(False) if wanted.masked or not near else pl.any_horizontal(near)
        clear = frame.select(told.alias("clear").cast(pl.Boolean) & pl.col(KEY).is_not_null()).to_series()
        values = pl.DataFrame({b.name: _shown(frame, b, clear) for b in wanted.columns})
        facts = frame.select(
            pl.col(AREA), pl.col(SOURCE), pl.col(DATED).str.to_date("%Y-%m-%d"), pl.lit(None, pl.String).alias(OTHERS)
        )
        yield Piece(values, facts, clear)


def _shown(frame: pl.DataFrame, b: Bindable, clear: pl.Series) -> pl.Series:
    if b.name not in frame.columns:
        kind = TYPED.get(b.render, pl.String)
        return pl.Series(b.name, [None] * frame.height, dtype=kind)
    column = frame[b.name]
    if b.render == "date":
        return column.str.to_date("%Y-%m-%d")
    if b.render in TYPED:
        return column.cast(TYPED[b.render])
    if b.render in SEALED and not clear.all():
        hidden = masked_column(column, b.render)
        return pl.select(pl.when(clear).then(column).otherwise(hidden).alias(b.name)).to_series()
    return column


def days(frame: pl.DataFrame) -> tuple[date | None, date | None]:
    """The oldest and the newest day of the sources."""
    found = frame[DATED].str.to_date("%Y-%m-%d").drop_nulls()
    if not found.len():
        return None, None
    return date.fromisoformat(str(found.min())), date.fromisoformat(str(found.max()))
