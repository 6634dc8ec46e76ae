"""How often one source may come through a door, counted by all processes together."""
