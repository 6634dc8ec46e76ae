"""The intake's columns with area codes."""

from linli.kernel.area_columns import AreaColumn, declare, excuse

declare(
    AreaColumn("intake_batch", "area_code"),
    AreaColumn("intake_finding", "area_code", key=("batch_id", "number")),
    AreaColumn("intake_comparison", "area_code"),
    AreaColumn("intake_compared_row", "area_code", key=("comparison_id", "number")),
    AreaColumn("intake_pickup", "area_code"),
    AreaColumn("intake_picked_file", "area_code"),
    AreaColumn("intake_generated", "area_code"),
    AreaColumn("intake_round", "area_code"),
    AreaColumn("intake_round", "top_code"),
    AreaColumn("intake_return", "area_code"),
    AreaColumn("intake_return", "receiver_code"),
    AreaColumn("intake_return_version", "area_code"),
)
excuse("intake_remembered_constants", "area_code", why="a convenience of one area; the next import remembers anew")
excuse("intake_return", "place", why="what the area was called when the round was opened")
excuse("intake_round_answer", "area_code", why="where it was answered; read by the program over the whole district")
