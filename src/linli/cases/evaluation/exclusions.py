"""Which cases are left out of the statistics of limits, in one place."""

from __future__ import annotations


def excluded(case: str) -> str:
    """The SQL condition on a column of case ids that a case's limit does not count: an appeal (申诉) was granted. That it was
    overdue stays on record in the case itself."""
    return f"{case} IN (SELECT a.case_id FROM cases_adjustment a WHERE a.wish = 'appeal' AND a.state = 'granted')"
