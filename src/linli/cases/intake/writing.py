"""Writing cases of a sheet: columns to rows of the case, its steps and its origin, each table by one statement a slice.

The same columns as `engine.report` and the engine's steps set, over as many rows as a sheet has; tests hold both against each
other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl

from linli.access.models import Unit
from linli.kernel import secrets
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7_many
from linli.kernel.masking import mask_code
from linli.kernel.scope import current
from linli.registry.merge import stage
from linli.registry.merge.prepare import hexed

from ..categories.models import Category
from ..engine import numbering, procedure
from .naming import like_a_name
from .times import EAST

MOMENT = "timestamptz"
LONGEST_WORD = 100
CASES = {
    "id": "uuid", "number": 'text COLLATE "C"', "state": "text", "source": "text", "procedure": "text",
    "urgent": "boolean", "category_id": "uuid",
    "description": "text", "area_code": 'text COLLATE "C"', "place_text": "text", "lon": "float8", "lat": "float8",
    "on_border": "boolean", "occurred_at": MOMENT, "reported_at": MOMENT, "reported_by": "text", "reporter_name": "bytea",
    "reporter_phone": "bytea", "unit_id": "uuid", "unit_name": "text", "clock": "text", "filed_at": MOMENT, "amber_at": MOMENT,
    "due_at": MOMENT, "provisional": "boolean", "suspensions": "integer", "handed_back_at": MOMENT, "closed_at": MOMENT,
    "result": "text", "reworks": "integer", "responded": "boolean", "solved": "boolean", "satisfied": "boolean",
    "version": "integer",
}  # fmt: skip
FLOW = {
    "id": "uuid", "case_id": "uuid", "version": "integer", "at": MOMENT, "action": "text", "kind": "text", "from_state": "text",
    "to_state": "text", "actor": "text", "actor_name": "text", "actor_unit": "text", "reason": "text", "detail": "jsonb",
    "request": "text",
}  # fmt: skip
ORIGINS = {
    "case_id": "uuid", "kind": "text", "source_code": "text", "number": 'text COLLATE "C"', "batch_id": "uuid", "row": "integer",
    "told": "jsonb", "due_at": MOMENT, "unit_id": "uuid", "unit_text": "text", "category_text": "text",
    "confidential": "boolean", "version": "integer", "taken_at": MOMENT,
}  # fmt: skip
#: What a case has unless its sheet says otherwise.
PLAIN: dict[str, object] = {
    "urgent": False, "on_border": False, "clock": "", "provisional": False, "suspensions": 0, "result": "", "reworks": 0,
    "unit_name": "", "place_text": "", "procedure": procedure.STANDARD_CODE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hand:
    """By whom and in which request something is written."""

    actor: Actor
    district: str
    batch_id: UUID

    @property
    def over(self) -> Actor:
        """The program over the district, with the uploader's name on every trace."""
        request = current().request_id or str(self.batch_id)
        grants = system("matching", self.district).grants
        return Actor(kind="system", id=self.actor.id, name=self.actor.name, grants=grants, request_id=request)

    def signs(self) -> list[pl.Expr]:
        """The columns of a step that tell who took it."""
        told = {
            "actor": self.actor.id, "actor_name": self.actor.name, "actor_unit": self.actor.unit_name,
            "request": self.actor.request_id,
        }  # fmt: skip
        return [pl.lit(text).alias(name) for name, text in told.items()]


def sealed(frame: pl.DataFrame) -> pl.DataFrame:
    """Who reported, as ciphertext."""
    return frame.with_columns(
        hexed(secrets.encrypt_many(frame[name].to_list())).alias(column)
        for name, column in (("reporter", "reporter_name"), ("phone", "reporter_phone"))
    )


def numbered(frame: pl.DataFrame, moments: str) -> pl.DataFrame:
    """Rows with an id of their own and a number of the local day of the column `moments`, in their order."""
    days = pl.from_epoch(pl.col(moments) + EAST, time_unit="s").dt.date()
    frame = frame.with_columns(id=pl.Series(uuid7_many(frame.height), dtype=pl.String), day=days)
    counts: list[tuple[date, int]] = list(frame.group_by("day", maintain_order=True).len().iter_rows())
    taken = pl.concat(
        pl.DataFrame({"day": [day] * n, "nth": list(range(n)), "number": numbering.take(day, n)}) for day, n in counts
    )
    return frame.with_columns(nth=pl.int_range(pl.len()).over("day")).join(
        taken, on=["day", "nth"], how="left", maintain_order="left"
    )


def fingerprints(frame: pl.DataFrame, parts: Mapping[str, tuple[str, ...]]) -> pl.Series:
    """What each row says as keyed hashes by part, as JSON: told again they tell what changed, and nothing else."""
    hashes = {}
    for part, names in parts.items():
        said = frame.select(
            pl.concat_str(pl.lit(part), *(pl.col(n).cast(pl.String).fill_null("") for n in names), separator="\x1f")
        )
        hashes[part] = [h.hex()[:16] for h in secrets.fingerprint_many("content", said.to_series().to_list()) if h]
    return pl.DataFrame(hashes).select(pl.struct(pl.all()).struct.json_encode()).to_series()


def enter(
    table: str, columns: dict[str, str], frame: pl.DataFrame, report: Callable[[float], None] = lambda share: None
) -> None:
    """Write rows whose moments are seconds since 1970; columns the frame has none of are empty or as usual."""
    if "id" in columns and "id" not in frame.columns:
        frame = frame.with_columns(id=pl.Series(uuid7_many(frame.height), dtype=pl.String))
    missing = [pl.lit(PLAIN.get(name)).alias(name) for name in columns if name not in frame.columns]
    frame = frame.with_columns(missing).with_columns(moment(name) for name, kind in columns.items() if kind == MOMENT)
    done = 0
    for part in frame.iter_slices(stage.SLICE):
        stage.enter(table, columns, stage.text_of(columns, part))
        done += part.height
        report(done / frame.height)


def moment(name: str) -> pl.Expr:
    """Seconds since 1970 as PostgreSQL reads them."""
    return pl.from_epoch(pl.col(name).cast(pl.Int64), time_unit="s").dt.strftime("%Y-%m-%d %H:%M:%S+00").alias(name)


def unknown_words(frame: pl.DataFrame, most: int = 200) -> dict[str, list[list[object]]]:
    """Words for units and categories that stand for nothing yet, with how many rows have each, the most frequent first.

    A column mapped to the wrong field may hold anything: nothing that tells of a person is shown or kept, unless a unit or category
    is called by it. Two queries."""
    told = {}
    called = {
        "unit": "\n".join(Unit.objects.values_list("name", flat=True)),
        "category": "\n".join(Category.objects.values_list("name", flat=True)),
    }
    for what in ("unit", "category"):
        lost = frame.filter(pl.col(f"{what}_text").is_not_null() & pl.col(f"{what}_id").is_null())
        lost = lost.filter(pl.col(f"{what}_text").str.len_chars() <= LONGEST_WORD)
        counts = lost.group_by(f"{what}_text").len().sort("len", f"{what}_text", descending=[True, False]).head(most)
        told[what] = [
            list(row) for row in counts.iter_rows()
            if mask_code(row[0]) == row[0] and (row[0] in called[what] or not like_a_name(row[0]))
        ]  # fmt: skip
    return told
