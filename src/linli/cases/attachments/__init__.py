"""Photos and files of a case: what was seen, how it was before and after."""
