"""The catalogue of upgrade measures: shipped with assumed costs, edited by the district, read into the optimiser."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from typing import Any, cast

from django.db import connections

from linli.kernel import clock
from linli.kernel.ids import uuid7

from ..optimum.instance import Effect, Measure
from .models import UpgradeMeasure

NOTE = "费用、工期和效果均为假设，待实际报价校核 / costs, times and effects are assumptions until quoted"


def shipped() -> list[dict[str, Any]]:
    """The measures that come with the program. Every cost is an assumption."""
    with files("linli.tiers").joinpath("data/upgrade_measures.csv").open(encoding="utf-8") as handle:
        return [
            {
                **{k: row[k] for k in ("code", "name_zh", "name_en", "basis", "theme")},
                "unit_cost": row["unit_cost"],
                "running_cost": row["running_cost"],
                "lead_months": int(row["lead_months"]),
                "staff_days": int(row["staff_days"]),
                "shareable": row["shareable"] == "1",
                "needs": row["needs"].split(),
                "effects": [_effect(part) for part in row["effects"].split(";")],
            }
            for row in csv.DictReader(handle)
        ]


def _effect(written: str) -> list[Any]:
    metric, _, rest = written.partition("=")
    kind, _, amount = rest.partition(":")
    return [metric, kind, float(amount)]


def load_shipped(using: str) -> None:
    """Add measures the database has not; what the district changed stays as it is."""
    rows = UpgradeMeasure.objects.using(using)
    held = set(rows.values_list("code", flat=True))
    now = clock.now()
    rows.bulk_create(
        UpgradeMeasure(
            **{**row, "unit_cost": Decimal(row["unit_cost"]), "running_cost": Decimal(row["running_cost"])},
            id=uuid7(), certainty="assumption", note=NOTE, changed_at=now, changed_by="system:shipped",
        )
        for row in shipped() if row["code"] not in held
    )  # fmt: skip


def there(using: str) -> bool:
    """Whether the table is there yet."""
    return "tiers_upgrade_measure" in connections[using].introspection.table_names()


def snapshot(measures: Iterable[UpgradeMeasure]) -> list[dict[str, Any]]:
    """The catalogue as it is kept with a scenario. Money in cents."""
    return [
        {
            "code": m.code, "name_zh": m.name_zh, "name_en": m.name_en, "basis": m.basis, "unit_cents": cents(m.unit_cost),
            "running_cents": cents(m.running_cost), "town_cents": {t: cents(Decimal(p)) for t, p in m.town_prices.items()},
            "lead_months": m.lead_months, "staff_days": m.staff_days, "shareable": m.shareable, "theme": m.theme,
            "needs": list(m.needs), "effects": m.effects, "certainty": m.certainty,
        }
        for m in measures
    ]  # fmt: skip


def measures_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Measure, ...]:
    """The measures of a kept catalogue as the optimiser takes them."""
    return tuple(
        Measure(
            row["code"],
            row["unit_cents"],
            tuple(Effect(metric, cast(Any, kind), amount) for metric, kind, amount in row["effects"]),
            row["running_cents"],
            row["lead_months"],
            row["staff_days"],
            tuple(row["needs"]),
            row["shareable"],
            row["theme"],
        )
        for row in kept
    )


def cents(amount: Decimal) -> int:
    """CNY as whole cents."""
    return int((amount * 100).to_integral_value())
