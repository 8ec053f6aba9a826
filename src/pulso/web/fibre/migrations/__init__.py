"""How the tables of the fibre network came to be."""
