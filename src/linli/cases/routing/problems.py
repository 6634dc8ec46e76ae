"""What may go wrong with rules of routing."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Invalid, Problem, Text


class RulesChanged(Conflict):
    """Somebody saved the rules since they were opened."""

    code = "cases.routing.changed"
    text = Text(
        "规则刚被其他人保存过；您的草稿仍在。请再试算一次，看清会改变什么再保存。",
        "Somebody saved the rules meanwhile; your draft is kept. Try it again, look at what would change, and save.",
    )


class NothingToSave(Problem):
    """The draft is what holds already."""

    status, code = 422, "cases.routing.same"
    text = Text("没有改动。", "Nothing is changed.")


class RoutingUnreadable(Invalid):
    """The file lacks columns of a table of rules."""

    code = "cases.routing.unreadable"
    text = Text("缺少列：{columns}。", "Missing columns: {columns}.")


class RoutingTooLong(Invalid):
    """More rules than one set may have."""

    code = "cases.routing.too_long"
    text = Text("共 {rows} 条，最多 {most} 条规则。", "{rows} rules; {most} at most.")
