"""Ask: one connector a module, each given one power, to get."""
