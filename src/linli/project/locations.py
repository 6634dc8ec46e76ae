"""Where an installation keeps its things: LINLI_HOME, and the built front end."""

from __future__ import annotations

import os
from pathlib import Path

SOURCE_TREE = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder of data, keys, files and logs: LINLI_HOME, else `var` of a source checkout, else the user's data."""
    if given := os.environ.get("LINLI_HOME"):
        return Path(given).resolve()
    if (SOURCE_TREE / "pyproject.toml").exists():
        return SOURCE_TREE / "var"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "linli"


def web_dist() -> Path:
    """The built front end: LINLI_WEB_DIST, else `web/dist` of a source checkout."""
    return Path(os.environ.get("LINLI_WEB_DIST", SOURCE_TREE / "web" / "dist"))
