"""The columns of cases with area codes: an open case goes with its grid or village, a finished one tells what was."""

from linli.kernel.area_columns import AreaColumn, AreaCount, count, declare
from linli.kernel.errors import Text

from .engine.states import OPEN

#: A change of areas tells whoever may look at it how much it moved: of restricted readers' cases nothing.
FOR_ALL = "t.restricted_to = ''"
_OPEN = ", ".join(f"'{state}'" for state in OPEN)

declare(AreaColumn("cases_case", "area_code", live=f"t.state IN ({_OPEN})", counted=FOR_ALL))
declare(
    AreaColumn(
        "cases_support",
        "area_code",
        live=f"EXISTS (SELECT FROM cases_case c WHERE c.id = t.case_id AND c.state IN ({_OPEN}))",
        counted=FOR_ALL,
    )
)
declare(
    AreaColumn(
        "cases_hand_over",
        "area_code",
        live=f"EXISTS (SELECT FROM cases_case c WHERE c.id = t.case_id AND c.state IN ({_OPEN}))",
        counted=FOR_ALL,
    )
)
declare(AreaColumn("cases_routing_rule", "area_code", live="t.valid_until IS NULL OR t.valid_until > %(today)s"))
declare(AreaColumn("cases_evaluation_fact", "area_code", key=("case_id", "round"), live="t.open"))
declare(AreaColumn("cases_proposal", "area_code", live="t.concluded_at IS NULL"))
count(
    AreaCount(
        "cases",
        Text("未办结案件", "Open cases"),
        f"(SELECT area_code FROM cases_case WHERE state IN ({_OPEN})) w",
        "w.area_code",
        open_work=True,
    )
)
