"""Which reports may tell of one event. The program proposes, with its reasons; people decide, and can undo it."""
