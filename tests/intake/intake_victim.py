"""A process of its own for the fault tests: does intake work on the test's database and dies when told to.

python intake_victim.py DATABASE COMMAND STATE/STAGE FILE            `linli intake run --commit`, as a command
python intake_victim.py DATABASE perform:STEP STATE/STAGE BATCH_ID   one step, as the worker does it
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))


def main(database: str, what: str, moment: str, subject: str) -> None:
    import template_db

    os.environ["LINLI_HOME"] = str(template_db.test_home())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
    import django

    django.setup()
    template_db.point_django_at(template_db.start_cluster(template_db.test_home()), database)
    from linli.intake import perform, runner
    from linli.intake.work import Work
    from linli.kernel.actors import operator

    def die(state: Any, stage: str, percent: int) -> None:
        if f"{state}/{stage}" == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    if what == "command":
        runner.run_file(
            operator("victim", "370302"),
            Path(subject),
            source="community",
            area="370302",
            commit=True,
            watcher=die,
        )
        return
    hold = perform.hold
    perform.hold = lambda batch, actor, watcher=None: Work(  # type: ignore[assignment]
        batch.id, actor, perform.State(batch.state), die
    )
    perform.perform(what.partition(":")[2], UUID(subject))
    perform.hold = hold


if __name__ == "__main__":
    main(*sys.argv[1:5])
