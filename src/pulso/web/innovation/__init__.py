"""Innovation: challenges, pilots with a frozen protocol, what they did, and who did them again. Records and rules alone."""
