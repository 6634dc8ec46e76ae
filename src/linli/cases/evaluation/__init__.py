"""Evaluation of how cases were worked (综合评价): counts, ratios and composite indices of units and areas, never of persons."""
