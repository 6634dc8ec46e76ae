"""Kinds of notices. Each room declares its own in `<room>/notices.py`, and sends them with `actions.notify`.

The words of a kind are templates whose `{names}` are filled with names of things, areas and counts: never with personal
data, since notices leave by roads (mail, SMS, chat groups) on which nobody is asked who reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.errors import NotFound, Text


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice. `label` names it in settings, `text` is its one sentence. An `urgent` one waits for nothing:
    it is neither gathered with others nor held until the morning. One that is `personal` is for whom it was written alone: no robot
    says it to a group."""

    code: str
    label: Text
    text: Text
    urgent: bool = False
    personal: bool = False


_declared: dict[str, NoticeKind] = {}
_loaded = False


def declare(*kinds: NoticeKind) -> None:
    """Enter kinds of notices, in the order in which settings show them."""
    for kind in kinds:
        _declared.setdefault(kind.code, kind)


def catalogue() -> tuple[NoticeKind, ...]:
    """Every kind of the rooms that are installed, in order of declaration."""
    global _loaded
    if not _loaded:
        from django.utils.module_loading import autodiscover_modules

        _loaded = True
        autodiscover_modules("notices")
    return tuple(_declared.values())


def named(code: str) -> NoticeKind:
    """The kind of a code. Raises NotFound."""
    catalogue()
    if code not in _declared:
        raise NotFound()
    return _declared[code]
