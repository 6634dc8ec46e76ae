"""Places hold no ciphertext."""

from linli.kernel.ciphertext import excuse

excuse("places_region_shape", "geometry", why="outline as WKB")
excuse("places_grid", "geometry", why="outline as WKB")
for table in ("places_dwelling", "places_dwelling_history"):
    excuse(table, "address_key", why="hash of a standard address, without a key")
