"""Procedures beyond the standard one, as data on the same engine, and what some of them write down besides their steps."""
