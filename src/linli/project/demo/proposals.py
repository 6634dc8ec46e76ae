"""A handful of proposals in the demo, each somewhere on its way, made through the same actions as everybody's.

All of it is made up and says so (示例): no proposal, person or reply in it exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from linli.access.actions import Target, grant
from linli.access.models import Post, Role, Unit
from linli.cases.engine.models import Case
from linli.cases.proposals import acting as steps
from linli.cases.proposals.acting import Cohost, Given
from linli.cases.proposals.drafts import Draft, contribute, save_draft
from linli.cases.proposals.models import Proposal, ProposalReply
from linli.cases.proposals.register import NewProposal, NewProposer, register
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.project.demo.case_kinds import ENFORCEMENT, FARMING, HOUSING, SAFETY, TRANSPORT

TERM, SESSION = 13, 5
ANSWERED = ("assign", "take", "draft", "submit", "review", "sign", "publish")


@dataclass(frozen=True, slots=True)
class Kind:
    """A proposal of the demo: what it is about, who hosts and helps, how far it went, whether its proposer may be named."""

    body: str
    title: str
    content: str
    host: str
    steps: tuple[str, ...]
    helper: str = ""
    shown: bool = True
    opinion: str = "satisfied"


KINDS: tuple[Kind, ...] = (
    Kind("cppcc", "关于增设老旧小区电动自行车充电设施的建议（示例）",
         "部分老旧小区车多桩少，存在私拉电线的情况。\n建议统一选址，分批建设，明确后期维护单位。",
         HOUSING, (*ANSWERED, "rate"), SAFETY),
    Kind("cppcc", "关于完善背街小巷照明的建议（示例）",
         "一些背街小巷路灯间距大，夜间出行不便。\n建议逐条摸排，列出补建计划。", ENFORCEMENT, ANSWERED, shown=False),
    Kind("cppcc", "关于优化早高峰公交线路的建议（示例）",
         "早高峰部分线路间隔较长。\n建议根据客流调整发车间隔。", TRANSPORT, ("assign", "take", "draft")),
    Kind("congress", "关于推广秸秆综合利用的建议（示例）",
         "秋收后秸秆离田成本较高。\n建议支持收储点建设，公布收购信息。", FARMING,
         (*ANSWERED, "rate", "rehandle"), opinion="dissatisfied"),
    Kind("congress", "关于加强沿街门店燃气安全检查的建议（示例）",
         "沿街门店燃气用户多，人员流动大。\n建议建立台账，定期复查。", SAFETY,
         ("assign", "take", "draft", "submit", "review", "sign"), HOUSING),
    Kind("congress", "关于规范停车泊位划设的建议（示例）", "部分路段泊位划设不清。\n建议统一标准，公开泊位信息。", TRANSPORT, ("assign",)),
    Kind("cppcc", "关于建设口袋公园的建议（示例）", "城区边角地闲置较多。\n建议结合群众需求建设口袋公园。", HOUSING, ()),
)  # fmt: skip
REPLY = (
    "收到您的建议后，我们进行了现场调研，听取了群众意见（示例）。\n"
    "一、已完成摸排，列出问题清单和责任人。\n"
    "二、按轻重缓急分批实施，年底前完成第一批。\n"
    "下一步，我们将定期检查进展，并及时向您反馈。"
)


def make_proposals() -> int:
    """Make them, once; returns how many."""
    with acting(demo_actor()):
        units = dict(Unit.objects.filter(kind="department").values_list("name", "id"))
        if Proposal.objects.exists() or not {kind.host for kind in KINDS} <= units.keys():
            return 0
    serials = {"cppcc": 0, "congress": 0}
    for kind in KINDS:
        serials[kind.body] += 1
        _make(kind, f"{clock.today().year}{serials[kind.body]:04d}", units)
    _give_rights()
    return len(KINDS)


def _give_rights() -> None:
    """Two of the demo's accounts can try it: the acceptor registers and publishes, the handler's unit reviews and signs."""
    with acting(demo_actor()) as actor:
        for username, code in (("acceptor", "proposal_registrar"), ("handler", "reply_signer")):
            post = Post.objects.filter(appointments__account__username=username).first()
            if post is not None:
                role = Role.objects.get(code=code)
                grant(actor, post_id=post.id, role_id=role.id, target=Target(area_code=actor.areas[0]))


def _make(kind: Kind, number: str, units: dict[str, UUID]) -> None:
    with acting(_who("registrar", "示例交办员")) as actor:
        people: Sequence[NewProposer] = [NewProposer("示例甲", shown=kind.shown)]
        made = register(actor, NewProposal(kind.body, number, TERM, SESSION, kind.title, kind.content, people))
    for step in kind.steps:
        _take(kind, made.id, step, units)


def _take(kind: Kind, proposal: UUID, step: str, units: dict[str, UUID]) -> None:
    """One step, by whose it is: the host's drafter, its signer, or who assigns."""
    if step in ("take", "draft", "submit"):
        actor = _who("drafter", "示例经办人", units[kind.host], kind.host)
    elif step in ("review", "sign"):
        actor = _who("signer", "示例签发人", units[kind.host], kind.host)
    else:
        actor = _who("registrar", "示例交办员")
    with acting(actor):
        if step == "draft":
            save_draft(actor, proposal, Draft(0, REPLY, "示例联系人", "0533-0000000"))
        else:
            steps.act(actor, proposal, f"proposal_{step}", _given(kind, proposal, step, units))
    if step == "take" and kind.helper:
        helper = _who("helper", "示例协办人", units[kind.helper], kind.helper)
        with acting(helper):
            contribute(helper, proposal, "我单位将配合做好相关工作（示例）。")


def _given(kind: Kind, proposal: UUID, step: str, units: dict[str, UUID]) -> Given:
    version = Case.objects.get(id=Proposal.objects.get(id=proposal).case_id).version
    if step == "assign":
        cohosts = [Cohost(units[kind.helper], "assisting")] if kind.helper else []
        return Given(version, unit_id=units[kind.host], cohosts=cohosts)
    if step == "sign":
        serial = ProposalReply.objects.filter(signed_at__isnull=False).count() + 1
        number = f"示例字〔{clock.today().year}〕{serial}号"
        return Given(version, document_number=number, signed_post="局长", signed_name="示例签发人")
    if step == "rate":
        return Given(version, opinion=kind.opinion, attitude="satisfied", outcome=kind.opinion)
    return Given(version, reason="答复措施不够具体（示例）" if step == "rehandle" else "")


def _who(part: str, name: str, unit: UUID | None = None, unit_name: str = "") -> Actor:
    """Somebody of the demo with a part of their own: who drafts is another than who reviews."""
    return replace(
        demo_actor(), id=f"system:demo:{part}", name=name, unit_id=str(unit) if unit else None, unit_name=unit_name
    )
