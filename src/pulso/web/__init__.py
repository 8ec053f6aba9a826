"""The web: pages, their JSON twins, the API, and the people who use them. Only `readings` knows the river."""
