"""Keep."""
