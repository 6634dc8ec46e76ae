"""A batch with its counts in words, which most operations answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from linli.kernel.http import actor_of, language_of

from .. import queries
from ..wording import problem_said


def detail(request: HttpRequest, batch_id: UUID) -> dict[str, Any]:
    """The batch as its page shows it now. Raises NotFound."""
    actor, language = actor_of(request), language_of(request)
    row = queries.batch(actor, batch_id, language)
    same = queries.earlier_same(actor, batch_id)
    plain = {name: getattr(row, name) for name in row.__slots__}
    if row.problem:
        plain["problem"] = row.problem | {"text": problem_said(row.problem["code"], row.problem["params"], language)}
    return plain | {
        "working": queries.is_working(row),
        "may": queries.may(actor, row),
        "findings": queries.counts_in_words(row.check_counts, language),
        "same_as": same,
    }
