"""Writes diagrams and tables of actions into docs/cases.md and docs/procedures.md: `python -m linli.cases.engine.document`."""

from __future__ import annotations

from pathlib import Path

from . import rules

FOLDER = Path(__file__).parents[4] / "docs"
DOCUMENT, PROCEDURES = FOLDER / "cases.md", FOLDER / "procedures.md"
CERTAINTY = {"official": "官方文本 official", "secondary": "二手转录 secondary", "inferred": "系统推断 inferred"}
LISTED = {
    True: "公开接口（Open311）列出经它上报的案件。What came by Open311 is listed there.",
    False: "公开接口（Open311）不列出。Not listed by Open311.",
}


def with_table(text: str) -> str:
    """The document of cases with what stands between its marks written anew."""
    for mark, what in (("diagram", f"```mermaid\n{rules.diagram()}\n```"), ("table", rules.table())):
        text = _between(text, mark, what)
    return text


def with_procedures(text: str) -> str:
    """The document of procedures with each of them between its marks written anew."""
    from .procedure import STANDARD, known

    parts = [
        f"## {each.label.zh} · {each.label.en} (`{each.code}`)\n\n{each.note.zh}\n{each.note.en}\n\n"
        f"{CERTAINTY[each.certainty]}：{each.source}\n\n{LISTED[each.public]}\n\n```mermaid\n{rules.diagram(each.actions, each.begin)}\n```\n\n"
        f"{rules.table(each.actions)}"
        for each in known().values() if each is not STANDARD
    ]  # fmt: skip
    return _between(text, "procedures", "\n\n".join(parts))


def _between(text: str, mark: str, what: str) -> str:
    before, begin, rest = text.partition(f"<!-- {mark} -->")
    _, end, after = rest.partition(f"<!-- /{mark} -->")
    return f"{before}{begin}\n{what}\n{end}{after}"


def _write() -> None:
    import django

    django.setup()
    for path, written in ((DOCUMENT, with_table), (PROCEDURES, with_procedures)):
        path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    _write()
