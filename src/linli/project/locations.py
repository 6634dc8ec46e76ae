"""Where the built front end lies; everything else of an installation lies in its home."""

from __future__ import annotations

import os
from pathlib import Path

from linli.kernel.embedded import default_home

SOURCE_TREE = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder of data, keys, files and logs (LINLI_HOME)."""
    return default_home()


def web_dist() -> Path:
    """The built front end: LINLI_WEB_DIST, else `web/dist` of a source checkout."""
    return Path(os.environ.get("LINLI_WEB_DIST", SOURCE_TREE / "web" / "dist"))
