"""Clocks of cases: limits over the work calendar, with pauses, extensions and appeals."""
