"""What waits in tiers, for who works them."""

from __future__ import annotations

from functools import partial

from linli.kernel import todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import Count

from .applying.queries import Waiting, waiting_count
from .coordination.queries import tasks_count
from .permissions import ACCEPT, APPLY, CHECK, COORDINATE, PRACTICE_PUBLISH
from .practice.queries import submitted_count

_WORDS: dict[Waiting, tuple[todos.Kind, str, Text, Text]] = {
    "self": (
        "waiting", APPLY, Text("待自评的创建申报", "Applications to assess yourselves"),
        Text("先看快到期的", "Those due soonest first"),
    ),
    "town": (
        "waiting", CHECK, Text("待镇街核查的申报", "Applications for the town to check"),
        Text("逐条核查指标", "Indicator by indicator"),
    ),
    "accept": (
        "waiting", ACCEPT, Text("待区级验收的申报", "Applications to accept"),
        Text("验收组、实地验收、逐条结论", "Group, visit, verdicts"),
    ),
    "publish": (
        "waiting", ACCEPT, Text("待公示的申报", "Applications to publish"),
        Text("验收已通过", "Their acceptance is passed"),
    ),
    "objections": (
        "waiting", ACCEPT, Text("待答复的异议", "Objections to answer"),
        Text("答复后才能结束公示", "Before the publication ends"),
    ),
    "ended": (
        "waiting", ACCEPT, Text("公示期满的申报", "Publications that are over"),
        Text("登记公示结束后上报", "End them, then report"),
    ),
    "report": (
        "waiting", ACCEPT, Text("待上报的申报", "Applications to report"),
        Text("公示已结束", "Their publication is ended"),
    ),
    "recheck": (
        "waiting", ACCEPT, Text("待复核的社区", "Communities to re-check"),
        Text("保留或取消等级", "Keep the tier or let it lapse"),
    ),
    "gaps": (
        "incomplete", APPLY, Text("有逾期整改项的申报", "Applications with gaps overdue"),
        Text("完成后填写日期", "Enter the day they are done"),
    ),
    "slipping": (
        "incomplete", APPLY, Text("指标下滑的已认定社区", "Recognised, with indicators slipping"),
        Text("复核前补上", "Mend them before the re-check"),
    ),
    "warnings": (
        "watch", ACCEPT, Text("复核预警的社区", "Communities with re-check warnings"),
        Text("实时指标低于标准", "A live indicator is missed"),
    ),
}  # fmt: skip


def _count(what: Waiting, actor: Actor) -> Count:
    return waiting_count(actor, what)


todos.declare(
    todos.Todo(
        "plan_tasks_late", "waiting", Text("已逾期的创建任务", "Overdue tasks of plans"),
        Text("办理，或说明新的时限", "Do them, or give a new day"), (COORDINATE,), "/tiers/coordination?mark=late",
        partial(tasks_count, mark="late"),
    ),
    todos.Todo(
        "plan_tasks_coming", "incomplete", Text("七天内到期的创建任务", "Tasks of plans due within seven days"),
        Text("看前置任务是否完成", "See whether what they need is done"), (COORDINATE,), "/tiers/coordination?mark=coming",
        partial(tasks_count, mark="coming"),
    ),
    todos.Todo(
        "practice_submitted", "waiting", Text("待发布的创建案例", "Cards of good practice to publish"),
        Text("核对后发布，或写明原因退回", "Look at them, then publish or return them"), (PRACTICE_PUBLISH,),
        "/tiers/practice?state=submitted", submitted_count,
    ),
    *(
        todos.Todo(
            f"tiers_{what}", kind, label, hint, (permission,), f"/tiers/applications?waiting={what}", partial(_count, what)
        )
        for what, (kind, permission, label, hint) in _WORDS.items()
    )
)  # fmt: skip
