"""The model in use, held once per process. Which one that is, is asked each time: one look into an index of one row.

There may be none (a new installation, before the first night), or its file may be lost: then nothing is suggested, and
that is said. Reports are taken all the same.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from uuid import UUID

from linli.kernel import files, prepared
from linli.kernel.errors import NotFound, Problem

from ..text.model import TextModel

log = logging.getLogger(__name__)
_lock = threading.Lock()
_held: Held | None = None
_missing: set[UUID] = set()


@dataclass(frozen=True, slots=True)
class Held:
    """A version with its model in memory."""

    version_id: UUID
    threshold: float
    model: TextModel


def held() -> Held | None:
    """The model in use; None where there is none that can be read. One query."""
    global _held
    row = prepared.row("SELECT id, threshold FROM cases_text_version WHERE current ORDER BY id LIMIT 1")
    if row is None or row[0] in _missing:
        return None
    version, threshold = row
    if _held is not None and _held.version_id == version:
        return _held
    with _lock:
        if _held is None or _held.version_id != version:
            model = read(version)
            if model is None:
                _missing.add(version)
                return None
            _held = Held(version, threshold, model)
        return _held


def read(version: UUID) -> TextModel | None:
    """The model of a version from its file; None where the file is lost or damaged, which is put into the log."""
    from ..text.keeping import load

    try:
        with files.opened(version, ".model") as path:
            return load(path)
    except NotFound:
        log.warning("the file of text model %s is missing; nothing is suggested", version)
    except Problem as problem:
        log.warning("text model %s cannot be read (%s); nothing is suggested", version, problem.code)
    return None


def forget() -> None:
    """Let go of what is held, as a new process would find it."""
    global _held
    _held = None
    _missing.clear()
