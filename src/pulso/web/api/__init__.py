"""The API: the same readings for machines."""
