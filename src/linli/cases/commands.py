"""`linli cases`: reports, and the directory they are filed by. Thin; each part brings its own."""

from __future__ import annotations

import typer

from .categories.commands import categories_app, rules_app
from .duplicates.commands import duplicates
from .open311.commands import open311_app
from .routing.commands import routing_app

cases_app = typer.Typer(
    name="cases",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Duplicate reports; the case directory · 重复反映与案件目录",
)
cases_app.command("duplicates")(duplicates)
cases_app.add_typer(categories_app, name="categories")
cases_app.add_typer(rules_app, name="rules")
cases_app.add_typer(routing_app, name="routing")
cases_app.add_typer(open311_app, name="open311")
