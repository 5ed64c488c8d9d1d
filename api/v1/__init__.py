"""Our own REST API: GeoJSON where there is a geometry, JSON elsewhere."""
