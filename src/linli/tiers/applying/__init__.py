"""The procedure of applying for a tier (申报): from the plan year over checks and publication to the decision and its re-check."""
