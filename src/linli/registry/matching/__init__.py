"""Which records are of one person: comparisons, candidates, parameters, clusters. After Fellegi and Sunter (1969)."""
