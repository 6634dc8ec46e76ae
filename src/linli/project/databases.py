"""The ways in: `default` (the program's role), `audit` (the same, for logs that outlive a rollback), `owner`, `public`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from linli.kernel.embedded import Login, connection_info


def databases(home: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Only migrations connect as the owner; web, jobs and commands never do."""
    where = connection_info(home)
    most = int(os.environ.get("LINLI_POOL", "8"))
    # What asks for it (`kernel.prepared`) is planned once a connection; None: never.
    planned = None if os.environ.get("LINLI_PREPARED", "on").lower() in ("0", "false", "no", "off") else 5
    ways: dict[str, dict[str, Any]] = {
        "default": {
            **where.app.django(pool={"min_size": 1, "max_size": most, "timeout": 5}, prepare_threshold=planned),
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
        },
        "audit": {
            **where.app.django(pool={"min_size": 0, "max_size": most, "timeout": 5}, prepare_threshold=planned),
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
        },
        "owner": where.owner.django(),
    }
    if where.public is not None:  # a server of one's own need not have it; its public doors stay shut then
        ways |= public_database(where.public)
    return ways


def public_database(login: Login) -> dict[str, dict[str, Any]]:
    """The entry `public` of DATABASES: the role that may call the functions of the public doors and nothing else."""
    return {
        "public": {
            **login.django(pool={"min_size": 0, "max_size": 4, "timeout": 5}),
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
        }
    }
