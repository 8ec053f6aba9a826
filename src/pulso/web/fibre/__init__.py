"""The city's fibre as it is kept: every version of every thing, who may see it, and what a cut makes blind."""
