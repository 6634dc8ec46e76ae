"""What the procedure of mediation asks of a case: its record before the result, and what became of the agreement at the end."""

from __future__ import annotations

from linli.kernel.errors import Text

from ..engine import guards, lacking
from ..engine.models import Case
from .rounds import of_round

RECORD = guards.unless_lacking(
    "mediation_record",
    Text(
        "请先填写本轮的调解记录，并写明是否达成协议。",
        "Write the record of this mediation first, and whether an agreement was reached.",
    ),
)
FOLLOW_UP = guards.unless_lacking(
    "mediation_follow_up",
    Text(
        "达成协议的，结案前须登记履行情况。",
        "Where an agreement was reached, write down whether it was kept before the case is closed.",
    ),
)


def _no_record(case: Case) -> bool:
    return not of_round(case).filter(agreed__isnull=False).exists()


def _not_followed(case: Case) -> bool:
    return of_round(case).filter(agreed=True, fulfilled="").exists()


guards.register("mediation_record", RECORD)
guards.register("mediation_follow_up", FOLLOW_UP)
lacking.declare("mediation_record", _no_record)
lacking.declare("mediation_follow_up", _not_followed)
