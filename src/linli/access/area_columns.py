"""Access' columns with area codes: units, posts and grants go where their area goes; logs keep what was."""

from linli.kernel.area_columns import AreaColumn, around, declare, excuse

from .actions.areas import open_in_all_heirs, without_doubles

declare(
    AreaColumn("access_unit", "area_code"),
    AreaColumn("access_account", "area_code"),
    AreaColumn("access_session", "area_code"),
    AreaColumn("access_second_factor", "area_code"),
    AreaColumn("access_recovery_code", "area_code"),
    AreaColumn("access_identity", "area_code"),
    AreaColumn("access_post", "area_code"),
    AreaColumn("access_appointment", "area_code"),
    AreaColumn("access_grant", "area_code"),
    AreaColumn("access_grant", "target_area", live="t.until IS NULL OR t.until > %(today)s"),
    AreaColumn("access_review", "area_code"),
    AreaColumn("access_area_group", "area_code"),
    AreaColumn("access_area_group", "codes", many=True),
)
excuse("access_read_log", "area_code", why="a log tells what was")
excuse("access_change_log", "area_code", why="a log tells what was")
around(before=open_in_all_heirs, after=without_doubles)
