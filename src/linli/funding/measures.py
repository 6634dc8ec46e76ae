"""The measures of funding: running cost by area, and the share of facilities that pay for their upkeep."""

from __future__ import annotations

from linli.kernel.errors import Text
from linli.kernel.measures import Definition, Measure, declare

from .operations.figures import running_cost, sustaining_share
from .permissions import VIEW

YEAR = Text("近 12 个整月", "the last twelve whole months")
OURS = Text("本系统定义，依据资金账和运营结算", "Our own, from the books and the settlements with operators")
declare(
    Measure(
        "funding_running_cost", "count", Text("资金：运行成本（近 12 个整月，元）", "Funding: running cost (twelve whole months, CNY)"),
        (VIEW,), "/funding/contracts?tab=running", running_cost,
        Definition(
            Text(f"{YEAR.zh}记入费用科目的金额，冲销的已减去", f"What was booked on accounts of expense in {YEAR.en}, less reversals"),
            Text("无（金额，不是比率）", "None: it is an amount"), 1, OURS, "inferred",
        ),
    ),
    Measure(
        "funding_sustaining_share", "share", Text("资金：收入够付运维的设施比例", "Funding: facilities that pay their upkeep"), (VIEW,),
        "/funding/sustainability", sustaining_share,
        Definition(
            Text(f"{YEAR.zh}收入不低于运维费的设施", f"Facilities that earned their upkeep in {YEAR.en}"),
            Text("启用满一天的设施", "Facilities in use for a day or longer"), 1, OURS, "inferred",
        ),
    ),
)  # fmt: skip
