"""Jobs of the pages."""
