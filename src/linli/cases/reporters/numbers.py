"""Giving out a tracking number to somebody who reported by telephone or at the counter, by who accepts cases there.

It is shown once and kept nowhere; given out anew, the one before opens nothing. Whoever reported by themselves, on the page or
through an app, has a number already: another is never given out for their case, whoever asks for it and however well they talk.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from uuid import UUID

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden
from linli.kernel.ids import uuid7

from ..engine import sight
from ..engine.models import Case
from ..permissions import ACCEPT
from . import rules
from .actions import hashed
from .models import Reporter
from .problems import FollowedOtherwise, NotToldOutside

#: How a reporter comes who was given a number by staff.
DESK = "desk"


def may_issue(actor: Actor, case: Case, reporters: Sequence[Reporter]) -> bool:
    """Whether `actor` may give out a number for a case that these follow: of what is for restricted readers a number tells nothing."""
    return (
        not case.restricted_to
        and actor.may(ACCEPT, case.area_code)
        and all(each.via == DESK for each in reporters if each.case_id == case.id)
    )


def issue_number(actor: Actor, case_id: UUID) -> tuple[Case, str]:
    """A new tracking number for whoever reported a case to staff; the one before is void. It is noted in the change log,
    without the number. Raises NotFound, Forbidden, NotToldOutside, FollowedOtherwise."""
    case = sight.locked(actor, case_id)
    if not actor.may(ACCEPT, case.area_code):
        raise Forbidden(permission=ACCEPT)
    if case.restricted_to:
        raise NotToldOutside()
    held = list(Reporter.objects.select_for_update().filter(case_id=case.id))
    if not may_issue(actor, case, held):
        raise FollowedOtherwise()
    number = rules.number_of(os.urandom(16))
    for reporter in held:
        reporter.tracking = hashed(number)
        reporter.save(update_fields=["tracking"])
    if not held:
        Reporter.objects.create(
            id=uuid7(), case=case, tracking=hashed(number), via=DESK, told_version=case.version, created_at=clock.now()
        )
    changes.record(
        actor, "cases.reporter.number", "case", case.id, case.area_code, {"again": bool(held), "case": case.number}
    )
    return case, number
