"""What waits for people. Each room declares its own in `<room>/todos.py`; the home page asks for what an actor may do.

A to-do is a number with the list behind it. Counting one is one statement, bounded like the counts of lists, so the home
page costs as many statements as its reader has kinds of work, whatever lies in the base.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .actors import Actor
from .errors import Text
from .paging import Count

#: `waiting`: somebody or something is held up until it is done; it counts in the badge, so counting it must be cheap.
#: `incomplete`: what the base lacks or what falls due. `watch`: what those look at who answer for others.
Kind = Literal["waiting", "incomplete", "watch"]
KINDS: tuple[Kind, ...] = ("waiting", "incomplete", "watch")
VILLAGE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Todo:
    """A kind of work. `needs` are the permissions that are all asked for; `path` is the list, with its filters.

    `{week}` in a path is the first of the last seven days, today included. `near`: work for those who stand close by. It is
    counted for who holds what is needed in villages and grids only; whoever looks after whole towns has figures instead.
    """

    code: str
    kind: Kind
    label: Text
    hint: Text
    needs: tuple[str, ...]
    path: str
    count: Callable[[Actor], Count]
    near: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """A to-do and how many there are."""

    todo: Todo
    count: Count


_declared: dict[str, Todo] = {}
_loaded = False


def declare(*todos: Todo) -> None:
    """Enter kinds of work, in the order in which they are shown."""
    for todo in todos:
        _declared.setdefault(todo.code, todo)


def catalogue() -> tuple[Todo, ...]:
    """Every kind of work of the rooms that are installed: what waits first, then in order of declaration."""
    global _loaded
    if not _loaded:
        from django.utils.module_loading import autodiscover_modules

        _loaded = True
        autodiscover_modules("todos")
    return tuple(sorted(_declared.values(), key=lambda todo: KINDS.index(todo.kind)))


def asked(actor: Actor, kinds: tuple[Kind, ...] = KINDS) -> list[Todo]:
    """The kinds of work that are an actor's, whether or not there is any."""
    return [
        t for t in catalogue() if t.kind in kinds and all(map(actor.may, t.needs)) and (not t.near or _near(actor, t))
    ]


def _near(actor: Actor, todo: Todo) -> bool:
    return all(len(area) >= VILLAGE_LENGTH for permission in todo.needs for area in actor.areas_for(permission))


def of(actor: Actor, kinds: tuple[Kind, ...] = KINDS) -> list[Counted]:
    """What there is to do for an actor; kinds of work they may not do are not counted, nor is what there is none of."""
    counted = (Counted(todo, todo.count(actor)) for todo in asked(actor, kinds))
    return [one for one in counted if one.count.value]
