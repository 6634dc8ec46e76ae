"""A process of its own for the fault test: brings everything under the active key, and dies in the middle.

python keys_victim.py DATABASE FILES KEYS UPDATES
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))


def main(database: str, files: str, keys: str, updates: int) -> None:
    import template_db

    os.environ["LINLI_HOME"] = str(template_db.test_home())
    os.environ["LINLI_FILES_DIR"], os.environ["LINLI_KEYS_DIR"] = files, keys
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
    import django

    django.setup()
    template_db.point_django_at(template_db.start_cluster(template_db.test_home()), database)
    from linli.kernel import rotation

    write, left = rotation._write, updates

    def dying(*asked: Any) -> int:
        nonlocal left
        done = write(*asked)
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)  # written, and not committed
        return done

    rotation._write = dying
    rotation.reseal_all(slice_rows=3)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
