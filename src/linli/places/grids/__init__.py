"""Grids as they change: drawn, split, merged, renamed, closed, imported; who stands for them; all dated and undoable."""
