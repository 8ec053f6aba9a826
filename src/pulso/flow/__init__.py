"""In what order: ask, keep, reduce, judge, publish. The river, and nothing else."""
