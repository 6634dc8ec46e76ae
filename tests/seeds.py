"""What a seeded test database holds beyond the migrations. Rooms add a function, and the files it depends on."""

from __future__ import annotations

from collections.abc import Callable


def places() -> None:
    """The packaged district with its 885 drawn grids."""
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting
    from linli.places import actions
    from linli.places.packages import packaged

    with acting(operator("seed", "370302")) as actor:
        actions.load_places(actor, packaged())
        actions.generate_grids(actor, packaged(), 885, seed=42)


#: Run once, in this order, as the program would (application role, committed); the result is cloned for each test.
SEEDS: list[Callable[[], None]] = [places]

#: Files whose change makes a new seeded template, as patterns under src/linli (or `tests/…`).
SOURCES: list[str] = ["tests/seeds.py", "places/**/*", "access/**/*"]
