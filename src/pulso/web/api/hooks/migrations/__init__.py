"""How the tables of webhooks came to be."""
