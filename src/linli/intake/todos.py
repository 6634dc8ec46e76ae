"""What waits in intake: tables to map or merge, rows that match several people, tables that failed."""

from __future__ import annotations

from linli.kernel import todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import EXACT_TO, Count
from linli.registry.permissions import EDIT, VIEW
from linli.registry.queries.decisions import open_reviews

from .models import Batch
from .permissions import (
    BATCH_MERGE,
    BATCH_UPLOAD,
    BATCH_VIEW,
    ROUND_CHECK,
    ROUND_COMPLETE,
    ROUND_SUBMIT,
    ROUND_VIEW,
)
from .rounds.queries import count_to_do
from .rules import State

TO_DECIDE = (State.MAPPING, State.MATCHED)


def _in_states(actor: Actor, *states: State) -> Count:
    found = Batch.objects.restrict(actor, BATCH_VIEW).filter(state__in=states)[: EXACT_TO + 1].count()
    return Count(min(found, EXACT_TO), found <= EXACT_TO)


def _to_decide(actor: Actor) -> Count:
    return _in_states(actor, *TO_DECIDE)


def _failed(actor: Actor) -> Count:
    return _in_states(actor, State.FAILED)


def _reviews(actor: Actor) -> Count:
    return Count(open_reviews(actor))


todos.declare(
    todos.Todo(
        "batches_to_decide", "waiting",
        Text("导入待处理", "Imports waiting"),
        Text("等您对列，或决定是否合并", "Waiting for you to map columns or decide on the merge"),
        (BATCH_VIEW, BATCH_UPLOAD), f"/intake?state={','.join(TO_DECIDE)}", _to_decide,
    ),
    todos.Todo(
        "reviews_to_decide", "waiting",
        Text("疑似重复待判断", "Possible duplicates"),
        Text("一行数据对上了多个人，等您选定", "A row matches several people; choose the right one"),
        (VIEW, BATCH_VIEW, BATCH_MERGE), "/reviews", _reviews,
    ),
    todos.Todo(
        "batches_failed", "watch",
        Text("导入没有成功", "Imports that failed"),
        Text("看看原因，改好后重新导入", "See why, and import again"),
        (BATCH_VIEW, BATCH_UPLOAD), f"/intake?state={State.FAILED}", _failed,
    ),
    todos.Todo(
        "returns_to_check", "waiting",
        Text("报送待审核", "Returns to check"),
        Text("下级已上报，等您审核或退回", "Sent up to you, to be accepted or given back"),
        (ROUND_VIEW, ROUND_CHECK), "/rounds?todo=check", lambda actor: count_to_do(actor, "check"),
    ),
    todos.Todo(
        "returns_to_submit", "waiting",
        Text("报送待上报", "Returns to send up"),
        Text("补全、核对差异后上报", "Complete them, look at what changed, and send them up"),
        (ROUND_VIEW, ROUND_SUBMIT), "/rounds?todo=submit", lambda actor: count_to_do(actor, "submit"),
    ),
    todos.Todo(
        "returns_to_complete", "incomplete",
        Text("报送表待补全", "Returns to complete"),
        Text("有空白或过期的内容，等您补全或确认", "Blank or old values to enter or confirm"),
        (ROUND_VIEW, ROUND_COMPLETE, VIEW, EDIT), "/rounds?todo=complete", lambda actor: count_to_do(actor, "complete"), near=True,
    ),
)  # fmt: skip
