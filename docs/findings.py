"""Writes the tables of docs/intake.md from the program: fields, findings, and why a file is refused.

Run: python docs/findings.py          writes the tables between their marks
     python docs/findings.py --check  fails when the document is not what the program says
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from linli.intake import problems
from linli.intake.fields import BY_KIND, GROUPS, TARGETS, TIES
from linli.intake.findings import KINDS
from linli.registry.things.kinds import KINDS as THING_KINDS

DOCUMENT = Path(__file__).parent / "intake.md"
SEVERITY = {"zh": {"error": "错误", "warning": "提醒"}, "en": {"error": "error", "warning": "warning"}}
HEADINGS = {
    "fields": {"zh": ("分组", "内容", "字段代码", "代码表"), "en": ("group", "what", "field", "code list")},
    "things": {"zh": ("表格", "内容", "字段代码", "代码表"), "en": ("table", "what", "field", "code list")},
    "ties": {"zh": ("表格", "内容", "字段代码", "代码表"), "en": ("table", "what", "field", "code list")},
    "findings": {"zh": ("代码", "级别", "原因", "怎么改"), "en": ("code", "severity", "reason", "what to do")},
    "problems": {"zh": ("代码", "原因和改法"), "en": ("code", "reason and what to do")},
}


def rows(table: str, language: str) -> Iterator[tuple[str, ...]]:
    """The lines of one table in one language."""
    english = language == "en"
    if table == "fields":
        for target in TARGETS:
            label = (target.en if english else target.zh) + (" *" if target.required else "")
            yield GROUPS[target.group][english], label, f"`{target.name}`", f"`{target.code_list or ''}`".strip("`")
    elif table == "things":
        for kind in THING_KINDS.values():
            for target in BY_KIND[kind.path]:
                if target.group != "thing":  # places and records: as for people
                    continue
                label = (target.en if english else target.zh) + (" *" if target.required else "")
                about = kind.en if english else kind.zh
                yield about, label, f"`{target.name}`", f"`{target.code_list or ''}`".strip("`")
    elif table == "ties":
        for name, called in TIES.items():
            for target in BY_KIND[name]:
                label = (target.en if english else target.zh) + (" *" if target.required else "")
                yield called[english], label, f"`{target.name}`", f"`{target.code_list or ''}`".strip("`")
    elif table == "findings":
        for kind in KINDS.values():
            reason, remedy = (t.en if english else t.zh for t in (kind.reason, kind.remedy))
            yield f"`{kind.code}`", SEVERITY[language][kind.severity], reason, remedy
    else:
        for problem in problems.UnreadableFile.__subclasses__():
            yield f"`{problem.code}`", problem.text.en if english else problem.text.zh


def rendered(table: str, language: str) -> str:
    """One table as Markdown."""
    heading = HEADINGS[table][language]
    lines = [heading, tuple("---" for _ in heading), *rows(table, language)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def written(text: str) -> str:
    """The document with every marked table renewed."""

    def renew(match: re.Match[str]) -> str:
        return f"{match[1]}\n{rendered(match[2], match[3])}\n{match[4]}"

    return re.sub(r"(<!-- (\w+) (zh|en) -->)\n.*?(<!-- end -->)", renew, text, flags=re.DOTALL)


def main() -> int:
    """Write or check the document; 1 when a check fails."""
    before = DOCUMENT.read_text(encoding="utf-8")
    after = written(before)
    if "--check" in sys.argv[1:]:
        if before != after:
            print("docs/intake.md is out of date. Run: python docs/findings.py", file=sys.stderr)
        return int(before != after)
    DOCUMENT.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
