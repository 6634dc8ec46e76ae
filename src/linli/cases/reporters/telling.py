"""Telling reporters by SMS or mail how their case goes: at filing, refusal, a question, closing; each once, never twice.

The worker reads the steps that came since it looked last, so nothing of a case needs to know of it. Who reported what is dealt
with in another case (并案) is told how that one goes on, as long as it is so. Handing over is as in the room of messages: claimed
and committed first; what was cut off on the way is not sent again by itself. How many an address gets: `contacts`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Q

from linli.kernel import clock
from linli.kernel.errors import Text
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.kernel.secrets import decrypt
from linli.messages import rules as timing
from linli.messages.adapters import Adapter, Message, NotHandedOver, Refused, Unsure, installed
from linli.messages.models import Channel

from ..engine.models import CaseFlow
from . import contacts
from .desk import desk
from .models import Reporter, ReporterMessage
from .rules import TOLD, Told, shown, told_of

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
    "moved": Text(
        "您反映的事项（{number}）已移交有管辖权的单位办理，请查询。",
        "What you reported ({number}) was handed over to the body it is for; please look.",
    ),
    "joined": Text(
        "您反映的事项（{number}）与同一问题的另一件合并办理，查询码照常使用。",
        "What you reported ({number}) is dealt with together with another report of it; your tracking number holds.",
    ),
    "separated": Text(
        "您反映的事项（{number}）恢复单独办理。", "What you reported ({number}) is dealt with by itself again."
    ),
}
WHERE = Text("凭查询码在反映页面查看。", "Look with your tracking number.")
#: In every message: the way out for whoever never reported anything. {told}: how messages to here are confirmed or stopped.
UNPROVED = Text("不是您反映的，或继续接收：{told}", "Not yours, or to go on being told: {told}")
PROVED = Text("不再接收：{told}", "To stop: {told}")
AT_CODE = Text("在查询页面“通知”中输入 {code}", "enter {code} under “Notices” on the tracking page")
_NEWS = """
SELECT r.id, r.case_id, r.told_version, c.version, m.main_id, m.merged_at,
       CASE WHEN r.followed = m.main_id THEN r.followed_version ELSE 0 END, coalesce(main.version, 0)
FROM cases_reporter r
JOIN cases_case c ON c.id = r.case_id
LEFT JOIN cases_merge m ON m.case_id = r.case_id AND m.undone_at IS NULL
LEFT JOIN cases_case main ON main.id = m.main_id
WHERE r.contact IS NOT NULL AND r.stopped_at IS NULL
  AND (c.version > r.told_version
       OR m.main_id IS NOT NULL AND (r.followed IS DISTINCT FROM m.main_id OR main.version > r.followed_version))
ORDER BY r.id LIMIT %s
FOR UPDATE OF r SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class _News:
    """A reporter whose case went on, or the case it was joined to: up to which steps of both it was looked at, and is now."""

    reporter: UUID
    case: UUID
    told: int
    version: int
    main: UUID | None
    joined_at: datetime | None
    followed: int
    main_version: int


@dataclass(frozen=True, slots=True)
class _Step:
    version: int
    at: datetime
    kind: Told


def plan() -> None:
    """Write what reporters are to be told of the steps since the last look."""
    full = True
    while full:
        with acting(desk()), connection.cursor() as cursor:
            cursor.execute(_NEWS, [AT_ONCE])
            rows = [_News(*row) for row in cursor.fetchall()]
            full = len(rows) == AT_ONCE
            _write(rows)


def _write(rows: Sequence[_News]) -> None:
    """Messages for the steps of some cases that their reporters have not been told of."""
    steps = _steps({one.case for one in rows} | {one.main for one in rows if one.main})
    due = timing.due(clock.now(), timing.Hours(*timing.QUIET), False)
    ReporterMessage.objects.bulk_create(
        [
            ReporterMessage(
                id=uuid7(), reporter_id=one.reporter, main=main, version=step.version, kind=step.kind, due_at=due
            )
            for one in rows
            for main, step in _news(one, steps)
        ],
        ignore_conflicts=True,
    )
    seen: dict[tuple[int, UUID | None, int], list[UUID]] = defaultdict(list)
    for one in rows:
        seen[one.version, one.main, one.main_version].append(one.reporter)
    for (version, main, main_version), reporters in seen.items():
        Reporter.objects.filter(id__in=reporters).update(
            told_version=version, followed=main, followed_version=main_version
        )


def _steps(cases: set[UUID]) -> Mapping[UUID, list[_Step]]:
    """The steps of cases that reporters are told of, in their order. One query."""
    found: dict[UUID, list[_Step]] = defaultdict(list)
    flow = CaseFlow.objects.filter(case_id__in=cases, action__in=TOLD).order_by("case_id", "version")
    for case_id, version, at, action, detail in flow.values_list("case_id", "version", "at", "action", "detail"):
        if kind := told_of(action, detail):
            found[case_id].append(_Step(version, at, kind))
    return found


def _news(one: _News, steps: Mapping[UUID, list[_Step]]) -> Iterator[tuple[UUID | None, _Step]]:
    """What a reporter has not been told of their own case, and of the one it was joined to since it was."""
    for step in steps.get(one.case, ()):
        if one.told < step.version <= one.version:
            yield None, step
    if one.main is None or one.joined_at is None:
        return
    for step in steps.get(one.main, ()):
        if one.followed < step.version <= one.main_version and step.at > one.joined_at:
            yield one.main, step


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
            if (dropped := _dropped(one)) is not None:
                one.state, one.finished_at, one.problem = "dropped", now, dropped
                one.save(update_fields=["state", "finished_at", "problem"])
                continue
            one.state, one.tried_at, one.attempts = "sending", now, one.attempts + 1
            one.save(update_fields=["state", "tried_at", "attempts"])
            return one, one.reporter.channel


def _dropped(one: ReporterMessage) -> str | None:
    """Why a message is not sent: nobody wants it, a later one has overtaken it, or the address has had its share."""
    reporter = one.reporter
    if reporter.contact is None or reporter.stopped_at:
        return "stopped"
    if ReporterMessage.objects.filter(
        reporter_id=one.reporter_id, id__gt=one.id
    ).exists():  # ids rise as they were planned
        return "overtaken"
    if reporter.contact_hash is None:  # given before addresses were counted
        reporter.contact_hash = contacts.hash_of(decrypt(bytes(reporter.contact)))
        reporter.save(update_fields=["contact_hash"])
    if _told_already(one):
        return "told"
    if one.attempts == 0 and not contacts.take(bytes(reporter.contact_hash)):
        return "share"
    return None


def _told_already(one: ReporterMessage) -> bool:
    """Whether the same address was told of the same step: who reported a thing twice hears of it once."""
    case = one.main or one.reporter.case_id
    said = ReporterMessage.objects.filter(
        reporter__contact_hash=one.reporter.contact_hash, version=one.version, state__in=("sending", "sent", "unsure")
    ).exclude(id=one.id)
    return said.filter(Q(main=case) | Q(main=None, reporter__case_id=case)).exists()


def _handed_over(one: ReporterMessage, adapter: Adapter) -> tuple[str, str, str]:
    """The state a message comes to, the fault, the other side's reference."""
    reporter = one.reporter
    language = reporter.language
    try:
        to = decrypt(bytes(reporter.contact or b""))
        text = words_of(one.kind, reporter.case.number, bytes(reporter.contact_hash or b""), language)  # type: ignore[arg-type]
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


def words_of(kind: Told, number: str, hashed: bytes, language: str) -> str:
    """The words of a message, with the way to confirm or stop messages to its address."""
    with acting(desk()):
        confirmed = contacts.standing(hashed).confirmed
    code = contacts.code_of(hashed)
    page = settings.LINLI_PUBLIC_URL
    told = f"{page}/told/{code}" if page else AT_CODE.say(language, {"code": shown(code)})
    way = PROVED if confirmed else UNPROVED
    gap = "" if language.startswith("zh") else " "
    sentences = (WORDS[kind].say(language, {"number": number}), WHERE.say(language), way.say(language, {"told": told}))
    return gap.join(sentences)
