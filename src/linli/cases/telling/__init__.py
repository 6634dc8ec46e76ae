"""Staff are told of cases: when one comes to their unit or back to it, and when its time runs out."""
