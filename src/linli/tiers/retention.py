"""Kinds of data of tiers that are kept for a time."""

from __future__ import annotations

from linli.access.keeping.tables import YEAR, amount_of, destroy_in
from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Kind, declare

from .apps import HISTORIES

declare(
    Kind(
        "tiers.history",
        Text("智慧社区创建变更历史", "History of tiers"),
        Text(
            "申报、结论、整改项、提升措施单价、创建案例和实施计划变更前的内容，不含办理流程",
            "Applications, verdicts, gaps, prices of measures, cards of good practice and plans as they were, without steps",
        ),
        LEAST_TIME, "inferred", default=None, floor=YEAR, ceiling=None,
        amount=amount_of(HISTORIES), destroy=destroy_in(HISTORIES),
    )
)  # fmt: skip

from .applying import retention as _applying  # noqa: E402, F401  # each package declares its own
