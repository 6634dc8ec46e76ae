"""Writes the diagram and the table of applications into docs/tiers.md: `python -m linli.tiers.applying.document`. Pure but for that."""

from __future__ import annotations

from pathlib import Path

from .table import ENDS, STATES, TABLE, Action

DOCUMENT = Path(__file__).parents[4] / "docs" / "tiers.md"
_BODIES = {"community": "社区 community", "town": "镇街 town", "district": "区 district"}
_NEEDS = {
    "reason": "理由 reason", "document": "文号 document", "authority": "机关 authority", "on": "日期 day", "cents": "金额 amount",
    "until": "期限 until",
}  # fmt: skip
_MARKS = {"accepted": "验收通过 accepted", "ended": "公示结束 ended", "awarded": "已奖补 awarded"}


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    direction TB", "    [*] --> planned: 列入计划 plan"]
    lines += [f"    {state}: {name.zh} {name.en}" for state, name in STATES.items()]
    for action in TABLE:
        lines += [
            f"    {source} --> {action.leads(source)}: {action.title.zh} {action.title.en}" for source in action.sources
        ]
    lines += [f"    {state} --> [*]" for state in STATES if state in ENDS]
    return "\n".join(lines)


def rows() -> str:
    """The table as Markdown: action, from, to, who, what is asked for, which mark has to be there."""
    head = "| 操作 Action | 从 From | 到 To | 由谁 By | 须填 Asked for | 条件 Only if |\n| --- | --- | --- | --- | --- | --- |"
    return "\n".join([head, *map(_row, TABLE)])


def _row(action: Action) -> str:
    wants = _MARKS[action.wants] if action.wants else f"未{_MARKS[action.without]} not yet" if action.without else "–"
    cells = (
        f"{action.title.zh} {action.title.en}", "、".join(STATES[state].zh for state in action.sources),
        STATES[action.to].zh if action.to else "不变 stays", "、".join(_BODIES[body] for body in action.bodies),
        "、".join(_NEEDS[need] for need in action.asks) or "–", wants,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def written(text: str) -> str:
    """The document with what stands between its marks written anew."""
    for mark, what in (("application diagram", f"```mermaid\n{diagram()}\n```"), ("application table", rows())):
        before, begin, rest = text.partition(f"<!-- {mark} -->")
        _, end, after = rest.partition(f"<!-- /{mark} -->")
        text = f"{before}{begin}\n{what}\n{end}{after}"
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
