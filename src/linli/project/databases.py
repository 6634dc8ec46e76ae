"""The three ways in: `default` (the program's role), `audit` (the same, for logs that outlive a rollback), `owner`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from linli.kernel.embedded import connection_info


def databases(home: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. Only migrations connect as the owner; web, jobs and commands never do."""
    where = connection_info(home)
    most = int(os.environ.get("LINLI_POOL", "8"))
    return {
        "default": {
            **where.app.django(pool={"min_size": 1, "max_size": most, "timeout": 5}),
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
        },
        "audit": {
            **where.app.django(pool={"min_size": 0, "max_size": most, "timeout": 5}),
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
        },
        "owner": where.owner.django(),
    }
