"""Does the work on one batch: read, suggest, check, match, merge. Holds tables in memory only while it lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import connection

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.kernel.masking import mask_id, mask_name, mask_phone, mask_text
from linli.kernel.scope import acting
from linli.places.queries import lookup
from linli.registry.ties.rules import refused_for

from . import kinds
from .checking.codes import CodeList
from .checking.context import CheckContext, CheckedTable
from .checking.table import check_table, with_raw
from .context import check_context, code_lists
from .fields import BY_NAME
from .limits import installed as limits
from .mapping import Mapping, fit, from_json
from .models import Batch, RememberedConstants, RememberedMapping
from .permissions import BATCH_UPLOAD
from .reading import ROW, RawTable
from .reading.header import plain
from .reading.places import places
from .suggest import Suggestion, guess_kind, suggest, to_mapping
from .tables import in_the_clear, parts_of, sheets_of, table_of
from .work import Work

SHOWN_ROWS = 20
FINDING_COLUMNS = (
    "batch_id",
    "number",
    "area_code",
    "row",
    "file",
    "sheet",
    "sheet_row",
    "cell",
    "column",
    "field",
    "code",
    "severity",
    "value_masked",
    "params",
)
MASKS: dict[str, Any] = {"identity": mask_id, "phone": mask_phone, "name": mask_name, "key": mask_id}


def columns_hash(names: list[str]) -> str:
    """What tells a set of columns again, whatever their order and spacing."""
    return sha256("\n".join(sorted(plain(n) for n in names)).encode()).hexdigest()


def remembered(source: str, names: list[str], area: str) -> Mapping | None:
    """The mapping last used for these columns of this source; else the source's last one, for columns it knows.

    How columns are meant, all areas share; constants are those last used in this very area.
    """
    rows = RememberedMapping.objects.filter(source_code=source)
    found = rows.filter(columns_hash=columns_hash(names)).first() or rows.order_by("-used_at").first()
    if found is None:
        return None
    own = RememberedConstants.objects.filter(source_code=source, columns_hash=found.columns_hash, area_code=area)
    constants = own.values_list("constants", flat=True).first() or {}
    return from_json(found.mapping | {"constants": constants})


@dataclass(slots=True)
class Prepared:
    """What reading found, for the wizard: the preview (masked) and the mapping proposed."""

    preview: dict[str, Any]
    mapping: dict[str, Any]
    rows: int
    parts: list[dict[str, Any]] | None
    kind: str


class Engine:
    """The work on one batch by one process. Tables read and checked once are used again by the next step."""

    def __init__(self, batch: Batch, actor: Actor, work: Work, path: Path | None = None) -> None:
        self.batch, self.actor, self.work = batch, actor, work
        self.path = path
        self._checked: tuple[str, CheckedTable] | None = None

    @contextmanager
    def _file(self) -> Iterator[Path]:
        """The file in the clear: the caller's own where it is at hand, else the kept one, decrypted for the moment."""
        if self.path is not None:
            yield self.path
            return
        with in_the_clear(self.batch) as path:
            yield path

    @cached_property
    def table(self) -> RawTable:
        """The raw table."""
        self.work.report("read", 0.05)
        with self._file() as path:
            found = table_of(self.batch, path, self.actor)
        self.work.report("read", 1.0)
        return found

    @cached_property
    def codes(self) -> dict[str, CodeList]:
        return code_lists()

    def prepare(self) -> Prepared:
        """Read the file, tell what it is about unless somebody said so, and propose a mapping."""
        table = self.table
        names = [c.name for c in table.columns]
        kind = self.batch.options.get("kind") or guess_kind(names)
        with acting(self.actor):
            past = remembered(self.batch.source_code, names, self.batch.area_code)
            codes = self.codes
        self.work.report("suggest", 0.0)
        found = suggest(table, {name: codes[name].words for name in codes}, past, kind)
        proposed = to_mapping(found, self.batch.options.get("constants") or {})
        if past is not None and kinds.holding(past.constants, kind) == kind:
            proposed = Mapping(proposed.columns, {**past.constants, **proposed.constants}, past.datum)
        return Prepared(_preview(table, found), proposed.to_json(), table.rows.height, parts_of(table), kind)

    def context(self) -> CheckContext:
        """What the checks need, as the district stands now."""
        allowed = self._allowed()
        with acting(self.actor):
            codes = self.codes
        tied = self._asked(self.kind.tied, allowed)
        return check_context(
            self.batch, allowed, self.work.report, self._asked(self.kind.elsewhere, allowed), codes, tied
        )

    def _allowed(self) -> tuple[str, ...]:
        """The areas that the batch may bring rows for: its own, where the actor may upload and do what its kind takes."""
        allowed = areas.intersect(self.actor.areas_for(BATCH_UPLOAD), (self.batch.area_code,))
        for right in self.kind.rights:
            allowed = areas.intersect(allowed, self.actor.areas_for(right))
        return allowed

    @staticmethod
    def _asked(look: Any, allowed: tuple[str, ...]) -> Any:
        return None if look is None else lambda rows: look(rows, allowed, settings.LINLI_DISTRICT)

    @property
    def kind(self) -> kinds.TableKind:
        """What the table is about."""
        return kinds.of(self.batch.kind)

    def mapping(self) -> Mapping:
        """The batch's mapping, fitted to the file. Raises MappingInvalid."""
        return fit(from_json(self.batch.mapping or {}), [c.name for c in self.table.columns], self.batch.kind)

    def check(self) -> CheckedTable:
        """Check the table under the batch's mapping, with the regions, grids and names that hold now."""
        key = repr((self.batch.kind, self.batch.mapping, self.batch.area_code, lookup.edition()))
        if self._checked is None or self._checked[0] != key:
            self._checked = (key, check_table(self.table, self.mapping(), self.context()))
        return self._checked[1]

    def keep_findings(self, checked: CheckedTable) -> dict[str, Any]:
        """Replace the batch's findings by these, inside the caller's transaction; returns the counts."""
        most = limits().findings_kept_per_code
        kept = checked.findings.filter(pl.int_range(pl.len()).over("code") < most)
        frame = (
            kept.hstack(places(self.table, kept))
            .with_columns(
                pl.lit(str(self.batch.id)).alias("batch_id"),
                pl.int_range(pl.len()).alias("number"),
                pl.lit(self.batch.area_code).alias("area_code"),
            )
            .select(FINDING_COLUMNS)
        )
        listed = ", ".join(f'"{name}"' for name in FINDING_COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM intake_finding WHERE batch_id = %s", [self.batch.id])
            # COPY cannot write to a table under row-level security, so it goes over a table of this transaction.
            cursor.execute("CREATE TEMP TABLE finding_stage (LIKE intake_finding) ON COMMIT DROP")
            with cursor.copy(
                f'COPY finding_stage ({listed}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL ("column", field))'
            ) as copy:
                for start in range(0, frame.height, 20_000):
                    copy.write(frame.slice(start, 20_000).write_csv(include_header=False, null_value="").encode())
            cursor.execute(f"INSERT INTO intake_finding ({listed}) SELECT {listed} FROM finding_stage")
        return checked.counts | {"kept": kept.height}

    def match(self, checked: CheckedTable) -> dict[str, Any]:
        """Foretell what a merge would do, without writing."""
        self.work.report("match", 0.0)
        return asdict(self.kind.match(self._way(checked)))  # type: ignore[call-overload]

    def merge(self, checked: CheckedTable) -> kinds.Counts:
        """Merge the clean rows, inside the caller's transaction."""
        table, mapping = self.table, self.mapping()
        way = replace(
            self._way(checked),
            report=self.work.report,
            with_raw=lambda touched: with_raw(touched, table, mapping, self.batch.kind),
        )
        return self.kind.merge(way)

    def _way(self, checked: CheckedTable) -> kinds.Way:
        batch = self.batch
        return kinds.Way(
            checked.clean, batch.source_code, self.actor, settings.LINLI_DISTRICT, batch.id, batch.observed_on,
            self._allowed(),
        )  # fmt: skip


def _mask_tag(value: str | None) -> str | None:
    """What a table calls a tag, unless no tag may tell it: then it is shown and kept nowhere."""
    return "***" if value is not None and refused_for(value) else mask_text(value)


def _preview(table: RawTable, suggestions: tuple[Suggestion, ...]) -> dict[str, Any]:
    """Sheets, header, proposals, and the first rows with identifiers and names masked."""
    info = table.info
    masks = []
    for proposal in suggestions:
        check = BY_NAME[proposal.fields[0]].check if len(proposal.fields) == 1 else "text"
        masks.append(_mask_tag if proposal.fields == ("tag",) else MASKS.get(check, mask_text))
    head = table.rows.head(SHOWN_ROWS)
    return {
        "kind": info.kind,
        "sheets": sheets_of(table),
        "sheet": "、".join(p.label for p in table.parts[:5]) + (" …" if len(table.parts) > 5 else ""),
        "forms": any(p.form for p in table.parts),
        "header_rows": [table.header_first, table.header_last],
        "columns": [
            {
                "name": column.name,
                "letters": column.letters,
                "filled": column.filled,
                "fields": list(proposal.fields),
                "confidence": proposal.confidence,
                "reason": proposal.reason,
                "params": dict(proposal.params),
            }
            for column, proposal in zip(table.columns, suggestions, strict=True)
        ],
        "rows": [
            {"row": row[0], "cells": [mask(cell) for mask, cell in zip(masks, row[1:], strict=True)]}
            for row in head.select(ROW, *[c.name for c in table.columns]).iter_rows()
        ],
        "total": table.rows.height,
        "notes": [{"code": n.code, "row": n.row, "params": n.params} for n in table.notes[:50]],
    }
