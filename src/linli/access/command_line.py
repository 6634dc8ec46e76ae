"""What the commands of access share: who runs them, and how a Problem ends one."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from django.conf import settings

from linli.kernel import scope
from linli.kernel.actors import Actor, operator
from linli.kernel.errors import Problem

from .queries import actors


@contextmanager
def operating(as_user: str | None = None) -> Iterator[Actor]:
    """Who runs the command: the operator, or an account; a Problem ends it with its message and exit code 1."""
    try:
        yield actors.of_username(as_user) if as_user else operator(getpass.getuser(), settings.LINLI_DISTRICT)
    except Problem as problem:
        said = problem.document("en")
        for line in (said["detail"], *(f"{f['field']}: {f['message']}" for f in said.get("fields", []))):
            typer.echo(line, err=True)
        raise typer.Exit(1) from None


@contextmanager
def acting(as_user: str | None = None) -> Iterator[Actor]:
    """`operating` in one scoped transaction."""
    with operating(as_user) as actor, scope.acting(actor):
        yield actor
