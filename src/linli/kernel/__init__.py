"""Ground every room stands on: actors, scope, ids, clock, errors, cryptography, row-level security."""
