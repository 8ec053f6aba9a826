"""How many people are here, without following anyone: presence from sessions, and what of it may be published."""
