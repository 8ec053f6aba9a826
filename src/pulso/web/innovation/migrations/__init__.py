"""How the tables of innovation came to be."""
