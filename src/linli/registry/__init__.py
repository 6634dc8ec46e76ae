"""People, households, residence and where every value came from."""
