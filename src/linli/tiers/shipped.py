"""What comes with the program (`tiers/data`, whose README tells the sources and how sure they are), loaded by `linli migrate`."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.db import connections

from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

from .systems.drafts import SystemDraft

CODE = "shandong"
#: The number of its document is of 2022; from which day it holds was not found.
SINCE = date(2022, 1, 1)
NOTE = "施行日期未查到，按文号年份自 2022-01-01 起；除标明官方的指标外均为推断值，待官方文本校核。"


def shipped_system() -> SystemDraft:
    """The system in `data/indicators.yaml`. Raises ValueError if it does not hold."""
    from .systems.reading import read_yaml

    found = read_yaml(files("linli.tiers").joinpath("data/indicators.yaml").read_bytes())
    if found.system is None:
        raise ValueError("; ".join(f"{each.where}: {each.say('en')}" for each in found.findings))
    return replace(found.system, authority="山东省")


def load_shipped(using: str) -> None:
    """Add the shipped system where the database has no version of it, and the statements about tiers it has not."""
    from .systems.keeping import keep

    program = system("shipped", settings.LINLI_DISTRICT)
    with acting(program, using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tiers_system WHERE code = %s", [CODE])
        if cursor.fetchone()[0] == 0:
            keep(program, shipped_system(), CODE, 1, SINCE, NOTE, using)
        cursor.executemany(_RECOGNITION, list(_recognitions()))


def _recognitions() -> list[dict[str, Any]]:
    """The statements about this district: those of another one are none of its business."""
    with files("linli.tiers").joinpath("data/recognitions.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return [
        {
            **row,
            **{name: row[name] or None for name in ("count", "until_year", "said_on")},
            "id": uuid7(),
            "now": clock.now(),
        }
        for row in rows
        if row["area_code"].startswith(settings.LINLI_DISTRICT)
    ]


_RECOGNITION = """
INSERT INTO tiers_recognition (id, key, scope, area_code, about, tier, outcome, count, year, until_year, authority, said_on,
    source, certainty, note, recorded_at, recorded_by)
VALUES (%(id)s, %(key)s, %(scope)s, %(area_code)s, %(about)s, %(tier)s, %(outcome)s, %(count)s, %(year)s, %(until_year)s,
    %(authority)s, %(said_on)s, %(source)s, %(certainty)s, %(note)s, %(now)s, 'system:shipped')
ON CONFLICT (key) DO NOTHING
"""
