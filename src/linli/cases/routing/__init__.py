"""Who handles what: rules as data that name the unit for a case, the words why, and what past cases suggest otherwise."""
