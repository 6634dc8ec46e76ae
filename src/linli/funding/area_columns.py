"""The columns of funding with area codes: budgets of this year on go with their area, and so do entries: the books of an area
are those of what took it over."""

from linli.kernel.area_columns import AreaColumn, declare

declare(AreaColumn("funding_budget", "area_code"))
declare(AreaColumn("funding_entry", "area_code"))
declare(AreaColumn("funding_line", "area_code"))
for table in (
    "project", "contract", "milestone", "payment", "asset", "facility", "revenue_contract", "revenue_terms", "usage", "settlement", "award_booking",
):  # fmt: skip
    declare(AreaColumn(f"funding_{table}", "area_code"))
