"""Checked rows about entities, key places, components and rented homes as intake hands them over; codes are nobody's (990302)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import staff

from linli.registry.things.kinds import ThingKind
from linli.registry.things.merge import merge_things
from linli.registry.things.rules import check_character

OWN_PHONE, FOREIGN_PHONE = "10070000001", "10070000002"


def credit(serial: int) -> str:
    body = f"91990302{serial:09d}"
    return body + check_character(body)


def thing(kind: ThingKind, serial: int, area: str, name: str, **more: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"row": serial + 1, "key": f"test/{serial}", "area_code": area, "name": name,
                             "observed_on": date(2026, 1, 1), "address": f"{serial}号", "lon": 117.9, "lat": 36.6}  # fmt: skip
    phone = (OWN_PHONE, FOREIGN_PHONE)[serial % 2 == 0]
    if kind.name == "rental":
        facts |= {"phone": phone, "registration_no": f"BA{serial:06d}"}
    elif kind.name != "component":
        facts |= {"phone": phone, "credit_code": credit(serial)}
    else:
        facts |= {"component_code": f"37030201037{serial:06d}", "department_code": credit(serial)}
    return facts | more


def bring(kind: ThingKind, rows: Sequence[dict[str, Any]], source: str = "community") -> None:
    merge_things(
        kind, pl.DataFrame(list(rows), infer_schema_length=None), source=source, batch_id=uuid.uuid4(),
        uploader=staff.OPERATOR, district=staff.DISTRICT,
    )  # fmt: skip
