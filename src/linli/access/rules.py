"""Decisions about passwords, lock-out, sessions and delegation: pure, without database or clock."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.kernel.errors import Text

# --- sessions: 12 hours in all, 2 hours idle (a working day; a lunch break with the screen left open) ---
ABSOLUTE = timedelta(hours=12)
IDLE = timedelta(hours=2)
TOUCH = timedelta(minutes=1)

# --- lock-out ---
TRIES = 5
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=24)
NAME_WINDOW = timedelta(hours=24)
IP_WINDOW = timedelta(minutes=15)
# A town's office sits behind one address with dozens of clerks, so the address is throttled later than the account.
IP_FAILURES = 60
# Signing in itself forgets no attempt: how long they are kept is a setting (`access/retention.py`).
ATTEMPTS_KEPT = timedelta(days=36_500)

# --- the second step ---
STEP_TIME = timedelta(minutes=5)  # from the password to the code
PROVED_TIME = timedelta(minutes=10)  # from proving oneself anew at the provider to the QR code
ENROL_TIME = timedelta(minutes=15)  # from the QR code to the first code
RECOVERY_CODES = 10
RECOVERY_LENGTH = 12  # of 32 letters and digits: 60 bits, which nobody tries out against a keyed hash
VIEW_TIME = timedelta(minutes=15)

SHORTEST, LONGEST = 10, 128
CLASSES = 3
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Link:
    """How far a link to a provider is believed: somebody answers for it beside who made it (`vouched`), and the holder
    of the account has come through it before and given a code of their own (`proved`)."""

    vouched: bool
    proved: bool

    @property
    def believed(self) -> bool:
        return self.vouched or self.proved


def by_provider(link: Link, *, has_factor: bool, strong: bool, apart: bool) -> Literal["open", "code", "refuse"]:
    """Whether who comes through `link` gets in, is asked for a code of ours first, or is turned away.

    The account's own second factor is asked for until its holder has given a code on this way; only then may one that
    the provider asked for (`strong`) stand in for it. An account without one gets in by a link that is believed; where
    the administrators are kept apart (`apart`), by no other: linking would otherwise be one hand becoming somebody else.
    """
    if has_factor:
        return "open" if strong and link.proved else "code"
    return "open" if link.believed or not apart else "refuse"


@dataclass(frozen=True, slots=True)
class Tries:
    """What is known of earlier failures of one name: how many, when the last, and a lock already set."""

    failed: int
    last: datetime | None
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an attempt may go on. `lock_until` is the lock that takes hold if it fails; `left` the tries after it."""

    refused_until: datetime | None
    lock_until: datetime | None
    left: int


def lock_length(failed: int) -> timedelta | None:
    """The lock after the `failed`-th failure in a row: every fifth one locks, for twice as long as before."""
    if failed <= 0 or failed % TRIES:
        return None
    return min(FIRST_LOCK * 2 ** min(failed // TRIES - 1, 10), LONGEST_LOCK)


def judge(tries: Tries, now: datetime) -> Verdict:
    """Judge an attempt before its password is looked at. An attempt during a lock is refused and not counted."""
    until = tries.locked_until
    if until is None and tries.last is not None and (length := lock_length(tries.failed)):
        until = tries.last + length
    if until is not None and until > now:
        return Verdict(until, None, 0)
    failed = tries.failed + 1
    length = lock_length(failed)
    return Verdict(None, now + length if length else None, (TRIES - failed % TRIES) % TRIES)


@dataclass(frozen=True, slots=True)
class Weakness:
    """One rule a password breaks."""

    code: str
    text: Text


TOO_SHORT = Weakness("too_short", Text(f"至少 {SHORTEST} 位。", f"At least {SHORTEST} characters."))
TOO_LONG = Weakness("too_long", Text(f"最多 {LONGEST} 位。", f"At most {LONGEST} characters."))
TOO_PLAIN = Weakness(
    "too_plain",
    Text(
        "大写字母、小写字母、数字、符号中至少使用三类。",
        "Use at least three of: capital letters, small letters, digits, signs.",
    ),
)
HAS_NAME = Weakness("has_name", Text("不能包含用户名。", "It must not contain the user name."))
COMMON = Weakness("common", Text("这个密码太常见，容易被猜到。", "This password is common and easily guessed."))
SAME = Weakness("same", Text("新密码不能与原密码相同。", "The new password must differ from the old one."))


@cache
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "data" / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


_LEET = str.maketrans("@0134$5!7", "aoieassit")


def weaknesses(password: str, username: str) -> tuple[Weakness, ...]:
    """Every rule the password breaks; empty when it will do."""
    found: list[Weakness] = []
    if len(password) < SHORTEST:
        found.append(TOO_SHORT)
    if len(password) > LONGEST:
        found.append(TOO_LONG)
    signs = re.search(r"[^A-Za-z0-9]", password)
    classes = [re.search(r"[A-Z]", password), re.search(r"[a-z]", password), re.search(r"[0-9]", password), signs]
    if sum(match is not None for match in classes) < CLASSES:
        found.append(TOO_PLAIN)
    folded = password.lower()
    if len(username) >= 3 and username.lower() in folded:
        found.append(HAS_NAME)
    if _is_common(folded):
        found.append(COMMON)
    return tuple(found)


def _is_common(folded: str) -> bool:
    """A common word with little around it, such as `Password@2026` or `Zichuan123!`."""
    for text in {folded, folded.translate(_LEET)}:
        for word in _common():
            if word in text and len(text.replace(word, "", 1).strip("0123456789!@#$%^&*._-+ ")) < 4:
                return True
    return len(set(folded)) < 5


# --- delegation -----------------------------------------------------------------------------------------------

KEEP, ROLES, LOGS = "access.account.keep", "access.role.edit", "access.log.view"
Holding = tuple[str, str]
"""A permission and an area in which it is held."""


def holdings(permissions: Iterable[str], codes: Iterable[str]) -> frozenset[Holding]:
    """Every pair of a permission and an area."""
    codes = tuple(codes)
    return frozenset((permission, code) for permission in permissions for code in codes)


def beyond(actor: Actor, wanted: Iterable[Holding]) -> tuple[Holding, ...]:
    """What `actor` may not hand to anybody: what it does not hold itself, unless it manages roles in that area.

    Who manages roles hands out rights it does not use itself (the administrator of a district gives clerks sight of
    people without having it); everyone else gives away at most their own. The change log keeps every grant.
    """
    return tuple(
        sorted(
            (permission, code)
            for permission, code in wanted
            if not actor.may(permission, code) and not actor.may(ROLES, code)
        )
    )


def out_of_reach(actor: Actor, held: Iterable[Holding]) -> tuple[Holding, ...]:
    """What keeps `actor` from managing an account that holds `held`: setting its password is having its rights.

    So it asks the same as granting them, except of who keeps accounts whatever their rights (`access.account.keep`); but
    the security and the audit administrator are not managed by the system administrator.
    """
    return tuple(
        (permission, code)
        for permission, code in beyond(actor, held)
        if permission in (ROLES, LOGS) or not actor.may(KEEP, code)
    )


def widened(held: Iterable[Holding], heirs: Mapping[str, Collection[str]]) -> Holding | None:
    """What somebody who holds `held` would gain when areas go over into others (`heirs`: old code -> new codes).

    A right in one area that joins another reaches all of the new one. None when each of the areas that flow together
    was already theirs.
    """
    pairs = frozenset(held)
    flows: dict[str, set[str]] = defaultdict(set)
    for old, new in heirs.items():
        for code in new:
            flows[code].add(old)
    for olds in (flows[code] for code in sorted(flows)):
        for permission in sorted({p for p, _ in pairs}):
            areas_held = [area for p, area in pairs if p == permission]
            mine = {old for old in olds if any(areas.contains(area, old) for area in areas_held)}
            if mine and mine != olds:
                return permission, min(olds - mine)
    return None


def exceeds(actor: Actor, wanted: Iterable[Holding]) -> tuple[Holding, ...]:
    """What of `wanted` the actor does not hold itself. Seeing as another asks this: who may hand out a right to see
    people (`beyond`) does not see them by that."""
    return tuple(sorted((permission, code) for permission, code in wanted if not actor.may(permission, code)))


def held(actor: Actor) -> frozenset[Holding]:
    """Everything an actor may do, as pairs."""
    return frozenset((permission, grant.area) for grant in actor.grants for permission in grant.permissions)


def may_see_as(viewer: Actor, seen: Actor) -> bool:
    """Whether `viewer` may see the console as `seen`: allowed where that account belongs, and holding all it holds."""
    return viewer.may("access.account.view_as", seen.extra["unit_area"]) and not exceeds(viewer, held(seen))


#: What stays possible while seeing as another account: to search (search words do not belong into an address), and to
#: end it. The two that end it run as oneself.
LEAVING = (("DELETE", "/api/session/view"), ("DELETE", "/api/session"))


def reads_only(method: str, path: str) -> bool:
    """Whether a request changes nothing by its form; the database refuses changes all the same."""
    return method in ("GET", "HEAD", "OPTIONS") or (method == "POST" and path.endswith("/search"))


def is_district(code: str) -> bool:
    """Whether an area is a whole district."""
    return areas.LENGTHS.get(len(code)) == "district"


def manages_roles(actor: Actor) -> bool:
    """Roles hold everywhere in a district, so only who manages them in a whole district may change them."""
    return any(is_district(code) for code in actor.areas_for(ROLES))


# --- names ----------------------------------------------------------------------------------------------------


def code_of(typed: str) -> str:
    """A one-time or recovery code as it is compared: capital letters and digits without what people put between.

    Full-width ones, which a Chinese keyboard types (１２３), are the same (Unicode compatibility form, UAX #15).
    """
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", typed).upper())


def username_of(typed: str) -> str:
    """The sign-in name as it is kept: without spaces around it, in small letters."""
    return typed.strip().lower()
