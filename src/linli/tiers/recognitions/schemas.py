"""What the import of past results answers."""

from __future__ import annotations

from typing import Literal

from ninja import Schema

from ..schemas import TierTextOut


class RecognitionFindingOut(Schema):
    """What is wrong with a row (`where`, empty for the file), or worth a look, in both languages."""

    where: str
    code: str
    message: TierTextOut
    severity: Literal["error", "warning"]


class RecognitionsCheckOut(Schema):
    """What a table of past results holds: rows that hold, new ones among them, every finding. With errors nothing is taken."""

    rows: int
    new: int
    findings: list[RecognitionFindingOut]
