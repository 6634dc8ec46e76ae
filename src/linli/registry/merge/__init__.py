"""Merging checked rows into the base: match, write, compute golden records, undo. All set-based, in one transaction."""

from .run import MatchCounts, MergeCounts, match_people, merge_people
from .undo import Blocker, undo_blockers, undo_people

__all__ = ["Blocker", "MatchCounts", "MergeCounts", "match_people", "merge_people", "undo_blockers", "undo_people"]
