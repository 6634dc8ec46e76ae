"""`linli cases`: commands over reports. Thin; each part brings its own."""

from __future__ import annotations

import typer

from .duplicates.commands import duplicates

cases_app = typer.Typer(
    name="cases",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find reports that tell of one event · 案件：查找重复反映",
)
cases_app.command("duplicates")(duplicates)


@cases_app.callback()
def _cases() -> None:
    """Keeps `duplicates` a command of its own: an app of one command would drop its name."""
