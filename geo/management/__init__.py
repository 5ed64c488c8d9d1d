"""Jobs that an operator starts."""
