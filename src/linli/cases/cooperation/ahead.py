"""未诉先办: cases that were found before anybody complained. Pure; the condition as SQL over `cases_case c`.

Definition, version 2 (inferred; the slogan is official, no published count of it is in sight): the case came from a collector,
a visit, a sensor or a camera, it was neither refused nor cancelled nor merged into another, no report of a resident or the
hotline is merged into it, and it was not split off another case: what was found is counted once.
"""

from __future__ import annotations

VERSION = 2
FOUND_BY = ("collector", "visit", "sensor", "camera")
COMPLAINTS = ("resident", "hotline")


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


AHEAD = f"""(c.source IN ({_listed(FOUND_BY)}) AND c.state NOT IN ('not_accepted', 'cancelled', 'merged') AND NOT EXISTS (
    SELECT FROM cases_merge am JOIN cases_case ad ON ad.id = am.case_id
    WHERE am.main_id = c.id AND am.undone_at IS NULL AND ad.source IN ({_listed(COMPLAINTS)}))
    AND NOT EXISTS (SELECT FROM cases_child ac WHERE ac.child_id = c.id))"""
