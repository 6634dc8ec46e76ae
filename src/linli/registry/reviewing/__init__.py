"""The queue of rows that match several people: side by side, one after the other, with who has taken which."""
