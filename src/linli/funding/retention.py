"""Kinds of data of funding that are kept for a time. Entries are not among them: books are kept, and destroyed by nobody here."""

from __future__ import annotations

from linli.access.keeping.tables import YEAR, amount_of, destroy_in
from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Kind, declare

from .apps import HISTORIES

declare(
    Kind(
        "funding.history",
        Text("资金变更历史", "History of funding"),
        Text(
            "资金来源、往来单位、科目、预算、项目合同、用量变更前的内容，不含已记的凭证",
            "Sources, parties, accounts, budgets, contracts and usage as they were, without entries",
        ),
        LEAST_TIME, "inferred", default=None, floor=YEAR, ceiling=None,
        amount=amount_of(HISTORIES), destroy=destroy_in(HISTORIES),
    )
)  # fmt: skip
