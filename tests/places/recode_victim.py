"""A process of its own for the fault test: recodes on the test's database and dies when told to.

python recode_victim.py DATABASE before|after|committed OLD NEW
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(database: str, moment: str, old: str, new: str) -> None:
    import template_db

    os.environ["LINLI_HOME"] = str(template_db.test_home())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.project.settings")
    import django

    django.setup()
    template_db.point_django_at(template_db.start_cluster(template_db.test_home()), database)
    from linli.kernel import area_columns
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting
    from linli.places.recode import actions
    from linli.places.recode.rules import Wish

    area_columns.columns()  # the rooms' own hooks come first
    if moment != "committed":
        area_columns.around(**{moment: die})
    with acting(operator("victim", "370302")) as actor:
        actions.do_recode(actor, Wish(old, new))
    die()


if __name__ == "__main__":
    main(*sys.argv[1:5])
