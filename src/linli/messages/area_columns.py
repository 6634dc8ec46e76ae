"""Columns of messages with area codes: robots go where their unit's area goes; deliveries tell what was."""

from linli.kernel.area_columns import AreaColumn, declare, excuse

declare(AreaColumn("messages_robot", "area_code"))
excuse("messages_delivery", "area_code", why="a record of what was sent tells what was")
