"""What there is to do today: every room's own count, for whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from linli.kernel import clock, todos
from linli.kernel.http import CountOut, actor_of, language_of, signed_in

router = Router(tags=["today"])


class TodoOut(Schema):
    """A kind of work with how many there are; `path` is the console's list of exactly these."""

    code: str
    kind: Literal["waiting", "incomplete", "watch"]
    label: str
    hint: str
    path: str
    count: CountOut


class TodayOut(Schema):
    items: list[TodoOut]


@router.get("/today", auth=signed_in, response=TodayOut, summary="今日工作 / What there is to do")
def today(request: HttpRequest, only: Literal["waiting"] | None = None) -> TodayOut:
    """What the caller may do something about and there is any of; `only=waiting` is what the badge counts."""
    language = language_of(request)
    week = (clock.today() - timedelta(days=6)).isoformat()
    found = todos.of(actor_of(request), ("waiting",) if only else todos.KINDS)
    return TodayOut(
        items=[
            TodoOut(
                code=one.todo.code, kind=one.todo.kind, label=one.todo.label.say(language),
                hint=one.todo.hint.say(language), path=one.todo.path.format(week=week),
                count=CountOut(value=one.count.value, exact=one.count.exact),
            )
            for one in found
        ]
    )  # fmt: skip
