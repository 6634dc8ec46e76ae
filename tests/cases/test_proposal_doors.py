"""Every door of proposals passes the suite all rooms' doors pass through: by area, and by unit for the host's."""

from __future__ import annotations

from typing import Any, ClassVar

import staff
from permissions import Door, PermissionSuite, Sample
from proposal_world import Proposals, unit

from linli.cases.permissions import (
    HANDLE,
    PROPOSAL_PUBLISH,
    PROPOSAL_REGISTER,
    PROPOSAL_REVEAL,
    PROPOSAL_REVIEW,
    PROPOSAL_SIGN,
    PROPOSAL_VIEW,
)
from linli.kernel import clock, scope

CONTACT = "13987654321"
STEPPING = (HANDLE, PROPOSAL_REGISTER, PROPOSAL_REVIEW, PROPOSAL_SIGN, PROPOSAL_PUBLISH)
READERS = (PROPOSAL_VIEW, HANDLE)
ONE = "/api/proposals/{proposal}"
ENTERED = {**Proposals().entered(number="20260900"), "area": staff.TOWN}


def standing(area: str, number: str, title: str) -> dict[str, str]:
    """A proposal about a town that its unit is drafting the reply to."""
    from linli.cases.models import Case, Proposal, ProposalReply, Proposer
    from linli.cases.proposals.register import NewProposal, NewProposer, register

    with scope.acting(staff.OPERATOR) as actor:
        people = [NewProposer("示例甲", CONTACT)]
        made = register(actor, NewProposal("cppcc", number, 13, 3, title, "示例内容", people, area))
        Case.objects.filter(id=made.case_id).update(state="handling", unit_id=unit(area), unit_name="示例单位")
        Proposal.objects.filter(id=made.id).update(host_unit_id=unit(area), host_name="示例单位")
        ProposalReply.objects.create(
            proposal=made, round=1, version=1, unit_name="示例单位", text="示例答复", drafted_at=clock.now(), drafted_by="x",
            drafters=["x"],
        )  # fmt: skip
        return {"proposal": str(made.id), "proposer": str(Proposer.objects.get(proposal=made).id)}


class TestProposalDoors(PermissionSuite):
    """A proposal about the own town, hosted by its unit, and the like in the foreign one."""

    seeded = True
    doors: ClassVar = [
        *[
            Door("GET", path, one, instead=READERS, finds=finds, logs=logs)
            for one in READERS
            for path, finds, logs in (
                ("/api/proposals", True, "list"), (ONE, True, "detail"), ("/api/proposals/counts", False, None),
                ("/api/proposals/counts/report", False, None), (f"{ONE}/letter", False, "export"),
            )
        ],
        Door("GET", "/api/proposals/units", PROPOSAL_REGISTER),
        Door("POST", "/api/proposals", PROPOSAL_REGISTER, ENTERED),
        Door("PUT", ONE, PROPOSAL_REGISTER, {**ENTERED, "version": 1}, also=(PROPOSAL_VIEW,)),
        Door("PUT", f"{ONE}/cohosts", PROPOSAL_REGISTER, {"cohosts": []}, also=(PROPOSAL_VIEW,)),
        Door(
            "PUT", f"{ONE}/proposers/{{proposer}}/shown", PROPOSAL_REGISTER, {"shown": True}, also=(PROPOSAL_VIEW,),
        ),
        Door("PUT", f"{ONE}/draft", HANDLE, {"version": 1, "text": "改写的示例答复"}),
        Door("PUT", f"{ONE}/contribution", HANDLE, {"text": "示例意见"}, answers=(403,)),  # the host is no helper
        *[
            Door(
                "POST", f"{ONE}/actions/proposal_{step}", one, {"version": 9}, also=also, instead=STEPPING, answers=(409,),
            )
            for one, step, also in (
                (HANDLE, "submit", ()), (PROPOSAL_REGISTER, "assign", (PROPOSAL_VIEW,)), (PROPOSAL_REVIEW, "review", (HANDLE,)),
                (PROPOSAL_SIGN, "sign", (HANDLE,)), (PROPOSAL_PUBLISH, "publish", (PROPOSAL_VIEW,)),
            )
        ],
        Door(
            "POST", f"{ONE}/proposers/{{proposer}}/reveal", PROPOSAL_REVEAL, {"purpose": "电话征询意见"}, also=(PROPOSAL_VIEW,),
            reveals=True, logs="reveal",
        ),
    ]  # fmt: skip

    def sample(self) -> Sample:
        own: Any = standing(staff.TOWN, "20260801", "本镇的示例建议")
        foreign: Any = standing(staff.OTHER_TOWN, "20260802", "外镇的示例建议")
        return Sample(
            own=own,
            foreign=foreign,
            own_marks=("本镇的示例建议",),
            foreign_marks=("外镇的示例建议",),
            secrets=(CONTACT,),
        )
