"""The columns of tiers with area codes: what is declared goes with its community, what was found stays as it was."""

from linli.kernel.area_columns import AreaColumn, declare, excuse

declare(AreaColumn("tiers_declaration", "area_code"))
declare(AreaColumn("tiers_evidence", "area_code"))
declare(AreaColumn("tiers_recognition", "area_code"))
for _table in ("tiers_implementation_plan", "tiers_meeting", "tiers_study_visit"):
    declare(AreaColumn(_table, "area_code"))
    declare(AreaColumn(_table, "areas", many=True))
declare(AreaColumn("tiers_plan_task", "area_code"))
declare(AreaColumn("tiers_practice_card", "area_code"))
declare(AreaColumn("tiers_practice_metric", "area_code"))
declare(AreaColumn("tiers_practice_photo", "area_code"))
declare(AreaColumn("tiers_application", "area_code", live="t.state NOT IN ('refused', 'withdrawn', 'lapsed')"))
excuse(
    "tiers_standing", "area_code", why="what an assessment found, of the areas there were; the next one goes by the new"
)
excuse(
    "tiers_upgrade_scenario", "area_code", why="a plan stays as it was asked for; the next one goes by the new areas"
)
