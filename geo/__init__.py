"""The domain: what is true about help for temporary foreign workers. No HTTP, no pages."""
