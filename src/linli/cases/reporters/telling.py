"""Telling reporters by SMS or mail how their case goes: at filing, refusal, a question, closing; each once, never twice.

The worker reads the steps that came since it looked last, so nothing of a case needs to know of it. Handing over is as in the
room of messages: claimed and committed first; what was cut off on the way is not sent again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection

from linli.kernel import clock
from linli.kernel.errors import Text
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.kernel.secrets import decrypt
from linli.messages import rules as timing
from linli.messages.adapters import Adapter, Message, NotHandedOver, Refused, Unsure, installed
from linli.messages.models import Channel

from ..engine.models import CaseFlow
from .desk import desk
from .models import Reporter, ReporterMessage
from .rules import TOLD, Told

log = structlog.get_logger("linli.cases.reporters")
AT_ONCE = 500
SUBJECT = Text("您反映的事项有新进展", "News of what you reported")
#: No tracking number, nothing of what was reported: nobody asks who reads a phone.
WORDS: dict[Told, Text] = {
    "filed": Text("您反映的事项（{number}）已受理立案。", "What you reported ({number}) was accepted."),
    "refused": Text(
        "您反映的事项（{number}）不予受理，原因请查询。", "What you reported ({number}) was not accepted; see why."
    ),
    "question": Text(
        "办理单位请您补充情况（{number}），请查询并答复。",
        "The unit has a question ({number}); please look and answer.",
    ),
    "closed": Text(
        "您反映的事项（{number}）已办结，请查询结果并评价。",
        "What you reported ({number}) was closed; please look and rate it.",
    ),
}
WHERE = Text(
    "凭查询码在反映页面查看；不想再收到通知，也在那里关闭。",
    "Look with your tracking number; notices are turned off there too.",
)
_NEWS = """
SELECT r.id, r.case_id, r.told_version, c.version
FROM cases_reporter r JOIN cases_case c ON c.id = r.case_id AND c.version > r.told_version
WHERE r.contact IS NOT NULL AND r.stopped_at IS NULL
ORDER BY r.id LIMIT %s
FOR UPDATE OF r SKIP LOCKED
"""


def plan() -> None:
    """Write what reporters are to be told of the steps since the last look."""
    full = True
    while full:
        with acting(desk()), connection.cursor() as cursor:
            cursor.execute(_NEWS, [AT_ONCE])
            rows = cursor.fetchall()
            full = len(rows) == AT_ONCE
            _write(rows)


def _write(rows: Sequence[tuple[UUID, UUID, int, int]]) -> None:
    """Messages for the steps of some cases that their reporters have not been told of."""
    flow = CaseFlow.objects.filter(case_id__in={case for _, case, _, _ in rows}, action__in=TOLD)
    steps: dict[UUID, list[tuple[int, str]]] = defaultdict(list)
    for case_id, version, action in flow.order_by("version").values_list("case_id", "version", "action"):
        steps[case_id].append((version, action))
    due = timing.due(clock.now(), timing.Hours(*timing.QUIET), False)
    ReporterMessage.objects.bulk_create(
        [
            ReporterMessage(id=uuid7(), reporter_id=reporter, version=version, kind=TOLD[action], due_at=due)
            for reporter, case, told, now in rows
            for version, action in steps[case]
            if told < version <= now
        ],
        ignore_conflicts=True,
    )
    for version in {now for _, _, _, now in rows}:
        Reporter.objects.filter(id__in=[r for r, _, _, now in rows if now == version]).update(told_version=version)


def send(adapters: Mapping[Channel, Adapter] | None = None) -> None:
    """Hand over what is due. A road on which nothing leaves is left alone until the next look."""
    adapters = installed(settings) if adapters is None else adapters
    with acting(desk()):
        cut = ReporterMessage.objects.filter(state="sending", tried_at__lt=clock.now() - timing.CUT_OFF)
        cut.update(state="unsure", problem="cut off", finished_at=clock.now())
    stuck: set[str] = set()
    while (claimed := _claim(stuck)) is not None:
        message, channel = claimed
        state, problem, reference = _handed_over(message, adapters[Channel(channel)])
        if state in ("waiting", "unsure"):
            stuck.add(channel)
        again = timing.retry_at(clock.now(), message.attempts) if state == "waiting" else None
        if state == "waiting" and again is None:
            state = "failed"
        with acting(desk()):
            ReporterMessage.objects.filter(id=message.id).update(
                state=state, problem=problem[:200], reference=reference[:200], due_at=again or message.due_at,
                finished_at=None if state == "waiting" else clock.now(),
            )  # fmt: skip


def _claim(stuck: set[str]) -> tuple[ReporterMessage, str] | None:
    """The next message that is due, marked as being handed over; what a later one has overtaken is dropped on the way."""
    now = clock.now()
    with acting(desk()):
        while True:
            due = ReporterMessage.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
                "reporter__case"
            )
            found = due.filter(state="waiting", due_at__lte=now).exclude(reporter__channel__in=stuck)
            one: ReporterMessage | None = found.order_by("due_at", "id").first()
            if one is None:
                return None
            overtaken = ReporterMessage.objects.filter(reporter_id=one.reporter_id, version__gt=one.version).exists()
            if one.reporter.contact is None or one.reporter.stopped_at or overtaken:
                one.state, one.finished_at = "dropped", now
                one.save(update_fields=["state", "finished_at"])
                continue
            one.state, one.tried_at, one.attempts = "sending", now, one.attempts + 1
            one.save(update_fields=["state", "tried_at", "attempts"])
            return one, one.reporter.channel


def _handed_over(one: ReporterMessage, adapter: Adapter) -> tuple[str, str, str]:
    """The state a message comes to, the fault, the other side's reference."""
    reporter, params = one.reporter, {"number": one.reporter.case.number}
    language = reporter.language
    text = WORDS[one.kind].say(language, params) + WHERE.say(language)  # type: ignore[index]
    try:
        to = decrypt(bytes(reporter.contact or b""))
        reference = adapter(Message(str(one.id), to, reporter.masked, SUBJECT.say(language), text))
    except NotHandedOver as fault:
        return "waiting", str(fault), ""
    except Refused as fault:
        return "failed", str(fault), ""
    except Unsure as fault:
        return "unsure", str(fault), ""
    except Exception as error:
        log.error("reporter_message_failed", message=str(one.id), error=type(error).__name__)
        return "unsure", type(error).__name__, ""
    return "sent", "", reference
