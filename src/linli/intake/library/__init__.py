"""The mapping library: named ways to read a department's tables, shared by the whole district."""
