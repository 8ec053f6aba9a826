"""People: accounts, organisations, roles, and what each may do."""
