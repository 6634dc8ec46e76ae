"""A process of its own for the fault test: destroys the read log slice by slice, and dies in the middle of one.

python destruction_victim.py DATABASE SLICE_ROWS SLICES
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))


def main(database: str, slice_rows: int, slices: int) -> None:
    import template_db

    os.environ["LINLI_HOME"] = str(template_db.test_home())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
    import django

    django.setup()
    template_db.point_django_at(template_db.start_cluster(template_db.test_home()), database)
    from linli.access.keeping import actions

    kind, left = actions.kind_of("access.read_log"), slices

    def destroy(*asked: Any) -> Any:
        nonlocal left
        done = kind.destroy(*asked)
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)  # destroyed, and not committed
        return done

    actions.destroy_due(actions.overseer(), replace(kind, destroy=destroy), slice_rows)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
