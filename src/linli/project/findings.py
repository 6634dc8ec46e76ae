"""What a check of `linli doctor` is given, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from linli.kernel.embedded import ClusterInfo

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, and what to do about it."""

    check: str
    level: Level
    zh: str
    en: str
    todo_zh: str = ""
    todo_en: str = ""

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return {
            "check": self.check, "level": self.level, "message": self.en, "message_zh": self.zh,
            "todo": self.todo_en, "todo_zh": self.todo_zh,
        }  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """What is examined."""

    info: ClusterInfo
    settings: Any
    connection: Any  # psycopg, as the application role


Check = Callable[[Subject], Iterable[Finding]]


def rows_of(subject: Subject, sql: str, params: list[Any] | None = None) -> list[Any]:
    """The rows of one statement, as the application role sees them."""
    found: list[Any] = subject.connection.execute(sql, params).fetchall()
    return found
