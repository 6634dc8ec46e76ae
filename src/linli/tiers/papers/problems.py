"""The problems of papers."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class NoPaperYet(Conflict):
    """What a paper is about has not begun, or has gone."""

    code = "tiers.no_paper_yet"
    text = Text("现在还没有“{paper}”。", "There is no such paper now: {paper}.")
