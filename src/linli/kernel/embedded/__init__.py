"""The embedded database: PostgreSQL's own programs under a supervisor of ours.

A Unix socket in a 0700 folder, scram passwords, no TCP; separate owner and application roles. `ensure_running` is all
a command needs; `connection_info` tells where the database is without starting it. With `DATABASE_URL` and
`DATABASE_OWNER_URL` set there is no embedded database at all.

Names are loaded when first used: the keeper lives in this package and stays small, `linli --help` stays fast.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.kernel.embedded.bootstrap import bootstrap_sql
    from linli.kernel.embedded.cluster import (
        ensure_running,
        is_running,
        release,
        stop,
        wait_until_unused,
    )
    from linli.kernel.embedded.errors import EmbeddedError
    from linli.kernel.embedded.info import ClusterInfo, Login, connection_info, public_login
    from linli.kernel.embedded.layout import default_home

_HOMES = {
    "bootstrap_sql": "bootstrap",
    "ensure_running": "cluster",
    "is_running": "cluster",
    "release": "cluster",
    "stop": "cluster",
    "wait_until_unused": "cluster",
    "EmbeddedError": "errors",
    "ClusterInfo": "info",
    "Login": "info",
    "connection_info": "info",
    "default_home": "layout",
    "public_login": "info",
}

__all__ = [
    "ClusterInfo",
    "EmbeddedError",
    "Login",
    "bootstrap_sql",
    "connection_info",
    "default_home",
    "ensure_running",
    "is_running",
    "public_login",
    "release",
    "stop",
    "wait_until_unused",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
