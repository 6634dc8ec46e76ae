"""`linli tiers`: the ladder from the command line. Thin; each part brings its own."""

from __future__ import annotations

import typer

from .assessing.commands import assess
from .plans.commands import plan

tiers_app = typer.Typer(
    name="tiers",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Tiers of smart communities: assessments and plans · 智慧社区创建：评估与提升方案",
)
tiers_app.command("assess")(assess)
tiers_app.command("plan")(plan)


@tiers_app.callback()
def _tiers() -> None:
    """A group also while it has one command."""
