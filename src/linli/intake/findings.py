"""Every finding there can be, declared once in `data/findings.csv`: severity, the reason in words, and what to do.

Parameters in braces come with the finding: {label} the field, others as named. Severity `error` keeps the row out of
the base until it is mended; `warning` lets it in as described.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal, cast

from linli.kernel.errors import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding."""

    code: str
    severity: Severity
    reason: Text
    remedy: Text

    def say(self, language: str, params: Dict[str, Any] | None = None) -> str:
        """Reason and remedy in one line, as in the comment of a marked cell."""
        joint = " " if language.startswith("en") else ""
        return joint.join(self.said(language, params))

    def said(self, language: str, params: Dict[str, Any] | None = None) -> tuple[str, str]:
        """Reason and remedy."""
        told = dict(params or {})
        if language.startswith("en") and "label_en" in told:
            told["label"] = told["label_en"]
        return self.reason.say(language, told), self.remedy.say(language, told)


def _declared() -> dict[str, FindingKind]:
    table = files("linli.intake").joinpath("data/findings.csv").read_text("utf-8")
    return {
        row["code"]: FindingKind(
            row["code"],
            cast(Severity, row["severity"]),
            Text(row["reason_zh"], row["reason_en"]),
            Text(row["remedy_zh"], row["remedy_en"]),
        )
        for row in csv.DictReader(table.splitlines())
    }


KINDS: dict[str, FindingKind] = _declared()


def severity_of(code: str) -> Severity:
    """The severity of a finding code. Raises KeyError for one that is not declared."""
    return KINDS[code].severity
