"""Implementation plans with their tasks, meetings whose decisions become tasks, study visits and trainings."""
