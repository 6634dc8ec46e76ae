"""Who acts for the public: the desk that takes reports, and each reporter in their own case alone."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from linli.kernel.actors import Actor, Grant

from ..engine.models import Case
from ..permissions import CLOSE, HANDLE, REPORT, VIEW

#: What the flow of a case shows as the name of whoever reported: never their own.
NAME = "反映人"


def desk() -> Actor:
    """The program at the public door: it enters reports and finds cases by their number, over the whole district."""
    return Actor("system", "system:reporters", "公众反映", (Grant(settings.LINLI_DISTRICT, frozenset({REPORT, VIEW})),))


def reporting(reporter_id: UUID) -> Actor:
    """Somebody who reports, before it is known where."""
    return Actor("anonymous", f"reporter:{reporter_id}", NAME, (Grant(settings.LINLI_DISTRICT, frozenset({REPORT})),))


def reporter_in(case: Case, reporter_id: UUID) -> Actor:
    """A reporter, for the steps that are theirs in their own case: to answer, to rate, to object. `engine.act` asks for the
    rights that staff need for the same steps; which of them a reporter may take is asked before (`rules.may`)."""
    unit = str(case.unit_id) if case.unit_id else None
    held = frozenset({VIEW, CLOSE, HANDLE})
    return Actor("anonymous", f"reporter:{reporter_id}", NAME, (Grant(case.area_code, held),), unit_id=unit)
