"""Compounds, buildings and homes as things to look into and to keep: facts, leaders, door codes, the picture."""
