"""Steps of co-operation in the flow of a case: beside the table of actions, for they change no state and belong to others than its
doers. Each has a name here and leaves through the outbox like any step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.ids import uuid7
from linli.kernel.outbox import actions as outbox

from ..engine.models import Case, CaseFlow
from ..engine.rules import Kind
from ..engine.states import STEP, State

#: The topic under which units are told of what concerns them.
TOLD = "cases.cooperation"
#: Of kinds that the flow knows: something is asked for, something is answered.
NAMES: dict[str, tuple[Text, Kind]] = {
    "ask_support": (Text("请求协办", "Ask for support"), "request"),
    "answer_support": (Text("协办答复", "Support given"), "decide"),
    "decline_support": (Text("不予协办", "Support declined"), "return"),
    "withdraw_support": (Text("撤回协办请求", "Take the request for support back"), "cancel"),
    "offer_hand_over": (Text("请求移交", "Hand-over offered"), "request"),
    "take_over": (Text("接收移交", "Taken over"), "forward"),
    "refuse_hand_over": (Text("不接收移交", "Hand-over refused"), "return"),
    "withdraw_hand_over": (Text("撤回移交请求", "Offer of a hand-over taken back"), "cancel"),
    "split": (Text("拆分子案件", "Child case split off"), "forward"),
    "supervise": (Text("督办", "Supervision"), "request"),
    "answer_supervision": (Text("督办答复", "Supervision answered"), "decide"),
    "withdraw_supervision": (Text("撤销督办", "Supervision taken back"), "cancel"),
}
#: The entry of a step's detail that names the unit it is of, beside the lead.
OF = "of"
Whom = Literal["units", "accounts"]


def write(
    actor: Actor,
    case: Case,
    code: str,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    to: State | None = None,
    of: UUID | None = None,
) -> None:
    """Enter a step in the flow of a case that is held locked. Its state stays, but where it comes to another unit (`to`).

    `of`: the unit beside the lead that is asked or answers, which reads the texts of this step (`withheld`).
    """
    before, case.state, case.version = case.state, to or case.state, case.version + 1
    case.save(update_fields=["version", "state", "unit_id", "unit_name"])
    CaseFlow.objects.create(
        id=uuid7(), case=case, version=case.version, at=clock.now(), action=code, kind=NAMES[code][1],
        from_state=before, to_state=case.state, actor=actor.id, actor_name=actor.name, actor_unit=actor.unit_name,
        reason=reason, detail={**(detail or {}), **({OF: str(of)} if of else {})}, request=actor.request_id,
    )  # fmt: skip
    outbox.put(STEP, case.id, {"action": code, "version": case.version, "unit": str(case.unit_id or "")})


def tell(
    case: Case, kind: str, about: UUID, units: Collection[UUID | None] = (), accounts: Collection[str] = ()
) -> None:
    """Have the handlers of units, or accounts by name, told that something happened, once this is committed."""
    to = sorted(str(unit) for unit in units if unit)
    if to or accounts:
        outbox.put(TOLD, case.id, {"kind": kind, "about": str(about), "units": to, "accounts": sorted(accounts)})
