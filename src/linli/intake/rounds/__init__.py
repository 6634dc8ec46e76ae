"""Rounds of reporting (一次报送): a form asked for over an area, completed by grids, sent up by villages and towns."""
