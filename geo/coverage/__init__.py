"""Where help is, where it is missing, and what would change that."""
