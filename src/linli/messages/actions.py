"""Telling people, and how they want to be told: notices, contacts, hours, robots of groups."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import time
from uuid import UUID

from django.db import IntegrityError, transaction

from linli.access import changes
from linli.access.actions import checks
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.faults import ViewingOnly
from linli.kernel.ids import uuid7
from linli.kernel.masking import mask_phone
from linli.kernel.scope import acting
from linli.kernel.secrets import encrypt

from . import kinds
from .adapters import is_wecom
from .delivering import messenger
from .errors import NotDeliverable, RobotExists
from .models import Channel, Contact, Delivery, Notice, Preference, Robot
from .permissions import DELIVERY_VIEW, ROBOT_EDIT

MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
MOBILE = re.compile(r"1[3-9]\d{9}")
NAME_LENGTH = 60


def notify(to: Collection[UUID | str], kind: str, event: str, params: Mapping[str, str | int], path: str) -> None:
    """Tell accounts that something happened, in the transaction in which it does.

    `to` holds ids of actors; who is no member of staff (an operator, the program) is told nothing. `event` names what
    happened ("intake.ledger.done:{id}"): whoever was told of it is not told again, however often it is called. `params`
    fill the words of the kind and hold no personal data. Raises NotFound for a kind nobody declared.
    """
    named = kinds.named(kind)
    now = clock.now()
    # No arbiter and nothing returned: the database would ask to see the row that is there, which is somebody else's.
    made = [
        Notice(id=uuid7(), account_id=UUID(str(account)), kind=kind, event=event, params=dict(params), path=path, created_at=now)
        for account in dict.fromkeys(map(str, to)) if _is_account(account)
    ]  # fmt: skip
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    if made and named.urgent:
        from .jobs import enqueue_look

        enqueue_look()


def read(actor: Actor, ids: Collection[UUID] | None) -> None:
    """Mark one's own notices read; None: all of them."""
    mine = Notice.objects.filter(account_id=account_of(actor), read_at=None)
    (mine if ids is None else mine.filter(id__in=ids)).update(read_at=clock.now())


@transaction.atomic
def prefer(actor: Actor, *, inside_only: Collection[str], quiet_from: time, quiet_until: time) -> None:
    """How one wants to be told. Kinds are known ones. Raises Invalid."""
    known = {kind.code for kind in kinds.catalogue()}
    if set(inside_only) - known:
        raise Invalid(fields=(_problem("inside_only", Text("没有这种消息。", "There is no such kind of notice.")),))
    wanted = {
        "inside_only": sorted(set(inside_only)), "quiet_from": quiet_from.replace(tzinfo=None),
        "quiet_until": quiet_until.replace(tzinfo=None), "changed_at": clock.now(),
    }  # fmt: skip
    Preference.objects.update_or_create(account_id=account_of(actor), defaults=wanted)


@transaction.atomic
def keep_contact(actor: Actor, channel: Channel, address: str) -> None:
    """Have one's notices sent to an e-mail address or phone of one's own as well. Raises Invalid."""
    account, typed = account_of(actor), address.strip()
    if channel == Channel.EMAIL:
        valid, masked = bool(MAIL.fullmatch(typed)) and len(typed) <= 254, _mask_mail(typed)
        text = Text("请填写正确的邮箱地址。", "Please give an e-mail address.")
    elif channel == Channel.SMS:
        valid, masked = bool(MOBILE.fullmatch(typed)), mask_phone(typed) or ""
        text = Text("请填写 11 位手机号码。", "Please give a mobile number of 11 digits.")
    else:
        raise NotFound()
    if not valid:
        raise Invalid(fields=(_problem("address", text),))
    values = {"address": encrypt(typed), "masked": masked, "since": clock.now()}
    Contact.objects.update_or_create(
        account_id=account, channel=channel, defaults=values, create_defaults={"id": uuid7(), **values}
    )


def forget_contact(actor: Actor, channel: Channel) -> None:
    """Have nothing sent that way any more; what waits is dropped when it would be sent."""
    Contact.objects.filter(account_id=account_of(actor), channel=channel).delete()


@transaction.atomic
def keep_robot(actor: Actor, unit_id: UUID, name: str, address: str, wanted: Collection[str]) -> Robot:
    """Give a unit a group robot that says what its people are told of these kinds.

    Raises NotFound, Invalid, RobotExists.
    """
    unit = checks.unit(actor, unit_id, ROBOT_EDIT)
    problems = []
    if not name.strip() or len(name.strip()) > NAME_LENGTH or not name.strip().isprintable():
        problems.append(
            _problem("name", Text("请填写名称，最多 60 个字。", "Please give a name of at most 60 characters."))
        )
    if not is_wecom(address.strip()) or len(address) > 500:
        problems.append(_problem("address", Text(
            "请填写企业微信群机器人的地址（https://qyapi.weixin.qq.com/…）。",
            "Please give the address of a 企业微信 group robot (https://qyapi.weixin.qq.com/…).",
        )))  # fmt: skip
    if not wanted or set(wanted) - {kind.code for kind in kinds.catalogue()}:
        problems.append(_problem("kinds", Text("请至少选择一种消息。", "Please choose at least one kind of notice.")))
    if problems:
        raise Invalid(fields=tuple(problems))
    try:
        with transaction.atomic():
            robot: Robot = Robot.objects.create(
                id=uuid7(), unit=unit, area_code=unit.area_code, name=name.strip(), address=encrypt(address.strip()),
                kinds=sorted(set(wanted)), created_at=clock.now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise RobotExists() from error
    changes.record(
        actor, "messages.robot.create", "unit", unit.id, unit.area_code, {"name": robot.name, "kinds": robot.kinds}
    )
    return robot


@transaction.atomic
def remove_robot(actor: Actor, robot_id: UUID) -> None:
    """Take a robot away; what waits for it is dropped. Raises NotFound."""
    robot = Robot.objects.restrict(actor, ROBOT_EDIT).select_for_update().filter(id=robot_id).first()
    if robot is None:
        raise NotFound()
    with acting(messenger()):  # deliveries keep the area of their time, which the actor may not see
        Delivery.objects.filter(robot_id=robot_id).update(robot=None)
    robot.delete()
    changes.record(actor, "messages.robot.remove", "unit", robot.unit_id, robot.area_code, {"name": robot.name})


@transaction.atomic
def send_again(actor: Actor, delivery_id: UUID) -> None:
    """Send again what failed or may not have arrived: a person's decision, since it may tell somebody twice.

    Raises NotFound, NotDeliverable.
    """
    found = Delivery.objects.restrict(actor, DELIVERY_VIEW).select_for_update().filter(id=delivery_id).first()
    if found is None:
        raise NotFound()
    if found.state not in (Delivery.State.FAILED, Delivery.State.UNSURE):
        raise NotDeliverable()
    found.state, found.attempts, found.due_at, found.finished_at, found.problem = (
        Delivery.State.WAITING,
        0,
        clock.now(),
        None,
        "",
    )
    found.save(update_fields=["state", "attempts", "due_at", "finished_at", "problem"])
    changes.record(actor, "messages.delivery.again", "delivery", found.id, found.area_code, {"channel": found.channel})
    from .jobs import enqueue_look

    enqueue_look()


def account_of(actor: Actor) -> UUID:
    """The account that acts. Raises NotFound for whoever is no member of staff (they have no notices), ViewingOnly where
    somebody sees the console as another: what one is told is theirs alone."""
    if actor.kind != "staff":
        raise NotFound()
    if "viewer" in actor.extra:
        raise ViewingOnly()
    return UUID(actor.id)


def _is_account(actor_id: str) -> bool:
    try:
        UUID(actor_id)
    except ValueError:
        return False
    return True


def _mask_mail(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def _problem(field: str, text: Text) -> FieldProblem:
    return FieldProblem(field, "messages.invalid", text)
