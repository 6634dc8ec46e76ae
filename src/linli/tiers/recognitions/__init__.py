"""Tiers that published texts say were reached: each a statement with its authority, day and source."""
