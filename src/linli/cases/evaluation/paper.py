"""The month's report for print: A4 across, units, areas, and the definitions the figures were made by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

from linli.kernel import clock, pdf
from linli.kernel.actors import Actor

from . import pages
from .pages import CHIEF, Line
from .queries import MonthFigures

TEMPLATE = Path(__file__).parent / "data" / "report.typ"


def document(actor: Actor, found: MonthFigures, language: str) -> bytes:
    """The file. Raises NoFont."""
    title, taken, note = pages.heading(actor, found, language)
    total, head = pages.totals(found, CHIEF, language), pages.head(CHIEF, language)
    tables = ((pages.UNITS, found.units), (pages.AREAS, found.areas))
    first, *defined = pages.definitions(language)
    values = {
        "title": title, "note": note, "foot": taken, "author": f"{actor.unit_name} {actor.name}".strip(),
        "lang": language[:2], "region": "cn" if language.startswith("zh") else "gb",
        "parts": [
            {
                "title": name.say(language), "head": head,
                "rows": [_cells(line) for line in [*pages.lines(figures, CHIEF), total]],
            }
            for name, figures in tables
        ],
        "definitions": {"title": pages.WHAT.say(language), "head": first, "rows": defined},
    }  # fmt: skip
    return pdf.render(TEMPLATE, values, clock.now().astimezone(UTC))


def _cells(line: Line) -> Sequence[str]:
    shares = ["" if share is None else f"{share * 100:.1f}%" for share in line.shares]
    return [line.name, str(line.filed), *shares, "" if line.index is None else f"{line.index:.2f}", line.grade]
