"""A round with returns as rows, for tests that need some to be there and not how they came."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

import staff

from linli.intake.rounds.models import FrozenPart, Return, ReturnVersion, Round
from linli.kernel import clock, secrets
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting


def bring(returns: Mapping[str, str], period: str = "2026-12", **more: Any) -> list[Return]:
    """A round over the district with a return in a state for each area."""
    with acting(staff.OPERATOR):
        made = Round.objects.create(
            form_id=uuid7(), form_version_id=uuid7(), form_number=1, form_name="高龄津贴", issuer_name="区民政局",
            period=period, as_of=date(2026, 12, 1), due_on=date(2026, 12, 20), area_code=staff.DISTRICT,
            top_code=staff.DISTRICT, subject="people", binding={"version": 1, "columns": {"姓名": "name"}},
            template_id=uuid7(), template_name="表.xlsx", template_sha256="", opened_by="x", opened_by_name="某人",
            opened_at=clock.now(),
        )  # fmt: skip
        return [
            Return.objects.create(
                round=made, area_code=area, receiver_code=area[:9] if len(area) > 9 else area[:6], place=area,
                state=state, changed_at=clock.now(), **more,
            )
            for area, state in returns.items()
        ]  # fmt: skip


def frozen(owner: Return, text: str) -> uuid.UUID:
    """A version of a return that holds an encrypted text; its part."""
    with acting(staff.OPERATOR):
        version = ReturnVersion.objects.create(
            owner=owner, area_code=owner.area_code, number=1, fields=["name"], rows=1, own_rows=1, blanks=0, stale=0,
            sha256="", made_by="x", made_by_name="某人", made_at=clock.now(),
        )  # fmt: skip
        return FrozenPart.objects.create(version=version, number=0, sealed=secrets.encrypt(text)).id
