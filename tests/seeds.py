"""What a seeded test database holds beyond the migrations. Rooms add a function, and the files it depends on."""

from __future__ import annotations

from collections.abc import Callable

#: Run once, in this order, as the program would (application role, committed); the result is cloned for each test.
SEEDS: list[Callable[[], None]] = []

#: Files whose change makes a new seeded template, as patterns under src/linli (or `tests/…`).
SOURCES: list[str] = ["tests/seeds.py", "places/**/*", "access/**/*"]
