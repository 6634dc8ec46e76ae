"""What may go wrong with booking an award."""

from __future__ import annotations

from linli.kernel.errors import Conflict, Text


class AwardBooked(Conflict):
    """The award is in the books: by the entry `number`."""

    code = "funding.award.booked"
    text = Text(
        "该奖补已入账（凭证 {number}），不能重复入账；如需更正，请先冲销该凭证。",
        "The award is booked already, by entry {number}, and is not booked twice; reverse that entry first to correct it.",
    )


class AwardChanged(Conflict):
    """The award is another amount than the one that was looked at."""

    code = "funding.award.changed"
    text = Text(
        "奖补金额现为 {amount} 元，与您看到的不同，请核对后再入账。",
        "The award is {amount} CNY now, which is not what you saw; look at it again before you book it.",
    )
