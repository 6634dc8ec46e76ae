"""The procedures that come with the program, from `cases/data/procedures`; packages with steps of their own are named here."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ..engine.procedure import Procedure
from .reading import BadProcedure, read

FOLDER = Path(__file__).parents[1] / "data" / "procedures"
#: What registers guards, effects and entries that a procedure's data asks for by name.
PARTS: tuple[str, ...] = ("linli.cases.procedures.steps", "linli.cases.mediation.steps", "linli.cases.proposals.door")


def shipped(folder: Path = FOLDER) -> tuple[Procedure, ...]:
    """Every procedure of a folder, by the names of its files. Raises BadProcedure."""
    for part in PARTS:
        import_module(part)
    found: dict[str, Procedure] = {}
    for path in sorted(folder.glob("*.toml")):
        procedure = read(path.read_text(encoding="utf-8"), path.name)
        if procedure.code != path.stem or procedure.code in found:
            raise BadProcedure(path.name, [f"the file of {procedure.code!r} is called {procedure.code}.toml"])
        found[procedure.code] = procedure
    return tuple(found.values())
