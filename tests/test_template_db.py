"""The tests' own database homes do not fill the memory of a machine on which checkouts come and go."""

from __future__ import annotations

import os
from pathlib import Path

import template_db


def test_a_home_goes_with_its_checkout_and_no_other_does(tmp_path: Path) -> None:
    homes = {name: tmp_path / f"linli-tests-{os.geteuid()}-{name}" for name in ("lost", "served", "unmarked")}
    for home in homes.values():
        home.mkdir()
    (homes["lost"] / template_db.CHECKOUT).write_text(str(tmp_path / "no such checkout"))
    (homes["served"] / template_db.CHECKOUT).write_text(str(tmp_path))

    assert template_db.forget_lost_homes(tmp_path) == 1
    assert sorted(path.name.rsplit("-", 1)[1] for path in tmp_path.iterdir()) == ["served", "unmarked"]
