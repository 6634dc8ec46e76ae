"""Telling units of their cases. Notices name the case, its category and area; never what was reported or by whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linli.kernel import area_names, clock
from linli.kernel.outbox.consumers import Told
from linli.messages.actions import notify

from .. import notices
from ..duplicates.models import CaseMerge
from ..engine.models import Case
from ..engine.states import State
from . import queries, readers, rules

#: So far back a look for times that run out reaches: a worker that stood still for a day makes up for it.
LOOKED_BACK = timedelta(days=1)
#: A clock runs for the unit only here.
_RUNNING = (State.TO_TAKE, State.HANDLING)
_NO_CATEGORY, _RESTRICTED = "未定类别", "受限类别"


@dataclass(frozen=True, slots=True)
class _Telling:
    """A case, the kind of notice about it, and the event by which it is told once. `other`: the number of another it is about."""

    case: Case
    kind: str
    event: str
    other: str = ""


def tell_steps(steps: Sequence[Told]) -> None:
    """Tell units of steps that concern them. A case that meanwhile lies with another unit is not told of."""
    cases = _cases({step.subject for step in steps})
    links = _merges({step.payload["merge"] for step in steps if step.payload.get("merge")})
    hidden = _hidden(links.values())
    told: list[_Telling] = []
    for step in steps:
        case = cases.get(step.subject)
        if case is None or str(case.unit_id) != step.payload.get("unit"):
            continue
        action, link = str(step.payload["action"]), links.get(str(step.payload.get("merge")))
        if link is not None:
            told += _of_merge(case, action, link, hidden)
        elif (kind := rules.kind_of(action, case.urgent)) is not None:
            told.append(_Telling(case, kind, f"cases.step:{step.id}"))
    # Whose unit has both cases of a merge is told once, of the one that goes on.
    _tell(sorted(told, key=lambda one: one.kind == notices.JOINED))


def _of_merge(case: Case, action: str, link: CaseMerge, hidden: Collection[UUID]) -> list[_Telling]:
    """What is told of a merge. Parted from a case for restricted readers, one that is not has come back, and that is all."""
    goes_on = case.id == link.main_id
    event = f"cases.{action}:{link.id}"
    if not case.restricted_to and (link.case_id if goes_on else link.main_id) in hidden:
        return [] if goes_on else [_Telling(case, notices.CAME, event)]
    kind = rules.kind_of_merge(action, goes_on)
    return [_Telling(case, kind, event, link.number if goes_on else link.main_number)]


def _hidden(links: Iterable[CaseMerge]) -> set[UUID]:
    """Those of merged cases that are for restricted readers."""
    ids = {each for link in links for each in (link.case_id, link.main_id)}
    return set(Case.objects.filter(id__in=ids).exclude(restricted_to="").values_list("id", flat=True)) if ids else set()


def _merges(ids: Collection[str]) -> dict[str, CaseMerge]:
    return {str(link.id): link for link in CaseMerge.objects.filter(id__in=ids)} if ids else {}


def tell_due(now: datetime) -> None:
    """Tell units of cases whose time was four fifths used, or used up, since a day ago; of each once for a due time."""
    since = now - LOOKED_BACK
    running = Case.objects.filter(state__in=_RUNNING, unit_id__isnull=False, paused_at=None).select_related("category")
    amber = running.filter(amber_at__gt=since, amber_at__lte=now, due_at__gt=now)
    late = running.filter(due_at__gt=since, due_at__lte=now)
    _tell(
        [
            *(_Telling(case, notices.AMBER, _moment("amber", case, case.amber_at)) for case in amber),
            *(_Telling(case, notices.OVERDUE, _moment("overdue", case, case.due_at)) for case in late),
        ]
    )


def _moment(name: str, case: Case, at: datetime | None) -> str:
    return f"cases.{name}:{case.id}:{at.isoformat() if at else ''}"


def _cases(ids: Collection[UUID]) -> dict[UUID, Case]:
    return {case.id: case for case in Case.objects.filter(id__in=ids, unit_id__isnull=False).select_related("category")}


def _tell(told: Iterable[_Telling]) -> None:
    told = list(told)
    if not told:
        return
    to = queries.handlers({one.case.unit_id for one in told if one.case.unit_id}, clock.today())
    names = area_names.names_of({one.case.area_code for one in told})
    read_by = readers.of_cases(one.case for one in told)
    for one in told:
        accounts = to.get(one.case.unit_id, []) if one.case.unit_id else []
        if one.case.restricted_to:
            theirs = [each for each in accounts if str(each) in read_by[one.case.id]]
            kind = notices.for_readers(one.kind)
            notify(theirs, kind, one.event, {"number": one.case.number}, f"/cases/{one.case.id}")
            continue
        params = {"number": one.case.number, "category": named(one.case), "area": names[one.case.area_code]}
        if one.other:
            params["other"] = one.other
        notify(accounts, one.kind, one.event, params, f"/cases/{one.case.id}")


def named(case: Case) -> str:
    """The category as may be read by anybody over whose shoulder a phone is looked at."""
    if case.category is None:
        return _NO_CATEGORY
    return _RESTRICTED if case.category.restricted_to else case.category.name
