"""Categories suggested from a report's words: what the program proposes, what people took, and what it learns from that."""
