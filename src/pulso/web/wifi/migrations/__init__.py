"""As Django writes them."""
