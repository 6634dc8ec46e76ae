"""Whether an actor may do something with a record now, and else why not: the console offers what is allowed, and says the rest."""

from __future__ import annotations

from typing import Any

from linli.kernel.actors import Actor
from linli.kernel.errors import Text

from .permissions import CONTRACT_EDIT, KEEP

NEEDED = {
    KEEP: Text("需要本区域的记账权限。", "This takes the right to keep the books there."),
    CONTRACT_EDIT: Text("需要本区域的项目合同维护权限。", "This takes the right to keep contracts there."),
}
CANCELLED = Text("合同已作废。", "The contract is cancelled.")


def told(actor: Actor, rights: tuple[str, ...], area: str, language: str, bar: Text | None = None) -> dict[str, Any]:
    """Whether `actor` holds `rights` there and nothing bars it, as `FundMayOut` has it."""
    why = next((NEEDED[right] for right in rights if not actor.may(right, area)), bar)
    return {"allowed": why is None, "why_not": why.say(language) if why else ""}
