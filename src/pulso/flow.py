"""In what order: the river, and nothing else."""
