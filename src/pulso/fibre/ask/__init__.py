"""Questions to a network, answered in its own ids: a plan is numbered, its strands joined, and drawn once; then each question is quick."""
