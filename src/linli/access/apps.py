"""The Django app of access."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "linli.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from linli.kernel import permissions

        permissions.load()
        post_migrate.connect(_after_migrate, sender=self)


def _after_migrate(using: str, **kwargs: Any) -> None:
    """Make the coming months of the logs, the built-in roles, and the shipped years of the calendar.

    Runs as the owner, with every `linli migrate`.
    """
    from django.db import connections

    from linli.kernel import clock
    from linli.kernel.partitions import ensure_months

    from .actions.roles import ensure_builtin_roles
    from .calendar.actions import ship

    there = connections[using].introspection.table_names()
    if "access_read_log" not in there:
        return  # migrated back to nothing
    for table in ("access_read_log", "access_change_log"):
        ensure_months(connections[using], table, clock.today())
    ensure_builtin_roles(using)
    if "access_calendar_edition" in there:
        ship(using)
