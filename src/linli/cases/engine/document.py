"""Writes the diagram and the table of actions into docs/cases.md: `python -m linli.cases.engine.document`."""

from __future__ import annotations

from pathlib import Path

from . import rules

DOCUMENT = Path(__file__).parents[4] / "docs" / "cases.md"


def with_table(text: str) -> str:
    """The document with what stands between its marks written anew."""
    for mark, what in (("diagram", f"```mermaid\n{rules.diagram()}\n```"), ("table", rules.table())):
        before, begin, rest = text.partition(f"<!-- {mark} -->")
        _, end, after = rest.partition(f"<!-- /{mark} -->")
        text = f"{before}{begin}\n{what}\n{end}{after}"
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
