"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): what apps of other makers ask and report."""
