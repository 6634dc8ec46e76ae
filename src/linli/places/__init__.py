"""Places: regions, grids, compounds, dwellings, what people write for an address, and where a position lies."""
