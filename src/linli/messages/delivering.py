"""The worker's part: where notices go besides the console, when, and handing them over; never twice for one event.

Planning and claiming are short transactions. Between claiming and saying how it went nothing is open: a worker that is
killed there leaves a message `sending`, which after a while is `unsure` and not sent again by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Q

from linli.access.models import Account
from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.errors import NotFound
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.kernel.secrets import decrypt

from . import kinds, rules
from .adapters import Adapter, Message, NotHandedOver, Refused, Unsure, installed
from .models import Channel, Contact, Delivery, Notice, Preference, Robot

log = structlog.get_logger("linli.messages")
State = Delivery.State
AT_ONCE = 500
PLANNING = 0x6D657373  # of the advisory lock
#: So many tries one after the other in which nothing left us on a road.
MOST_FAULTS = 3
SUBJECT = {"zh-CN": "邻里：{n} 条消息", "en": "Linli: {n} notices"}


def messenger() -> Actor:
    """Who delivers: the program itself, over the whole district."""
    return system("messenger", settings.LINLI_DISTRICT)


def plan() -> None:
    """Decide for new notices where they go."""
    while True:
        with acting(messenger()):
            _alone()
            found = list(
                Notice.objects.select_for_update(skip_locked=True).filter(planned_at=None).order_by("id")[:AT_ONCE]
            )
            _plan(found)
            Notice.objects.filter(id__in=[one.id for one in found]).update(planned_at=clock.now())
        if len(found) < AT_ONCE:
            return


def _alone() -> None:
    """One planner at a time, else two tell a group of one event; and robots lie where their unit lies now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PLANNING])
        cursor.execute(
            "UPDATE messages_robot r SET area_code = u.area_code FROM access_unit u"
            " WHERE u.id = r.unit_id AND u.area_code <> r.area_code"
        )


@dataclass(frozen=True, slots=True)
class _Road:
    """One way to somebody: `holder` is the account or the robot."""

    channel: str
    holder: UUID


@dataclass(frozen=True, slots=True)
class _People:
    """Those who are told, with everything that says where it goes: read once for many notices."""

    accounts: Mapping[UUID, Account]
    contacts: Mapping[UUID, Sequence[str]]
    wishes: Mapping[UUID, Preference]
    robots: Mapping[UUID, Sequence[Robot]]  # by unit

    @classmethod
    def of(cls, ids: Iterable[UUID]) -> _People:
        accounts = {a.id: a for a in Account.objects.filter(id__in=set(ids), active=True)}
        contacts: dict[UUID, list[str]] = defaultdict(list)
        for account_id, channel in Contact.objects.filter(account_id__in=accounts).values_list("account_id", "channel"):
            contacts[account_id].append(channel)
        robots: dict[UUID, list[Robot]] = defaultdict(list)
        for robot in Robot.objects.filter(unit_id__in={a.unit_id for a in accounts.values()}):
            robots[robot.unit_id].append(robot)
        wishes = {p.account_id: p for p in Preference.objects.filter(account_id__in=accounts)}
        return cls(accounts, contacts, wishes, robots)

    def roads(self, account: Account, kind: str, personal: bool = False) -> Iterator[tuple[_Road, rules.Hours, str]]:
        """Where an account's notice of a kind goes: the way, its quiet hours, its area; a `personal` one to no robot."""
        wish = self.wishes.get(account.id)
        if wish is None or kind not in wish.inside_only:
            hours = rules.Hours(wish.quiet_from, wish.quiet_until) if wish else rules.Hours(*rules.QUIET)
            for channel in self.contacts.get(account.id, ()):
                yield _Road(channel, account.id), hours, account.area_code
        for robot in () if personal else self.robots.get(account.unit_id, ()):
            if kind in robot.kinds:
                yield _Road(Channel.WECOM, robot.id), rules.Hours(*rules.QUIET), robot.area_code


def _plan(notices: Sequence[Notice]) -> None:
    people = _People.of(notice.account_id for notice in notices)
    robots = [robot.id for each in people.robots.values() for robot in each]
    waiting, told = _waiting(people, robots), _told_by(robots, [notice.event for notice in notices])
    now, changed = clock.now(), dict[UUID, Delivery]()
    for notice in notices:
        account, kind = people.accounts.get(notice.account_id), _kind(notice)
        if account is None or kind is None:
            continue
        for road, quiet, area in people.roads(account, kind.code, kind.personal):
            if road.channel == Channel.WECOM:
                if (road.holder, notice.event) in told:
                    continue  # a unit's group hears of an event once, however many of its people are told
                told.add((road.holder, notice.event))
            delivery = waiting.get(road)
            if kind.urgent:  # alone: what joined it would leave in quiet hours
                delivery = _new(road, area, kind.code, now)
            elif delivery is None:
                delivery = waiting[road] = _new(road, area, kind.code, rules.due(now, quiet, False))
            delivery.notices.append(notice.id)
            delivery.events.append(notice.event)
            changed[delivery.id] = delivery
    Delivery.objects.bulk_create([d for d in changed.values() if d._state.adding])
    Delivery.objects.bulk_update([d for d in changed.values() if not d._state.adding], ["notices", "events"])


def _kind(notice: Notice | Delivery) -> kinds.NoticeKind | None:
    try:
        return kinds.named(notice.kind)
    except NotFound:  # of a room that is not installed any more
        return None


def _new(road: _Road, area: str, kind: str, due: datetime) -> Delivery:
    robot = road.channel == Channel.WECOM
    return Delivery(
        id=uuid7(), channel=road.channel, account_id=None if robot else road.holder,
        robot_id=road.holder if robot else None, area_code=area, kind=kind, notices=[], events=[], due_at=due,
    )  # fmt: skip


def _waiting(people: _People, robots: Collection[UUID]) -> dict[_Road, Delivery]:
    """What waits to leave on each road and may take more in; locked, so that it does not leave meanwhile."""
    mine = Q(account_id__in=people.accounts) | Q(robot_id__in=robots)
    rows = Delivery.objects.select_for_update(skip_locked=True).filter(mine, state=State.WAITING, attempts=0)
    return {
        _Road(one.channel, holder): one
        for one in rows.filter(due_at__gt=clock.now())
        if (holder := one.account_id or one.robot_id) is not None
    }


def _told_by(robots: Collection[UUID], events: Sequence[str]) -> set[tuple[UUID, str]]:
    """Which of the events robots were given to say before."""
    rows = Delivery.objects.filter(robot_id__in=robots, events__overlap=list(events)).values_list("robot_id", "events")
    return {(robot, event) for robot, told in rows if robot is not None for event in told}


def send(adapters: Mapping[Channel, Adapter] | None = None) -> None:
    """Hand over what is due. A road on which nothing leaves is left alone until the next look: each try takes seconds."""
    adapters = installed(settings) if adapters is None else adapters
    _give_up_on_cut_off()
    stuck: dict[str, int] = defaultdict(int)
    while (claimed := _claim({channel for channel, faults in stuck.items() if faults >= MOST_FAULTS})) is not None:
        stuck[claimed.channel] = 0 if _hand_over(claimed, adapters) else stuck[claimed.channel] + 1


def _give_up_on_cut_off() -> None:
    with acting(messenger()):
        cut = Delivery.objects.filter(state=State.SENDING, tried_at__lt=clock.now() - rules.CUT_OFF)
        cut.update(state=State.UNSURE, problem="cut off", finished_at=clock.now())


def _claim(without: set[str]) -> Delivery | None:
    now = clock.now()
    with acting(messenger()):
        due = Delivery.objects.select_for_update(skip_locked=True).filter(state=State.WAITING, due_at__lte=now)
        found: Delivery | None = due.exclude(channel__in=without).order_by("due_at", "id").first()
        if found is not None:
            found.state, found.tried_at, found.attempts = State.SENDING, now, found.attempts + 1
            found.save(update_fields=["state", "tried_at", "attempts"])
    return found


def _hand_over(delivery: Delivery, adapters: Mapping[Channel, Adapter]) -> bool:
    """Whether the road is open: false where nothing could leave us on it."""
    if (later := _quiet_until(delivery)) is not None:
        with acting(messenger()):
            Delivery.objects.filter(id=delivery.id).update(
                state=State.WAITING, due_at=later, attempts=delivery.attempts - 1
            )
        return True
    try:
        with acting(messenger()):
            message = _message(delivery)
    except Exception as error:  # such as an address whose key is gone: nothing left us, and others must not wait for it
        log.error("delivery_unreadable", delivery=str(delivery.id), error=type(error).__name__)
        _ended(delivery, State.FAILED, type(error).__name__)
        return True
    if message is None:
        _ended(delivery, State.DROPPED)
        return True
    try:
        reference = adapters[Channel(delivery.channel)](message)
    except NotHandedOver as fault:
        again = rules.retry_at(clock.now(), delivery.attempts)
        if again is None:
            _ended(delivery, State.FAILED, str(fault))
        else:
            with acting(messenger()):
                Delivery.objects.filter(id=delivery.id).update(state=State.WAITING, due_at=again, problem=str(fault))
        return False
    except Refused as fault:
        _ended(delivery, State.FAILED, str(fault))
    except Unsure as fault:
        _ended(delivery, State.UNSURE, str(fault))
        return False  # a gateway that hangs takes seconds for each, and would make every message unsure
    except Exception as error:  # of an adapter: what it had done by then is not known
        log.error("delivery_failed", delivery=str(delivery.id), channel=delivery.channel, error=type(error).__name__)
        _ended(delivery, State.UNSURE, type(error).__name__)
        return False
    else:
        _ended(delivery, State.SENT, reference=reference)
    return True


def _quiet_until(delivery: Delivery) -> datetime | None:
    """When the quiet hours end that it would leave in: it may be late by a fault or a worker that stood still."""
    kind, now = _kind(delivery), clock.now()
    with acting(messenger()):
        wish = Preference.objects.filter(account_id=delivery.account_id).first() if delivery.account_id else None
    hours = rules.Hours(wish.quiet_from, wish.quiet_until) if wish else rules.Hours(*rules.QUIET)
    later = rules.due(now - rules.GATHER, hours, kind is not None and kind.urgent)
    return later if later > now else None


def _ended(delivery: Delivery, state: str, problem: str = "", reference: str = "") -> None:
    with acting(messenger()):
        Delivery.objects.filter(id=delivery.id).update(
            state=state, problem=problem[:200], reference=reference[:200], finished_at=clock.now()
        )


def _message(delivery: Delivery) -> Message | None:
    """The words, and to whom; None where the account, its contact or the robot are gone, or it has read them all."""
    language = "zh-CN"
    notices = Notice.objects.filter(id__in=delivery.notices).order_by("id")
    if delivery.account_id is not None:
        account = Account.objects.filter(id=delivery.account_id, active=True).first()
        contact = Contact.objects.filter(account_id=delivery.account_id, channel=delivery.channel).first()
        if account is None or contact is None:
            return None
        language, to, masked = account.language, decrypt(bytes(contact.address)), contact.masked
        notices = notices.filter(read_at=None)
    else:
        robot = Robot.objects.filter(id=delivery.robot_id).first() if delivery.robot_id else None
        if robot is None:
            return None
        to, masked = decrypt(bytes(robot.address)), robot.name
    sentences = [said(notice.kind, notice.params, language) for notice in notices]
    if not sentences:
        return None
    english = language.startswith("en")
    text = rules.one_message(sentences, english, rules.SMS_LENGTH if delivery.channel == Channel.SMS else None)
    subject = SUBJECT["en" if english else "zh-CN"].format(n=len(sentences))
    return Message(str(delivery.id), to, masked, subject, text)


def said(kind: str, params: Mapping[str, Any], language: str) -> str:
    """The sentence of a notice; of a kind whose room is gone, its code."""
    try:
        return kinds.named(kind).text.say(language, params)
    except NotFound:
        return kind
