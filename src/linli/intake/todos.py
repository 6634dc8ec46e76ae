"""What waits in intake: tables to map or merge, rows that match several people, tables that failed."""

from __future__ import annotations

from linli.kernel import todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import EXACT_TO, Count
from linli.registry.permissions import VIEW
from linli.registry.queries.decisions import open_reviews

from .models import Batch
from .permissions import BATCH_MERGE, BATCH_UPLOAD, BATCH_VIEW
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
        Text("等你对列，或决定是否合并", "Waiting for you to map columns or decide on the merge"),
        (BATCH_VIEW, BATCH_UPLOAD), f"/intake?state={','.join(TO_DECIDE)}", _to_decide,
    ),
    todos.Todo(
        "reviews_to_decide", "waiting",
        Text("疑似重复待判断", "Possible duplicates"),
        Text("一行数据对上了多个人，等你选定", "A row matches several people; choose the right one"),
        (VIEW, BATCH_VIEW, BATCH_MERGE), "/reviews", _reviews,
    ),
    todos.Todo(
        "batches_failed", "watch",
        Text("导入没有成功", "Imports that failed"),
        Text("看看原因，改好后重新导入", "See why, and import again"),
        (BATCH_VIEW, BATCH_UPLOAD), f"/intake?state={State.FAILED}", _failed,
    ),
)  # fmt: skip
