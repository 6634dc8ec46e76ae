"""The tables of funding, split by noun: each package declares its own."""

from __future__ import annotations

from .books.models import Account, BookLine, Budget, Entry, Party, Period, Source

__all__ = ["Account", "BookLine", "Budget", "Entry", "Party", "Period", "Source"]
