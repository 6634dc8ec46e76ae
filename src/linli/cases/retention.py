"""Kinds of data of cases that are kept for a time: how the directory was before it changed."""

from __future__ import annotations

from linli.access.keeping.tables import YEAR, amount_of, destroy_in
from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Kind, declare

from .apps import HISTORIES

declare(
    Kind(
        "cases.history",
        Text("案件变更历史", "History of cases"),
        Text("案件、分类和立案规则变更前的内容，不含办理流程", "Cases, categories and filing rules as they were, without the steps of cases"),
        LEAST_TIME, "inferred", default=None, floor=YEAR, ceiling=None,
        amount=amount_of(HISTORIES), destroy=destroy_in(HISTORIES),
    )
)  # fmt: skip

from .attachments import retention as _attachments  # noqa: E402, F401  # each package declares its own
from .mediation import retention as _mediation  # noqa: E402, F401
from .proposals import retention as _proposals  # noqa: E402, F401
from .reporters import retention as _reporters  # noqa: E402, F401
