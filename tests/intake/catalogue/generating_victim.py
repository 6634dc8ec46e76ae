"""A process of its own for the fault test: fills a ledger of the test's database and dies when told to.

python generating_victim.py DATABASE filling|kept GENERATED_ID
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[2]))


def main(database: str, moment: str, subject: str) -> None:
    import template_db

    os.environ["LINLI_HOME"] = str(template_db.test_home())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
    import django

    django.setup()
    template_db.point_django_at(template_db.start_cluster(template_db.test_home()), database)
    from linli.intake.generating import actions
    from linli.kernel import files

    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if moment == "kept":
        keep = files.keep

        def then_die(*given: Any) -> Any:
            keep(*given)
            die()

        files.keep = then_die  # type: ignore[assignment]
    actions.perform(UUID(subject), die if moment == "filling" else lambda percent: None)


if __name__ == "__main__":
    main(*sys.argv[1:4])
