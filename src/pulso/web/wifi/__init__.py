"""The public Wi-Fi in the site's database: access points and places, what was reported of them, and what pages read of it."""
