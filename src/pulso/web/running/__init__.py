"""Running it: the server, the worker, health, backups."""
