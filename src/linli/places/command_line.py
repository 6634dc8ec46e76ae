"""What the commands of places share: who runs them, and how they end with a sentence."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

import typer

from linli.kernel.errors import Problem

if TYPE_CHECKING:
    from linli.kernel.actors import Actor


class CommandFailed(typer.Exit):
    """Ends a command with a sentence on the error stream and exit status 1."""

    def __init__(self, message: str) -> None:
        typer.secho(message, err=True, fg=typer.colors.RED)
        super().__init__(1)


def operator_of(area: str) -> Actor:
    """Whoever runs the command, by the account of the operating system."""
    from linli.kernel.actors import operator

    return operator(getpass.getuser(), area)


def say(problem: Problem) -> CommandFailed:
    """The problem in the language of the shell, with what is wrong in which field."""
    language = "en" if os.environ.get("LANG", "zh").lower().startswith("en") else "zh-CN"
    words = [problem.text.say(language, problem.params)]
    words += [field.text.say(language, field.params) for field in problem.fields]
    return CommandFailed(" ".join(words))
