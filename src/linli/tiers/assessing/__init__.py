"""Assessments: what is computed and declared of every community on a day, and where that leaves it."""
