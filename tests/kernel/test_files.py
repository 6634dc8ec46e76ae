"""Files in the clear never outlive the work on them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from linli.kernel import files


def test_what_a_killed_process_left_in_the_clear_goes(settings: Any, tmp_path: Path) -> None:
    settings.LINLI_FILES_DIR = tmp_path
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    old, fresh = incoming / "old.upload", incoming / "fresh.upload"
    old.write_bytes(b"x")
    fresh.write_bytes(b"x")
    long_ago = time.time() - files.ABANDONED - 60
    os.utime(old, (long_ago, long_ago))
    dead = tmp_path / "scratch" / "4194999-gone"  # above the highest number a process can have
    dead.mkdir(parents=True)
    with files.scratch() as own:
        assert files.sweep() == 2
        assert own.exists() and fresh.exists() and not old.exists() and not dead.exists()
