"""How large a file may be. Settings of the installation; the defaults hold a district's largest table twice."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

MEGABYTE = 1 << 20
EXCEL_ROWS = 1_048_576


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what is read; each has a setting of the same name in capitals after LINLI_INTAKE_."""

    file_mb: int = 200
    unpacked_mb: int = 3_000
    # A sheet of one letter repeated packs about 1:1000; honest sheets of people 1:5 to 1:60.
    unpack_ratio: int = 250
    # Of a sheet; a text file holds what a batch may.
    rows: int = EXCEL_ROWS
    columns: int = 1_000
    # The reader lays cells out as a full rectangle (about 32 bytes each), so stray far cells cost memory.
    cells: int = 40_000_000
    cell_characters: int = 2_000
    # Of a text file, between two line breaks: a table of a thousand columns has lines of some ten thousand characters.
    line_characters: int = 4_000_000
    # Files of an archive or folder, and rows of all its sheets together: a city's people in one batch.
    archive_files: int = 5_000
    batch_rows: int = 8_000_000
    findings_kept_per_code: int = 10_000

    @classmethod
    def from_settings(cls, settings: Any) -> Limits:
        """The limits of an installation; what is not set keeps its default."""
        held = {f.name: getattr(settings, setting_of(f.name), None) for f in fields(cls)}
        return cls(**{name: int(value) for name, value in held.items() if value is not None})


def setting_of(name: str) -> str:
    """The setting, and the variable of the environment, of a bound."""
    return f"LINLI_INTAKE_{name.upper()}"


SETTINGS = tuple(setting_of(f.name) for f in fields(Limits))


def installed() -> Limits:
    """The limits of this installation."""
    from django.conf import settings

    return Limits.from_settings(settings)
