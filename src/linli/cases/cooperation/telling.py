"""Telling units and people of co-operation. Notices name the case, its category and area; never what was written or reported."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linli.kernel import area_names, clock
from linli.kernel.outbox.consumers import Told
from linli.messages.actions import notify

from ..engine.models import Case
from ..notices import for_readers
from ..telling.actions import named
from ..telling.queries import handlers
from ..telling.readers import of_cases


def tell(told: Sequence[Told]) -> None:
    """Tell whom it concerns, each once."""
    cases = {c.id: c for c in Case.objects.filter(id__in={t.subject for t in told}).select_related("category")}
    units = {UUID(str(unit)) for one in told for unit in one.payload["units"]}
    to = handlers(units, clock.today()) if units else {}
    read_by = of_cases(cases.values())
    names = area_names.names_of({case.area_code for case in cases.values()})
    for one in told:
        case = cases.get(one.subject)
        if case is None:
            continue
        people: list[UUID | str] = [who for unit in one.payload["units"] for who in to.get(UUID(str(unit)), [])]
        people += [str(who) for who in one.payload["accounts"]]
        params, kind = (
            {"number": case.number, "category": named(case), "area": names[case.area_code]},
            str(one.payload["kind"]),
        )
        if case.restricted_to:
            people = [each for each in people if str(each) in read_by[case.id]]
            params, kind = {"number": case.number}, for_readers(kind)
        notify(
            people,
            kind,
            f"{one.payload['kind']}:{one.payload['about']}",
            params,
            f"/cases/{case.id}",
        )
