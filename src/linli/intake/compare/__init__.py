"""What changed between two batches of one source: new, gone, changed and unchanged rows, field by field."""
