"""How the table of incidents came to be."""
