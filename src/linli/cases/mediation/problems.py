"""What may go wrong with a record of mediation."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class NotHere(Conflict):
    """The case is no mediation, or the record is not written where it stands."""

    code = "cases.no_mediation_now"
    text = Text(
        "现在不能填写：调解记录在处置中填写，履行情况在反馈之后填写，且只用于“矛盾纠纷调解”的案件。",
        "It cannot be written now: the record is, while the unit has the case; what became of the agreement, after it was handed "
        "back; and both in cases of mediation alone.",
    )
